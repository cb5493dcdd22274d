// Cells of many equations: low enough to be seen beside an editor, nothing over anything, no edge through a node, for odd cells and for random ones.
// Not library cells, whose places are held by cell.test.ts.
import { describe, expect, it } from 'vitest';
import { Random } from '../../../engine/base/random';
import { countOf, columnsOf } from '../../../webview/debugger/cell/columns';
import { passedThrough } from '../../../webview/debugger/cell/course';
import { cellGraph, mostColumns, mostNodes } from '../../../webview/debugger/cell/fold';
import { placeCell } from '../../../webview/debugger/cell/place';
import { cell, lstm } from '../gallery/lstm-equations';
import { oddCells } from '../gallery/odd-cells';
import { boxes, lieOver } from './cell-boxes';

const graphOf = (lines: readonly string[]) => cellGraph(cell(lines, 8));
const rooms = [361, 436, 576];

/** Two to twenty equations over up to four states, each of what came before it. */
function randomLines(seed: number): readonly string[] {
  const random = Random.for(seed, 'large cell');
  const pick = <T>(items: readonly T[]): T => items[random.below(items.length)] as T;
  const states = ['h', 'c', 'k', 'm2'].slice(0, 1 + random.below(4));
  const before = [...states];
  const lines: string[] = [];
  for (let n = 1; n <= 1 + random.below(20); n++) {
    const isGate = random.below(2) === 0;
    const product = pick([`${pick(before)} * ${pick(before)}`, `W${n} @ x`, `U${n} @ ${pick(before)}`, `tanh(${pick(before)}) * ${pick(before)}`, `U${n} @ (${pick(before)} * ${pick(before)})`]);
    lines.push(`${isGate ? 'gate' : 'let'} v${n} = ${isGate ? 'sigmoid' : 'tanh'}(${product} + ${pick([`V${n} @ x`, pick(before), `U${n} @ h`])})`);
    before.push(`v${n}`);
  }
  for (const state of [...states].reverse()) {
    lines.push(`${state}' = ${pick([`${pick(before)} * ${state} + ${pick(before)} * tanh(${pick(before)})`, `tanh(W @ x + U @ ${state} + ${pick(before)})`, `${pick(before)} * tanh(${pick(before)})`])}`);
    before.push(`${state}'`);
  }
  return lines;
}
const randomCells = Object.fromEntries(Array.from({ length: 24 }, (_, seed) => [`random cell ${seed}`, randomLines(seed)]));

describe.each(Object.entries({ ...oddCells, ...randomCells }))('%s', (_, lines) => {
  const graph = graphOf(lines);

  it('has no strip over a strip, no word over a word, and no edge through a node', () => {
    for (const room of rooms) {
      const placed = placeCell(graph, room);
      for (const gradients of [false, true]) {
        const all = boxes(placed, '0.038', gradients);
        for (const box of all) expect(box.y[1], `${box.what} ${room}`).toBeLessThanOrEqual(placed.height);
        expect(all.flatMap((a, i) => all.slice(i + 1).filter((b) => lieOver(a, b)).map((b) => `${a.what} and ${b.what}`)).join(), `${room} ${gradients}`).toBe('');
      }
      expect(placed.edges.flatMap((edge) => passedThrough(placed, edge).map((node) => `${edge.from} > ${edge.to} through ${node}`)).join(), `${room}`).toBe('');
    }
  });

  it('is placed alike every time, with every node and edge it has', () => {
    const placed = placeCell(graph, 576);
    expect(placeCell(graphOf(lines), 576)).toEqual(placed);
    expect(placed.nodes.map(({ id }) => id)).toEqual(graph.nodes.map(({ id }) => id));
    expect(placed.edges).toHaveLength(graph.edges.length);
    for (const { points } of placed.edges) for (const at of points.flat()) expect(Number.isFinite(at)).toBe(true);
  });
});

it('a cell of twelve gates and 38 equations is seen whole on a page beside an editor', () => {
  const lines = oddCells['candidates12'] ?? [];
  expect(lines).toHaveLength(38);
  expect(placeCell(graphOf(lines), 576).height).toBeLessThan(330);
  for (const [name, each] of Object.entries(oddCells)) expect(placeCell(graphOf(each), 576).height, name).toBeLessThan(500);
});

describe('folding', () => {
  const nodes = (name: string): readonly string[] => graphOf(oddCells[name] ?? []).nodes.map(({ id }) => id);

  it('leaves alone what is not too much', () => {
    expect(nodes('gates8')).toContain('g5 * n');
    expect(graphOf(lstm).nodes).toHaveLength(12);
  });

  it('of much: what is used once, then products in sums, but never a gate, a new state or a highway', () => {
    const found = nodes('candidates12');
    expect(found.length).toBeLessThanOrEqual(mostNodes);
    expect(found).toEqual(expect.arrayContaining([...Array.from({ length: 12 }, (_, k) => `g${k + 1}`), 'g1 * c', "c'", "h'"]));
    expect(found).not.toContain('v3');
  });

  it('of a long chain: every second or third of what only the next one uses, so that it fits', () => {
    const graph = graphOf(oddCells['chain16'] ?? []);
    expect(countOf(columnsOf(graph))).toBe(mostColumns);
    expect(graph.nodes.map(({ id }) => id)).toEqual(['x', 'h', 'a4', 'a6', 'a8', 'a10', 'a12', 'a14', 'a16', "h'"]);
    expect(countOf(columnsOf(graphOf(oddCells['gateChain16'] ?? [])))).toBe(18);
  });
});
