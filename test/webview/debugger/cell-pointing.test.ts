// What lies under the pointer in the cell, and where the arrows go, for every way a cell can be placed.
import { describe, expect, it } from 'vitest';
import { cellGraph } from '../../../webview/debugger/cell/fold';
import { nextNode, nodeUnder, partOfUnit, unitOfPart, type Direction } from '../../../webview/debugger/cell/pointing';
import { placeCell } from '../../../webview/debugger/cell/place';
import { cell, gru, layerNormLstm, lstm, peephole, rnn } from '../gallery/lstm-equations';

const placedOf = (lines: readonly string[]) => placeCell(cellGraph(cell(lines, 8)), 424);

describe('under the pointer', () => {
  it('lies a strip with a part of its width, a name without one, or nothing', () => {
    const placed = placedOf(lstm);
    const f = placed.nodes.find(({ id }) => id === 'f');
    const { x, y } = f ?? { x: NaN, y: NaN };
    expect(nodeUnder(placed, x + placed.strip / 4, y)).toEqual({ node: 'f', part: 0.25 });
    expect(nodeUnder(placed, x + 2, y - 14)).toEqual({ node: 'f' });
    expect(nodeUnder(placed, x + 2, y + 14)).toBeUndefined();
    expect(nodeUnder(placed, x - 8, y)).toBeUndefined();
  });
  it('lies the unit that stands there in the order of the rows', () => {
    const order = [3, 1, 0, 2];
    expect([0, 0.3, 0.99, 1].map((part) => unitOfPart(part, order))).toEqual([3, 1, 2, 2]);
    expect(unitOfPart(0.5, [])).toBeUndefined();
    expect([partOfUnit(0, order), partOfUnit(9, order)]).toEqual([0.625, undefined]);
    for (const unit of order) expect(unitOfPart(partOfUnit(unit, order) ?? NaN, order)).toBe(unit);
  });
});

describe('the arrows', () => {
  it('go along the highway and back', () => {
    const placed = placedOf(lstm);
    expect(nextNode(placed, 'c', 'ArrowRight')?.id).toBe('f * c');
    expect(nextNode(placed, 'f * c', 'ArrowRight')?.id).toBe("c'");
    expect(nextNode(placed, "c'", 'ArrowLeft')?.id).toBe('f * c');
    expect(nextNode(placed, 'c', 'ArrowLeft')).toBeUndefined();
    expect(nextNode(placed, 'c', 'ArrowUp')).toBeUndefined();
    expect(nextNode(placed, 'gone', 'ArrowUp')?.id).toBe(placed.nodes[0]?.id);
  });
  it.each(Object.entries({ lstm, gru, peephole, rnn, layerNormLstm }))('reach every node of %s', (_, lines) => {
    const placed = placedOf(lines);
    const reached = new Set([placed.nodes[0]?.id]);
    for (const id of reached) for (const direction of ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'] satisfies Direction[]) reached.add(nextNode(placed, id ?? '', direction)?.id ?? id);
    expect([...reached].sort()).toEqual(placed.nodes.map(({ id }) => id).sort());
  });
});
