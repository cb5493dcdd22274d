// `unroll check`: everything wrong with a file, its data included.
// Not a gradient check. Invariant: exit code 1 exactly when there is an error; warnings alone pass.
import { check } from '../../engine/language/check';
import { type Command, jsonOption, modelOperand, modelOption, setOption } from '../command';
import { loadFile, loadModel, selectModel, sourceFinder } from '../load-model';
import { distinct, hasErrors, problemJson, problemLines } from '../problems';
import { exitCodes } from '../terminal';

export const checkCommand: Command = {
  spec: {
    name: 'check',
    summary: 'Checks a file: its text, its shapes, and the data its models name.',
    operands: [modelOperand],
    options: { model: { ...modelOption, help: 'Checks this model and its data; default: all of the file.' }, set: setOption, json: jsonOption },
  },
  async run(options, terminal) {
    const program = loadFile(options.operands[0] ?? '', terminal.folder);
    const named = options.text('model');
    const models = named === undefined ? program.main.models.map((model) => model.name.text) : [selectModel(program, named).name.text];
    const problems = [...check(program)];
    for (const model of models) problems.push(...(await loadModel(program, terminal.folder, { model, set: options.texts('set') })).problems);
    const sources = sourceFinder(program);
    const found = distinct(problems);
    if (options.has('json')) for (const problem of found) terminal.out(problemJson(problem, sources));
    else for (const line of problemLines(found, sources)) terminal.out(line);
    if (hasErrors(found)) return exitCodes.wrong;
    if (!options.has('json')) terminal.err(`${program.main.file}: no errors in ${counted(program.main.cells.length, 'cell')} and ${counted(models.length, 'model')}.`);
    return exitCodes.done;
  },
};

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
