// Every clause of the debugger's sentence: a case in which it is said, and one in which it must be absent.
import { describe, expect, it } from 'vitest';
import { plain, type Rich } from '../../../webview/rich-text';
import { backward, changed, expects, keepsClause, outputs, quote, sentence, stopped, type AtCursor } from '../../../webview/debugger/sentences';
import type { Cursor } from '../../../protocol/debugger-page';
import type { EquationView } from '../../../protocol/cell-view';
import type { LaneHeader, LayerHeader, TraceHeader } from '../../../protocol/trace-view';

const said = (rich: Rich | undefined): string | undefined => rich && plain(rich).trim();
const predictions = { top: 2, text: ['C', 'T', 'x', 'y'], probability: Float32Array.of(0.47, 0.24, 0.1, 0.05), target: ['C', 'w'], targetRank: Int32Array.of(1, 8) };
const trace: TraceHeader = {
  traceId: 't', model: 'M', steps: 2, backwardRecorded: true, sequence: { index: 0, label: '#0' }, sequences: [], origin: '', item: 'character',
  reads: { kind: 'tokens', text: ['U', ' '] }, valid: Uint8Array.of(1, 1), loss: { unit: '', values: Float32Array.of(0.74, 3.2), mean: 2 }, predictions, layers: [], edits: [], stale: false,
};
const cursor = (step: number, change: Partial<Cursor> = {}): Cursor => ({ pass: 'forward', step, level: 'step', layer: 0, ...change });
const at = (change: Partial<AtCursor> = {}): AtCursor => ({ trace, cursor: cursor(1), ...change });
const keeps = { gate: 'f', words: 'forget gate', state: 'c', values: Float32Array.of(0.95, 0.5, 0.99, 0.2) };

describe('what is expected', () => {
  it('says right, or names the target, with its loss', () => {
    expect(said(expects(at()))).toBe('After “U” the network expects “C” with 47 %; that is right (loss 0.74).');
    expect(said(expects(at({ cursor: cursor(2) })))).toBe('After “␣” the network expects “x” with 10 %; the target is “w” (loss 3.20).');
  });
  it('says nothing of a target that is not there, and nothing at all without finite predictions', () => {
    expect(said(expects(at({ trace: { ...trace, predictions: { ...predictions, targetRank: Int32Array.of(0, 0) } } })))).toBe('After “U” the network expects “C” with 47 %.');
    const { predictions: _, ...none } = trace;
    expect(expects(at({ trace: none }))).toBeUndefined();
    expect(expects(at({ trace: { ...trace, predictions: { ...predictions, probability: Float32Array.of(NaN, NaN, 1, 1) } } }))).toBeUndefined();
  });
});

describe('what the network says', () => {
  const { predictions: _, ...none } = trace;
  const regression: TraceHeader = { ...none, outputs: { size: 1, values: Float32Array.of(NaN, 0.83), target: Float32Array.of(NaN, 1.02) }, loss: { unit: '(y − target)²', values: Float32Array.of(NaN, 0.0361), mean: 0.0361 } };
  it('is told against its target, at the steps that have one', () => {
    expect(said(outputs(at({ trace: regression, cursor: cursor(2) })))).toBe('At t = 2 the network says 0.83; the target is 1.02 (loss 0.036).');
    expect(said(outputs(at({ trace: { ...regression, outputs: { size: 1, values: Float32Array.of(0, 0.83), target: Float32Array.of(NaN, NaN) } }, cursor: cursor(2) })))).toBe('At t = 2 the network says 0.83.');
    expect(said(outputs(at({ trace: { ...regression, outputs: { size: 4, values: Float32Array.of(0, 0, 0, 0, 1, 2, 3, 4), target: new Float32Array(8) } }, cursor: cursor(2) })))).toContain('says 1.00, 2.00, 3.00, …; the target is 0.00, 0.00, 0.00, …');
  });
  it('is not told at a step without an output, nor where classes are predicted; a step without a prediction expects nothing', () => {
    expect(outputs(at({ trace: regression }))).toBeUndefined();
    expect(outputs(at())).toBeUndefined();
    expect(expects(at({ trace: { ...trace, predictions: { ...predictions, text: ['', '', 'x', 'y'], probability: Float32Array.of(0, 0, 0.6, 0.4) } } }))).toBeUndefined();
  });
});

describe('the first value that is not finite', () => {
  const lane = (name: string, nonFinite?: { readonly step: number; readonly unit: number; readonly count: number }): LaneHeader => ({ name, kind: 'let', units: 4, spread: 1, ...(nonFinite ? { nonFinite } : {}) });
  const layer = (lanes: readonly LaneHeader[], reversed = false): LayerHeader => ({ name: reversed ? 'r.backward' : 'r', call: '', file: '', path: '', reversed, lanes, equations: ['i', 'c', 'h'].map((name) => ({ name }) as EquationView), inputs: [] });
  const broken = (...layers: readonly LayerHeader[]): TraceHeader => ({ ...trace, layers });
  it('takes the sentence, with the way to it; of one step the first equation', () => {
    const bad = broken(layer([lane('h', { step: 2, unit: 0, count: 4 }), lane('c', { step: 2, unit: 3, count: 1 }), lane('i')]));
    expect(said(sentence(at({ trace: bad })))).toBe('c is not finite. First at t = 2, layer r, unit u3. Go to t = 2');
    expect(said(sentence(at({ trace: bad, cursor: cursor(2) })))).toBe('c is not finite. First at t = 2, layer r, unit u3.');
    // A stop says its own cause.
    expect(said(sentence(at({ trace: bad, cursor: cursor(1, { stop: { kind: 'breakpoint', file: 'a.rnn', line: 3 } }) })))).toBe('Breakpoint at a.rnn:3.');
  });
  it('is the first that a layer meets, also one that reads from the end', () => {
    expect(said(sentence(at({ trace: broken(layer([lane('i', { step: 1, unit: 1, count: 1 }), lane('c', { step: 2, unit: 2, count: 1 })], true)) })))).toContain('c is not finite. First at t = 2, layer r.backward, unit u2.');
  });
  it('is not there when all are finite', () => expect(said(sentence(at({ trace: broken(layer([lane('h')])) })))).toMatch(/^After “U”/));
});

describe('why this sequence is shown', () => {
  const largest = { ...trace, sequence: { index: 7, label: '#7' }, largestGradient: { index: 7, of: 32, share: 0.41 } };
  it('is told where a replayed iteration is entered, in the sequence with the largest gradient', () => {
    const why = 'Of the batch’s 32 sequences, #7 has the largest gradient, 41 % of the squared norm.';
    expect(said(sentence(at({ trace: largest })))).toMatch(new RegExp(`^${why} After`));
    expect(said(sentence(at({ trace: largest }), true))).toBe(why);
    expect(said(sentence(at({ trace: { ...largest, largestGradient: { index: 7, of: 32, share: NaN } } }), true))).toBe('Of the batch’s 32 sequences, #7 is the first whose gradient is not finite.');
  });
  it('is not told later, in another sequence, in the backward pass or where nothing was replayed', () => {
    const away = [at({ trace: largest, cursor: cursor(2) }), at({ trace: largest, cursor: cursor(1, { pass: 'backward' }) }), at({ trace: { ...largest, sequence: { index: 3, label: '#3' } } }), at()];
    for (const one of away) expect(said(sentence(one)) ?? '').not.toContain('largest gradient');
  });
});

describe('what the gate keeps', () => {
  it('names the gate by its words and the largest change', () => {
    const change = { state: 'c', before: Float32Array.of(0, 0, 0, 0), after: Float32Array.of(1, -2.42, 0, 0) };
    expect(said(keepsClause(at({ keeps, change })))).toBe('The forget gate keeps 66 % of c on average, 2 of 4 units more than 90 %. Largest change: c of u1, −2.42.');
    expect(said(keepsClause(at({ keeps: { ...keeps, words: 'update' } })))).toMatch(/^The update gate keeps/);
    const { words: _, ...bare } = keeps;
    expect(said(keepsClause(at({ keeps: { ...bare, gate: 'z' } })))).toMatch(/^Gate z keeps/);
  });
  it('writes a change too small for two decimals as a power', () => {
    const change = { state: 'c', before: Float32Array.of(0, 0), after: Float32Array.of(0, -0.0004) };
    expect(said(keepsClause(at({ keeps, change })))).toMatch(/Largest change: c of u1, −4·10⁻⁴\.$/);
  });
  it('is absent without such a gate or when it is not finite; so is the change', () => {
    expect(keepsClause(at())).toBeUndefined();
    expect(keepsClause(at({ keeps: { ...keeps, values: Float32Array.of(NaN) } }))).toBeUndefined();
    const change = { state: 'c', before: Float32Array.of(0), after: Float32Array.of(NaN) };
    expect(said(keepsClause(at({ keeps, change })))).not.toContain('Largest');
    expect(said(keepsClause(at({ keeps, change: { state: 'c', before: Float32Array.of(1), after: Float32Array.of(1) } })))).not.toContain('Largest');
  });
});

describe('how a state without a gate changed', () => {
  it('in per cent of its norm, and how many are saturated where there are bounds', () => {
    const change = { state: 'h', before: Float32Array.of(3, 4), after: Float32Array.of(3, 3) };
    expect(said(changed(at({ change })))).toBe('h changed by 20 %.');
    expect(said(changed(at({ change: { state: 'h', before: Float32Array.of(0.6, 0.8), after: Float32Array.of(-0.99, 0.8) }, bounded: true })))).toMatch(/; 1 of 2 units are saturated\.$/);
  });
  it('is absent from nothing, and when it is not finite', () => {
    expect(changed(at())).toBeUndefined();
    expect(changed(at({ change: { state: 'h', before: Float32Array.of(0), after: Float32Array.of(1) } }))).toBeUndefined();
    expect(changed(at({ change: { state: 'h', before: Float32Array.of(1), after: Float32Array.of(NaN) } }))).toBeUndefined();
  });
});

describe('backward', () => {
  const flow = [
    { state: 'h', arrives: Float32Array.of(0.076, 0.076), added: Float32Array.of(0.024, 0.024), addedBy: 'own loss', sum: Float32Array.of(0.08, 0.08), leaves: Float32Array.of(0.038, 0.038) },
    { state: 'c', arrives: Float32Array.of(0.017, 0.017), added: Float32Array.of(0.017, 0.017), addedBy: "from h'", sum: Float32Array.of(0.02, 0.02), leaves: Float32Array.of(0.0072, 0.0072) },
  ];
  const here = at({ cursor: cursor(2, { pass: 'backward' }), flow, keeps, before: 1 });
  it('says where the gradient comes from and what passes', () => {
    expect(said(backward(here))).toBe(
      'At t = 2, 76 % of ∂L/∂h comes from later losses and 24 % from the loss of this step. The forget gate lets 36 % of ∂L/∂c through to t = 1; through the recurrent matrix, 0.038 arrives at h.',
    );
    expect(said(sentence(here, true))).toBe('At t = 2, 76 % of ∂L/∂h comes from later losses and 24 % from the loss of this step.');
  });
  it('names the step before in the direction in which the layer walks', () => {
    expect(said(backward({ ...here, cursor: cursor(1, { pass: 'backward' }), before: 2 }))).toContain('through to t = 2;');
  });
  it('writes what is small as a power', () => {
    const small = flow.map((f) => ({ ...f, leaves: Float32Array.of(7.1e-3, 7.1e-3) }));
    expect(said(backward({ ...here, flow: small }))).toContain('7.1·10⁻³ arrives at h.');
  });
  it('says nothing of a step before the first, of a gate that is not there, or of gradients not recorded', () => {
    const { before: __, ...first } = here;
    expect(said(backward({ ...first, cursor: cursor(1, { pass: 'backward' }) }))).not.toContain('through');
    const { keeps: _, ...without } = here;
    expect(said(backward(without))).not.toContain('gate');
    expect(backward(at({ cursor: cursor(2, { pass: 'backward' }) }))).toBeUndefined();
    expect(backward({ ...here, flow: [{ ...flow[0], state: 'h', addedBy: 'own loss', arrives: Float32Array.of(NaN, NaN), added: Float32Array.of(0, 0), sum: Float32Array.of(0, 0), leaves: Float32Array.of(0, 0) }] })).toBeUndefined();
  });
});

describe('a stop', () => {
  const stop = { kind: 'filter', filter: 'non-finite', what: 'c is not finite', first: { step: 1, layer: 'r1', name: 'c', unit: 3 }, explanation: ['Through U it reaches every value from t = 2.'] } as const;
  it('takes the place of the sentence', () => {
    expect(said(sentence(at({ cursor: cursor(1, { stop }), keeps })))).toBe('Stopped: c is not finite. First at t = 1, layer r1, unit u3. Through U it reaches every value from t = 2.');
    expect(said(stopped(cursor(1, { stop: { kind: 'breakpoint', file: 'lstm.rnn', line: 16, condition: 'norm(h) > 1' } })))).toBe('Breakpoint at lstm.rnn:16: norm(h) > 1.');
    expect(said(stopped(cursor(1, { stop: { kind: 'dataBreakpoint', text: 'h crossed 1.' } })))).toBe('Stopped: h crossed 1.');
  });
  it('is absent after a step', () => expect(stopped(cursor(1))).toBeUndefined());
});

it('says of a masked step that it is one, and only then', () => {
  expect(said(sentence(at({ trace: { ...trace, valid: Uint8Array.of(0, 1) } })))).toBe('t = 1 is masked: the states are carried over unchanged and no loss is counted.');
  expect(said(sentence(at()))).not.toContain('masked');
});

it('says nothing when nothing can be computed', () => {
  const { predictions: _, ...none } = trace;
  expect(sentence(at({ trace: none }))).toBeUndefined();
});

it('makes white space visible', () => expect([quote(' '), quote('\n'), quote('a b')]).toEqual(['“␣”', '“⏎”', '“a␣b”']));
