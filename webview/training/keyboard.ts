// Pointer and keys within the pictures, turned into changes of the state.
// Not the toolbar's keys, which are the controls' own. Arrows move over recorded iterations.
// Invariant: every move the pointer can make, the keys can make.
import type { Store } from '../store';
import { pointAt } from './hover';
import { placeOf, type Frame, type IterationAxis } from './layout/frame';
import type { PictureName, TrainingState } from './state';

export interface PictureActions {
  pause(): void;
  resume(): void;
}

export function listenToPicture(
  plot: HTMLElement,
  picture: PictureName,
  store: Store<TrainingState>,
  axisNow: () => { readonly axis: IterationAxis; readonly frame: Frame } | undefined,
  act: PictureActions,
): void {
  plot.addEventListener('pointermove', (event) => {
    const here = axisNow();
    const { run } = store.state;
    if (!here || !run) return;
    const box = plot.getBoundingClientRect();
    const iteration = pointAt(run, here.axis, event.clientX - box.left);
    if (iteration === undefined) return;
    store.update((state) => ({ ...state, pointing: { picture, iteration, y: event.clientY - box.top, pageX: event.clientX, pageY: event.clientY } }));
  });
  listenToLeaving(plot, store);
  plot.addEventListener('keydown', (event) => {
    const here = axisNow();
    const { run, pointing } = store.state;
    if (!here || !run) return;
    const { series } = run;
    const now = pointing ? series.indexAt(pointing.iteration) : series.length - 1;
    const target = moved(event.key, event.shiftKey, now, series.length);
    if (target !== undefined) {
      event.preventDefault();
      const iteration = series.iteration[target];
      if (iteration === undefined) return;
      const box = plot.getBoundingClientRect();
      store.update((state) => ({ ...state, pointing: { picture, iteration, pageX: box.left + placeOf(here.axis, iteration), pageY: box.top + 8 } }));
      return;
    }
    if (event.key === 'Enter' && pointing) store.update((state) => ({ ...state, selected: pointing.iteration }));
    else if (event.key === 'Escape') store.update(({ pointing: _, selected: __, ...state }) => state);
    else if (event.key === ' ') {
      event.preventDefault();
      if (run.status.state === 'paused') act.resume();
      else if (run.status.state === 'running') act.pause();
    }
  });
}

/** Index after a key; undefined when the key moves nothing. */
export function moved(key: string, shift: boolean, index: number, length: number): number | undefined {
  const clamp = (i: number): number => Math.min(length - 1, Math.max(0, i));
  if (length === 0) return undefined;
  switch (key) {
    case 'ArrowLeft':
      return clamp(index - (shift ? 10 : 1));
    case 'ArrowRight':
      return clamp(index + (shift ? 10 : 1));
    case 'Home':
      return 0;
    case 'End':
      return length - 1;
    default:
      return undefined;
  }
}

/** What every picture over iterations does alike: a pointer or a focus that leaves points no longer, a click selects the iteration that is pointed at. */
export function listenToLeaving(plot: HTMLElement, store: Store<TrainingState>): void {
  const leave = (): void => store.update(({ pointing: _, ...state }) => state);
  plot.addEventListener('pointerleave', leave);
  plot.addEventListener('blur', leave);
  plot.addEventListener('click', () => {
    const { pointing } = store.state;
    if (pointing) store.update((state) => ({ ...state, selected: pointing.iteration }));
  });
}
