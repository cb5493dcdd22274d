// Plays the pass: asks for the next step at the chosen speed until the end, skipping masked steps.
// Not an animation: every frame is a place the debugger stands at. The clock is passed in.
// Invariant: the next move is asked for only when the one before has arrived.
import type { Store } from '../store';
import type { DebuggerState } from './state';

export interface ReplayActions {
  goto(step: number): void;
}

export function replay(store: Store<DebuggerState>, act: ReplayActions, later: (callback: () => void, milliseconds: number) => void): void {
  let waiting = false;
  store.subscribe((state) => {
    if (!state.playing || waiting) return;
    waiting = true;
    const asked = state.view?.cursor.step;
    later(() => {
      waiting = false;
      const { playing, view } = store.state;
      if (!playing || !view) return;
      const next = nextStep(view.cursor.step, view.cursor.pass === 'forward' ? 1 : -1, view.trace.valid);
      if (next === undefined) store.update((now) => ({ ...now, playing: false }));
      else act.goto(next);
      // A host that does not move would leave the replay waiting for ever.
      if (next !== undefined && asked === next) store.update((now) => ({ ...now, playing: false }));
    }, 1000 / state.stepsPerSecond);
  });
}

/** The next valid step in a direction; undefined at the end. Steps from 1. */
export function nextStep(step: number, direction: 1 | -1, valid: Uint8Array): number | undefined {
  for (let s = step + direction; s >= 1 && s <= valid.length; s += direction) if (valid[s - 1] === 1) return s;
  return undefined;
}
