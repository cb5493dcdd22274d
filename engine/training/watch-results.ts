// The watches among a program's results, and how those of two chunks become one.
// Not the watches themselves (../schedule/watches.ts).
// Invariant: a watch per step keeps the steps' order; one without steps keeps the largest number.
import type { DeviceTensor } from '../runtime/backend';
import type { Observation } from './program-interface';
import { floats, type FloatTensor, type Tensor } from '../runtime/tensor';

/** `reach` is the label of the one watch that is not a share. */
export function observationOf(found: ReadonlyMap<string, FloatTensor>, reach: string | undefined): Observation {
  const own = reach === undefined ? undefined : found.get(reach);
  return { ...(own ? { reach: own } : {}), shares: new Map([...found].filter(([label]) => label !== reach)) };
}

const watchPrefix = 'watch/';

export function watchesOf(results: Readonly<Record<string, Tensor | DeviceTensor>>): Map<string, FloatTensor> {
  const found = new Map<string, FloatTensor>();
  for (const [name, value] of Object.entries(results)) if (name.startsWith(watchPrefix) && value.kind === 'f32') found.set(name.slice(watchPrefix.length), value);
  return found;
}

/** A chunk's watches before those of the chunks after it: the larger number, or the steps in order. */
export function joinedWatches(earlier: ReadonlyMap<string, FloatTensor>, later: Readonly<Record<string, FloatTensor>>): Record<string, FloatTensor> {
  const joined: Record<string, FloatTensor> = {};
  for (const [label, own] of earlier) {
    const other = later[watchPrefix + label];
    const data = other === undefined ? own.data : own.dims.length === 0 ? Float32Array.of(Math.max(own.data[0] ?? 0, other.data[0] ?? 0)) : Float32Array.of(...own.data, ...other.data);
    joined[watchPrefix + label] = floats(own.dims.length === 0 ? [] : [data.length], data);
  }
  return joined;
}
