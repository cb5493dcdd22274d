// Draws picked units as lines over time: whole where the pass has been, dotted beyond, a dot at the cursor, names at the end.
// Not a lane of cells. Gradients stand on a signed square root axis.
import { curveMonotoneX, line } from 'd3-shape';
import { number } from '../../theme/numbers';
import { pushApart } from '../../picture/push-apart';
import { signedRoot } from '../../theme/scales';
import { stepX, type TimelineLayout } from '../timeline/layout';
import type { Derived } from '../derive';
import type { DebuggerState } from '../state';
import { layerOf } from '../../picture/svg-layer';
import type { TimelineActions } from './timeline';

const curve = line<readonly [number, number]>((p) => p[0], (p) => p[1]).curve(curveMonotoneX).defined((p) => Number.isFinite(p[1]));

/** Scale of the lines at this moment: place of a value, and the value at a place. */
export function linesScale(layout: TimelineLayout, derived: Derived, state: DebuggerState): { readonly name: string; readonly low: number; readonly high: number; readonly place: (value: number) => number; readonly valueAt: (y: number) => number } | undefined {
  const { y, height } = layout.lines;
  const name = state.linesOf ?? derived.keeps?.state ?? derived.layer.lanes.find(({ kind }) => kind === 'state')?.name ?? '';
  const lane = derived.lane(name);
  if (!lane) return undefined;
  const { valid, steps } = derived.view.trace;
  let low = 0;
  let high = 0;
  for (const unit of derived.picked.filter((u) => u < lane.units).slice(0, 8)) {
    for (let t = 0; t < steps; t++) {
      const value = valid[t] && lane.have[t] ? (lane.values[t * lane.units + unit] ?? NaN) : NaN;
      if (Number.isFinite(value)) [low, high] = [Math.min(low, value), Math.max(high, value)];
    }
  }
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

export function drawLines(svg: SVGSVGElement, layout: TimelineLayout, derived: Derived, state: DebuggerState, act: TimelineActions): void {
  const { y, height } = layout.lines;
  const name = state.linesOf ?? derived.keeps?.state ?? derived.layer.lanes.find(({ kind }) => kind === 'state')?.name ?? '';
  const lane = derived.lane(name);
  const { step, pass } = derived.view.cursor;
  const { valid } = derived.view.trace;
  const layer = layerOf(svg, 'lines');
  layer.selectAll('rect.frame').data([0]).join('rect').attr('class', 'frame').attr('x', layout.left - 0.5).attr('y', y + 0.5).attr('width', layout.plotWidth + 1).attr('height', height - 1);
  const picked = lane ? derived.picked.filter((unit) => unit < lane.units).slice(0, 8) : [];
  const scale = linesScale(layout, derived, state);
  const low = scale?.low ?? 0;
  const high = scale?.high ?? 0;
  const place = scale?.place ?? (() => y + height / 2);
  const ticks = low === high ? [] : [...new Set([high, 0, low])].map((value) => ({ value, y: place(value) }));
  layer.selectAll('line.zero').data(ticks.length > 0 ? [place(0)] : []).join('line').attr('class', 'zero').attr('x1', layout.left).attr('x2', layout.left + layout.plotWidth).attr('y1', (d) => d).attr('y2', (d) => d);
  const apart = pushApart(ticks.map((t) => t.y), 12, y + 6, y + height - 4);
  layer.selectAll('text.tick').data(ticks).join('text').attr('class', 'tick').attr('x', layout.left - 6).attr('text-anchor', 'end').attr('y', (_, i) => (apart[i] ?? 0) + 4).text((t) => (t.value === 0 ? '0' : number(t.value)));
  const split = (unit: number, wanted: (s: number) => boolean): (readonly [number, number])[] => {
    const points: (readonly [number, number])[] = [];
    for (let s = layout.first + 1; s <= layout.first + layout.visible; s++) {
      if (!wanted(s) || !valid[s - 1] || !lane?.have[s - 1]) continue;
      const value = lane.values[(s - 1) * lane.units + unit] ?? NaN;
      points.push([stepX(layout, s) + layout.column / 2, Number.isFinite(value) ? place(value) : NaN]);
    }
    return points;
  };
  const done = (s: number): boolean => (pass === 'forward' ? s <= step : s >= step);
  const parts = picked.flatMap((unit, i) => [
    { key: `${unit} done`, i, className: 'line', d: curve(split(unit, done)) ?? '' },
    { key: `${unit} rest`, i, className: 'line rest', d: curve(split(unit, (s) => !done(s) || s === step)) ?? '' },
  ]);
  layer.selectAll<SVGPathElement, (typeof parts)[number]>('path').data(parts, (part) => part.key).join('path').attr('class', (p) => `${p.className} picked-${(p.i % 3) + 1}${p.i > 2 ? ' dashed' : ''}`).attr('d', (p) => p.d);
  const values = picked.map((unit, i) => ({ unit, i, value: lane?.values[(step - 1) * lane.units + unit] ?? NaN }));
  const x = stepX(layout, step) + layout.column / 2;
  const seen = step > layout.first && step <= layout.first + layout.visible;
  layer.selectAll('circle').data(seen ? values.filter(({ value }) => Number.isFinite(value)) : []).join('circle').attr('class', (v) => `picked-${(v.i % 3) + 1}`).attr('r', 3).attr('cx', x).attr('cy', (v) => place(v.value));
  layer.selectAll('text.broken').data(seen ? values.filter(({ value }) => Number.isNaN(value)) : []).join('text').attr('class', 'broken').attr('x', x).attr('y', y + 12).text('×');
  const ends = picked.map((unit, i) => {
    const points = split(unit, () => true).filter(([, py]) => Number.isFinite(py));
    return { unit, i, y: points.at(-1)?.[1] ?? y + height / 2 };
  });
  const labels = pushApart(ends.map((end) => end.y), 14, y + 6, y + height - 4);
  layer.selectAll<SVGTextElement, (typeof ends)[number]>('text.end').data(ends, (end) => end.unit).join('text').attr('class', (end) => `end picked-${(end.i % 3) + 1}`).attr('x', layout.left + layout.plotWidth + 6).attr('y', (_, i) => (labels[i] ?? 0) + 4).text((end) => `u${end.unit}`)
    .on('click', (_, end) => act.unpick(end.unit));
}
