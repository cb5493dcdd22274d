// Draws the cell from its placed graph: strips of units, names, norms, edges as wide as their values, chevrons of the pass.
// Not a drawing of any particular cell. Clicking a node shows its equation in the editor.
import { select } from 'd3-selection';
import { element, setStyle, setText } from '../../elements';
import { must } from '../../must';
import { number } from '../../theme/numbers';
import { gateEntry, signedEntry, signedRootEntry } from '../../theme/scales';
import { pathOf } from '../cell/course';
import type { CellGraph } from '../cell/graph';
import { originText, placeLabel, type PlacedLabel } from '../cell/labels';
import { placeCell } from '../cell/place';
import type { PlacedCell, PlacedEdge, PlacedNode } from '../cell/placed';
import { type Derived, flowName, neighbours } from '../derive';
import { laneDomain } from '../lanes/domain';
import { summary } from '../lanes/statistics';
import { strip, stretched } from '../lanes/strip';
import { quote } from '../sentences';
import { type DebuggerState, stepKey } from '../state';
import { layerOf } from '../../picture/svg-layer';

export interface CellBlock {
  readonly section: HTMLElement;
  readonly plot: HTMLElement;
  readonly svg: SVGSVGElement;
  /** Where everything was last drawn. */
  placed(): PlacedCell | undefined;
  /** Strips and edges. */
  draw(derived: Derived, state: DebuggerState, width: number): void;
  /** Names and numbers of the nodes: apart, so that a frame need not draw both. */
  drawNames(derived: Derived, width: number): void;
}

export function cellBlock(reveal: (line: number) => void): CellBlock {
  const title = element('span', 'title');
  const note = element('span', 'note');
  const right = element('span', 'note');
  const canvas = element('canvas');
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const plot = element('div', 'plot cell-plot', canvas, svg);
  plot.tabIndex = 0;
  plot.setAttribute('role', 'img');
  let last: { readonly graph: CellGraph; readonly width: number; readonly placed: PlacedCell } | undefined;
  const place = (graph: CellGraph, width: number): PlacedCell => {
    if (last?.graph !== graph || last.width !== width) last = { graph, width, placed: placeCell(graph, width) };
    return last.placed;
  };
  const section = element('section', 'cell-block', element('h2', '', title, note, element('span', 'grow'), right), plot);
  return {
    section, plot, svg,
    placed: () => last?.placed,
    draw: (derived, state, width) => {
      const placed = place(derived.graph, width);
      const backward = derived.pass === 'backward';
      setText(title, backward ? 'Cell, gradients' : 'Cell');
      setText(note, derived.layer.call);
      setText(right, 'edge width = norm');
      select(plot).attr('aria-label', `Cell of ${derived.layer.name}: ${placed.nodes.map(({ id }) => id).join(', ')}`);
      setStyle(plot, { height: `${placed.height}px`, width: `${placed.width}px` });
      paintStrips(canvas, placed.nodes, placed.strip, placed.width, placed.height, derived, state);
      select(svg).attr('width', placed.width).attr('height', placed.height);
      drawEdges(svg, placed, derived, state);
    },
    drawNames: (derived, width) => drawNodes(svg, place(derived.graph, width), derived, reveal),
  };
}

/** Colours of a node: those of its lane, or of the state of its equation; bounded functions their bounds. */
export function nodeColors(id: string, derived: Derived, state: DebuggerState): { readonly table: Uint8Array; readonly entry: (value: number) => number } {
  const { palette } = state.theme;
  const bare = id.replace(/'$/, '');
  const own = derived.header(bare);
  if (own) {
    const domain = laneDomain(own, derived.pass);
    return { table: palette[domain.palette], entry: domain.entry };
  }
  const node = derived.graph.nodes.find((n) => n.id === id);
  const equation = node?.equation === undefined ? undefined : derived.layer.equations[node.equation];
  const header = equation && derived.header(equation.name);
  if (derived.pass === 'backward') {
    const bound = header ? laneDomain(header, 'backward').high : largest(derived.at(id));
    return { table: palette.signed, entry: (value) => signedRootEntry(value, bound) };
  }
  if (/^tanh\(/.test(id)) return { table: palette.signed, entry: (value) => signedEntry(value, 1) };
  if (/^sigmoid\(/.test(id)) return { table: palette.gate, entry: gateEntry };
  const bound = header ? laneDomain(header, 'forward').high : largest(derived.at(id));
  return { table: palette.signed, entry: (value) => signedEntry(value, bound) };
}

function largest(values: Float32Array | undefined): number {
  return values ? values.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0) || 1 : 1;
}

function paintStrips(canvas: HTMLCanvasElement, nodes: readonly PlacedNode[], width: number, plotWidth: number, plotHeight: number, derived: Derived, state: DebuggerState): void {
  const { scale } = state;
  const size = { width: Math.round(plotWidth * scale), height: Math.round(plotHeight * scale) };
  if (canvas.width !== size.width || canvas.height !== size.height) {
    Object.assign(canvas, size);
    setStyle(canvas, { width: `${plotWidth}px`, height: `${plotHeight}px` });
  }
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return;
  context.clearRect(0, 0, canvas.width, canvas.height);
  for (const node of nodes) {
    const values = derived.at(node.id);
    if (!values || values.length === 0) continue;
    const { table, entry } = nodeColors(node.id, derived, state);
    const image = stretched(strip(values, derived.order, Math.floor(width * scale), table, entry, state.theme.error), Math.round(width * scale), Math.round(12 * scale));
    context.putImageData(new ImageData(image.bytes, image.width, image.height), Math.round(node.x * scale), Math.round((node.y - 6) * scale));
  }
}

/** What stands on an edge: the value, or what comes back; through matrix products that of the products. Undefined until it is there. */
function weightOf(edge: PlacedEdge, derived: Derived, state: DebuggerState): number | undefined {
  if (edge.products.length > 0) {
    const norms = edge.products.map((text) => derived.at(text)).flatMap((values) => (values ? [normOf(values) ?? 0] : []));
    return norms.length > 0 ? Math.max(...norms) : undefined;
  }
  if (derived.pass === 'forward') return normOf(derived.at(edge.from));
  return state.step?.key === stepKey(derived.view) ? normOf(state.step.edges.get(flowName(edge))) : undefined;
}

const normOf = (values: Float32Array | undefined): number | undefined => (values ? summary(values).norm : undefined);

const edgesDrawn = new WeakMap<SVGSVGElement, { readonly edges: readonly PlacedEdge[]; readonly backward: boolean }>();

function drawEdges(svg: SVGSVGElement, { edges, strip, width, close }: PlacedCell, derived: Derived, state: DebuggerState): void {
  const weighed = edges.map((edge) => ({ edge, weight: weightOf(edge, derived, state) }));
  const top = Math.max(1e-300, ...weighed.map(({ weight }) => weight ?? 0));
  const sorted = [...weighed].sort((a, b) => Number(a.edge.highway) - Number(b.edge.highway));
  const paths = layerOf(svg, 'edges').selectAll<SVGPathElement, (typeof sorted)[number]>('path').data(sorted, ({ edge }) => `${edge.from}>${edge.to}`).join('path')
    .attr('stroke-width', ({ weight }) => (weight === undefined ? 0.75 : 0.75 + (4.25 * weight) / top));
  const backward = derived.pass === 'backward';
  // What a step does not change is written once for a placement and a pass.
  const was = edgesDrawn.get(svg);
  if (was?.edges === edges && was.backward === backward) return;
  edgesDrawn.set(svg, { edges, backward });
  paths.attr('class', ({ edge }) => `edge${edge.highway ? ' highway' : ''}${edge.products.length > 0 ? ' product' : ''}`).attr('d', ({ edge }) => pathOf(edge)).order();
  // A highway goes on to the next step.
  const ends = derived.graph.highways.flatMap((path) => edges.filter(({ to, highway }) => to === path.at(-1) && highway).map(({ points }) => points.at(-1) ?? [0, 0]));
  layerOf(svg, 'ways-out').selectAll('line').data(ends).join('line').attr('class', 'edge highway').attr('stroke-width', 2).attr('x1', ([x]) => x + strip).attr('x2', width).attr('y1', ([, y]) => y).attr('y2', ([, y]) => y);
  // Where edges run together in lanes, the highways alone show the pass.
  const marked = edges.filter((edge) => (edge.highway && edge.points.length === 2) || (!close && edge.points.length > 2 && edge.products.length === 0)).slice(0, 4);
  layerOf(svg, 'chevrons').selectAll('path').data(marked.map(({ points }) => middle(points))).join('path').attr('class', 'chevron-mark')
    .attr('d', ([x, y]) => (backward ? `M${x + 3},${y - 4}L${x - 3},${y}L${x + 3},${y + 4}` : `M${x - 3},${y - 4}L${x + 3},${y}L${x - 3},${y + 4}`));
}

function middle(points: PlacedEdge['points']): readonly [number, number] {
  const a = points[Math.floor((points.length - 1) / 2)] ?? [0, 0];
  const b = points[Math.floor((points.length - 1) / 2) + 1] ?? a;
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
}

/** Where the ticks of a node were last drawn. */
const tickKeys = new WeakMap<SVGGElement, string>();

/** What the nodes of a picture were last drawn for. */
const drawn = new WeakMap<SVGSVGElement, { readonly graph: CellGraph; readonly pass: string; readonly width: number; readonly plotWidth: number }>();

function drawNodes(svg: SVGSVGElement, cell: PlacedCell, derived: Derived, reveal: (line: number) => void): void {
  const { nodes, strip: width, width: plotWidth } = cell;
  const { step, pass } = derived.view.cursor;
  const { before, after } = neighbours(derived);
  const backward = pass === 'backward';
  const layer = layerOf(svg, 'nodes');
  // Only the nodes themselves: the groups within them carry the same data.
  const groups = layer.selectAll<SVGGElement, PlacedNode>('g.node').data(nodes, (node) => node.id).join((enter) => {
    const g = enter.append('g').attr('class', 'node');
    g.append('rect').attr('class', 'strip-frame');
    for (const name of ['name', 'value', 'aside']) g.append('text').attr('class', name);
    g.append('g').attr('class', 'unit-ticks');
    return g;
  });
  const gradientName = (id: string): string => (/[ ]/.test(id) ? `∂(${id})` : `∂${id}`);
  const found = new Map<string, { text: string; broken: boolean }>();
  const worth = (id: string): { text: string; broken: boolean } => {
    const known = found.get(id) ?? worthOf(id);
    found.set(id, known);
    return known;
  };
  const worthOf = (id: string): { text: string; broken: boolean } => {
    const values = derived.at(id);
    if (!values || values.length === 0) return { text: '', broken: false };
    const { broken, mean, norm } = summary(values);
    if (broken !== undefined) return { text: broken.replace(/ of \d+$/, ''), broken: true };
    const isGate = !backward && derived.header(id)?.kind === 'gate';
    const value = isGate ? mean : norm;
    return { text: value === undefined ? '' : number(value), broken: false };
  };
  const labelOf = (node: PlacedNode): PlacedLabel & { readonly worth: { readonly text: string; readonly broken: boolean } } => {
    const said = worth(node.id);
    return { ...placeLabel(cell, node, backward ? gradientName(node.id) : node.id, said.text), worth: said };
  };
  const labels = new Map(nodes.map((node) => [node.id, labelOf(node)]));
  const label = (node: PlacedNode): ReturnType<typeof labelOf> => must(labels.get(node.id), 'every node has a label');
  // What a step does not change is written once for a graph, a width and a pass.
  const was = drawn.get(svg);
  if (was?.graph !== derived.graph || was.pass !== pass || was.width !== width || was.plotWidth !== plotWidth) {
    drawn.set(svg, { graph: derived.graph, pass, width, plotWidth });
    groups.attr('transform', (node) => `translate(${node.x}, ${node.y})`).on('click', (_, node) => {
      const equation = node.equation === undefined ? undefined : derived.layer.equations[node.equation];
      if (equation) reveal(equation.line);
    });
    groups.select('rect').attr('x', -0.5).attr('y', -6.5).attr('width', width + 1).attr('height', 13);
    groups.select('.name').attr('y', -10);
    groups.select('.aside').attr('x', (node) => (onHighway(node) ? plotWidth - node.x : node.kind === 'next' ? width : 0)).attr('text-anchor', (node) => (node.kind === 'next' ? 'end' : 'start'));
  }
  groups.select('.name').attr('x', (node) => label(node).name.x).attr('text-anchor', (node) => label(node).name.anchor).text((node) => label(node).name.text);
  groups.select('.value').attr('x', (node) => label(node).value.x).attr('text-anchor', (node) => label(node).value.anchor).attr('y', (node) => (label(node).value.below ? 18 : -10))
    .attr('class', (node) => `value${label(node).worth.broken ? ' broken-word' : ''}`).text((node) => label(node).worth.text);
  groups.select('.aside').attr('y', (node) => (label(node).value.below ? 31 : 19)).text((node) => aside(node));
  /** At the picture's edge, when nothing else of its row stands there. */
  function onHighway(node: PlacedNode): boolean {
    return node.kind === 'next' && derived.graph.highways.some((path) => path.at(-1) === node.id) && !nodes.some((other) => other.x > node.x && Math.abs(other.y - node.y) < 20);
  }
  function aside(node: PlacedNode): string {
    if (node.kind === 'state') return before === undefined && backward ? '' : originText(cell, node, backward ? 'to' : 'from', before);
    if (node.kind === 'input' && !backward && derived.view.trace.reads.kind === 'tokens' && derived.layerIndex === 0) return embedded(quote(derived.view.trace.reads.text[step - 1] ?? ''), (nodes.find(({ column }) => column === 1)?.x ?? plotWidth) - node.x);
    if (node.kind === 'next') return after === undefined ? '' : originText(cell, node, backward ? 'from' : 'to', after);
    return '';
  }
  groups.select<SVGGElement>('.unit-ticks').each(function (node) {
    const count = derived.at(node.id)?.length ?? 0;
    const ticks = count === derived.order.length ? derived.picked.slice(0, 8).map((unit, i) => ({ unit, i, x: ((derived.order.indexOf(unit) + 0.5) / count) * width })) : [];
    const key = ticks.map(({ unit, x }) => `${unit}@${x}`).join();
    if (tickKeys.get(this) === key) return;
    tickKeys.set(this, key);
    const known = [...this.querySelectorAll('rect')];
    while (known.length > ticks.length) known.pop()?.remove();
    ticks.forEach(({ i, x }, index) => {
      const rect = known[index] ?? this.appendChild(document.createElementNS('http://www.w3.org/2000/svg', 'rect'));
      rect.setAttribute('class', `picked-${(i % 3) + 1}`);
      rect.setAttribute('x', String(x - 1));
      rect.setAttribute('y', '7.5');
      rect.setAttribute('width', '2');
      rect.setAttribute('height', '3');
    });
  });
}

/** A whole word may be wider than its column. */
function embedded(token: string, room: number): string {
  const letters = Math.floor(room / 5.4);
  const said = `${token} embedded`;
  return said.length <= letters ? said : token.length <= letters ? token : `${token.slice(0, Math.max(1, letters - 1))}…`;
}
