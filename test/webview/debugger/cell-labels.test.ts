// Names and numbers in the cell's picture: none lies over another or over a strip, none leaves the picture, for library cells and for odd ones.
import { describe, expect, it } from 'vitest';
import { cellGraph } from '../../../webview/debugger/cell/fold';
import { placeLabel } from '../../../webview/debugger/cell/labels';
import { leastWidth } from '../../../webview/debugger/cell/columns';
import { placeCell } from '../../../webview/debugger/cell/place';
import type { PlacedCell } from '../../../webview/debugger/cell/placed';
import { boxes, lieOver } from './cell-boxes';
import { cell, cifg, gru, gruBefore, indRnn, layerNormLstm, lstm, peephole, rnn, sru } from '../gallery/lstm-equations';

const twoHighways = ['gate z = sigmoid(W @ x + U @ h + V @ m + b)', 'let n = tanh(U @ (z * h) + V @ (z * m))', "m' = z * m + (1 - z) * n", "h' = z * h + (1 - z) * tanh(m')"];
const deep = ['let a = tanh(W @ x + U @ h)', 'let b = tanh(a * a)', 'let c = tanh(b + a)', 'let d = tanh(c * b)', 'let e = tanh(d - c)', 'let f = tanh(e * d)', 'let g = tanh(f + e)', "h' = g * tanh(f)"];
const long = [
  'gate forgetGate = sigmoid(W @ x + U @ hiddenState)', 'gate outputGateOfTheCell = sigmoid(W @ x + U @ hiddenState)', 'let candidateValues = tanh(W @ x + U @ hiddenState)',
  "cellState' = forgetGate * cellState + (1 - forgetGate) * candidateValues", "hiddenState' = outputGateOfTheCell * tanh(cellState')",
];
const cells = { lstm, gru, gruBefore, rnn, peephole, sru, cifg, indRnn, layerNormLstm, twoHighways, deep, long };
const graphOf = (lines: readonly string[]) => cellGraph(cell(lines, 8));

describe.each(Object.entries(cells))('the words of %s', (_, lines) => {
  it.each([[360, 'value'], [375, 'value'], [436, 'gradient'], [576, 'value'], [535, 'gradient']] as const)('stand apart and within %i pixels, of each %s', (width, what) => {
    const graph = graphOf(lines);
    expect(leastWidth(graph)).toBeLessThanOrEqual(375);
    if (width < leastWidth(graph)) return;
    const placed = placeCell(graph, width);
    expect(placed.width).toBeLessThanOrEqual(width + 1e-9);
    for (const value of ['0.54', '0.038', '−12.3']) {
      const all = boxes(placed, value, what === 'gradient');
      for (const box of all) {
        expect(box.x[0], `${box.what} ${width}`).toBeGreaterThanOrEqual(-3);
        expect(box.x[1], `${box.what} ${width}`).toBeLessThanOrEqual(placed.width + 1);
        expect(box.y[1], `${box.what} ${width}`).toBeLessThanOrEqual(placed.height);
      }
      const over = all.flatMap((a, i) => all.slice(i + 1).filter((b) => lieOver(a, b)).map((b) => `${a.what} and ${b.what}`));
      expect(over, `${width} ${value}`).toEqual([]);
    }
  });
});

describe('a label', () => {
  const placed = placeCell(graphOf(lstm), 424);
  const node = (id: string) => placed.nodes.find((each) => each.id === id) as PlacedCell['nodes'][number];

  it('has its number above the strip, at its end or after a long name', () => {
    expect(placeLabel(placed, node('c'), 'c', '8.28')).toEqual({ name: { x: 0, anchor: 'start', text: 'c' }, value: { x: placed.strip, anchor: 'end', below: false } });
    const { name, value } = placeLabel(placed, node("tanh(c')"), "tanh(c')", '4.87');
    expect([name.text, value.anchor, value.below]).toEqual(["tanh(c')", 'start', false]);
    expect(value.x).toBeGreaterThan(name.text.length * 6.5);
  });

  it('has its number below the strip where an edge that rises would cross it, and above where it does not', () => {
    const at = (width: number, id: string) => {
      const cell = placeCell(graphOf(lstm), width);
      return placeLabel(cell, cell.nodes.find((each) => each.id === id) as PlacedCell['nodes'][number], id, '5.17').value.below;
    };
    expect([at(360, 'i * g'), at(360, 'f * c'), at(360, "tanh(c')"), at(560, 'i * g')]).toEqual([true, false, false, false]);
  });

  it('stays where it is while its number has a usual length', () => {
    for (const id of placed.nodes.map((each) => each.id)) expect(placeLabel(placed, node(id), id, '0.5').name, id).toEqual(placeLabel(placed, node(id), id, '0.038').name);
  });

  it('is cut where there is no room for it, and whole where there is', () => {
    const narrow = placeCell(graphOf(long), 360);
    const wide = placeCell(graphOf(long), 1400);
    const text = (cellOf: PlacedCell): readonly string[] => cellOf.nodes.map((each) => placeLabel(cellOf, each, each.id, '0.54').name.text).filter((said) => said.endsWith('…'));
    expect(text(narrow)).not.toEqual([]);
    expect(text(wide)).toEqual([]);
  });
});

it('a cell of many columns that nothing shortens says how wide it must be', () => {
  const chain = Array.from({ length: 12 }, (_, i) => `gate a${i} = sigmoid(W @ x + a${i - 1 < 0 ? 0 : i - 1})`);
  const graph = graphOf(["gate a0 = sigmoid(W @ x + U @ h)", ...chain.slice(1), "h' = a11"]);
  expect(leastWidth(graph)).toBe(14 * 42 - 14 + 1);
  expect(placeCell(graph, 360).width).toBe(leastWidth(graph));
});
