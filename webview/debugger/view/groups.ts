// Draws groups of units: a bracket and a name beside every lane, thin lines between the rows of one group and the next.
// Not how they were found (../lanes/clusters.ts). For screen readers and keys the same groups are buttons in the legend.
// Invariant: a bracket's name is left out where it would cover another one, largest group first; the bracket itself is not. Without a name it is too thin
// to be hit and one path with its like: hundreds of units have hundreds of groups.
import { layerOf } from '../../picture/svg-layer';
import type { Derived } from '../derive';
import { shownUnits } from '../derive';
import type { Group } from '../lanes/clusters';
import type { DebuggerState } from '../state';
import type { TimelineLayout } from '../timeline/layout';
import type { TimelineActions } from './timeline';

/** `g3`, from 1 at the top. */
export const groupName = (index: number): string => `g${index + 1}`;

/** `g3 · 7 units` */
export const groupWords = (index: number, { units }: Group): string => `${groupName(index)} · ${units.length} units`;

interface Bracket {
  readonly key: string;
  readonly group: Group;
  readonly index: number;
  readonly top: number;
  readonly bottom: number;
  readonly named: boolean;
}

/** Pixels that a name needs. */
const nameHeight = 10;

export function bracketsOf(layout: TimelineLayout, derived: Derived): readonly Bracket[] {
  return layout.lanes.flatMap((block) => {
    const units = derived.header(block.name)?.units ?? 0;
    if (units !== derived.order.length) return [];
    const first = derived.zoom?.from ?? 0;
    const rows = shownUnits(derived, units).length;
    const place = (row: number): number => block.y + (Math.max(0, Math.min(rows, row)) / rows) * block.height;
    const seen = derived.groups.flatMap((group, index) => {
      const [top, bottom] = [place(group.from - first), place(group.to + 1 - first)];
      return bottom > top ? [{ key: `${block.name}/${index}`, group, index, top, bottom }] : [];
    });
    const taken: number[] = [];
    const named = new Set<number>();
    for (const { index, top, bottom } of [...seen].sort((a, b) => b.group.units.length - a.group.units.length || a.index - b.index)) {
      const middle = (top + bottom) / 2;
      if (taken.some((other) => Math.abs(other - middle) < nameHeight)) continue;
      taken.push(middle);
      named.add(index);
    }
    return seen.map((bracket) => ({ ...bracket, named: named.has(bracket.index) }));
  });
}

export function drawGroups(svg: SVGSVGElement, layout: TimelineLayout, derived: Derived, state: DebuggerState, act: TimelineActions): void {
  const brackets = bracketsOf(layout, derived);
  const [from, to] = [layout.left, layout.left + layout.plotWidth];
  const borders = [...new Map(brackets.flatMap(({ key, top, bottom }) => {
    const lane = key.slice(0, key.lastIndexOf('/'));
    const block = layout.lanes.find(({ name }) => name === lane);
    // Not at the lane's own edges.
    return [top, bottom].filter((y) => block && y > block.y + 0.5 && y < block.y + block.height - 0.5).map((y) => [Math.round(y * 2), y] as const);
  })).values()];
  layerOf(svg, 'group-borders').selectAll('line').data(borders).join('line').attr('x1', from).attr('x2', to).attr('y1', (y) => y).attr('y2', (y) => y);
  const layer = layerOf(svg, 'group-brackets').attr('aria-hidden', 'true');
  const x = layout.left - 14;
  const way = ({ top, bottom }: Bracket): string => `M${x + 3},${top + 0.75}H${x}V${Math.max(top + 0.75, bottom - 0.75)}H${x + 3}`;
  const alone = (bracket: Bracket): boolean => bracket.named || state.meansOf.includes(bracket.group);
  const thin = brackets.filter((bracket) => !alone(bracket)).map(way).join('');
  layer.selectAll('path.thin').data(thin === '' ? [] : [thin]).join('path').attr('class', 'thin').attr('d', String);
  const groups = layer.selectAll<SVGGElement, Bracket>('g').data(brackets.filter(alone), ({ key }) => key).join((enter) => {
    const g = enter.append('g');
    for (const name of ['path', 'text', 'rect', 'title'] as const) g.append(name);
    return g;
  });
  groups.attr('class', ({ group }) => `group-bracket${state.meansOf.includes(group) ? ' chosen' : ''}`)
    .on('click', (event: MouseEvent, { group }) => act.chooseGroup(group, event.shiftKey));
  groups.select<SVGPathElement>('path').attr('d', way);
  groups.select('text').attr('x', x - 4).attr('y', ({ top, bottom }) => (top + bottom) / 2 + 3.5).text(({ index, group, named }) => (!named ? '' : layout.form === 'wide' ? groupWords(index, group) : groupName(index)));
  // As wide as its name: a bracket of two rows is too small to be hit.
  groups.select('rect').attr('x', x - (layout.form === 'wide' ? 72 : 20)).attr('width', layout.form === 'wide' ? 77 : 25).attr('y', ({ top }) => top).attr('height', ({ top, bottom }) => Math.max(2, bottom - top));
  groups.select('title').text(({ index, group }) => groupWords(index, group));
}
