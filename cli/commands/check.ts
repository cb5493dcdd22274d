// `unroll check`: everything wrong with a file, its data included.
// Not a gradient check. Invariant: exit code 1 exactly when there is an error; warnings alone pass.
import type { Diagnostic } from '../../engine/base/diagnostic';
import { type DataSource, firstPosition } from '../../engine/data/data-source';
import type { Model } from '../../engine/ir/model';
import { check } from '../../engine/language/check';
import { runTrace } from '../../engine/trace/run-trace';
import { startUpChecks } from '../../engine/training/start-up-checks';
import { freshWeights } from '../../engine/weights/initialise';
import { chooseBackend } from '../backends/choose-backend';
import { backendOption, type Command, jsonOption, modelOperand, modelOption, setOption, threadsOption } from '../command';
import { loadFile, loadModel, selectModel, sourceFinder } from '../load-model';
import { distinct, hasErrors, problemJson, problemLines } from '../problems';
import type { ReadOptions } from '../options';
import { exitCodes, type Terminal } from '../terminal';

export const checkCommand: Command = {
  spec: {
    name: 'check',
    summary: 'Checks a file: its text, its shapes, and the data its models name.',
    operands: [modelOperand],
    options: { model: { ...modelOption, help: 'Checks this model and its data; default: all of the file.' }, 'start-up': { help: 'Also runs one batch with fresh weights, forwards and backwards, and says what starts badly.' }, backend: backendOption, threads: threadsOption, set: setOption, json: jsonOption },
  },
  async run(options, terminal) {
    const program = loadFile(options.operands[0] ?? '', terminal.folder);
    const named = options.text('model');
    const models = named === undefined ? program.main.models.map((model) => model.name.text) : [selectModel(program, named).name.text];
    const problems = [...check(program)];
    for (const name of models) {
      const loaded = await loadModel(program, terminal.folder, { model: name, set: options.texts('set') });
      problems.push(...loaded.problems);
      if (options.has('start-up') && loaded.model && loaded.source) problems.push(...(await startUp(loaded.model, loaded.source, options, terminal)));
    }
    const sources = sourceFinder(program);
    const found = distinct(problems);
    if (options.has('json')) for (const problem of found) terminal.out(problemJson(problem, sources));
    else for (const line of problemLines(found, sources)) terminal.out(line);
    if (hasErrors(found)) return exitCodes.wrong;
    if (!options.has('json')) terminal.err(`${program.main.file}: no errors in ${counted(program.main.cells.length, 'cell')} and ${counted(models.length, 'model')}.`);
    return exitCodes.done;
  },
};

/** What one batch of the data shows with fresh weights. */
async function startUp(model: Model, source: DataSource, options: ReadOptions, terminal: Terminal): Promise<readonly Diagnostic[]> {
  const { batch, carry, seed } = model.train;
  const first = source.plan({ batch, carry: carry === 'state', seed }).batchAt(firstPosition);
  const backend = await chooseBackend(options, terminal);
  try {
    return startUpChecks(model, await runTrace(model, freshWeights(model), first.batch, backend));
  } finally {
    await backend.dispose();
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
