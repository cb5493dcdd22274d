// A lane's numbers out of a recording: the values or gradients of one named value at all steps.
// Not tiles (lane-tiles.ts) and not what they look like.
// Invariant: `[time, units]`, step-major, a view into the trace that nobody changes.
import { defined } from '../../../../engine/base/invariant';
import type { Recording } from '../../../../engine/debug/recording';
import type { LayerUnit } from './view-source';

export interface LaneName {
  readonly name: string;
  readonly kind: 'state' | 'gate' | 'let';
}

export interface LaneNumbers {
  readonly units: number;
  readonly data: Float32Array;
}

/** States first, then the other equations, in source order. */
export function laneNames({ walk }: LayerUnit): readonly LaneName[] {
  const { named, states } = walk.line.step;
  const kindOf = (kind: string): LaneName['kind'] => (kind === 'gate' ? 'gate' : 'let');
  return [
    ...states.map(({ name }) => ({ name, kind: 'state' as const })),
    ...named.filter(({ kind }) => kind !== 'state').map(({ name, kind }) => ({ name, kind: kindOf(kind) })),
  ];
}

export function laneNumbers({ trace, row, steps }: Recording, unit: LayerUnit, what: 'value' | 'gradient', name: string): LaneNumbers {
  const key = `${what === 'value' ? 'value' : 'grad'}/${unit.name}.${name}`;
  const { data } = defined(trace.columns.get(key), `the trace holds ${key}`);
  const length = data.length / (trace.batch.x.dims[0] ?? 1);
  return { units: length / steps, data: data.subarray(row * length, (row + 1) * length) };
}

/** The first number that is not finite, and how many there are. */
export function firstNonFinite({ data, units }: LaneNumbers, reversed: boolean): { readonly step: number; readonly unit: number; readonly count: number } | undefined {
  let count = 0;
  let first: number | undefined;
  let last = 0;
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue;
    count++;
    first ??= i;
    last = i;
  }
  if (first === undefined) return undefined;
  // Read from the last step on, the first of the last step that has one.
  const step = Math.floor((reversed ? last : first) / units);
  const unit = data.subarray(step * units, (step + 1) * units).findIndex((value) => !Number.isFinite(value));
  return { step: step + 1, unit, count };
}
