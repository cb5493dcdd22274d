// Draws the two leads over one time axis: state gradient over time, and the path of the gradient below it.
// Not placed here: places come from the layouts.
import { select } from 'd3-selection';
import { line } from 'd3-shape';
import type { LossCurves, PathShares } from '../../../protocol/inspector-page';
import type { TraceHeader } from '../../../protocol/trace-view';
import { visible } from '../../debugger/sentences';
import { layerOf } from '../../picture/svg-layer';
import { pushApart } from '../../picture/push-apart';
import { inSentence, powerOfTen } from '../../theme/numbers';
import { curvesLayout, type CurveLine, type Point } from '../layout/curves';
import { stepLeft, type InspectorFrame } from '../layout/frame';
import { pathLayout, type PathRect } from '../layout/paths';

const path = line<Point>((p) => p[0], (p) => p[1]);

export function drawCurves(svg: SVGSVGElement, curves: LossCurves, frame: InspectorFrame, trace: TraceHeader, label: string, comparedLabel: string | undefined, cursor: number): void {
  const layout = curvesLayout(curves, frame, label, comparedLabel, cursor);
  const right = frame.left + frame.plotWidth;
  drawMasked(svg, frame, trace.valid, 0, layout.height);
  layerOf(svg, 'grid').selectAll('line').data(layout.ticks).join('line').attr('x1', frame.left).attr('x2', right).attr('y1', (t) => Math.round(t.y) + 0.5).attr('y2', (t) => Math.round(t.y) + 0.5);
  layerOf(svg, 'axis').selectAll('text').data(layout.ticks).join('text').attr('x', frame.left - 8).attr('y', (t) => t.y + 4).attr('text-anchor', 'end').text((t) => powerOfTen(t.exponent));
  const limit = layerOf(svg, 'limit');
  const percent = layout.percentLine === undefined ? [] : [layout.percentLine];
  limit.selectAll('line').data(percent).join('line').attr('x1', frame.left).attr('x2', right).attr('y1', (y) => y).attr('y2', (y) => y);
  limit.selectAll('text').data(percent).join('text').attr('class', 'halo').attr('x', frame.left + 4).attr('y', (y) => y - 4).text('1 % of the start');
  const pieces = layout.lines.flatMap(({ key, className, pieces: parts }) => parts.map((points, i) => ({ key: `${key} ${i}`, className, points })));
  layerOf(svg, 'curves').selectAll<SVGPathElement, (typeof pieces)[number]>('path').data(pieces, (p) => p.key).join('path').attr('class', (p) => p.className).attr('d', (p) => path([...p.points]));
  layerOf(svg, 'reach').selectAll('circle').data(layout.reachAt ? [layout.reachAt] : []).join('circle').attr('cx', (p) => p[0]).attr('cy', (p) => p[1]).attr('r', 4.5);
  const named = layout.lines.filter(({ at }) => at !== undefined);
  layerOf(svg, 'names').classed('halo', true).selectAll<SVGTextElement, CurveLine>('text').data(named, (l) => l.key).join('text').attr('class', (l) => l.className)
    .attr('x', (l) => l.at?.x ?? 0).attr('y', (l) => l.at?.y ?? 0).text((l) => l.label);
  const values = layout.lines.filter(({ key, now }) => key !== 'all' && Number.isFinite(now) && now > 0);
  const y0 = 30;
  const now = layerOf(svg, 'values');
  now.selectAll('text').data([{ className: 'quiet', text: `at t = ${cursor}` }, ...values.map(({ className, now: value }) => ({ className, text: inSentence(value) }))]).join('text').attr('class', (v) => v.className).attr('x', right + 10).attr('y', (_, i) => y0 + i * 16).text((v) => v.text);
  drawSteps(svg, frame, trace, cursor, layout.height);
  drawCursor(svg, frame, cursor, 0, layout.height + 20, layout.height + 24);
}

/** What each step reads, and its number; the cursor's own number in a filled label. */
function drawSteps(svg: SVGSVGElement, frame: InspectorFrame, trace: TraceHeader, cursor: number, height: number): void {
  const steps = Array.from({ length: frame.visible }, (_, i) => frame.first + i + 1);
  const { reads } = trace;
  // Word starts closer together than a letter is wide are left out.
  let free = -Infinity;
  const apart = (s: number): boolean => {
    const x = stepLeft(frame, s);
    if (frame.column < 7 && x < free) return false;
    free = x + 9;
    return true;
  };
  const read = reads.kind === 'tokens' ? steps.filter((s) => trace.valid[s - 1] === 1 && (frame.column >= 7 || s === 1 || /\s$/.test(reads.text[s - 2] ?? '')) && !(frame.column < 7 && /^\s/.test(reads.text[s - 1] ?? '')) && apart(s)) : [];
  layerOf(svg, 'reads').selectAll<SVGTextElement, number>('text').data(read, (s) => s).join('text').attr('x', (s) => stepLeft(frame, s) + frame.column / 2).attr('y', height + 16)
    .text((s) => visible(reads.kind === 'tokens' ? (reads.text[s - 1] ?? '') : '').slice(0, Math.max(1, Math.floor(frame.column / 7))));
  const every = [4, 8, 16, 32, 64, 128].find((n) => n * frame.column >= 36) ?? 256;
  const ticks = steps.filter((s) => (s === 1 || s % every === 0) && Math.abs(s - cursor) * frame.column > 22);
  layerOf(svg, 'step-axis').classed('axis', true).selectAll<SVGTextElement, number>('text').data(ticks, (s) => s).join('text').attr('x', (s) => stepLeft(frame, s) + frame.column / 2).attr('y', height + 35).attr('text-anchor', 'middle').text((s) => s);
}

/** Steps that are not there: hatched, as in all pictures over time. */
export function drawMasked(svg: SVGSVGElement, frame: InspectorFrame, valid: Uint8Array, top: number, height: number): void {
  const steps = Array.from({ length: frame.visible }, (_, i) => frame.first + i + 1).filter((step) => valid[step - 1] === 0);
  const defs = layerOf(svg, 'hatch');
  defs.selectAll('pattern').data(steps.length > 0 ? [0] : []).join((enter) => {
    const pattern = enter.append('pattern').attr('id', 'inspector-hatch').attr('patternUnits', 'userSpaceOnUse').attr('width', 5).attr('height', 5).attr('patternTransform', 'rotate(45)');
    pattern.append('line').attr('y2', 5);
    return pattern;
  });
  layerOf(svg, 'masked').selectAll('rect').data(steps).join('rect').attr('x', (step) => stepLeft(frame, step)).attr('y', top).attr('width', frame.column).attr('height', height).attr('fill', 'url(#inspector-hatch)');
}

/** The step that is pointed at in any of the pictures over time. */
export function drawPointed(svg: SVGSVGElement, frame: InspectorFrame, step: number | undefined, height: number): void {
  const seen = step !== undefined && step > frame.first && step <= frame.first + frame.visible ? [stepLeft(frame, step) + frame.column / 2] : [];
  layerOf(svg, 'cross-hair').selectAll('line').data(seen).join('line').attr('class', 'cross vertical').attr('x1', (x) => x).attr('x2', (x) => x).attr('y1', 0).attr('y2', height);
}

export function drawCursor(svg: SVGSVGElement, frame: InspectorFrame, cursor: number, top: number, height: number, labelY?: number): void {
  const layer = layerOf(svg, 'cursor');
  const seen = cursor > frame.first && cursor <= frame.first + frame.visible ? [cursor] : [];
  const x = stepLeft(frame, cursor);
  for (const name of ['cursor-halo', 'cursor-column']) layer.selectAll(`rect.${name}`).data(seen).join('rect').attr('class', name).attr('x', x - 0.5).attr('y', top).attr('width', frame.column + 1).attr('height', height);
  const labelled = labelY === undefined ? [] : seen;
  layer.selectAll('rect.cursor-label').data(labelled).join('rect').attr('class', 'cursor-label').attr('x', x + frame.column / 2 - 12).attr('y', (labelY ?? 0) - 1).attr('width', 24).attr('height', 16).attr('rx', 2);
  layer.selectAll('text').data(labelled).join('text').attr('x', x + frame.column / 2).attr('y', (labelY ?? 0) + 11).attr('text-anchor', 'middle').text(String);
}

export function drawPaths(svg: SVGSVGElement, paths: PathShares, frame: InspectorFrame, valid: Uint8Array, cursor: number): void {
  drawMasked(svg, frame, valid, 0, frame.pathHeight);
  const layout = pathLayout(paths, frame);
  layerOf(svg, 'axis').selectAll('text').data([['100 %', 9], ['50 %', frame.pathHeight / 2 + 4], ['0 %', frame.pathHeight]] as const).join('text').attr('x', frame.left - 8).attr('y', (d) => d[1]).attr('text-anchor', 'end').text((d) => d[0]);
  layerOf(svg, 'shares').selectAll<SVGRectElement, PathRect>('rect').data(layout.rects, (r) => `${r.step}/${r.path}`).join('rect').attr('class', (r) => classOf(paths, r.path))
    .attr('x', (r) => r.x).attr('y', (r) => r.y).attr('width', (r) => r.width).attr('height', (r) => Math.max(0, r.height - 0.5));
  const right = frame.left + frame.plotWidth + 4;
  const places = pushApart(layout.labels.map(({ y }) => y), 14, 6, frame.pathHeight - 4);
  const labels = layerOf(svg, 'path-labels');
  labels.selectAll('rect').data(layout.labels).join('rect').attr('class', (l) => classOf(paths, l.path)).attr('x', right).attr('y', (_, i) => (places[i] ?? 0) - 4).attr('width', 8).attr('height', 8);
  labels.selectAll('text').data(layout.labels).join('text').attr('x', right + 13).attr('y', (_, i) => (places[i] ?? 0) + 4).text((l) => (frame.form === 'narrow' ? l.name.replace(/^highway /, '') : l.name));
  drawCursor(svg, frame, cursor, -2, frame.pathHeight + 4);
  select(svg).classed('paths', true);
}

function classOf(paths: PathShares, index: number): string {
  if (paths.paths[index]?.kind === 'highway') return 'highway';
  const order = paths.paths.slice(0, index).filter(({ kind }) => kind === 'parameter').length;
  return `path-${(order % 4) + 1}`;
}
