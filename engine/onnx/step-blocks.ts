// Whether a training program works in blocks of steps, and how long they are: for much data on a processor.
// Not the emission (sequence-emission.ts) and not the taking apart of products (../schedule/take-apart.ts), which goes with it.
// Invariant: a choice of speed alone; the numbers are those of the program in one piece up to rounding.
import type { Model } from '../ir/model';
import type { Backend } from '../runtime/backend';
import { sizeOf } from '../runtime/tensor';

/** Few enough for a cache, and many enough that the nodes of a block are few for each of its steps. */
const blockSteps = 8;

/** Numbers of a state over the batch from which on copying costs more than nodes do. */
const copiedFrom = 2048;

/** Steps of a block; undefined = all steps at once, with products joined: what little data, and a backend whose nodes are dear, is faster with. */
export function blockOf(model: Model, batch: number, { dearNodes }: Pick<Backend, 'dearNodes'>): number | undefined {
  const isLarge = model.lines.some((line) => line.kind === 'step' && line.step.states.some((state) => batch * sizeOf(state.shape) >= copiedFrom));
  return isLarge && dearNodes !== true ? blockSteps : undefined;
}
