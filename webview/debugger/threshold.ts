// The threshold that a person draws in the lane of lines: brushed steps in which units must be on, a margin in which they must be off; by pointer and by keys.
// Not how units are found (lanes/threshold.ts) and not its drawing (view/threshold.ts).
// Invariant: it belongs to one lane of one trace in one pass; anywhere else it is as if there were none.
import type { Pass } from '../../protocol/debugger-page';
import type { Store } from '../store';
import { mostPicked } from './choose-group';
import { derive, type Derived } from './derive';
import { unitsOn, type OnAndOff } from './lanes/threshold';
import type { DebuggerState } from './state';
import type { TimelineLayout } from './timeline/layout';
import { layoutOf } from './timeline/layout-of';
import { linesLane, linesScale } from './view/lines';

export interface Threshold extends OnAndOff {
  /** What it belongs to. */
  readonly of: string;
  readonly byKeys: boolean;
  /** Its units were picked as it stands. */
  readonly picked: boolean;
}

/** Margins that can be chosen, in steps. */
export const margins: readonly number[] = [0, 1, 2, 4];

export interface ThresholdShown extends Threshold {
  /** All units that match, those that go farthest first. */
  readonly units: readonly number[];
  /** Of so many. */
  readonly among: number;
}

const shown = new WeakMap<Threshold, { readonly revision: number; readonly made: ThresholdShown }>();

/** The threshold with what it finds; undefined when there is none for what is shown. */
export function thresholdShown(derived: Derived, state: DebuggerState): ThresholdShown | undefined {
  const { threshold } = state;
  const lane = derived.lane(linesLane(derived, state));
  if (!threshold || !lane || threshold.of !== placeOf(derived, state)) return undefined;
  const known = shown.get(threshold);
  if (known?.revision === state.revision) return known.made;
  const made = { ...threshold, units: unitsOn(lane, threshold, derived.view.trace.valid), among: lane.units };
  shown.set(threshold, { revision: state.revision, made });
  return made;
}

function placeOf(derived: Derived, state: DebuggerState): string {
  return thresholdPlace(derived.view.trace.traceId, derived.layerIndex, derived.pass, linesLane(derived, state));
}

export function thresholdPlace(traceId: string, layer: number, pass: Pass, lane: string): string {
  return `${traceId}/${layer}/${pass}/${lane}`;
}

/** A drag over the lines: from a step to another, with the line at the pointer's height. */
export function brushThreshold(store: Store<DebuggerState>, a: number, b: number, y: number): void {
  const derived = derive(store.state);
  const scale = derived && linesScale(layoutOf(store.state, derived), derived, store.state);
  if (!derived || !scale) return;
  const value = scale.valueAt(y);
  store.update((state) => ({ ...state, threshold: { of: placeOf(derived, state), value, from: Math.min(a, b), to: Math.max(a, b), margin: state.threshold?.margin ?? 0, byKeys: false, picked: false } }));
}

/** The dashed line is under the pointer: a drag moves it and leaves its steps. */
export function isOnThreshold(state: DebuggerState, derived: Derived, layout: TimelineLayout, step: number, y: number): boolean {
  const threshold = thresholdShown(derived, state);
  const scale = linesScale(layout, derived, state);
  return threshold !== undefined && scale !== undefined && step >= threshold.from && step <= threshold.to && Math.abs(scale.place(threshold.value) - y) <= 5;
}

export function raiseThreshold(store: Store<DebuggerState>, y: number): void {
  const derived = derive(store.state);
  const scale = derived && linesScale(layoutOf(store.state, derived), derived, store.state);
  if (scale) change(store, { value: scale.valueAt(y) });
}

function change(store: Store<DebuggerState>, to: Partial<Threshold>): void {
  store.update((state) => (state.threshold ? { ...state, threshold: { ...state.threshold, picked: false, ...to } } : state));
}

export function dropThreshold(store: Store<DebuggerState>): void {
  store.update(({ threshold: _, ...state }) => state);
}

/** The next margin; what was picked by the threshold is picked anew. */
export function nextMargin(store: Store<DebuggerState>, act: { select(units: readonly number[]): void }): void {
  const { threshold } = store.state;
  if (!threshold) return;
  change(store, { margin: margins[(margins.indexOf(threshold.margin) + 1) % margins.length] ?? 0 });
  if (!threshold.byKeys) pickMatching(store, act);
}

export function pickMatching(store: Store<DebuggerState>, act: { select(units: readonly number[]): void }): void {
  const derived = derive(store.state);
  const found = derived && thresholdShown(derived, store.state);
  if (!found || found.units.length === 0) return;
  act.select(found.units.slice(0, mostPicked));
  change(store, { byKeys: false, picked: true });
}

/** `T` draws a threshold at the cursor; then arrows, `O`, Enter and Escape are for it. True when the key was. */
export function thresholdKey(event: KeyboardEvent, store: Store<DebuggerState>, act: { select(units: readonly number[]): void }): boolean {
  const { state } = store;
  const derived = derive(state);
  const scale = derived && linesScale(layoutOf(state, derived), derived, state);
  if (!derived || !scale || event.ctrlKey || event.metaKey || event.altKey) return false;
  const threshold = thresholdShown(derived, state);
  if (event.key === 't' || event.key === 'T') {
    const { step } = derived.view.cursor;
    const half = (scale.high >= -scale.low ? scale.high : scale.low) / 2;
    store.update(({ pointing: _, ...now }) => ({ ...now, threshold: { of: placeOf(derived, now), value: threshold?.value ?? half, from: threshold?.from ?? step, to: threshold?.to ?? step, margin: threshold?.margin ?? 0, byKeys: true, picked: false } }));
    return true;
  }
  if (!threshold?.byKeys) {
    if (event.key !== 'Escape' || !threshold) return false;
    dropThreshold(store);
    return true;
  }
  const by = (scale.high - scale.low) / (event.shiftKey ? 100 : 20);
  const { steps } = derived.view.trace;
  switch (event.key) {
    case 'ArrowUp':
    case 'ArrowDown':
      change(store, { value: Math.max(scale.low, Math.min(scale.high, threshold.value + (event.key === 'ArrowUp' ? by : -by))) });
      return true;
    case 'ArrowLeft':
    case 'ArrowRight': {
      const move = event.key === 'ArrowRight' ? 1 : -1;
      if (event.shiftKey) change(store, { from: Math.max(1, Math.min(threshold.to, threshold.from + move)) });
      else change(store, { to: Math.max(threshold.from, Math.min(steps, threshold.to + move)) });
      return true;
    }
    case 'o':
    case 'O':
      nextMargin(store, act);
      return true;
    case 'Enter':
      pickMatching(store, act);
      return true;
    case 'Escape':
      dropThreshold(store);
      return true;
    default:
      return false;
  }
}
