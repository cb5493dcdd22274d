// `unroll trace`: one recorded forward and backward pass over the batch of an inputs file.
// Not a debugger. Invariant: nothing is written unless the whole pass succeeded.
import { batchFromTensors } from '../../engine/data/batch-file';
import type { DataSource } from '../../engine/data/data-source';
import { OperationalError } from '../../engine/base/operational-error';
import { itemisedColumns, jacobianColumns, pathColumns } from '../../engine/inspect/inspection-columns';
import { halvesOf } from '../../engine/ir/halves';
import type { Model } from '../../engine/ir/model';
import type { FloatTensor, Tensor } from '../../engine/runtime/tensor';
import type { Batch, Trace, Weights } from '../../engine/trace/trace';
import { TracePrograms } from '../../engine/trace/trace-programs';
import { fingerprint, readsMetadata } from '../../engine/trace/fingerprint';
import { runTrace } from '../../engine/trace/run-trace';
import { parametersOf } from '../../engine/training/checkpoint';
import { freshWeights } from '../../engine/weights/initialise';
import { checkWeights } from '../../engine/weights/weight-check';
import { chooseBackend } from '../backends/choose-backend';
import { type Command, backendOption, modelOperand, modelOption, setOption, threadsOption } from '../command';
import { readTensorFile, writeTensorFile } from '../files/tensor-files';
import { loadFile, loadModel, sourceFinder } from '../load-model';
import { CallError, type ReadOptions } from '../options';
import { problemLines } from '../problems';
import { exitCodes } from '../terminal';
import { orderMetadata } from './compare';

export const traceCommand: Command = {
  spec: {
    name: 'trace',
    summary: 'Records one forward and backward pass: every value, every gradient, every step.',
    operands: [modelOperand],
    options: {
      weights: { value: 'W.safetensors', help: 'The parameters, or a checkpoint of a run. Default: fresh ones by the seed.' },
      inputs: { value: 'X.safetensors', help: 'x, y, and optionally mask and initial/<layer>.<state>. Default: a sequence of the model\'s validation split.' },
      sequence: { value: 'N', help: 'Which sequence of the validation split, from 0, when no inputs are given.' },
      out: { value: 'T.safetensors', help: 'Where the trace is written.' },
      summary: { help: 'Prints the norm of every value and gradient per step, one JSON object per line.' },
      json: { help: 'As --summary: only JSON on standard output.' },
      jacobians: { help: 'Adds jacobian/<layer>: ∂ all new states / ∂ all old states of every step.' },
      itemised: { help: 'Adds itemised/<layer>.<state>: how much of each step\'s loss reaches each earlier step.' },
      paths: { help: 'Adds path/<layer>.<state>/…: the gradient a step sends back, by highway and by recurrent matrix.' },
      training: { help: 'With dropout, as in training; its masks are drawn from --seed.' },
      seed: { value: 'N', help: 'Seed of the dropout masks, of fresh weights and of random initial states. Default: the model\'s.' },
      model: modelOption,
      set: setOption,
      backend: backendOption,
      threads: threadsOption,
    },
  },
  async run(options, terminal) {
    const out = options.text('out');
    const summary = options.has('summary') || options.has('json');
    if (out === undefined && !summary) throw new CallError('trace needs a place for its result: --out T.safetensors, or --summary.');
    const program = loadFile(options.operands[0] ?? '', terminal.folder);
    const { model, source, problems } = await loadModel(program, terminal.folder, { model: options.text('model'), set: options.texts('set') });
    problemLines(problems, sourceFinder(program)).forEach((line) => terminal.err(line));
    if (model === undefined) return exitCodes.wrong;
    const seed = options.count('seed', 0);
    const weights = await weightsOf(model, options, terminal.folder);
    const batch = await batchOf(model, source, options, terminal.folder);
    const backend = await chooseBackend(options, terminal);
    const programs = new TracePrograms(backend);
    try {
      const trace = await runTrace(model, weights, batch, backend, {
        programs,
        ...(seed === undefined ? {} : { seed }),
        ...(options.has('training') ? { dropoutSeed: seed ?? model.train.seed } : {}),
      });
      const columns = new Map([...trace.columns, ...(await inspections(programs, model, trace, options))]);
      if (out !== undefined) await writeTensorFile(out, terminal.folder, columns, { ...orderOf(model, columns), [readsMetadata]: fingerprint(batch.x) });
      if (summary) for (const line of summaryLines(trace)) terminal.out(line);
      else terminal.err(`loss ${trace.loss}; ${columns.size} tensors in ${out ?? ''} (backend ${backend.name}: ${backend.description})`);
    } finally {
      await programs.dispose();
      await backend.dispose();
    }
    return exitCodes.done;
  },
};

/** A file's tensors are sorted by name: in what order they were computed is told beside them. */
function orderOf({ lines }: Model, columns: ReadonlyMap<string, FloatTensor>): Readonly<Record<string, string>> {
  const reversed = lines.flatMap((line) => (line.kind === 'step' ? halvesOf(line).filter((half) => half.reversed).map(({ prefix }) => prefix) : []));
  return { [orderMetadata.columns]: JSON.stringify([...columns.keys()].filter((name) => name.startsWith('value/'))), [orderMetadata.reversed]: JSON.stringify(reversed) };
}

async function inspections(programs: TracePrograms, model: Model, trace: Trace, options: ReadOptions): Promise<ReadonlyMap<string, FloatTensor>> {
  const wanted = [
    options.has('jacobians') ? jacobianColumns : undefined,
    options.has('itemised') ? itemisedColumns : undefined,
    options.has('paths') ? pathColumns : undefined,
  ];
  const columns = new Map<string, FloatTensor>();
  for (const inspect of wanted) if (inspect) for (const [name, column] of await inspect(programs, model, trace)) columns.set(name, column);
  return columns;
}

async function weightsOf(model: Model, options: ReadOptions, folder: string): Promise<Weights> {
  const name = options.text('weights');
  if (name === undefined) return freshWeights(model, options.count('seed', 0));
  const { tensors } = await readTensorFile(name, folder);
  return checkWeights(model, parametersOf(tensors), name);
}

async function batchOf(model: Model, source: DataSource | undefined, options: ReadOptions, folder: string): Promise<Batch> {
  const name = options.text('inputs');
  const sequence = options.count('sequence', 0);
  if (name !== undefined) {
    if (sequence !== undefined) throw new CallError('--sequence is for the model\'s own data; leave it or --inputs out.');
    const { tensors } = await readTensorFile(name, folder);
    return batchFromTensors(tensors, name);
  }
  if (source === undefined) throw new CallError(`Model ${model.name} declares its input on tensors; name a file with --inputs X.safetensors.`);
  if (source.validationSequences === 0) throw new OperationalError('no-validation', 'The data have no validation split to take a sequence from; name a file with --inputs.');
  if ((sequence ?? 0) >= source.validationSequences) throw new CallError(`--sequence is below ${source.validationSequences}; ${sequence} was given.`);
  return source.validationSequence(sequence ?? 0);
}

/** The norm over batch and units of each column, per time step where it has them. */
function summaryLines(trace: Trace): readonly string[] {
  const [, time = 1] = trace.batch.x.dims;
  const norms = [...trace.columns].filter(([name]) => name !== 'loss').map(([name, column]) => JSON.stringify({ kind: 'norms', name, norms: normsOf(column, name.startsWith('grad/param/') ? 1 : time, trace.batch.x) }));
  return [JSON.stringify({ kind: 'loss', loss: trace.loss, backend: trace.backend }), ...norms];
}

function normsOf(column: FloatTensor, time: number, x: Tensor): readonly number[] {
  const rows = x.dims[0] ?? 1;
  const perStep = time > 1 && column.dims.length > 2 && column.dims[0] === rows && column.dims[1] === time;
  const steps = perStep ? time : 1;
  const width = column.data.length / (perStep ? rows * time : 1);
  const squares = new Array<number>(steps).fill(0);
  column.data.forEach((value, index) => {
    const step = perStep ? Math.floor(index / width) % time : 0;
    squares[step] = (squares[step] ?? 0) + value * value;
  });
  return squares.map(Math.sqrt);
}
