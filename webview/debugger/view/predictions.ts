// Draws, under each step, what the network expects next, or in the backward pass where the gradient there comes from.
// Not the outputs of networks without classes (outputs.ts). Letters never fade, fills do beyond the cursor.
// Invariant: as many marks as there are looks, not as there are guesses.
import { layerOf } from '../../picture/svg-layer';
import type { Derived } from '../derive';
import { visible } from '../sentences';
import type { DebuggerState } from '../state';
import { stepX, type TimelineLayout } from '../timeline/layout';
import { type Bar, drawBars } from './bars';
import { drawLetters, type Letter } from './letters';
import { fit } from './tokens';

/** On the fill of a guess so likely, the theme's own colour of letters would be too faint. */
const likely = 0.5;

/** Levels of a fill's opacity: finer ones are not told apart, and each is a path. */
const levels = 32;
/** Opacity of a guess that is certain. */
const certain = 0.42;

export function drawPredictions(stage: SVGGElement, layout: TimelineLayout, { view }: Derived, steps: readonly number[]): void {
  const { predictions, valid } = view.trace;
  if (!predictions) {
    clearPredictions(stage);
    drawBars(stage, 'predictions', []);
    return;
  }
  const { column } = layout;
  const { y, row, shows } = layout.predictions;
  const { top, text, probability, targetRank } = predictions;
  const usable = steps.filter((s) => valid[s - 1] === 1 && Number.isFinite(probability[(s - 1) * top]));
  const middle = (step: number): number => stepX(layout, step) + column / 2;
  const rank = (step: number): number => targetRank[step - 1] ?? 0;
  const [letters, fills, targets, ranks]: [Letter[], Bar[], Bar[], Letter[]] = [[], [], [], []];
  for (const step of shows === 'letters' ? usable : []) {
    for (let k = 0; k < Math.min(5, top); k++) {
      const p = probability[(step - 1) * top + k] ?? 0;
      if (!(p >= 0.02)) continue;
      const guess = text[(step - 1) * top + k] ?? '';
      letters.push({ key: `${step}/${k}`, x: middle(step), y: y + k * row + 12, text: fit(visible(guess), column), className: [...(p > likely ? ['likely'] : []), ...(guess.length > 1 ? ['word'] : [])].join(' ') });
      fills.push({ className: 'p', x: stepX(layout, step), y: y + k * row, width: column, height: row, opacity: (certain * Math.ceil(p * levels)) / levels });
    }
    if (rank(step) >= 1 && rank(step) <= top) targets.push({ className: `target ${rank(step) === 1 ? 'right' : 'wrong'}`, x: stepX(layout, step) + 0.75, y: y + (rank(step) - 1) * row + 0.75, width: column - 1.5, height: row - 1.5 });
    // Neighbours would run into each other.
    const beside = column < 14 && ranks.at(-1)?.key === `${step - 1}`;
    if (rank(step) > top) ranks.push({ key: `${step}`, x: middle(step), y: y + 5 * row + 12, text: beside ? '' : String(rank(step)), className: '' });
  }
  const layer = layerOf(stage, 'predictions');
  drawLetters(layer, 'guess', letters);
  drawBars(stage, 'fill', fills);
  drawBars(stage, 'target', targets);
  drawLetters(layer, 'rank', ranks);
  drawBars(stage, 'predictions', shows === 'ticks' ? usable.filter((step) => rank(step) > 0).map((step) => {
    const right = rank(step) === 1;
    return { className: `tick-mark ${right ? 'right' : 'wrong'}`, x: stepX(layout, step), width: Math.max(1, column - 1), y: y + (right ? 2 : 20), height: 16 };
  }) : []);
}

function clearPredictions(stage: SVGGElement): void {
  layerOf(stage, 'predictions').selectAll('*').remove();
  for (const layer of ['fill', 'target']) drawBars(stage, layer, []);
}

export function drawOrigins(stage: SVGGElement, layout: TimelineLayout, state: DebuggerState, { view }: Derived, steps: readonly number[]): void {
  clearPredictions(stage);
  const own = state.flow?.find(({ addedBy }) => addedBy === 'own loss') ?? state.flow?.[0];
  const { y, height } = layout.predictions;
  const top = largestOrigin(state);
  const bars = own && top > 0 ? steps.filter((s) => view.trace.valid[s - 1] === 1) : [];
  const size = (list: Float32Array | undefined, s: number): number => (Math.max(0, list?.[s - 1] ?? 0) / top) * (height - 6);
  const half = Math.max(1, (layout.column - 3) / 2);
  drawBars(stage, 'predictions', ([['later', own?.arrives, 0.5], ['own', own?.added, 1.5 + half]] as const)
    .flatMap(([className, list, shift]) => bars.map((step) => ({ className, x: stepX(layout, step) + shift, width: half, y: y + height - 2 - size(list, step), height: size(list, step) }))));
}

/** The scale of the bars by origin: the largest norm of all steps. */
export function largestOrigin(state: DebuggerState): number {
  const own = state.flow?.find(({ addedBy }) => addedBy === 'own loss') ?? state.flow?.[0];
  return own ? [...own.arrives, ...own.added].reduce((most, value) => (Number.isFinite(value) ? Math.max(most, value) : most), 0) : 0;
}

