// Puts the units of a layer in order while nothing else is to be done: the path of similar units, and the tree of those that act alike.
// Not on the way of a frame: the work is cut into slices of a few milliseconds, and the rows stay as they were until it is done.
// Invariant: the same trace gives the same arrangement, whatever the slices; one that was made is not made again.
import type { Store } from '../store';
import { derive, statesOf } from './derive';
import { treeOf, type Tree } from './lanes/clusters';
import { similarOrder } from './lanes/order';
import type { DebuggerState } from './state';

export interface Arrangement {
  readonly traceId: string;
  readonly layer: number;
  readonly similar?: readonly number[];
  readonly tree?: Tree;
}

/** Milliseconds of a slice: a frame has sixteen. */
const slice = 4;
/** Arrangements kept: a person goes back and forth between layers and forks. */
const kept = 32;

export interface Clock {
  now(): number;
  later(callback: () => void, milliseconds: number): void;
}

export function arranging(store: Store<DebuggerState>, clock: Clock): (state: DebuggerState) => void {
  const made = new Map<string, Arrangement>();
  let underWay: string | undefined;
  return (state) => {
    const derived = derive(state);
    if (!derived || (state.order !== 'similar' && state.order !== 'groups')) return;
    const { traceId, steps } = derived.view.trace;
    const layer = derived.layerIndex;
    const part = state.order === 'similar' ? 'similar' : 'tree';
    const key = `${traceId}/${layer}`;
    const known = made.get(key);
    if (known?.[part]) {
      if (state.arranged !== known) store.update((now) => ({ ...now, arranged: known }));
      return;
    }
    const job = `${key}/${part}`;
    const states = statesOf(state, derived.layer, layer);
    if (underWay === job || !states) return;
    underWay = job;
    const traces = states.lanes.map((lane, i) => (states.headers[i]?.bounds ? lane.values : lane.values.map(Math.tanh)));
    const done = (result: Partial<Arrangement>): void => {
      underWay = undefined;
      if (made.size >= kept) made.clear();
      const arranged: Arrangement = { ...made.get(key), traceId, layer, ...result };
      made.set(key, arranged);
      store.update((now) => (derive(now)?.view.trace.traceId === traceId ? { ...now, arranged } : now));
    };
    if (part === 'similar') run(similarOrder(traces, steps, states.units), (similar) => done({ similar }), () => underWay === job, clock);
    else run(treeOf(traces, steps, states.units), (tree) => done({ tree }), () => underWay === job, clock);
  };
}

/** To its end in slices, as long as it is wanted. */
function run<T>(work: Generator<undefined, T>, done: (result: T) => void, wanted: () => boolean, { now, later }: Clock): void {
  if (!wanted()) return;
  const until = now() + slice;
  do {
    const { done: ended, value } = work.next();
    if (ended) {
      done(value);
      return;
    }
  } while (now() < until);
  later(() => run(work, done, wanted, { now, later }), 0);
}
