// Draws picked units, and the means of chosen groups, as lines over time: whole where the pass has been, dotted beyond, a dot at the cursor, names at the end.
// Not a lane of cells. Gradients stand on a signed square root axis.
import { curveMonotoneX, line } from 'd3-shape';
import { number } from '../../theme/numbers';
import { pushApart } from '../../picture/push-apart';
import { signedRoot } from '../../theme/scales';
import { stepX, type TimelineLayout } from '../timeline/layout';
import type { Derived } from '../derive';
import { groupMean } from '../lanes/group-mean';
import type { LaneValues } from '../lanes/raster';
import type { DebuggerState } from '../state';
import { layerOf } from '../../picture/svg-layer';
import { groupName } from './groups';
import { sideOf } from './stretch';
import type { TimelineActions } from './timeline';

const curve = line<readonly [number, number]>((p) => p[0], (p) => p[1]).curve(curveMonotoneX).defined((p) => Number.isFinite(p[1]));

export interface LinesScale {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly place: (value: number) => number;
  readonly valueAt: (y: number) => number;
}

/** Name of the lane that the lines show. */
export function linesLane(derived: Derived, state: DebuggerState): string {
  return state.linesOf ?? derived.keeps?.state ?? derived.layer.lanes.find(({ kind }) => kind === 'state')?.name ?? '';
}

const ranges = new WeakMap<LaneValues, { readonly key: string; readonly low: number; readonly high: number }>();

/** Groups whose mean is drawn, with their place from the top. */
function meansShown(derived: Derived, state: DebuggerState, lane: LaneValues | undefined): readonly { readonly index: number; readonly course: Float32Array }[] {
  if (!lane || lane.units !== derived.order.length) return [];
  return state.meansOf.flatMap((group) => {
    const index = derived.groups.indexOf(group);
    return index < 0 ? [] : [{ index, course: groupMean(lane, group, state.revision) }];
  });
}

/** Least and greatest value of the picked units and means, 0 included; looked through once for a lane as far as it is filled. */
function rangeOf(lane: LaneValues, derived: Derived, state: DebuggerState): { readonly low: number; readonly high: number } {
  const means = meansShown(derived, state, lane);
  const key = `${state.revision}/${derived.picked.join()}/${means.map(({ index }) => index).join()}/${state.alike}`;
  const known = ranges.get(lane);
  if (known?.key === key) return known;
  const { valid, steps } = derived.view.trace;
  let low = 0;
  let high = 0;
  for (const unit of derived.picked.filter((u) => u < lane.units).slice(0, 8)) {
    for (let t = 0; t < steps; t++) {
      const value = valid[t] && lane.have[t] ? (lane.values[t * lane.units + unit] ?? NaN) : NaN;
      if (Number.isFinite(value)) [low, high] = [Math.min(low, value), Math.max(high, value)];
    }
  }
  for (const { course } of means) course.forEach((value, t) => { if (valid[t] && Number.isFinite(value)) [low, high] = [Math.min(low, value), Math.max(high, value)]; });
  const range = { key, low, high };
  ranges.set(lane, range);
  return range;
}

/** Scale of the lines at this moment: place of a value, and the value at a place. */
export function linesScale(layout: TimelineLayout, derived: Derived, state: DebuggerState): LinesScale | undefined {
  const { y, height } = layout.lines;
  const name = linesLane(derived, state);
  const lane = derived.lane(name);
  if (!lane) return undefined;
  const { low, high } = rangeOf(lane, derived, state);
  const root = derived.pass === 'backward';
  const shape = root ? signedRoot : (v: number): number => v;
  const back = root ? (v: number): number => Math.sign(v) * v * v : (v: number): number => v;
  const [from, to] = [shape(low), shape(high)];
  return {
    name, low, high,
    place: (v) => y + height - 5 - ((shape(v) - from) / (to - from || 1)) * (height - 10),
    valueAt: (at) => back(from + ((y + height - 5 - at) / (height - 10)) * (to - from || 1)),
  };
}

function pickedOf(derived: Derived, lane: LaneValues | undefined): readonly number[] {
  return lane ? derived.picked.filter((unit) => unit < lane.units).slice(0, 8) : [];
}

/** The curves, whole and dotted, cut at the cursor (timeline.ts), over the stretch that is drawn. */
export function drawLines(stage: SVGGElement, layout: TimelineLayout, derived: Derived, state: DebuggerState): void {
  const { y, height } = layout.lines;
  const lane = derived.lane(linesLane(derived, state));
  const { valid } = derived.view.trace;
  const place = linesScale(layout, derived, state)?.place ?? (() => y + height / 2);
  const parts = pickedOf(derived, lane).map((unit, i) => {
    const course: (readonly [number, number])[] = [];
    for (let s = layout.first + 1; s <= layout.first + layout.visible; s++) {
      if (!valid[s - 1] || !lane?.have[s - 1]) continue;
      const value = lane.values[(s - 1) * lane.units + unit] ?? NaN;
      course.push([stepX(layout, s) + layout.column / 2, Number.isFinite(value) ? place(value) : NaN]);
    }
    return { unit, i, d: curve(course) ?? '' };
  });
  const means = meansShown(derived, state, lane).map(({ index, course }) => {
    const points: (readonly [number, number])[] = [];
    for (let s = layout.first + 1; s <= layout.first + layout.visible; s++) {
      const value = valid[s - 1] ? (course[s - 1] ?? NaN) : NaN;
      points.push([stepX(layout, s) + layout.column / 2, Number.isFinite(value) ? place(value) : NaN]);
    }
    return { index, d: curve(points) ?? '' };
  });
  for (const side of ['reached', 'beyond'] as const) {
    layerOf(sideOf(stage, side), 'line-means').selectAll<SVGPathElement, (typeof means)[number]>('path').data(means, ({ index }) => index).join('path').attr('class', `mean${side === 'beyond' ? ' rest' : ''}`).attr('d', ({ d }) => d);
    layerOf(sideOf(stage, side), 'line-curves').selectAll<SVGPathElement, (typeof parts)[number]>('path').data(parts, ({ unit }) => unit).join('path')
      .attr('class', ({ i }) => `line picked-${(i % 3) + 1}${i > 2 ? ' dashed' : ''}${side === 'beyond' ? ' rest' : ''}`).attr('d', ({ d }) => d);
  }
}

/** What stays while time scrolls: frame, zero, ticks, and the units' names at the end of what is seen. */
export function drawLinesFrame(svg: SVGSVGElement, layout: TimelineLayout, derived: Derived, state: DebuggerState, act: TimelineActions): void {
  const { y, height } = layout.lines;
  const lane = derived.lane(linesLane(derived, state));
  const layer = layerOf(svg, 'lines');
  layer.selectAll('rect.frame').data([0]).join('rect').attr('class', 'frame').attr('x', layout.left - 0.5).attr('y', y + 0.5).attr('width', layout.plotWidth + 1).attr('height', height - 1);
  const scale = linesScale(layout, derived, state);
  const low = scale?.low ?? 0;
  const high = scale?.high ?? 0;
  const place = scale?.place ?? (() => y + height / 2);
  const ticks = low === high ? [] : [...new Set([high, 0, low])].map((value) => ({ value, y: place(value) }));
  layer.selectAll('line.zero').data(ticks.length > 0 ? [place(0)] : []).join('line').attr('class', 'zero').attr('x1', layout.left).attr('x2', layout.left + layout.plotWidth).attr('y1', (d) => d).attr('y2', (d) => d);
  const apart = pushApart(ticks.map((t) => t.y), 12, y + 6, y + height - 4);
  layer.selectAll('text.tick').data(ticks).join('text').attr('class', 'tick').attr('x', layout.left - 6).attr('text-anchor', 'end').attr('y', (_, i) => (apart[i] ?? 0) + 4).text((t) => (t.value === 0 ? '0' : number(t.value)));
  /** The last value that is seen. */
  const lastOf = (valueAt: (t: number) => number): number => {
    let value = NaN;
    for (let s = layout.first + layout.visible; s > layout.first && !Number.isFinite(value); s--) if (derived.view.trace.valid[s - 1] && lane?.have[s - 1]) value = valueAt(s - 1);
    return Number.isFinite(value) ? place(value) : y + height / 2;
  };
  const ends = [
    ...pickedOf(derived, lane).map((unit, i) => ({ key: `u${unit}`, unit, text: `u${unit}`, className: `picked-${(i % 3) + 1}`, y: lastOf((t) => lane?.values[t * lane.units + unit] ?? NaN) })),
    ...meansShown(derived, state, lane).map(({ index, course }) => ({ key: `g${index}`, unit: undefined, text: layout.form === 'wide' ? `${groupName(index)} mean` : groupName(index), className: 'mean', y: lastOf((t) => course[t] ?? NaN) })),
  ];
  // Nine labels are not as far apart as one would like in a low lane.
  const labels = pushApart(ends.map((end) => end.y), Math.min(14, (height - 10) / Math.max(1, ends.length - 1)), y + 6, y + height - 4);
  layer.selectAll<SVGTextElement, (typeof ends)[number]>('text.end').data(ends, ({ key }) => key).join('text').attr('class', ({ className }) => `end ${className}`).attr('x', layout.left + layout.plotWidth + 6).attr('y', (_, i) => (labels[i] ?? 0) + 4).text(({ text }) => text)
    .on('click', (_, { unit }) => unit !== undefined && act.unpick(unit));
}

/** The dots at the cursor. */
export function drawLineValues(svg: SVGSVGElement, layout: TimelineLayout, derived: Derived, state: DebuggerState): void {
  const lane = derived.lane(linesLane(derived, state));
  const { step } = derived.view.cursor;
  const scale = linesScale(layout, derived, state);
  const layer = layerOf(svg, 'line-values');
  const values = pickedOf(derived, lane).map((unit, i) => ({ i, value: lane?.have[step - 1] ? (lane.values[(step - 1) * lane.units + unit] ?? NaN) : undefined }));
  const x = stepX(layout, step) + layout.column / 2;
  const seen = scale !== undefined && step > layout.first && step <= layout.first + layout.visible ? values : [];
  layer.selectAll('circle').data(seen.filter(({ value }) => Number.isFinite(value))).join('circle').attr('class', (v) => `picked-${(v.i % 3) + 1}`).attr('r', 3).attr('cx', x).attr('cy', (v) => scale?.place(v.value ?? 0) ?? 0);
}
