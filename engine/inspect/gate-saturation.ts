// How much of the time each unit of a gate is open (above 0.9) and closed (below 0.1).
// Not a verdict. Only the valid steps of the given sequences count; several traces are counted together.
// Invariant: of the layer's gates that lie in 0 … 1 by their equations, in source order.
import type { Half } from '../ir/halves';
import type { StepLine } from '../ir/model';
import type { Trace } from '../trace/trace';
import { columnAt, isValid, timeOf } from './recorded-step';
import { valueBounds } from '../ir/value-bounds';

const openAbove = 0.9;
const closedBelow = 0.1;

export function gatesOf({ step }: StepLine): readonly string[] {
  const bounds = valueBounds(step);
  return step.named.filter(({ kind, id }) => kind === 'gate' && (bounds.get(id)?.[0] ?? -1) >= 0 && (bounds.get(id)?.[1] ?? 2) <= 1).map(({ name }) => name);
}

export class GateSaturation {
  private readonly counts = new Map<string, { steps: number; readonly open: Float64Array; readonly closed: Float64Array }>();

  constructor(
    private readonly line: StepLine,
    private readonly half: Half,
  ) {}

  add(trace: Trace, sequence: number): void {
    for (const gate of gatesOf(this.line)) {
      for (let t = 0; t < timeOf(trace); t++) {
        if (!isValid(trace, sequence, t)) continue;
        const values = columnAt(trace, `value/${this.half.prefix}.${gate}`, sequence, t);
        const count = this.counts.get(gate) ?? { steps: 0, open: new Float64Array(values.length), closed: new Float64Array(values.length) };
        this.counts.set(gate, count);
        count.steps++;
        values.forEach((value, unit) => {
          if (value > openAbove) count.open[unit] = (count.open[unit] ?? 0) + 1;
          else if (value < closedBelow) count.closed[unit] = (count.closed[unit] ?? 0) + 1;
        });
      }
    }
  }

  /** Shares `[units]`, 0 … 1. */
  shares(): readonly { readonly gate: string; readonly open: Float32Array; readonly closed: Float32Array }[] {
    return [...this.counts].map(([gate, { steps, open, closed }]) => ({ gate, open: Float32Array.from(open, (n) => n / steps), closed: Float32Array.from(closed, (n) => n / steps) }));
  }
}
