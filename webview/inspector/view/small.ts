// Draws the four small pictures: eigenvalues, parameter gradients by step, gate saturation, memory horizon.
// Not their sentences. Each is drawn only when its numbers were received.
import { area, line } from 'd3-shape';
import type { GateSaturation, HorizonBand, MemoryHorizon, ParameterGradients, Spectrum } from '../../../protocol/inspector-page';
import { showImage } from '../../picture/pixels';
import { layerOf } from '../../picture/svg-layer';
import { fixed, number, powerOfTen } from '../../theme/numbers';
import type { Palette } from '../../theme/palettes';
import { parameterLayout, parameterPixels, rowHeight } from '../layout/parameters';
import { placeCanvas, type Figure } from './figure';

type Point = readonly [number, number];
const path = line<Point>((p) => p[0], (p) => p[1]).defined((p) => Number.isFinite(p[1]));

export function drawSpectrum(figure: Figure, run: Spectrum, compared: Spectrum | undefined, radii: Float64Array | undefined, cursor: number, width: number, labels: { readonly run: string; readonly compared: string | undefined }): void {
  const radius = 62;
  const unit = radius / 1;
  const [cx, cy] = [Math.min(96, width * 0.36), 84];
  figure.size(width, 172);
  const { svg } = figure;
  const base = layerOf(svg, 'grid');
  base.selectAll('line').data([[cx - unit * 1.3, cy, cx + unit * 1.3, cy], [cx, cy - unit * 1.3, cx, cy + unit * 1.3]]).join('line').attr('x1', (d) => d[0] ?? 0).attr('y1', (d) => d[1] ?? 0).attr('x2', (d) => d[2] ?? 0).attr('y2', (d) => d[3] ?? 0);
  layerOf(svg, 'circle').selectAll('circle').data([0]).join('circle').attr('cx', cx).attr('cy', cy).attr('r', radius);
  layerOf(svg, 'axis').selectAll('text').data([['Re', cx + unit * 1.3 - 2, cy - 5], ['Im', cx + 5, cy - unit * 1.3 + 8], ['1', cx + unit + 4, cy + 13]] as const).join('text').attr('x', (d) => d[1]).attr('y', (d) => d[2]).text((d) => d[0]);
  // Beyond ±1.3 a point stands on the edge: the radius is in the sentence.
  const points = (spectrum: Spectrum): Point[] => Array.from(spectrum.real, (re, i) => [cx + clamp(re, 1.3) * unit, cy - clamp(spectrum.imaginary[i] ?? 0, 1.3) * unit]);
  layerOf(svg, 'compared-points').selectAll('circle').data(compared ? points(compared) : []).join('circle').attr('cx', (p) => p[0]).attr('cy', (p) => p[1]).attr('r', 2.5);
  layerOf(svg, 'run-points').selectAll('circle').data(points(run)).join('circle').attr('cx', (p) => p[0]).attr('cy', (p) => p[1]).attr('r', 2.5);
  const x0 = cx + unit * 1.3 + 22;
  const room = width - x0 - 8;
  const finite = radii ? [...radii].filter(Number.isFinite) : [];
  const top = Math.max(1.05, ...finite);
  const y = (v: number): number => 76 - ((Math.max(0.9, v) - 0.9) / (top - 0.9)) * 48;
  const shown = radii && finite.length > 1 && room > 40 ? radii : undefined;
  const over = layerOf(svg, 'radius');
  const spread = (i: number): number => x0 + (i / Math.max(1, (shown?.length ?? 2) - 1)) * room;
  over.selectAll('path').data(shown ? [Array.from(shown, (v, i): Point => [spread(i), y(v)])] : []).join('path').attr('d', (p) => path(p));
  over.selectAll('line.one').data(shown ? [y(1)] : []).join('line').attr('class', 'one').attr('x1', x0).attr('x2', x0 + room).attr('y1', (d) => d).attr('y2', (d) => d);
  over.selectAll('line.here').data(shown ? [spread(cursor - 1)] : []).join('line').attr('class', 'here').attr('x1', (d) => d).attr('x2', (d) => d).attr('y1', 24).attr('y2', 80);
  over.selectAll('text').data(shown ? [{ text: 'ρ over time', y: 14 }, { text: fixed(top, 2), y: 94 }] : []).join('text').attr('x', x0).attr('y', (d) => d.y).text((d) => (d.y === 94 ? `0.9 … ${d.text}` : d.text));
  const keys = [{ kind: 'run', text: `${labels.run} ${run.space}` }, ...(compared && labels.compared !== undefined ? [{ kind: 'compared', text: `${labels.compared} ${compared.space}` }] : [])];
  const legend = layerOf(svg, 'keys');
  legend.selectAll('circle').data(keys).join('circle').attr('class', (k) => k.kind).attr('cx', x0 + 4).attr('cy', (_, i) => 116 + i * 18).attr('r', 3);
  legend.selectAll('text').data(keys).join('text').attr('x', x0 + 13).attr('y', (_, i) => 120 + i * 18).text((k) => k.text);
}

/** Where the cells of the parameters' picture stand. */
export function parametersPlot(width: number): { readonly left: number; readonly room: number; readonly barRoom: number } {
  const left = 38;
  const barRoom = Math.min(56, width * 0.2);
  return { left, barRoom, room: width - left - barRoom - 8 };
}

export function drawParameters(figure: Figure, parameters: ParameterGradients, steps: number, cursor: number, width: number, palette: Palette): void {
  const layout = parameterLayout(parameters);
  const { left, room: plot, barRoom } = parametersPlot(width);
  figure.size(width, layout.height + 22);
  // Groups stand apart, so that the rows of one gate are seen as one: each row is placed by itself.
  const image = parameterPixels(parameters, steps, layout.max, palette.magnitude);
  const whole = document.createElement('canvas');
  showImage(whole, image);
  const scale = 2;
  figure.canvas.width = Math.round(plot * scale);
  figure.canvas.height = Math.round(layout.height * scale);
  placeCanvas(figure.canvas, left, 0, plot, layout.height);
  const context = figure.canvas.getContext('2d');
  if (context) {
    context.imageSmoothingEnabled = false;
    layout.rows.forEach((row, i) => context.drawImage(whole, 0, i, steps, 1, 0, Math.round(row.y * scale), figure.canvas.width, Math.round((row.height - 0.5) * scale)));
  }
  const { svg } = figure;
  layerOf(svg, 'row-names').selectAll('text').data(layout.rows).join('text').attr('class', 'mono-word').attr('x', left - 5).attr('y', (r) => r.y + rowHeight - 2).attr('text-anchor', 'end').text((r) => r.name);
  layerOf(svg, 'sums').selectAll('rect').data(layout.rows).join('rect').attr('x', left + plot + 5).attr('y', (r) => r.y + 1.5).attr('height', rowHeight - 3).attr('width', (r) => Math.max(0.5, r.part * barRoom));
  const every = [4, 8, 12, 16, 32, 64, 128].find((n) => (n / steps) * plot >= 36) ?? 256;
  const ticks = [1, ...Array.from({ length: Math.floor(steps / every) }, (_, i) => (i + 1) * every)].filter((t) => (t / steps) * plot < plot - 12);
  layerOf(svg, 'axis').selectAll('text').data([...ticks.map((t) => ({ x: left + ((t - 0.5) / steps) * plot, text: String(t), anchor: 'middle' })), { x: left + plot + 5, text: `${number(layout.max)} max`, anchor: 'start' }]).join('text').attr('x', (t) => t.x).attr('y', layout.height + 15).attr('text-anchor', (t) => t.anchor).text((t) => t.text);
  layerOf(svg, 'cursor').selectAll('rect').data([cursor]).join('rect').attr('class', 'cursor-column').attr('x', (t) => left + ((t - 1) / steps) * plot).attr('y', -1).attr('width', Math.max(3, plot / steps)).attr('height', layout.height + 2);
}

export function drawSaturation(figure: Figure, { gates }: GateSaturation, width: number): void {
  const gap = 16;
  const columns = Math.max(1, Math.min(gates.length, 3));
  const size = Math.max(48, Math.min(92, (width - 28 - gap * (columns - 1)) / columns));
  const rows = Math.ceil(gates.length / columns);
  const pitch = size + 46;
  figure.size(width, rows * pitch + 12);
  const { svg } = figure;
  const boxes = gates.map((gate, i) => ({ gate, x: 26 + (i % columns) * (size + gap), y: 18 + Math.floor(i / columns) * pitch }));
  const frames = layerOf(svg, 'frames');
  frames.selectAll('rect').data(boxes).join('rect').attr('x', (b) => b.x).attr('y', (b) => b.y).attr('width', size).attr('height', size);
  frames.selectAll('line').data(boxes).join('line').attr('x1', (b) => b.x).attr('y1', (b) => b.y).attr('x2', (b) => b.x + size).attr('y2', (b) => b.y + size);
  const dots = boxes.flatMap(({ gate, x, y }) => Array.from(gate.open, (open, u) => ({ cx: x + open * size, cy: y + size - (gate.closed[u] ?? 0) * size })));
  layerOf(svg, 'unit-dots').selectAll('circle').data(dots).join('circle').attr('cx', (d) => d.cx).attr('cy', (d) => d.cy).attr('r', 2.75);
  const words = boxes.flatMap(({ gate, x, y }, i) => [
    { text: gate.name, x, y: y - 6, className: 'mono-word strong-word', anchor: 'start' },
    { text: (gate.words ?? '').replace(/ gate$/, ''), x: x + gate.name.length * 8 + 5, y: y - 6, className: '', anchor: 'start' },
    { text: '0', x, y: y + size + 13, className: 'tick', anchor: 'start' },
    { text: '100 %', x: x + size, y: y + size + 13, className: 'tick', anchor: 'end' },
    ...(i === 0 ? [{ text: '100', x: x - 4, y: y + 8, className: 'tick', anchor: 'end' }, { text: 'share of (batch, step) open →', x, y: y + size + 28, className: 'tick', anchor: 'start' }] : []),
  ]);
  layerOf(svg, 'words').selectAll('text').data(words).join('text').attr('class', (w) => w.className).attr('x', (w) => w.x).attr('y', (w) => w.y).attr('text-anchor', (w) => w.anchor).text((w) => w.text);
  layerOf(svg, 'vertical').selectAll('text').data(boxes.slice(0, 1)).join('text').attr('class', 'tick').attr('transform', (b) => `translate(${b.x - 10}, ${b.y + size}) rotate(-90)`).text('closed →');
}

export const horizonLeft = 34;

export function drawHorizon(figure: Figure, horizon: MemoryHorizon, width: number, labels: { readonly run: string; readonly compared: string | undefined }): void {
  const height = 140;
  const left = horizonLeft;
  const plot = width - left - 8;
  figure.size(width, height + 30);
  const { svg } = figure;
  const depth = Math.max(2, horizon.run.median.length);
  const x = (k: number): number => left + (k / (depth - 1)) * plot;
  // The floor is 10⁻¹⁰: below it nothing is told apart.
  const y = (v: number): number => (v > 0 ? 4 + (Math.min(10, Math.max(0, -Math.log10(v))) / 10) * (height - 8) : height - 4);
  const ticks = [0, -2, -4, -6, -8, -10];
  layerOf(svg, 'grid').selectAll('line').data(ticks).join('line').attr('x1', left).attr('x2', left + plot).attr('y1', (t) => y(10 ** t)).attr('y2', (t) => y(10 ** t));
  const axis = layerOf(svg, 'axis');
  axis.selectAll('text.y').data(ticks).join('text').attr('class', 'y').attr('x', left - 5).attr('y', (t) => y(10 ** t) + 4).attr('text-anchor', 'end').text((t) => (t === 0 ? '1' : powerOfTen(t)));
  const steps = [0, 1, 2, 3].map((i) => Math.round((i * (depth - 1)) / 4)).concat(depth - 1);
  axis.selectAll('text.x').data([...new Set(steps)]).join('text').attr('class', 'x').attr('x', (k) => x(k)).attr('y', height + 14).attr('text-anchor', (k) => (k === depth - 1 ? 'end' : 'middle')).text(String);
  axis.selectAll('text.name').data(['steps back, k']).join('text').attr('class', 'name').attr('x', left + plot).attr('y', height + 28).attr('text-anchor', 'end').text(String);
  const band = area<number>((_, i) => x(i), (_, i) => i, (_, i) => i);
  const bandOf = (b: HorizonBand): string => band.y0((_, i) => y(b.low[i] ?? 0)).y1((_, i) => y(b.high[i] ?? 0))([...b.median.keys()].slice(0, depth)) ?? '';
  const bands = [...(horizon.compared ? [{ className: 'compared', d: bandOf(horizon.compared) }] : []), { className: 'run', d: bandOf(horizon.run) }];
  layerOf(svg, 'bands').selectAll('path').data(bands).join('path').attr('class', (b) => b.className).attr('d', (b) => b.d);
  layerOf(svg, 'limit').selectAll('line').data([y(0.01)]).join('line').attr('x1', left).attr('x2', left + plot).attr('y1', (d) => d).attr('y2', (d) => d);
  const curve = (values: Float64Array): string => path(Array.from(values.slice(0, depth), (v, k): Point => [x(k), y(v)])) ?? '';
  const lines = [
    ...(horizon.longest ? [{ className: 'highway', d: curve(horizon.longest.product), text: `∏${horizon.longest.gate} of the longest unit`, values: horizon.longest.product, at: 0.28, up: true }] : []),
    ...(horizon.compared && labels.compared !== undefined ? [{ className: 'compared', d: curve(horizon.compared.median), text: labels.compared, values: horizon.compared.median, at: 0.42, up: false }] : []),
    { className: 'run', d: curve(horizon.run.median), text: labels.run, values: horizon.run.median, at: 0.74, up: true },
  ];
  // A name stands where its curve is above the floor.
  const placed = lines.map((l) => {
    let last = depth - 1;
    while (last > 0 && !((l.values[last] ?? 0) > 1e-9)) last--;
    return { ...l, k: Math.round(Math.min(l.at * (depth - 1), last * (l.up ? 0.8 : 1))) };
  });
  // Where all curves fall at once, names lie on each other: the later ones stand lower.
  const names = placed.map((l) => {
    const isStart = l.up || x(l.k) < left + 48;
    const width = l.text.length * 6.4;
    return { ...l, isStart, from: isStart ? x(l.k) : x(l.k) - width, to: isStart ? x(l.k) + width : x(l.k), top: Math.max(12, Math.min(height - 2, y(l.values[l.k] ?? 0) + (l.up ? -7 : 14))) };
  });
  names.forEach((name, i) => {
    for (const other of names.slice(0, i)) if (name.from < other.to && other.from < name.to && Math.abs(name.top - other.top) < 13) name.top = other.top > height - 18 ? other.top - 14 : other.top + 14;
  });
  layerOf(svg, 'medians').selectAll('path').data(lines).join('path').attr('class', (l) => l.className).attr('d', (l) => l.d);
  layerOf(svg, 'names').classed('halo', true).selectAll('text').data(names).join('text').attr('class', (l) => l.className).attr('x', (l) => x(l.k)).attr('text-anchor', (l) => (l.isStart ? 'start' : 'end'))
    .attr('y', (l) => l.top).text((l) => l.text);
}

function clamp(value: number, bound: number): number {
  return Number.isFinite(value) ? Math.max(-bound, Math.min(bound, value)) : 0;
}
