// Every word and strip of a cell's picture as a box, as wide as its letters.
// Not drawing: what tests of the picture hold against each other.
import { originText, placeLabel } from '../../../webview/debugger/cell/labels';
import type { PlacedCell } from '../../../webview/debugger/cell/placed';

export interface Box {
  readonly what: string;
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

export function boxes(placed: PlacedCell, value: string, gradients: boolean): readonly Box[] {
  const wide = (x: number, anchor: string, width: number): readonly [number, number] => (anchor === 'start' ? [x, x + width] : [x - width, x]);
  return placed.nodes.flatMap((node): readonly Box[] => {
    const full = gradients ? (node.id.includes(' ') ? `∂(${node.id})` : `∂${node.id}`) : node.id;
    const { name, value: place } = placeLabel(placed, node, full, value);
    const at = (what: string, [from, to]: readonly [number, number], y: number, height: number): Box => ({ what: `${what} of ${node.id}`, x: [node.x + from, node.x + to], y: [node.y + y, node.y + y + height] });
    const origin = originText(placed, node, 'from', 23).length * 4.4;
    const under = node.kind === 'state' || node.kind === 'next' ? [at('origin', node.kind === 'next' ? [placed.strip - origin, placed.strip] : [0, origin], place.below ? 24 : 12, 8)] : [];
    return [
      at('strip', [0, placed.strip], -6, 12), at('name', wide(name.x, name.anchor, name.text.length * 6.6), -18, 8), at('number', wide(place.x, place.anchor, value.length * 6.4), place.below ? 10 : -18, 8), ...under,
    ];
  });
}

export const lieOver = (a: Box, b: Box): boolean => Math.min(a.x[1], b.x[1]) - Math.max(a.x[0], b.x[0]) > 1 && Math.min(a.y[1], b.y[1]) - Math.max(a.y[0], b.y[0]) > 1;
