// The cell's picture follows from its equations, for every library cell and for odd ones.
import { describe, expect, it } from 'vitest';
import { cellGraph } from '../../../webview/debugger/cell/fold';
import { keepingGate } from '../../../webview/debugger/cell/graph';
import { columnsOf } from '../../../webview/debugger/cell/columns';
import { placeCell, rowGap } from '../../../webview/debugger/cell/place';
import { print } from '../../../webview/debugger/expression';
import { cell, cifg, expression, gru, gruBefore, indRnn, layerNormLstm, lstm, peephole, rnn, sru } from '../gallery/lstm-equations';

const graphOf = (lines: readonly string[]) => cellGraph(cell(lines, 8));
const columns = (lines: readonly string[]) => Object.fromEntries(columnsOf(graphOf(lines)));

it.each(['f * c + i * g', '(1 - z) * n + z * h', "o * tanh(c')", 'a - (b - c)', 'r * U @ h', '(r * U) @ h', 'W_n @ x + b_n + r * (U_n @ h + c_n)', 'a / (b * c)'])('prints %s as the source writes it', (text) => {
  expect(print(expression(text, {}))).toBe(text);
});

describe('columns', () => {
  it('of an LSTM', () => {
    expect(columns(lstm)).toEqual({ x: 0, h: 0, c: 0, i: 1, f: 1, g: 1, o: 1, 'f * c': 2, 'i * g': 2, "c'": 3, "tanh(c')": 3, "h'": 4 });
  });
  it('of a GRU in both conventions', () => {
    expect(columns(gru)).toEqual({ x: 0, h: 0, r: 1, z: 1, 'r * (U_n @ h + c_n)': 2, n: 3, '(1 - z) * n': 4, 'z * h': 2, "h'": 5 });
    expect(columns(gruBefore)).toMatchObject({ r: 1, n: 2, '(1 - z) * n': 3, "h'": 4 });
  });
  it('of cells with one equation', () => {
    expect(columns(rnn)).toEqual({ x: 0, h: 0, "h'": 1 });
    expect(columns(indRnn)).toEqual({ x: 0, h: 0, "h'": 1 });
  });
});

describe('highways', () => {
  it('run where no matrix product lies', () => {
    expect(graphOf(lstm).highways).toEqual([['c', 'f * c', "c'"]]);
    expect(graphOf(gru).highways).toEqual([['h', 'z * h', "h'"]]);
    expect(graphOf(sru).highways).toEqual([['c', 'f * c', "c'"]]);
    expect(graphOf(indRnn).highways).toEqual([['h', "h'"]]);
    expect(graphOf(rnn).highways).toEqual([]);
  });
  it('lie in the top row, straight', () => {
    const placed = placeCell(graphOf(lstm), 424);
    const ys = ['c', 'f * c', "c'"].map((id) => placed.nodes.find((node) => node.id === id)?.y);
    expect(new Set(ys).size).toBe(1);
    for (const { y } of placed.nodes) expect(y).toBeGreaterThanOrEqual(ys[0] as number);
  });
});

it('keeps other nodes off the line of a highway', () => {
  for (const lines of [lstm, gru, gruBefore, peephole, sru, cifg, layerNormLstm]) {
    const graph = graphOf(lines);
    const placed = placeCell(graph, 424);
    const top = placed.nodes.find(({ id }) => id === graph.highways[0]?.[0])?.y ?? 0;
    for (const node of placed.nodes) if (!graph.highways.some((path) => path.includes(node.id))) expect(node.y - top, node.id).toBeGreaterThanOrEqual(rowGap - 1);
  }
});

describe('edges', () => {
  it('name the matrix products on the way', () => {
    const { edges } = graphOf(lstm);
    expect(edges.find(({ from, to }) => from === 'h' && to === 'f')?.products).toEqual(['U_f @ h']);
    expect(edges.find(({ from, to }) => from === 'f' && to === 'f * c')?.products).toEqual([]);
    expect(edges.find(({ from, to }) => from === "c'" && to === "tanh(c')")?.products).toEqual([]);
    expect(graphOf(gruBefore).edges.find(({ from, to }) => from === 'r' && to === 'n')?.products).toEqual(['U_n @ (r * h)']);
  });
  it('leave no node alone but unused ones', () => {
    for (const lines of [lstm, gru, gruBefore, rnn, peephole, sru, cifg, indRnn, layerNormLstm]) {
      const { nodes, edges } = graphOf(lines);
      for (const { id } of nodes) expect(edges.some(({ from, to }) => from === id || to === id), id).toBe(true);
    }
  });
});

it('keeps nodes of a column apart, within the width, and is the same every time', () => {
  for (const lines of [lstm, gru, gruBefore, rnn, peephole, sru, cifg, layerNormLstm]) {
    const placed = placeCell(graphOf(lines), 424);
    expect(placeCell(graphOf(lines), 424)).toEqual(placed);
    for (const a of placed.nodes) {
      expect(Number.isFinite(a.y)).toBe(true);
      for (const b of placed.nodes) if (a !== b && a.column === b.column) expect(Math.abs(a.y - b.y), `${a.id} ${b.id}`).toBeGreaterThanOrEqual(rowGap - 1);
    }
    expect(placed.width).toBeLessThanOrEqual(425);
  }
});

it('finds the gate that keeps the state, and none where the rest of a gate keeps it', () => {
  const keeps = (lines: readonly string[]) => keepingGate(cell(lines, 8), graphOf(lines));
  expect(keeps(lstm)).toEqual({ gate: 'f', state: 'c' });
  expect(keeps(gru)).toEqual({ gate: 'z', state: 'h' });
  expect(keeps(rnn)).toBeUndefined();
  expect(keeps(["gate z = sigmoid(W @ x + U @ h)", "let n = tanh(V @ x)", "h' = z * n + (1 - z) * h"])).toBeUndefined();
});

it('folds lets without a gate when there are more nodes than fit', () => {
  const many = [...Array.from({ length: 30 }, (_, i) => `let a${i} = tanh(W @ x + ${i})`), `h' = ${Array.from({ length: 30 }, (_, i) => `a${i}`).join(' + ')}`];
  expect(graphOf(many).nodes.map(({ id }) => id)).toEqual(['x', "h'"]);
});
