// How far back the last loss of a sequence reaches, over many sequences: the median and the band of its gradient's ratios.
// Not one sequence's curve (seeded-backward.ts gives it).
// Invariant: every sequence counts once, from its last valid step with a loss (its first where a half walks from the end); a sequence without gradient there does not count.
import type { Half } from '../ir/halves';
import type { Model, StepLine } from '../ir/model';
import type { Trace } from '../trace/trace';
import type { TracePrograms } from '../trace/trace-programs';
import { ratiosBack } from './gradient-reach';
import { keepingGate, type KeepingGate } from './keeping-gate';
import { lossSteps } from './loss-steps';
import { type Pace, unpaced, within } from './pace';
import { columnAt, isValid, timeOf } from './recorded-step';
import { seededBackward } from './seeded-backward';

export interface Quantiles {
  /** By steps back k = 0, 1, …. */
  readonly median: Float32Array;
  readonly low: Float32Array;
  readonly high: Float32Array;
}

/** Ratios of the gradient of each sequence's last loss, by `<layer>.<state>`, one list a sequence; of its first loss in a half that walks from the end. */
export async function lastLossRatios(programs: TracePrograms, model: Model, trace: Trace, pace: Pace = unpaced): Promise<ReadonlyMap<string, readonly Float64Array[]>> {
  const sequences = Array.from({ length: trace.batch.x.dims[0] ?? 0 }, (_, row) => row);
  const reversed = new Set(model.lines.flatMap((line) => (line.kind === 'step' && line.direction !== 'forward' ? [line.direction === 'both' ? `${line.name}.backward` : line.name] : [])));
  const time = timeOf(trace);
  const ratios = new Map<string, readonly Float64Array[]>();
  const walk = async (back: boolean, part: Pace): Promise<void> => {
    const losses = sequences.map((row) => lossSteps(model, trace, row).at(back ? 0 : -1) ?? 0);
    const seeded = await seededBackward(programs, model, trace, { sequence: sequences, losses, pace: part });
    for (const [key, { norms }] of seeded.states) {
      if (reversed.has(key.slice(0, key.lastIndexOf('.'))) !== back) continue;
      ratios.set(key, sequences.map((row) => {
        const own = norms.subarray(row * time, (row + 1) * time);
        // What is pooled enters such a half where it ended: at the first step that it reaches.
        const start = back ? Math.max(0, own.findIndex((value) => value !== 0)) : (losses[row] ?? 0);
        return ratiosBack(own, start, back);
      }));
    }
  };
  await walk(false, reversed.size > 0 ? within(pace, 0, 0.5) : pace);
  if (reversed.size > 0) await walk(true, within(pace, 0.5, 1));
  return ratios;
}

export function ratioQuantiles(sequences: readonly Float64Array[]): Quantiles {
  const counted = sequences.filter(([first]) => first === 1);
  const longest = Math.max(0, ...counted.map(({ length }) => length));
  const at = (share: number): Float32Array => Float32Array.from({ length: longest }, (_, k) => {
    const values = counted.flatMap((ratios) => (k < ratios.length ? [ratios[k] as number] : [])).sort((a, b) => a - b);
    const place = share * (values.length - 1);
    const [below, above] = [values[Math.floor(place)] ?? NaN, values[Math.ceil(place)] ?? NaN];
    return below + (above - below) * (place - Math.floor(place));
  });
  return { median: at(0.5), low: at(0.1), high: at(0.9) };
}

/** Mean logarithm of what a gate keeps, by unit, over the valid steps of what was added. */
export class GateMemory {
  readonly keeps: KeepingGate | undefined;
  private sums: Float64Array | undefined;
  private steps = 0;

  constructor(line: StepLine, private readonly half: Half, state: string) {
    this.keeps = keepingGate(line.step, state);
  }

  add(trace: Trace, sequence: number): void {
    const { keeps } = this;
    if (!keeps) return;
    for (let t = 0; t < timeOf(trace); t++) {
      if (!isValid(trace, sequence, t)) continue;
      const values = columnAt(trace, `value/${this.half.prefix}.${keeps.gate}`, sequence, t);
      const sums = (this.sums ??= new Float64Array(values.length));
      values.forEach((value, unit) => (sums[unit] = (sums[unit] ?? 0) + Math.log(keeps.complement ? 1 - value : value)));
      this.steps++;
    }
  }

  /** The unit kept longest and the steps until half is left: ln ½ / mean ln gate. */
  longest(): { readonly unit: number; readonly halfLife: number } | undefined {
    let best: { unit: number; halfLife: number } | undefined;
    this.sums?.forEach((sum, unit) => {
      const mean = sum / this.steps;
      const halfLife = Math.log(0.5) / mean;
      if (mean < 0 && Number.isFinite(halfLife) && halfLife > (best?.halfLife ?? 0)) best = { unit, halfLife };
    });
    return best;
  }
}
