// Shows the unit that is pointed at, in any picture, in all the others: its row in every lane, its cell in every strip.
// Not the cross-hair of the pointer itself (timeline.ts). Pictures of another number of units are left alone.
import { layerOf } from '../../picture/svg-layer';
import { partOfUnit } from '../cell/pointing';
import type { PlacedCell } from '../cell/placed';
import { type Derived, shownUnits, stripOrder } from '../derive';
import { unitAt } from '../hover';
import type { DebuggerState } from '../state';
import type { TimelineLayout } from '../timeline/layout';

export interface PointedUnit {
  readonly unit: number;
  /** Of so many. */
  readonly units: number;
}

export function pointedUnit(derived: Derived, { pointing }: DebuggerState, layout: TimelineLayout): PointedUnit | undefined {
  if (!pointing) return undefined;
  const unit = pointing.node === undefined ? unitAt(derived, pointing, layout) : pointing.unit;
  const units = pointing.node === undefined ? derived.header(pointing.lane ?? '')?.units : derived.at(pointing.node)?.length;
  return unit === undefined || units === undefined ? undefined : { unit, units };
}

/** Its row in every lane but the one under the pointer. */
export function drawUnitRows(svg: SVGSVGElement, layout: TimelineLayout, derived: Derived, pointed: PointedUnit | undefined, under: string | undefined): void {
  const rows = pointed === undefined ? [] : layout.lanes.flatMap((block) => {
    const shown = shownUnits(derived, derived.header(block.name)?.units ?? 0);
    const part = block.name === under || derived.header(block.name)?.units !== pointed.units ? undefined : partOfUnit(pointed.unit, shown);
    return part === undefined ? [] : [Math.round(block.y + part * block.height) + 0.5];
  });
  layerOf(svg, 'unit-rows').selectAll('line').data(rows).join('line').attr('class', 'cross unit-row').attr('x1', layout.left).attr('x2', layout.left + layout.plotWidth).attr('y1', (y) => y).attr('y2', (y) => y);
}

/** Its cell in every strip of the cell's picture. */
export function drawUnitInCell(svg: SVGSVGElement, { nodes, strip }: PlacedCell, derived: Derived, pointed: PointedUnit | undefined): void {
  const marks = pointed === undefined ? [] : nodes.flatMap((node) => {
    const count = derived.at(node.id)?.length ?? 0;
    const part = count === pointed.units ? partOfUnit(pointed.unit, stripOrder(derived, count)) : undefined;
    return part === undefined ? [] : [{ x: Math.round(node.x + part * strip) + 0.5, y: node.y }];
  });
  layerOf(svg, 'unit-cross').selectAll('line').data(marks).join('line').attr('class', 'cross').attr('x1', (m) => m.x).attr('x2', (m) => m.x).attr('y1', (m) => m.y - 9).attr('y2', (m) => m.y + 9);
}

/** Its cell in the strips beside the equations; `strips` carry their node's text. */
export function drawUnitInStrips(list: HTMLElement, derived: Derived, pointed: PointedUnit | undefined): void {
  for (const strip of list.querySelectorAll<HTMLElement>('[data-node]')) {
    const cross = strip.querySelector<HTMLElement>('.unit-cross');
    if (!cross) continue;
    const count = derived.at(strip.dataset['node'] ?? '')?.length ?? 0;
    const part = pointed?.units === count ? partOfUnit(pointed.unit, stripOrder(derived, count)) : undefined;
    cross.hidden = part === undefined;
    if (part !== undefined) cross.style.left = `${100 * part}%`;
  }
}
