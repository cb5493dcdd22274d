// Saved tables: every number reads back as itself, headers name units, cells with signs of the format are quoted.
import { describe, expect, it } from 'vitest';
import type { TraceHeader } from '../../../protocol/trace-view';
import { csv } from '../../../webview/export/csv';
import { cellTable, flowTable, nextTable, timelineTable } from '../../../webview/debugger/tables';
import { curvesTable, horizonTable, parametersTable, spectrumTable, triangleTable } from '../../../webview/inspector/tables';
import { freshRun } from '../../../webview/training/run-data';
import { horizonTable as measuredHorizon, largestTable, lossTable, normTable, validationTable } from '../../../webview/training/tables';

describe('the text of a table', () => {
  it('writes float32 so that it reads back as the same float32', () => {
    const values = Float32Array.from([0.1, -0, 1e-45, 3.4028234663852886e38, NaN, Infinity, -Infinity, 16777217, 1 / 3]);
    const [, ...lines] = csv({ columns: ['value'], rows: Array.from(values, (value) => [value]) }).trimEnd().split('\r\n');
    expect(lines.length).toBe(values.length);
    lines.forEach((line, i) => expect(Object.is(Math.fround(Number(line)), values[i]), line).toBe(true));
  });

  it('quotes commas, quotes, line ends and outer blanks, and leaves other text as it is', () => {
    const text = csv({ columns: ['reads', 'a,b'], rows: [[',', '"'], ['\n', ' '], ['=', undefined]] });
    expect(text).toBe('reads,"a,b"\r\n",",""""\r\n"\n"," "\r\n=,\r\n');
  });
});

const header: TraceHeader = {
  traceId: 't', model: 'M', steps: 2, backwardRecorded: true, sequence: { index: 0, label: '#0' }, sequences: [], origin: '', item: 'character',
  reads: { kind: 'tokens', text: ['a', '\n'] }, valid: Uint8Array.of(1, 0), loss: { unit: '−log p, nats', values: Float32Array.of(0.5, NaN), mean: 0.5 }, layers: [], edits: [], stale: false,
};

describe('tables of the debugger page', () => {
  it('gives a row a step and a column a unit, and leaves out what has not arrived', () => {
    const lane = { values: Float32Array.of(1, 2, 3, 4), steps: 2, units: 2, have: Uint8Array.of(1, 0) };
    expect(csv(timelineTable(header, [{ name: "c'", values: lane }], 'value'))).toBe(
      "step t,valid (0/1),reads,\"loss (−log p, nats)\",c' unit 0,c' unit 1\r\n1,1,a,0.5,1,2\r\n2,0,\"\n\",NaN,,\r\n",
    );
    expect(timelineTable(header, [{ name: 'f', values: lane }], 'gradient').columns.at(-1)).toBe('∂L/∂f unit 1');
  });

  it('holds the guesses with their probabilities, numbers of every step, and of a lane the units that are asked for', () => {
    const predictions = { top: 2, text: ['x', 'y', 'z', ''], probability: Float32Array.of(0.5, 0.25, 1, NaN), target: ['y', 'z'], targetRank: Int32Array.of(2, 1) };
    const lane = { values: Float32Array.of(1, 2, 3, 4), steps: 2, units: 2, have: Uint8Array.of(1, 1) };
    const table = timelineTable({ ...header, predictions }, [{ name: "c'", values: lane, units: [1] }], 'value', undefined, [{ name: 'norm', values: [7, 8] }]);
    expect(table.columns.slice(4)).toEqual(['target', 'rank of the target (0 = none)', 'guess 1', 'probability of guess 1 (share)', 'guess 2', 'probability of guess 2 (share)', 'norm', "c' unit 1"]);
    expect([...table.rows].map((row) => row.slice(4))).toEqual([['y', 2, 'x', 0.5, 'y', 0.25, 7, 2], ['z', 1, 'z', 1, '', NaN, 8, 4]]);
    expect([...nextTable(1, [{ label: '', trace: { predictions } }, { label: 'RNN', trace: {} }]).rows]).toEqual([[1, 'this', 1, 'x', 0.5, 'y', 2], [1, 'this', 2, 'y', 0.25, 'y', 2]]);
  });

  it('writes what passes through a step', () => {
    const of = (value: number): Float32Array => Float32Array.of(0, value);
    expect([...flowTable(2, [{ state: 'c', addedBy: "from h'", arrives: of(1), added: of(2), sum: of(3), leaves: of(0.5) }]).rows]).toEqual([[2, 'c', 1, 2, "from h'", 3, 0.5]]);
  });

  it('counts units of a cell from 0 and its step from 1', () => {
    expect(csv(cellTable(3, [{ name: 'f * c', values: Float32Array.of(0.25, -1) }], 'value'))).toBe('step t,name,unit,value\r\n3,f * c,0,0.25\r\n3,f * c,1,-1\r\n');
  });
});

describe('tables of the gradient inspector', () => {
  it('writes a curve a column, named by the loss it comes from', () => {
    const table = curvesTable({ loss: 2, states: [{ name: 'h', norm: Float64Array.of(0.1, 0.2) }], all: Float64Array.of(3, 4), compared: Float64Array.of(5, 6) }, 'RNN');
    expect(csv(table)).toBe('step t,norm of ∂L(t=2)/∂h,"norm of ∂L/∂h, all losses",RNN: norm of ∂L(t=2)/∂h\r\n1,0.1,3,5\r\n2,0.2,4,6\r\n');
  });

  it('writes only the steps a loss can reach', () => {
    const norm = Float32Array.of(1, 9, 9, 2, 3, 4);
    expect([...triangleTable({ losses: Int32Array.of(1, 3), norm }, 3).rows]).toEqual([[1, 1, 1], [3, 1, 2], [3, 2, 3], [3, 3, 4]]);
  });

  it('writes eigenvalues of the step and the radius of every step', () => {
    const spectrum = { real: Float64Array.of(0.5), imaginary: Float64Array.of(-0.25), rho: 0.6, of: 1, space: 'h' };
    expect([...spectrumTable([{ label: 'LSTM', spectrum }], 4, Float64Array.of(0.9)).rows]).toEqual([['eigenvalue of LSTM h', 4, 0.5, -0.25, undefined], ['radius', 1, undefined, undefined, 0.9]]);
  });

  it('writes parameters by step, and the horizon from k = 0', () => {
    expect([...parametersTable({ rows: [{ name: 'U_f', group: 'f', sum: 7 }], norm: Float32Array.of(1, 2) }, 2).rows]).toEqual([['U_f', 'f', 1, 1, 7], ['U_f', 'f', 2, 2, 7]]);
    const band = { median: Float64Array.of(1), low: Float64Array.of(0.5), high: Float64Array.of(2) };
    expect([...horizonTable({ sequences: 3, run: band }, 'LSTM', undefined).rows]).toEqual([[0, 1, 0.5, 2]]);
  });
});

describe('tables of the training page', () => {
  const run = {
    ...freshRun({
      runId: 'r', model: 'M', file: 'm.rnn', data: '', backend: { name: 'cpu', detail: '', threads: 1 }, iterations: 3, settings: [],
      loss: { name: 'cross-entropy', unit: 'nats per character' }, validation: { every: 2, size: '', metrics: [{ name: 'accuracy', format: 'share' }] },
    }),
    validation: [{ iteration: 0, loss: 4, metrics: [0.1] }, { iteration: 2, loss: 3, metrics: [0.2] }], horizon: [{ iteration: 2, ratio: Float64Array.of(1, 0.5) }],
  };
  run.series.append({ iteration: Int32Array.of(1, 2), loss: Float64Array.of(2.5, 2.25), gradNorm: Float64Array.of(1, NaN), clipped: Uint8Array.of(0, 1) });

  it('puts validations between the iterations, before the first one too', () => {
    const text = csv(lossTable(run));
    expect(text.split('\r\n')[0]).toBe('iteration,training loss (nats per character),moving average (nats per character),validation loss (nats per character),accuracy (share)');
    expect([...lossTable(run).rows].map((row) => [row[0], row[1], row[3], row[4]])).toEqual([[0, undefined, 4, 0.1], [1, 2.5, undefined, undefined], [2, 2.25, 3, 0.2]]);
  });

  it('writes a row a validation', () => {
    expect([validationTable(run).columns, [...validationTable(run).rows]]).toEqual([['iteration', 'validation loss (nats per character)', 'accuracy (share)'], [[0, 4, 0.1], [2, 3, 0.2]]]);
  });

  it('writes norms as they were measured, and the largest first', () => {
    expect([...normTable(run).rows].map((row) => row.slice(0, 3))).toEqual([[1, 1, 0], [2, NaN, 1]]);
    expect([...largestTable(run).rows].map(([iteration]) => iteration)).toEqual([2, 1]);
    expect([...measuredHorizon(run).rows]).toEqual([[2, 0, 1], [2, 1, 0.5]]);
  });
});
