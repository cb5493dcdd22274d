// Draws what a network without classes says over time against its target, where the predictions of others stand.
// Not a lane. One scale for both, written at its ends (gutter.ts); a single output, at the end of a sequence, is a dot and a ring.
import { line } from 'd3-shape';
import { layerOf } from '../../picture/svg-layer';
import type { OutputView } from '../../../protocol/trace-view';
import type { Derived } from '../derive';
import { mostOutputs } from '../output-text';
import { stepX, type TimelineLayout } from '../timeline/layout';
import { sideOf } from './stretch';

const curve = line<readonly [number, number]>((p) => p[0], (p) => p[1]).defined((p) => Number.isFinite(p[1]));

/** Least and greatest of outputs and targets over the whole sequence, so that nothing jumps while time scrolls. */
export function outputRange({ values, target }: OutputView): { readonly low: number; readonly high: number } | undefined {
  let low = Infinity;
  let high = -Infinity;
  for (const list of [values, target]) for (const value of list) if (Number.isFinite(value)) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return low <= high ? { low, high } : undefined;
}

export function drawOutputs(stage: SVGGElement, layout: TimelineLayout, { view, pass }: Derived, steps: readonly number[]): void {
  const { outputs } = view.trace;
  const range = outputs && pass === 'forward' ? outputRange(outputs) : undefined;
  const { y, height } = layout.predictions;
  const place = (value: number): number => (range ? y + height - 7 - ((value - range.low) / (range.high - range.low || 1)) * (height - 14) : NaN);
  const course = (list: Float32Array, i: number): readonly (readonly [number, number])[] => steps.map((step) => [stepX(layout, step) + layout.column / 2, place(list[(step - 1) * (outputs?.size ?? 1) + i] ?? NaN)] as const);
  const paths = range && outputs ? Array.from({ length: Math.min(mostOutputs, outputs.size) }, (_, i) => [
    { key: `target ${i}`, className: 'target-course', points: course(outputs.target, i) },
    { key: `output ${i}`, className: `output-course feature-${i + 1}`, points: course(outputs.values, i) },
  ]).flat() : [];
  // A point without neighbours is no line.
  const alone = paths.flatMap(({ key, className, points }) => points.filter(([, at], i) => Number.isFinite(at) && !Number.isFinite(points[i - 1]?.[1] ?? NaN) && !Number.isFinite(points[i + 1]?.[1] ?? NaN)).map(([x, at]) => ({ key: `${key} ${x}`, className, x, y: at })));
  for (const side of ['reached', 'beyond'] as const) {
    const layer = layerOf(sideOf(stage, side), 'outputs');
    layer.selectAll<SVGPathElement, (typeof paths)[number]>('path').data(paths, ({ key }) => key).join('path').attr('class', ({ className }) => `${className}${side === 'beyond' ? ' unreached' : ''}`).attr('d', ({ points }) => curve(points) ?? '');
    layer.selectAll<SVGCircleElement, (typeof alone)[number]>('circle').data(alone, ({ key }) => key).join('circle').attr('class', ({ className }) => `${className}${side === 'beyond' ? ' unreached' : ''}`).attr('cx', ({ x }) => x).attr('cy', (point) => point.y).attr('r', ({ className }) => (className === 'target-course' ? 4.5 : 3));
  }
}
