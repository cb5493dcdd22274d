// The weights of the pass on the debugger page: what is asked for, when there is nothing to ask for, and every sentence present and absent.
import { describe, expect, it } from 'vitest';
import type { DebuggerView } from '../../../protocol/debugger-page';
import type { PlacedTensor } from '../../../protocol/run';
import type { WeightQuantity, WeightsHeader, WeightsPicture, WeightSummary } from '../../../protocol/weights-view';
import { plain, type Rich } from '../../../webview/rich-text';
import type { Derived } from '../../../webview/debugger/derive';
import { editedSentence, noneWords, weightsNote, weightsSentence, weightsTitle } from '../../../webview/debugger/weights/sentences';
import { freshWeights, layerShown, questionOf, whyNone, type WeightsQuestion, type WeightsState } from '../../../webview/debugger/weights/state';

const said = (rich: Rich | undefined): string | undefined => rich && plain(rich).trim();
const tensor = (name: string, role: PlacedTensor['role'], ...shape: number[]): PlacedTensor => ({ name, layer: name.split('.')[0] ?? '', equation: 'f', role, shape });
const header: WeightsHeader = { traceId: 't1', tensors: [tensor('r1.W_f', 'input', 4, 3), tensor('r1.U_f', 'recurrent', 4, 4), tensor('r1.b_f', 'other', 4), tensor('y.W', 'input', 65, 4)], batch: 1, once: [], reversed: [], edited: [] };
const view = (change: { readonly pass?: 'forward' | 'backward'; readonly step?: number; readonly recorded?: boolean } = {}): DebuggerView => ({
  trace: { traceId: 't1', steps: 48, backwardRecorded: change.recorded ?? true, sequence: { index: 17, label: '#17' }, valid: Uint8Array.from({ length: 48 }, (_, t) => (t < 40 ? 1 : 0)) },
  cursor: { pass: change.pass ?? 'backward', step: change.step ?? 31 },
}) as DebuggerView;
const derived = (of: DebuggerView, order: readonly number[] = [2, 0, 1, 3]): Derived => ({ view: of, layer: { name: 'r1' }, order }) as Derived;
const place = { width: 576, scale: 2 };
const weights = (change: Partial<WeightsState> = {}): WeightsState => ({ ...freshWeights, header, ...change });
const question = (of: WeightQuantity, step = 31): WeightsQuestion => ({ key: '', traceId: 't1', layer: 'r1', of, step, cells: [] });
const summary = (name: string, norm: number, more: Partial<WeightSummary> = {}): WeightSummary => ({ name, norm, ...more });
const picture = (...tensors: WeightSummary[]): WeightsPicture => ({ tensors, bounds: { input: 1, recurrent: 1, other: 1 }, beyond: { input: 0, recurrent: 0, other: 0 }, cells: [] });
const shows = (of: WeightQuantity, shown: WeightsPicture, change: Partial<WeightsHeader> = {}, step = 31): string | undefined => said(weightsSentence(question(of, step), shown, view().trace, { ...header, ...change }));

describe('what is asked for', () => {
  it('is the layer of the timeline, or the one that was chosen, at the cursor where that matters', () => {
    expect(layerShown(weights(), derived(view()))).toBe('r1');
    expect(layerShown(weights({ layer: 'y' }), derived(view()))).toBe('y');
    const at = (state: WeightsState, of: DebuggerView) => { const asked = questionOf(state, derived(of), place); return asked && [asked.layer, asked.of, asked.step, asked.cells.map(({ name }) => name).join()]; };
    expect(at(weights({ of: 'sum' }), view())).toEqual(['r1', 'sum', 31, 'r1.W_f,r1.U_f,r1.b_f']);
    expect(at(weights({ of: 'gradient' }), view())).toEqual(['r1', 'gradient', 1, 'r1.W_f,r1.U_f,r1.b_f']);
    expect(questionOf(weights({ of: 'gradient' }), derived(view({ step: 5 })), place)?.key).toBe(questionOf(weights({ of: 'gradient' }), derived(view()), place)?.key);
    expect(questionOf(weights({ of: 'step' }), derived(view({ step: 5 })), place)?.key).not.toBe(questionOf(weights({ of: 'step' }), derived(view()), place)?.key);
  });
  it('has the order of the lanes for rows, and for the columns of what recurs', () => {
    const [w, u, b] = questionOf(weights({ order: 'lanes' }), derived(view()), place)?.cells ?? [];
    expect([w?.rows, w?.columns, u?.rows, u?.columns, b?.rows].map((order) => order && [...order])).toEqual([[2, 0, 1, 3], undefined, [2, 0, 1, 3], [2, 0, 1, 3], [2, 0, 1, 3]]);
    expect(questionOf(weights({ order: 'lanes', layer: 'y' }), derived(view()), place)?.cells[0]?.rows).toBeUndefined();
  });
  it('is nothing out of sight, of another pass, or before the header is here', () => {
    expect(questionOf(weights({ sight: [5000, 5800] }), derived(view()), place)?.cells).toEqual([]);
    expect(questionOf(weights({ header: { ...header, traceId: 't0' } }), derived(view()), place)).toBeUndefined();
    expect(questionOf(freshWeights, derived(view()), place)).toBeUndefined();
  });
  it('is nothing where there are no such numbers, and it is said why', () => {
    expect([whyNone('value', header, view({ pass: 'forward' })), whyNone('gradient', header, view({ pass: 'forward' })), whyNone('step', header, view({ pass: 'forward' })), whyNone('sum', header, view())]).toEqual([undefined, undefined, 'forward', undefined]);
    expect([whyNone('gradient', header, view({ recorded: false })), whyNone('update', header, view()), whyNone('update', { ...header, iteration: 4 }, view())]).toEqual(['backward', 'update', undefined]);
    expect(questionOf(weights({ of: 'step' }), derived(view({ pass: 'forward' })), place)).toBeUndefined();
    expect(said(noneWords('update'))).toMatch(/no iteration of a training/);
    expect(said(noneWords('forward'))).toMatch(/Go to the backward pass$/);
    expect(said(noneWords('backward'))).toMatch(/Run the backward pass$/);
  });
});

describe('the title and how to read it', () => {
  const title = (of: WeightQuantity, change: Partial<WeightsHeader> = {}): string => weightsTitle(question(of), view().trace, { ...header, ...change });
  it('say which numbers they are, of which sequence and steps', () => {
    expect([title('value'), title('gradient'), title('gradient', { batch: 32 }), title('step'), title('sum'), title('update', { iteration: 4312 })]).toEqual([
      'r1: values', 'r1: gradient over all 48 steps, sequence #17', 'r1: gradient over all 48 steps, 32 sequences', 'r1: what t = 31 adds to the gradient, sequence #17',
      'r1: gradient added up from t = 48 to 31, sequence #17', 'r1: what iteration 4,312 changes',
    ]);
  });
  it('of a layer that walks from the end, count from the first step on', () => {
    const reversed = ['r1'];
    expect([title('sum', { reversed }), title('sum', { reversed: ['r2'] })]).toEqual(['r1: gradient added up from t = 1 to 31, sequence #17', 'r1: gradient added up from t = 48 to 31, sequence #17']);
    expect([weightsNote('sum', header, 'r1'), weightsNote('sum', { ...header, reversed }, 'r1')].map((note) => [note.includes('reads from the end'), note.includes('at t = 1 it')])).toEqual([[false, true], [true, false]]);
  });
  it('say that a step is of one sequence of a batch, and where a layer after pooling is counted, only if so', () => {
    expect([weightsNote('step', header, 'r1').includes('alone'), weightsNote('step', { ...header, batch: 32 }, 'r1').includes('this sequence alone, one of 32')]).toEqual([false, true]);
    expect([weightsNote('sum', header, 'y').includes('computed once'), weightsNote('sum', { ...header, once: ['y'] }, 'y').includes('computed once')]).toEqual([false, true]);
  });
});

describe('what it shows', () => {
  const some = picture(summary('r1.W_f', 3, { whole: 6 }), summary('r1.U_f', 4, { whole: 5, largest: { row: 12, column: 3, value: -2 } }));
  it('is which parameter gets most', () => {
    expect(shows('step', some)).toBe('At t = 31 U_f gets the largest gradient, norm 4.00, 64 % of the squared norm in r1.');
    expect(shows('gradient', some)).toBe('U_f gets the largest gradient, norm 4.00, 64 % of the squared norm in r1.');
    expect(shows('gradient', some, { batch: 32 })).toMatch(/Of the mean loss over the batch’s 32 sequences\.$/);
    expect(shows('sum', some)).toBe('From t = 48 to 31 U_f gets the largest gradient, norm 4.00, 64 % of the squared norm in r1; its norm is 80 % of what it is at t = 1.');
    expect(shows('sum', some, { reversed: ['r1'] })).toBe('From t = 1 to 31 U_f gets the largest gradient, norm 4.00, 64 % of the squared norm in r1; its norm is 80 % of what it is at t = 48.');
    expect(shows('sum', picture(summary('r1.U_f', 0)), { reversed: ['r1'] })).toBe('From t = 1 to 31 nothing was added to r1.');
    expect(shows('sum', picture(summary('r1.U_f', 4)))).toBe('From t = 48 to 31 U_f gets the largest gradient, norm 4.00.');
  });
  it('is the largest value or update', () => {
    expect(shows('value', some)).toBe('The largest value is −2.00, in U_f at [12, 3].');
    expect(shows('update', some)).toBe('The largest update is −2.00, in U_f at [12, 3].');
    expect(shows('value', picture(summary('r1.U_f', 4)))).toBeUndefined();
  });
  it('is what is not finite before everything else', () => {
    expect(shows('sum', picture(summary('r1.W_f', 3), summary('r1.U_f', NaN, { notFinite: { row: 1, column: 2, count: 7 } })))).toBe('7 numbers of U_f are not finite, the first at [1, 2].');
    expect(shows('value', picture(summary('r1.b_f', NaN, { notFinite: { row: 0, column: 0, count: 1 } })))).toBe('1 number of b_f is not finite, the first at [0, 0].');
  });
  it('is that nothing is there, where nothing is', () => {
    const zero = picture(summary('r1.W_f', 0));
    expect([shows('step', zero), shows('step', zero, {}, 45), shows('sum', zero), shows('gradient', zero), shows('update', zero), shows('value', zero)]).toEqual([
      't = 31 adds nothing to r1.', 't = 45 is masked: it adds nothing.', 'From t = 48 to 31 nothing was added to r1.', 'r1 gets no gradient: all of it is 0.', 'r1 is not changed: all of it is 0.', undefined,
    ]);
  });
  it('is what was edited, in this layer only', () => {
    const edited = [{ name: 'r1.U_f', row: 12, column: 3, from: 0.5, to: 3 }];
    expect(said(editedSentence({ ...header, edited }, 'r1'))).toBe('Edited: U_f[12, 3] from 0.50 to 3.00 (◇).');
    expect(said(editedSentence({ ...header, edited: [...edited, ...edited] }, 'r1'))).toContain('and 1 more');
    expect([editedSentence({ ...header, edited }, 'y'), editedSentence(header, 'r1')]).toEqual([undefined, undefined]);
  });
});
