// Draws the threshold in the lane of lines: the dashed line over its steps, the margin beside them, and how many units match, in words.
// Not its keys and drags (../threshold.ts). The margin and the way out are buttons within the picture.
import { layerOf } from '../../picture/svg-layer';
import { number } from '../../theme/numbers';
import { mostPicked } from '../choose-group';
import type { Derived } from '../derive';
import type { DebuggerState } from '../state';
import { thresholdShown, type ThresholdShown } from '../threshold';
import { stepX, type TimelineLayout } from '../timeline/layout';
import { linesScale } from './lines';

/** `≥ 0.50 at t = 5 … 9: 12 of 64 units, 8 picked` */
export function thresholdWords({ value, from, to, units, among, picked }: ThresholdShown): string {
  const steps = from === to ? `t = ${from}` : `t = ${from} … ${to}`;
  return `${value >= 0 ? '≥' : '≤'} ${number(value)} at ${steps}: ${units.length} of ${among} units${picked && units.length > mostPicked ? `, ${mostPicked} picked` : ''}`;
}

export const marginWords = (margin: number): string => (margin === 0 ? 'beside: anything' : `off ${margin} ${margin === 1 ? 'step' : 'steps'} beside`);

/** The whole, as it is announced. */
export function thresholdSaid(shown: ThresholdShown): string {
  return `${thresholdWords(shown)}; ${shown.margin === 0 ? 'any value beside' : marginWords(shown.margin)}`;
}

export function drawThreshold(svg: SVGSVGElement, layout: TimelineLayout, derived: Derived, state: DebuggerState, act: { nextMargin(): void; dropThreshold(): void }): void {
  const shown = thresholdShown(derived, state);
  const scale = linesScale(layout, derived, state);
  const { y, height } = layout.lines;
  const [left, right] = [layout.left, layout.left + layout.plotWidth];
  const within = (x: number): number => Math.max(left, Math.min(right, x));
  const bands = shown ? [
    { key: 'on', from: shown.from, to: shown.to },
    { key: 'off before', from: Math.max(1, shown.from - shown.margin), to: shown.from - 1 },
    { key: 'off after', from: shown.to + 1, to: Math.min(derived.view.trace.steps, shown.to + shown.margin) },
  ].filter(({ from, to }) => to >= from) : [];
  const layer = layerOf(svg, 'threshold');
  layer.selectAll<SVGRectElement, (typeof bands)[number]>('rect.band').data(bands, ({ key }) => key).join('rect').attr('class', ({ key }) => `band ${key === 'on' ? 'on' : 'off'}`)
    .attr('x', ({ from }) => within(stepX(layout, from))).attr('width', ({ from, to }) => within(stepX(layout, to + 1)) - within(stepX(layout, from))).attr('y', y + 1).attr('height', height - 2);
  layer.selectAll('line').data(shown && scale ? [scale.place(shown.value)] : []).join('line').attr('class', 'level')
    .attr('x1', within(stepX(layout, shown?.from ?? 1))).attr('x2', within(stepX(layout, (shown?.to ?? 1) + 1))).attr('y1', (at) => at).attr('y2', (at) => at);
  const words = shown ? [
    { key: 'words', text: thresholdWords(shown), label: '', press: undefined },
    { key: 'margin', text: marginWords(shown.margin), label: `Steps beside in which a unit must be off: ${shown.margin}`, press: act.nextMargin },
    { key: 'drop', text: '×', label: 'Remove the threshold', press: act.dropThreshold },
  ] : [];
  // Places by the letters' usual width: nothing is measured.
  let x = layout.left + 6;
  const placed = words.map((word) => {
    const at = x;
    x += word.text.length * 6.2 + 12;
    return { ...word, x: at };
  });
  // The gaps between words have no letters whose edge would keep the lines away.
  layer.selectAll('rect.under').data(placed.length > 0 ? [x] : []).join('rect').attr('class', 'under').attr('x', layout.left + 1).attr('y', y + 1).attr('width', (end) => end - layout.left - 6).attr('height', 17);
  layer.selectAll<SVGTextElement, (typeof placed)[number]>('text').data(placed, ({ key }) => key).join('text')
    .attr('class', ({ press }) => (press ? 'press' : '')).attr('x', (word) => word.x).attr('y', y + 13).text(({ text }) => text)
    .attr('role', ({ press }) => (press ? 'button' : null)).attr('tabindex', ({ press }) => (press ? 0 : null)).attr('aria-label', ({ label }) => (label === '' ? null : label))
    .on('click', (event: MouseEvent, { press }) => {
      if (!press) return;
      // A click into the lines picks units, this one does not.
      event.stopPropagation();
      press();
    })
    .on('keydown', (event: KeyboardEvent, { press }) => {
      if (!press || (event.key !== 'Enter' && event.key !== ' ')) return;
      event.preventDefault();
      event.stopPropagation();
      press();
    });
}
