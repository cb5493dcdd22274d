// Back-propagation of several losses at once over one recorded sequence: BPTT is linear in its seed, so a seed axis makes it one pass.
// Not the trace's own backward pass, whose one seed is the mean loss of the whole batch.
// Invariant: seed r gives exactly the gradient of loss r; masked steps hand cotangents on unchanged.
import { defined } from '../base/invariant';
import { forwardUnits, type Half, halvesOf } from '../ir/halves';
import type { Model, PoolLine, StepLine } from '../ir/model';
import { sizeOf } from '../runtime/tensor';
import type { Trace } from '../trace/trace';
import { numbers, type StepVariant, type TracePrograms } from '../trace/trace-programs';
import { type Pace, unpaced } from './pace';
import { vectorVariant } from './paths';
import { feedsOfRows, isValid, lineValueAt, seedLabel, timeOf, zeroSeeds } from './recorded-step';

/** Cotangents of a line over time, `[time, seeds, size]` (`[1, seeds, size]` after pooling). */
interface Cotangent {
  readonly size: number;
  readonly data: Float32Array;
}

export interface SeededState {
  /** Norms of ∂L_r/∂ the new state at step t, total: `[seeds, time]`. */
  readonly norms: Float32Array;
  /** Cotangents from outside the step (later steps and the output), `[time, seeds, size]`; only when vectors are kept. */
  readonly arriving: Float32Array | undefined;
  readonly size: number;
}

export interface SeededBackward {
  readonly seeds: number;
  readonly time: number;
  /** By `<layer>.<state>` (`<layer>.backward.<state>` for a reverse half). */
  readonly states: ReadonlyMap<string, SeededState>;
  /** Output cotangents by half, `[time, seeds, size]`; only when vectors are kept and the output is no state. */
  readonly outputs: ReadonlyMap<string, Float32Array>;
}

export interface SeededOptions {
  /** Row of the batch; or one for each seed. */
  readonly sequence: number | readonly number[];
  /** Steps (from 0) whose un-normalised losses are seeds; 'mean' is one seed, the trace's own loss. One target a sequence has one loss. */
  readonly losses: readonly number[] | 'mean';
  readonly keepVectors?: boolean;
  /** Other gradient rules for a line than the usual ones. */
  readonly variant?: (line: StepLine) => StepVariant | undefined;
  readonly pace?: Pace;
}

interface Seed {
  readonly sequence: number;
  readonly loss: number | 'mean';
}

/** ∂L_j/∂y_j for the un-normalised loss of each step, from the trace's gradient of the mean. */
export async function seededBackward(programs: TracePrograms, model: Model, trace: Trace, options: SeededOptions): Promise<SeededBackward> {
  return new Walker(programs, model, trace, options).run();
}

class Walker {
  private readonly time: number;
  private readonly rows: readonly Seed[];
  private readonly seeds: number;
  private readonly pace: Pace;
  private done = 0;
  private readonly cotangents = new Map<string, Cotangent>();
  private readonly states = new Map<string, SeededState>();
  private readonly outputs = new Map<string, Float32Array>();

  constructor(
    private readonly programs: TracePrograms,
    private readonly model: Model,
    private readonly trace: Trace,
    private readonly options: SeededOptions,
  ) {
    this.time = timeOf(trace);
    const { sequence, losses } = options;
    const sequences = typeof sequence === 'number' ? [sequence] : sequence;
    const each = losses === 'mean' || !model.target.perStep ? sequences.map(() => (losses === 'mean' ? losses : 0)) : losses;
    this.rows = each.map((loss, row) => ({ loss, sequence: defined(sequences[row] ?? sequences[0], 'a sequence') }));
    this.seeds = this.rows.length;
    this.pace = options.pace ?? unpaced;
  }

  async run(): Promise<SeededBackward> {
    this.seedLosses();
    for (const line of [...this.model.lines].reverse()) {
      if (!this.cotangents.has(line.name)) continue;
      if (line.kind === 'pool') this.unpool(line);
      else if (line.kind === 'step') for (const half of halvesOf(line)) await this.walk(line, half);
    }
    return { seeds: this.seeds, time: this.time, states: this.states, outputs: this.outputs };
  }

  private cotangentOf(name: string): Cotangent {
    let found = this.cotangents.get(name);
    if (!found) {
      const line = this.model.lines.find((candidate) => candidate.name === name);
      const size = line?.size ?? (this.model.input.kind === 'numeric' ? this.model.input.features : 1);
      found = { size, data: new Float32Array((line?.perStep === false ? 1 : this.time) * this.seeds * size) };
      this.cotangents.set(name, found);
    }
    return found;
  }

  private seedLosses(): void {
    const { model, trace, seeds } = this;
    const target = this.cotangentOf(model.loss.of);
    const gradient = defined(trace.columns.get(`grad/${model.loss.of}`), 'the trace holds the loss gradient');
    const steps = model.target.perStep ? this.time : 1;
    const counted = trace.batch.mask && model.target.perStep ? trace.batch.mask.data.reduce((a, b) => a + b, 0) : (trace.batch.x.dims[0] as number) * steps;
    this.rows.forEach(({ sequence, loss }, r) => {
      const [first, end] = loss === 'mean' ? [0, steps] : [loss, loss + 1];
      for (let j = first; j < end; j++) {
        const from = (sequence * steps + j) * target.size;
        const to = (j * seeds + r) * target.size;
        for (let i = 0; i < target.size; i++) target.data[to + i] = (gradient.data[from + i] ?? 0) * (loss === 'mean' ? 1 : counted);
      }
    });
  }

  private async walk(line: StepLine, half: Half): Promise<void> {
    const { seeds, trace } = this;
    const { keepVectors } = this.options;
    const walk = { model: this.model, trace, line, half };
    const open = await this.programs.step(line, seeds, false, this.options.variant?.(line) ?? vectorVariant(line));
    const session = await open.backward();
    const steps = line.perStep ? this.time : 1;
    const whole = this.cotangentOf(line.name);
    const widths = line.step.states.map((state) => sizeOf(state.shape));
    const norms = line.step.states.map(() => new Float32Array(seeds * steps));
    const arrivals = line.step.states.map((_, index) => (keepVectors ? new Float32Array(steps * seeds * (widths[index] ?? 0)) : undefined));
    const outputs = keepVectors && open.program.outputState === undefined ? new Float32Array(steps * seeds * half.size) : undefined;
    let carried: Float32Array[] = line.step.states.map((_, index) => new Float32Array(seeds * (widths[index] ?? 0)));
    const order = Array.from({ length: steps }, (_, t) => t);
    if (!half.reversed) order.reverse();
    for (const t of order) {
      const own = columnsOf(whole, t * seeds, seeds, half.offset, half.size);
      const arriving = this.withOutput(open.program.outputState, line, carried, own);
      arriving.forEach((values, index) => arrivals[index]?.set(values, t * values.length));
      outputs?.set(own, t * own.length);
      await this.pace(Math.min(1, this.done++ / (this.time * this.walks())));
      // Before its losses a pass has nothing to hand on: what is linear in zeros is zero, and the step need not run.
      if (isZero(own) && arriving.every(isZero)) {
        carried = arriving;
        continue;
      }
      const valid = this.rows.map(({ sequence }) => !line.perStep || line.step.states.length === 0 || isValid(trace, sequence, t));
      if (!valid.includes(true)) {
        arriving.forEach((values, index) => noteNorms(norms[index] as Float32Array, values, seeds, steps, t));
        carried = arriving;
        continue;
      }
      const sequences = new Set(this.rows.map(({ sequence }) => sequence));
      const rows = (sequences.size === 1 ? this.rows.slice(0, 1) : this.rows).map(({ sequence }) => ({ sequence, t }));
      const results = await session.run({ ...feedsOfRows(walk, open, rows), ...this.seedFeeds(open, line, arriving, own) });
      // A row whose step is masked hands on what it was given.
      const held = (got: Float32Array, instead: Float32Array | undefined): Float32Array => {
        if (!valid.includes(false)) return got;
        const width = got.length / seeds;
        const kept = got.slice();
        valid.forEach((is, r) => !is && (instead ? kept.set(instead.subarray(r * width, (r + 1) * width), r * width) : kept.fill(0, r * width, (r + 1) * width)));
        return kept;
      };
      carried = line.step.states.map((state, index) => {
        const given = arriving[index] as Float32Array;
        const total = results[`grad.${state.name}`];
        noteNorms(norms[index] as Float32Array, total ? held(numbers(total), given) : given, seeds, steps, t);
        const got = results[`old.grad.${state.name}`];
        return held(got ? numbers(got) : new Float32Array(seeds * (widths[index] ?? 0)), given);
      });
      line.step.inputs.forEach((input, index) => {
        const got = results[`in.grad.${input.name}`];
        const name = line.inputs[index];
        if (!got || name === undefined) return;
        const target = this.cotangentOf(name);
        const start = t * seeds * target.size;
        addInto(target.data.subarray(start), held(numbers(got), undefined));
      });
    }
    line.step.states.forEach((state, index) =>
      this.states.set(`${half.prefix}.${state.name}`, { norms: norms[index] as Float32Array, arriving: arrivals[index], size: widths[index] ?? 0 }),
    );
    if (outputs) this.outputs.set(half.prefix, outputs);
  }

  /** How many walks over time there are. */
  private walks(): number {
    return this.model.lines.reduce((sum, line) => sum + (line.kind === 'step' && line.perStep ? halvesOf(line).length : 0), 0);
  }

  /** What later steps send, plus what the line's users send to the state that is the output. */
  private withOutput(outputState: string | undefined, line: StepLine, carried: readonly Float32Array[], own: Float32Array): Float32Array[] {
    return line.step.states.map((state, index) => {
      const values = (carried[index] as Float32Array).slice();
      if (state.name === outputState) addInto(values, own);
      return values;
    });
  }

  private seedFeeds(open: Parameters<typeof zeroSeeds>[0], line: StepLine, arriving: readonly Float32Array[], own: Float32Array): ReturnType<typeof zeroSeeds> {
    const seeds = zeroSeeds(open);
    line.step.states.forEach((state, index) => {
      const seed = seeds[seedLabel(open, state.name)];
      const values = arriving[index];
      if (seed && values) addInto(seed.data, values);
    });
    seeds['seed.output']?.data.set(own);
    return seeds;
  }

  /** The adjoint of pooling for one sequence and several seeds. */
  private unpool(line: PoolLine): void {
    const { seeds, time, trace } = this;
    const from = this.cotangentOf(line.name);
    const to = this.cotangentOf(line.of);
    this.rows.forEach(({ sequence }, r) => {
      const valid = Array.from({ length: time }, (_, t) => t).filter((t) => isValid(trace, sequence, t));
      for (let unit = 0; unit < line.size; unit++) {
        for (const [t, share] of poolShares(this.model, trace, line, sequence, unit, valid)) {
          const at = (t * seeds + r) * line.size + unit;
          to.data[at] = (to.data[at] ?? 0) + share * (from.data[r * line.size + unit] ?? 0);
        }
      }
    });
  }
}

/** Which steps a pooled unit comes from, with their shares. */
function poolShares(model: Model, trace: Trace, line: PoolLine, sequence: number, unit: number, valid: readonly number[]): readonly (readonly [number, number])[] {
  const [first] = valid;
  const last = valid[valid.length - 1];
  if (first === undefined || last === undefined) return [];
  if (line.how === 'mean') return valid.map((t) => [t, 1 / valid.length]);
  if (line.how === 'max') {
    const valueAt = (t: number): number => lineValueAt({ model, trace, sequence }, line.of, t)[unit] ?? Number.NEGATIVE_INFINITY;
    return [[valid.reduce((best, t) => (valueAt(t) > valueAt(best) ? t : best), first), 1]];
  }
  const walksForward = unit < forwardUnits(model, line.of);
  return [[(line.how === 'last') === walksForward ? last : first, 1]];
}

function columnsOf({ size, data }: Cotangent, firstRow: number, rows: number, offset: number, width: number): Float32Array {
  if (width === size) return data.slice(firstRow * size, (firstRow + rows) * size);
  const result = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) result.set(data.subarray((firstRow + row) * size + offset, (firstRow + row) * size + offset + width), row * width);
  return result;
}

/** Adds all of `part` to the beginning of `total`. */
function addInto(total: Float32Array, part: Float32Array): void {
  for (let i = 0; i < part.length; i++) total[i] = (total[i] as number) + (part[i] as number);
}

function isZero(values: Float32Array): boolean {
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) return false;
  return true;
}

function noteNorms(norms: Float32Array, values: Float32Array, seeds: number, steps: number, t: number): void {
  const width = values.length / seeds;
  for (let r = 0; r < seeds; r++) {
    let sum = 0;
    for (let i = 0; i < width; i++) sum += (values[r * width + i] ?? 0) ** 2;
    norms[r * steps + t] = Math.sqrt(sum);
  }
}
