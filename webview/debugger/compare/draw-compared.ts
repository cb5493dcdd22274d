// Draws what the SVG shows of the compared pass: names beside its lanes, its losses dashed, and a mark where the two first part.
// Not its lanes' cells (compared-canvas.ts). Marks are grey and dashed, as the compared run is on all pages.
import { layerOf } from '../../picture/svg-layer';
import { number } from '../../theme/numbers';
import { brokenCells } from '../lanes/broken-cells';
import { laneDomain } from '../lanes/domain';
import { presence } from '../lanes/raster';
import { rowsOf, unitsPerRow } from '../lanes/rows';
import { brokenWords, column, norm } from '../lanes/statistics';
import type { Derived } from '../derive';
import type { DebuggerState } from '../state';
import { stepX, type TimelineLayout } from '../timeline/layout';
import { comparedLanes } from './compared-lanes';
import { lossOutline, lossTop } from './compared-loss';
import { writeSigns } from '../view/symbols';

interface Word {
  readonly key: string;
  readonly y: number;
  readonly text: string;
  readonly className: string;
  /** Step of the first value that is not finite. */
  readonly first?: number;
}

export function drawCompared(svg: SVGSVGElement, layout: TimelineLayout, derived: Derived, state: DebuggerState, goto: (step: number) => void): void {
  const run = state.compared?.run;
  const loss = layerOf(svg, 'compared-loss');
  const outline = run ? lossOutline(run.trace.loss.values, lossTop(derived.view), layout) : '';
  loss.selectAll('path').data(outline === '' ? [] : [outline]).join('path').attr('d', String);
  const mean = run && Number.isFinite(run.trace.loss.mean) ? [run.trace.loss.mean] : [];
  loss.selectAll('text').data(mean).join('text').attr('class', 'tick').attr('x', layout.left + layout.plotWidth + 6).attr('y', layout.loss.y + 13).text(number);
  drawNames(svg, layout, derived, state, goto);
  drawFirst(svg, layout, derived, state, goto);
}

function drawNames(svg: SVGSVGElement, layout: TimelineLayout, derived: Derived, state: DebuggerState, goto: (step: number) => void): void {
  const label = state.compared?.run.label ?? '';
  const { step, pass } = derived.view.cursor;
  const backward = pass === 'backward';
  const lanes = comparedLanes(derived, state);
  const words = layout.compared.flatMap((block): readonly Word[] => {
    const shown = lanes.find(({ key }) => key === block.key);
    if (!shown) return [];
    const { kind, name, header, lane } = shown;
    const per = unitsPerRow(shown.order.length, block.height, state.scale);
    const domain = `${laneDomain(header, pass).words}${per > 1 ? `, ${per} a row` : ''}`;
    const own = backward ? `∂L/∂${name}` : header.kind === 'state' ? `${name}'` : name;
    const at = (line: number, text: string, className: string): Word => ({ key: `${block.key} ${line}`, y: block.y + 11 + line * 13, text, className });
    const values = lane?.have[step - 1] === presence.exact ? column(lane, step - 1) : undefined;
    const broken = values && brokenWords(values);
    const { nonFinite } = header;
    // How many are not finite is worth more than what the colours mean.
    const second = broken === undefined ? at(1, backward && kind === 'difference' ? `− other ${laneDomain(header, pass).words}` : domain, 'note-word') : { ...at(1, broken, `value-word broken-word${nonFinite ? ' press' : ''}`), ...(nonFinite ? { first: nonFinite.step } : {}) };
    // The name of the other may be long: beside the lanes it is "other", and the sentence says who that is.
    if (kind === 'difference') return [at(0, backward ? own : `${own} − other`, 'lane-name compared'), second];
    const size = values && norm(values);
    const short = label.length <= 8 ? label : 'other';
    return [at(0, `${short} ${own}`, 'lane-name compared'), second, ...(size === undefined ? [] : [at(2, `‖·‖ ${number(size)}`, 'value-word')])];
  });
  layerOf(svg, 'compared-names').selectAll<SVGTextElement, Word>('text').data(words, (word) => word.key).join('text').attr('class', (word) => word.className).attr('x', 12).attr('y', (word) => word.y).text((word) => word.text)
    .on('click', (_, { first }) => first !== undefined && goto(first));
  const broken = lanes.flatMap(({ key, lane, order }) => {
    const block = layout.compared.find((each) => each.key === key);
    return block && lane ? [brokenCells(lane, derived.view.trace.valid, block, layout, rowsOf(order, unitsPerRow(order.length, block.height, state.scale)))] : [];
  });
  writeSigns(svg, 'compared-symbols', { signs: broken.flatMap(({ signs }) => signs), ticks: broken.flatMap(({ ticks }) => ticks) }, layout.column);
  layerOf(svg, 'compared-masks').selectAll('rect').data(maskedRuns(layout, derived)).join('rect').attr('fill', 'url(#hatch)')
    .attr('x', (m) => stepX(layout, m.from)).attr('width', (m) => (m.to - m.from + 1) * layout.column).attr('y', (m) => m.y).attr('height', (m) => m.height);
}

function maskedRuns(layout: TimelineLayout, { view }: Derived): readonly { readonly from: number; readonly to: number; readonly y: number; readonly height: number }[] {
  const { valid } = view.trace;
  const runs: { readonly from: number; to: number }[] = [];
  for (let step = layout.first + 1; step <= layout.first + layout.visible; step++) {
    if (valid[step - 1] !== 0) continue;
    const last = runs.at(-1);
    if (last?.to === step - 1) last.to = step;
    else runs.push({ from: step, to: step });
  }
  return layout.compared.flatMap(({ y, height }) => runs.map((run) => ({ ...run, y, height })));
}

/** A dashed line through all lanes, with a sign above the losses that goes there. */
function drawFirst(svg: SVGSVGElement, layout: TimelineLayout, { view }: Derived, { compared }: DebuggerState, goto: (step: number) => void): void {
  const first = compared?.run.first;
  const seen = first && first.step > layout.first && first.step <= layout.first + layout.visible ? [first] : [];
  const layer = layerOf(svg, 'first-divergence');
  const x = stepX(layout, first?.step ?? 1);
  const { y, height } = layout.cursor;
  layer.selectAll('line').data(seen).join('line').attr('x1', x).attr('x2', x).attr('y1', y).attr('y2', y + height);
  const sign = layer.selectAll<SVGGElement, (typeof seen)[number]>('g').data(seen).join((enter) => {
    const made = enter.append('g').attr('role', 'button').attr('tabindex', 0);
    made.append('rect');
    made.append('text').text('≠');
    return made;
  });
  sign.attr('class', `sign${view.cursor.step === first?.step ? ' here' : ''}`).attr('aria-label', (at) => `The passes first part at t = ${at.step}, in ${at.name}, unit ${at.unit}: go there`)
    .on('click', (event: MouseEvent, at) => {
      event.stopPropagation();
      goto(at.step);
    })
    .on('keydown', (event: KeyboardEvent, at) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      event.stopPropagation();
      goto(at.step);
    });
  sign.select('rect').attr('x', x - 8).attr('y', y - 9).attr('width', 16).attr('height', 13).attr('rx', 2);
  sign.select('text').attr('x', x).attr('y', y + 2).attr('text-anchor', 'middle');
}
