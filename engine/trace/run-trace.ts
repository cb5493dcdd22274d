// Records one forward and backward pass of a model over one batch, line by line, as a Trace.
// Not training (no optimizer, nothing fused) and not the reading of files.
// Invariant: columns are named and shaped as the trace file's contract says; gradients are totals through every later step.
import { defined, invariant } from '../base/invariant';
import { OperationalError } from '../base/operational-error';
import { forwardUnits, halvesOf } from '../ir/halves';
import type { EmbedLine, Line, Model, PoolLine, StepLine } from '../ir/model';
import type { Backend } from '../runtime/backend';
import { floats, type FloatTensor, ints, sizeOf } from '../runtime/tensor';
import { type Change, ChangedSteps } from './changed-steps';
import { checkBatch } from './check-batch';
import { initialParameter, initialState } from './initial-states';
import { poolInputs } from './pool-inputs';
import { toBatchMajor, toTimeMajor } from './time-major';
import type { Batch, Edit, Trace, Weights } from './trace';
import { TracePrograms } from './trace-programs';
import { editFeeds } from './edit-feeds';
import { type BackwardWalk, type Buffer, type EarlierWalk, type EditedAt, type ForwardWalk, walkBackward, walkForward, type WalkSetting } from './walk-line';

export interface TraceOptions {
  /** Training's dropout masks are drawn from this seed; undefined = evaluation, dropout is the identity. */
  readonly dropoutSeed?: number;
  /** For random initial states; default the model's own. */
  readonly seed?: number;
  /** Programs to reuse; otherwise they are opened and disposed here. */
  readonly programs?: TracePrograms;
  /** Also records what each step hands on (`Trace.handed`). */
  readonly keepHanded?: boolean;
  readonly edits?: readonly Edit[];
  /** A pass that differs from this one in nothing but the change: what the change cannot reach going forwards is taken from it. */
  readonly earlier?: { readonly trace: Trace; readonly change: Change };
  /** Asked before every step; true ends the pass with OperationalError `cancelled`. */
  readonly cancelled?: () => boolean;
}

/** Throws OperationalError when the batch does not fit the model or the backend fails. The weights must have been checked. */
export async function runTrace(model: Model, weights: Weights, batch: Batch, backend: Backend, options: TraceOptions = {}): Promise<Trace> {
  const programs = options.programs ?? new TracePrograms(backend);
  try {
    return await new Pass(model, weights, batch, programs, options).run();
  } finally {
    if (!options.programs) await programs.dispose();
  }
}

interface HalfWalk {
  readonly setting: WalkSetting;
  readonly forward: ForwardWalk;
}

class Pass {
  private readonly columns = new Map<string, FloatTensor>();
  private readonly values = new Map<string, Buffer>();
  private readonly cotangents = new Map<string, Buffer>();
  private readonly handed = new Map<string, FloatTensor>();
  private readonly walks = new Map<string, readonly HalfWalk[]>();
  private readonly count: number;
  private readonly time: number;
  /** Time-major. */
  private readonly mask: Float32Array | undefined;
  private readonly ids: Int32Array | undefined;
  private readonly changed: ChangedSteps | undefined;

  constructor(
    private readonly model: Model,
    private readonly weights: Weights,
    private readonly batch: Batch,
    private readonly programs: TracePrograms,
    private readonly options: TraceOptions,
  ) {
    const shape = checkBatch(model, batch);
    this.count = shape.batch;
    this.time = shape.time;
    this.changed = options.earlier && new ChangedSteps(model, this.time, options.earlier.change);
    this.mask = shape.mask && toTimeMajor(shape.mask, this.count, this.time);
    if (batch.x.kind === 'i32') this.ids = toTimeMajor(batch.x.data, this.count, this.time);
    else this.values.set('x', { width: batch.x.data.length / (this.count * this.time), data: toTimeMajor(batch.x.data, this.count, this.time) });
  }

  async run(): Promise<Trace> {
    for (const line of this.model.lines) this.values.set(line.name, await this.forward(line));
    const { loss, stepLoss } = await this.lossAndSeed();
    for (const line of [...this.model.lines].reverse()) await this.backward(line);
    if (!this.ids) this.record('grad/x', this.cotangentOf('x'), true, []);
    return { backend: this.programs.backend.name, batch: this.batch, loss, stepLoss, weights: this.weights, ...(this.options.dropoutSeed === undefined ? {} : { dropoutSeed: this.options.dropoutSeed }), columns: this.columns, ...(this.options.keepHanded === true ? { handed: this.handed } : {}) };
  }

  private async forward(line: Line): Promise<Buffer> {
    if (line.kind !== 'step' && this.changed && this.changed.ofLine(line.name) === undefined) return this.shared(line);
    if (line.kind === 'embed') return this.embed(line);
    if (line.kind === 'pool') return this.pool(line);
    const walks: HalfWalk[] = [];
    for (const half of halvesOf(line)) {
      const setting = await this.setting(line, half);
      const earlier = this.earlierWalk(setting);
      const stretch = this.changed?.ofHalf(half);
      const isShared = earlier !== undefined && stretch === undefined;
      // Without states a line does all its rows in one run.
      const forward = isShared ? earlier : await walkForward(setting, earlier && stretch && line.step.states.length > 0 ? { walk: earlier, stretch } : undefined);
      walks.push({ setting, forward });
      for (const [name, value] of forward.named) {
        const key = `value/${half.prefix}.${name}`;
        if (isShared) this.columns.set(key, this.earlierColumn(key));
        else this.record(key, value, line.perStep, namedShape(line, name));
      }
    }
    this.walks.set(line.name, walks);
    if (this.changed && this.changed.ofLine(line.name) === undefined) return this.shared(line);
    const value = joined(walks.map((walk) => walk.forward.output));
    this.record(`value/${line.name}`, value, line.perStep, [line.size]);
    return value;
  }

  /** A line's value that the change does not reach. */
  private shared(line: Line): Buffer {
    const key = `value/${line.name}`;
    const column = this.earlierColumn(key);
    this.columns.set(key, column);
    return { width: line.size, data: line.perStep ? toTimeMajor(column.data, this.count, this.time) : column.data };
  }

  /** What the earlier pass recorded of a half, time-major; copies. */
  private earlierWalk({ line, half }: WalkSetting): EarlierWalk['walk'] | undefined {
    if (this.options.earlier === undefined) return undefined;
    const buffer = (key: string): Buffer => {
      const { data } = this.earlierColumn(key);
      const timeMajor = line.perStep ? toTimeMajor(data, this.count, this.time) : data.slice();
      return { width: data.length / this.count / (line.perStep ? this.time : 1), data: timeMajor };
    };
    return {
      named: new Map(line.step.named.map(({ name }) => [name, buffer(`value/${half.prefix}.${name}`)])),
      states: line.step.states.map(({ name }) => buffer(`value/${half.prefix}.${name}`)),
      output: part(buffer(`value/${line.name}`), half.offset, half.size),
    };
  }

  private earlierColumn(key: string): FloatTensor {
    return defined(this.options.earlier?.trace.columns.get(key), `the earlier pass holds ${key}`);
  }

  private async setting(line: StepLine, half: WalkSetting['half']): Promise<WalkSetting> {
    const recurrent = line.step.states.length > 0;
    const steps = recurrent ? this.time : 1;
    const rows = recurrent || !line.perStep ? this.count : this.count * this.time;
    const masked = recurrent && this.mask !== undefined;
    const seed = this.options.seed ?? this.model.train.seed;
    return {
      line,
      half,
      open: await this.programs.step(line, rows, masked),
      wide: (many) => this.programs.parameterGradients(line, many, masked),
      weights: this.weights,
      steps,
      rows,
      inputs: line.inputs.map((name) => this.valueOf(name)),
      mask: masked ? this.mask : undefined,
      initial: line.step.states.map((state) => initialState(half.prefix, state, this.count, this.batch, this.weights, seed)),
      dropoutSeed: this.options.dropoutSeed,
      edited: await this.editedSteps(line, half, rows, masked),
      checkCancelled: () => {
        if (this.options.cancelled?.()) throw new OperationalError('cancelled', 'The pass was cancelled.');
      },
    };
  }

  private async embed(line: EmbedLine): Promise<Buffer> {
    const rows = this.count * this.time;
    const ids = ints([rows], defined(this.ids, 'a model with an embedding reads ids'));
    const table = line.how === 'embedding' ? { table: defined(this.weights.get(`${line.name}.W`), 'weights hold the table') } : {};
    const value = { width: line.size, data: await this.programs.lookup(line, rows, { ids, ...table }) };
    this.record(`value/${line.name}`, value, true, [line.size]);
    return value;
  }

  private async pool(line: PoolLine): Promise<Buffer> {
    const feeds = { value: this.tensorOf(line.of), ...poolInputs(line.how, this.time, this.count, this.mask) };
    const value = { width: line.size, data: await this.programs.pool(line, this.poolShape(line), false, feeds) };
    this.record(`value/${line.name}`, value, false, [line.size]);
    return value;
  }

  private poolShape(line: PoolLine): Parameters<TracePrograms['pool']>[1] {
    return { how: line.how, time: this.time, batch: this.count, size: line.size, split: Math.min(forwardUnits(this.model, line.of), line.size) };
  }

  private async lossAndSeed(): Promise<Pick<Trace, 'loss' | 'stepLoss'>> {
    const { loss, target } = this.model;
    const steps = target.perStep ? this.time : 1;
    const rows = this.count * steps;
    const size = this.valueOf(loss.of).width;
    const valid = target.perStep && this.mask ? this.mask : new Float32Array(rows).fill(1);
    const targets = valid.reduce((a, b) => a + b, 0);
    const y = this.batch.y;
    const target_ =
      y.kind === 'i32' ? ints([rows], toTimeMajor(y.data, this.count, steps)) : floats([rows, size], toTimeMajor(y.data, this.count, steps));
    const feeds = { y: this.tensorOf(loss.of), target: target_, valid: floats([rows, 1], valid), scale: floats([], new Float32Array([1 / targets])) };
    const { rowLoss, gradient } = await this.programs.loss(loss, rows, size, feeds);
    let total = 0;
    for (const value of rowLoss) total += value;
    const seed = this.cotangentOf(loss.of);
    gradient.forEach((value, i) => (seed.data[i] = (seed.data[i] ?? 0) + value));
    const mean = total / targets;
    this.columns.set('loss', floats([], new Float32Array([mean])));
    return { loss: mean, stepLoss: floats([this.count, steps], toBatchMajor(rowLoss, this.count, steps)) };
  }

  private async backward(line: Line): Promise<void> {
    const arriving = this.cotangentOf(line.name);
    if (line.kind === 'embed') return this.embedBackward(line, arriving);
    if (line.kind === 'pool') return this.poolBackward(line, arriving);
    const outputs: Buffer[] = [];
    for (const { setting, forward } of defined(this.walks.get(line.name), 'the line was walked')) {
      const { half } = setting;
      const walk = await walkBackward(setting, forward, part(arriving, half.offset, half.size));
      outputs.push(walk.output);
      for (const [name, value] of walk.named) this.record(`grad/${half.prefix}.${name}`, value, line.perStep, namedShape(line, name));
      line.step.params.forEach((param) => {
        const total = defined(walk.params.get(param.name), 'every parameter has a gradient');
        this.columns.set(`grad/param/${half.prefix}.${param.name}`, floats(param.shape, total));
      });
      if (this.options.keepHanded === true) this.hand(line, half, walk, part(arriving, half.offset, half.size));
      line.step.states.forEach((state, index) => {
        if (state.initial.kind !== 'learned') return;
        const total = new Float32Array(sizeOf(state.shape));
        walk.initial[index]?.forEach((value, i) => (total[i % total.length] = (total[i % total.length] ?? 0) + value));
        this.columns.set(`grad/param/${initialParameter(half.prefix, state.name)}`, floats(state.shape, total));
      });
      line.inputs.forEach((name, index) => this.addTo(name, defined(walk.inputs[index], 'one cotangent per input')));
    }
    this.record(`grad/${line.name}`, joined(outputs), line.perStep, [line.size]);
  }

  private async embedBackward(line: EmbedLine, arriving: Buffer): Promise<void> {
    this.record(`grad/${line.name}`, arriving, true, [line.size]);
    if (line.how === 'oneHot') return;
    const rows = this.count * this.time;
    const feeds = { ids: ints([rows], defined(this.ids, 'ids')), cotangent: floats([rows, line.size], arriving.data) };
    this.columns.set(`grad/param/${line.name}.W`, floats([line.vocabulary, line.size], await this.programs.lookupGradient(line, rows, feeds)));
  }

  private async poolBackward(line: PoolLine, arriving: Buffer): Promise<void> {
    this.record(`grad/${line.name}`, arriving, false, [line.size]);
    const feeds = {
      value: this.tensorOf(line.of),
      pooled: this.tensorOf(line.name),
      cotangent: floats([this.count, line.size], arriving.data),
      ...poolInputs(line.how, this.time, this.count, this.mask),
    };
    this.addTo(line.of, { width: line.size, data: await this.programs.pool(line, this.poolShape(line), true, feeds) });
  }

  private valueOf(name: string): Buffer {
    return defined(this.values.get(name), `${name} was computed before it is used`);
  }

  private tensorOf(name: string): FloatTensor {
    const { width, data } = this.valueOf(name);
    return floats([data.length / width, width], data);
  }

  private cotangentOf(name: string): Buffer {
    let cotangent = this.cotangents.get(name);
    if (!cotangent) {
      const value = this.valueOf(name);
      cotangent = { width: value.width, data: new Float32Array(value.data.length) };
      this.cotangents.set(name, cotangent);
    }
    return cotangent;
  }

  private addTo(name: string, cotangent: Buffer): void {
    const target = this.cotangentOf(name).data;
    invariant(target.length === cotangent.data.length, `the cotangent of ${name} has its shape`);
    for (let i = 0; i < target.length; i++) target[i] = (target[i] ?? 0) + (cotangent.data[i] ?? 0);
  }

  private hand(line: StepLine, half: WalkSetting['half'], walk: BackwardWalk, arriving: Buffer): void {
    line.step.states.forEach((state, index) => this.record(`old/${half.prefix}.${state.name}`, defined(walk.old[index], 'one per state'), line.perStep, state.shape, this.handed));
    line.step.inputs.forEach((input, index) => this.record(`in/${half.prefix}.${input.name}`, defined(walk.inputs[index], 'one per input'), line.perStep, [], this.handed));
    this.record(`above/${half.prefix}`, arriving, line.perStep, [half.size], this.handed);
  }

  /** Programs and feeds of the steps at which this half is edited. */
  private async editedSteps(line: StepLine, half: WalkSetting['half'], rows: number, masked: boolean): Promise<WalkSetting['edited']> {
    const edits = (this.options.edits ?? []).filter((edit) => edit.half === half.prefix);
    const recurrent = line.step.states.length > 0;
    const steps = new Map<number, Edit[]>();
    for (const edit of edits) steps.set(recurrent ? edit.step : 0, [...(steps.get(recurrent ? edit.step : 0) ?? []), edit]);
    const edited = new Map<number, EditedAt>();
    for (const [at, list] of steps) {
      const targets = [...new Map(list.map(({ target }) => [`${target.kind}.${target.name}`, target])).values()];
      const open = await this.programs.step(line, rows, masked, { name: `edit ${targets.map(({ kind, name }) => `${kind}.${name}`).sort().join(' ')}`, edits: targets });
      const rowOf = (edit: Edit): number => (recurrent || !line.perStep ? edit.row : edit.step * this.count + edit.row);
      edited.set(at, { open, feeds: editFeeds(line, rows, list.map((edit) => ({ ...edit, row: rowOf(edit) }))) });
    }
    return edited;
  }

  private record(key: string, value: Buffer, perStep: boolean, shape: readonly number[], into = this.columns): void {
    const dims = shape.length > 0 ? shape : [value.width];
    if (perStep) into.set(key, floats([this.count, this.time, ...dims], toBatchMajor(value.data, this.count, this.time)));
    else into.set(key, floats([this.count, ...dims], value.data.slice()));
  }
}

function namedShape(line: StepLine, name: string): readonly number[] {
  const id = line.step.named.find((named) => named.name === name)?.id;
  const value = [...line.step.graph.inputs, ...line.step.graph.equations].find((candidate) => candidate.id === id);
  return value && value.type.shape.length > 0 ? value.type.shape : [1];
}

/** Halves side by side: `[forward; backward]`. */
function joined(parts: readonly Buffer[]): Buffer {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const width = parts.reduce((sum, value) => sum + value.width, 0);
  const rows = only ? only.data.length / only.width : 0;
  const data = new Float32Array(rows * width);
  let offset = 0;
  for (const value of parts) {
    for (let row = 0; row < rows; row++) data.set(value.data.subarray(row * value.width, (row + 1) * value.width), row * width + offset);
    offset += value.width;
  }
  return { width, data };
}

function part(whole: Buffer, offset: number, width: number): Buffer {
  if (width === whole.width) return whole;
  const rows = whole.data.length / whole.width;
  const data = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) data.set(whole.data.subarray(row * whole.width + offset, row * whole.width + offset + width), row * width);
  return { width, data };
}
