// `unroll train`: begins a run, or goes on with one, and keeps it in a folder.
// Not the loop (engine/training/trainer.ts) nor the folder's meaning (run-record.ts): here they are connected to a terminal.
// Invariant: Ctrl-C ends the run with a checkpoint; whatever ends it, the folder holds everything up to its last one.
import type { Model } from '../../engine/ir/model';
import type { Program } from '../../engine/language/program';
import { OnnxTrainingProgram } from '../../engine/training/onnx-training-program';
import { type OpenedRecord, beginRecord, describeRun, resumeRecord } from '../../engine/training/open-record';
import type { RunDescription } from '../../engine/training/run-description';
import { RunRecord } from '../../engine/training/run-record';
import { type TrainingSetup, plannedIterations, train } from '../../engine/training/trainer';
import { TrainingControl } from '../../engine/training/training-control';
import { eventLine } from '../../engine/training/training-events';
import { freshWeights } from '../../engine/weights/initialise';
import { checkWeights } from '../../engine/weights/weight-check';
import { parametersOf } from '../../engine/training/checkpoint';
import { chooseBackend } from '../backends/choose-backend';
import { type Command, backendOption, jsonOption, modelOperand, modelOption, setOption, threadsOption } from '../command';
import { runFolder } from '../files/run-folder';
import { readTensorFile } from '../files/tensor-files';
import { loadFile, loadModel, selectModel, sourceFinder } from '../load-model';
import { CallError, type ReadOptions } from '../options';
import { problemLines } from '../problems';
import { freshRunFolder, latestRunFolder } from '../run-folders';
import { type Terminal, exitCodes } from '../terminal';
import { TrainingReport } from '../training-report';

export const trainCommand: Command = {
  spec: {
    name: 'train',
    summary: 'Trains a model and keeps the run in a folder.',
    operands: [modelOperand],
    options: {
      model: modelOption,
      out: { value: 'DIR', help: 'The run\'s folder. Default: .unroll/runs/<id> beside the model; with --resume the model\'s newest run there.' },
      resume: { help: 'Goes on from the run\'s newest checkpoint, exactly as if it had not stopped.' },
      weights: { value: 'W.safetensors', help: 'Parameters to begin with. Default: fresh ones by the seed.' },
      set: setOption,
      backend: backendOption,
      threads: threadsOption,
      'validate-every': { value: 'N', help: 'Iterations between validations, samples and checkpoints. Default: a tenth of an epoch, at least 25.' },
      json: jsonOption,
    },
    notes: ['Ctrl-C ends the training after the iteration under way, with a checkpoint; --resume goes on from there. A second Ctrl-C ends it at once.'],
  },
  async run(options, terminal) {
    const file = options.operands[0] ?? '';
    const program = loadFile(file, terminal.folder);
    const resumed = options.has('resume') ? await openRun(program, options, terminal) : undefined;
    // A resumed run keeps the settings it began with; what is given now goes over them.
    const set = [...Object.entries(resumed?.description.settings ?? {}).map(([key, value]) => `${key}=${value}`), ...options.texts('set')];
    const { model, source, problems } = await loadModel(program, terminal.folder, { model: resumed?.description.model ?? options.text('model'), set });
    problemLines(problems, sourceFinder(program)).forEach((line) => terminal.err(line));
    if (model === undefined) return exitCodes.wrong;
    if (source === undefined) throw new CallError(`Model ${model.name} declares its input on tensors; give it a data line to train it, for example data text("poem.txt").`);
    const validateEvery = options.count('validate-every');
    const plan = source.plan({ batch: model.train.batch, carry: model.train.carry === 'state', seed: model.train.seed });
    const backend = await chooseBackend(options, terminal, resumed?.description.backend);
    const network = new OnnxTrainingProgram(model, backend, await firstWeights(model, options, terminal.folder));
    const control = new TrainingControl();
    const forget = terminal.onInterrupt(() => {
      terminal.err('Stopping after this iteration…');
      control.stop();
    });
    try {
      const total = plannedIterations(model, plan);
      const description = describeRun(program, model, source, {
        backend: { name: backend.name, description: backend.description, threads: backend.threads },
        settings: Object.fromEntries(set.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)])),
        iterations: total,
        batchesPerEpoch: plan.batchesPerEpoch,
        started: new Date(terminal.now()).toISOString(),
      });
      const { record, resumeFrom } = await recordOf(resumed, description, program, model, options, terminal);
      const report = new TrainingReport(terminal, total, resumeFrom?.iteration ?? 0);
      terminal.err(`${model.name} on ${source.description}`);
      terminal.err(`${total} iterations of ${plan.batchesPerEpoch} an epoch; backend ${backend.name}: ${backend.description}; run ${record.path}`);
      const setup: TrainingSetup = {
        model, program: network, plan, backend, record, control,
        ...(resumeFrom === undefined ? {} : { resumeFrom }),
        ...(model.data?.source === 'text' && source.vocabulary !== undefined ? { vocabulary: source.vocabulary } : {}),
        ...(validateEvery === undefined ? {} : { validateEvery }),
        onEvent(event) {
          if (options.has('json')) terminal.out(eventLine(event).trimEnd());
          report.event(event);
        },
        breathe: () => terminal.breathe(),
      };
      const outcome = await train(setup);
      if (outcome.status === 'failed') {
        terminal.err(outcome.reason ?? 'Training failed.');
        return exitCodes.wrong;
      }
      if (outcome.status === 'stopped') terminal.err(`Stopped after iteration ${outcome.iteration} of ${total}; go on with: unroll train ${file} --out ${record.path} --resume`);
      return exitCodes.done;
    } finally {
      forget();
      await network.dispose();
      await backend.dispose();
    }
  },
};

async function firstWeights(model: Model, options: ReadOptions, folder: string): Promise<ReturnType<typeof freshWeights>> {
  const name = options.text('weights');
  if (name === undefined) return freshWeights(model);
  if (options.has('resume')) throw new CallError('--resume takes its parameters from the checkpoint; leave --weights out.');
  return checkWeights(model, parametersOf((await readTensorFile(name, folder)).tensors), name);
}

/** The run to go on with. */
async function openRun(program: Program, options: ReadOptions, terminal: Terminal): Promise<RunRecord> {
  const named = options.text('model');
  const out = options.text('out');
  const path = out ?? (await latestRunFolder(program.main.file, selectModel(program, named).name.text, terminal));
  const record = await RunRecord.open(runFolder(path, terminal.folder));
  const { model } = record.description;
  if (named !== undefined && named !== model) throw new CallError(`"${path}" holds a run of model ${model}, not of ${named}; use --model ${model} or another folder.`);
  return record;
}

/** Begins the run's record, or takes it up again from its newest checkpoint. */
async function recordOf(resumed: RunRecord | undefined, description: RunDescription, program: Program, model: Model, options: ReadOptions, terminal: Terminal): Promise<OpenedRecord> {
  const path = resumed?.path ?? options.text('out') ?? freshRunFolder(program.main.file, model.name, terminal);
  const storage = runFolder(path, terminal.folder);
  const opened = resumed === undefined ? await beginRecord(storage, description, program) : await resumeRecord(storage, description, program, model);
  for (const notice of opened.notices) terminal.err(notice);
  return opened;
}
