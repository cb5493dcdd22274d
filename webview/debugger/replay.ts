// Plays the pass: asks for the next step at the chosen speed until the end, skipping masked steps.
// Not an animation: every frame is a place the debugger stands at. The clock is passed in.
// Invariant: the next move is asked for only when the one before has arrived.

export interface ReplayActions {
  goto(step: number): void;
}

/** What a replay must know of a page's state. */
export interface Replayed {
  readonly playing: boolean;
  readonly view?: { readonly cursor: { readonly step: number }; readonly trace: { readonly valid: Uint8Array } };
}

export interface ReplayStore<S> {
  readonly state: S;
  update(change: (state: S) => S): void;
  subscribe(listener: (state: S) => void): unknown;
}

export function replay<S extends Replayed>(
  store: ReplayStore<S>,
  act: ReplayActions,
  later: (callback: () => void, milliseconds: number) => void,
  how: (state: S) => { readonly direction: 1 | -1; readonly stepsPerSecond: number },
): void {
  let waiting = false;
  store.subscribe((state) => {
    if (!state.playing || waiting) return;
    waiting = true;
    later(() => {
      waiting = false;
      const { playing, view } = store.state;
      if (!playing || !view) return;
      const next = nextStep(view.cursor.step, how(store.state).direction, view.trace.valid);
      if (next === undefined) store.update((now) => ({ ...now, playing: false }));
      else act.goto(next);
    }, 1000 / how(state).stepsPerSecond);
  });
}

/** The next valid step in a direction; undefined at the end. Steps from 1. */
export function nextStep(step: number, direction: 1 | -1, valid: Uint8Array): number | undefined {
  for (let s = step + direction; s >= 1 && s <= valid.length; s += direction) if (valid[s - 1] === 1) return s;
  return undefined;
}
