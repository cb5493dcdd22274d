// Back-propagation of several losses at once over one recorded sequence: BPTT is linear in its seed, so a seed axis makes it one pass.
// Not the trace's own backward pass, whose one seed is the mean loss of the whole batch.
// Invariant: seed r gives exactly the gradient of loss r; masked steps hand cotangents on unchanged.
import { defined } from '../base/invariant';
import { forwardUnits, type Half, halvesOf } from '../ir/halves';
import type { Model, PoolLine, StepLine } from '../ir/model';
import type { Trace } from '../trace/trace';
import type { StepVariant, TracePrograms } from '../trace/trace-programs';
import { type Pace, unpaced } from './pace';
import { vectorVariant } from './paths';
import { isValid, lineValueAt, timeOf } from './recorded-step';
import { type Cotangent, type SeededState, walkHalf } from './seeded-walk';

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
  private readonly carriers: ReadonlySet<string>;
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
    this.carriers = carriersOf(model);
  }

  async run(): Promise<SeededBackward> {
    this.seedLosses();
    for (const line of [...this.model.lines].reverse()) {
      if (!this.cotangents.has(line.name) || !this.carriers.has(line.name)) continue;
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
    const { programs, model, trace, carriers } = this;
    const reached = line.inputs.map((name) => (carriers.has(name) ? this.cotangentOf(name) : undefined));
    const found = await walkHalf({
      programs, model, trace, line, half, reached,
      sequences: this.rows.map(({ sequence }) => sequence),
      whole: this.cotangentOf(line.name),
      variant: this.options.variant?.(line) ?? vectorVariant(line),
      keepVectors: this.options.keepVectors === true,
      tick: () => this.pace(Math.min(1, this.done++ / (this.time * this.walks()))),
    });
    for (const [name, state] of found.states) this.states.set(`${half.prefix}.${name}`, state);
    if (found.output) this.outputs.set(half.prefix, found.output);
  }

  /** How many walks over time there are. */
  private walks(): number {
    return this.model.lines.reduce((sum, line) => sum + (line.kind === 'step' && line.perStep && this.carriers.has(line.name) ? halvesOf(line).length : 0), 0);
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

/** Lines that have a state, or a layer with one before them: a gradient that reaches only others is nobody's. */
function carriersOf({ lines }: Model): ReadonlySet<string> {
  const carriers = new Set<string>();
  for (const line of lines) {
    const reads = line.kind === 'step' ? line.inputs : line.kind === 'pool' ? [line.of] : [];
    if ((line.kind === 'step' && line.step.states.length > 0) || reads.some((name) => carriers.has(name))) carriers.add(line.name);
  }
  return carriers;
}
