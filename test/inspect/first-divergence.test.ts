// Where two passes part: by hand in small columns, forwards and backwards in time, with numbers that are not finite; and whole files.
import { describe, expect, it } from 'vitest';
import { beyond, compareTensors, type NameComparison } from '../../engine/inspect/compare-tensors';
import { differences, firstDivergence, type PairedColumn } from '../../engine/inspect/first-divergence';
import { floats, type Tensor } from '../../engine/runtime/tensor';

const zeros = (length: number): number[] => new Array<number>(length).fill(0);
const put = (length: number, changes: Readonly<Record<number, number>>): number[] => Object.assign(zeros(length), changes) as number[];
/** Two units over four steps; the largest number is 1. */
const column = (name: string, b: Readonly<Record<number, number>>, more: Partial<PairedColumn> = {}): PairedColumn => ({ name, a: put(8, { 7: 1 }), b: put(8, { 7: 1, ...b }), width: 2, perStep: true, walk: 'r', reversed: false, ...more });

describe('the first divergence', () => {
  it('is the earliest step, and within it the first that was computed', () => {
    expect(firstDivergence([column('r.i', { 5: 0.5 }), column('r.h', { 3: 0.25 })], 4)).toEqual({ name: 'r.h', step: 2, unit: 1, a: 0, b: 0.25 });
    expect(firstDivergence([column('r.i', { 3: 0.5 }), column('r.h', { 2: 0.25 })], 4)).toEqual({ name: 'r.i', step: 2, unit: 1, a: 0, b: 0.5 });
  });
  it('is not told of passes that are the same within the tolerance', () => {
    expect(firstDivergence([column('r.i', {})], 4)).toBeUndefined();
    expect(firstDivergence([column('r.i', { 2: 0.9e-4 })], 4)).toBeUndefined();
    expect(firstDivergence([column('r.i', { 2: 0.9e-4 })], 4, 1e-5)?.step).toBe(2);
    // The largest number of the column is the measure.
    expect(firstDivergence([column('r.i', { 2: 1.1e-4 })], 4)?.unit).toBe(0);
    expect(firstDivergence([column('r.i', { 2: 1.1e-4 }, { a: put(8, { 7: 100 }) })], 4)).toMatchObject({ step: 4 });
  });
  it('is found at the walk’s own beginning where time runs backwards, layer by layer', () => {
    const back = column('r.backward.h', { 1: 0.5, 5: 0.5 }, { walk: 'r.backward', reversed: true });
    expect(firstDivergence([back], 4)?.step).toBe(3);
    // The layer above reads the whole of it: what it computes comes later, whatever its step.
    expect(firstDivergence([back, column('s.h', { 0: 0.5 }, { walk: 's' })], 4)).toMatchObject({ name: 'r.backward.h', step: 3 });
    expect(firstDivergence([column('r.h', { 6: 0.5 }), back], 4)).toMatchObject({ name: 'r.h', step: 4 });
  });
  it('counts what is not finite as different from every number, and as the same as its like', () => {
    expect(firstDivergence([column('r.h', { 2: NaN })], 4)).toMatchObject({ step: 2, unit: 0, b: NaN });
    expect(firstDivergence([{ ...column('r.h', { 2: NaN }), a: put(8, { 2: NaN, 7: 1 }) }], 4)).toBeUndefined();
    expect(firstDivergence([column('r.h', { 4: Infinity })], 4)).toMatchObject({ step: 3, b: Infinity });
    expect(firstDivergence([{ ...column('r.h', { 4: -Infinity }), a: put(8, { 4: Infinity, 7: 1 }) }], 4)?.step).toBe(3);
  });
  it('is looked for last in what is computed after the last step', () => {
    const pooled: PairedColumn = { name: 'y', a: [1, 2], b: [1, 3], width: 2, perStep: false, walk: 'y', reversed: false };
    expect(firstDivergence([pooled, column('r.h', {})], 4)).toEqual({ name: 'y', step: undefined, unit: 1, a: 2, b: 3 });
    expect(firstDivergence([pooled, column('r.h', { 7: 3 })], 4)?.name).toBe('r.h');
  });
});

describe('the difference of two lanes', () => {
  it('is this less the other, 0 where both are the same infinity, NaN where one is', () => {
    expect([...differences([1, 0.5, Infinity, NaN, 2], [0.25, 0.5, Infinity, 1, Infinity])]).toEqual([0.75, 0, 0, NaN, -Infinity]);
  });
});

describe('two files', () => {
  const file = (change: (tensors: Map<string, Tensor>) => void = () => undefined): Map<string, Tensor> => {
    const tensors = new Map<string, Tensor>([
      ['value/r.h', floats([2, 3, 2], Float32Array.from({ length: 12 }, (_, i) => i + 1))],
      ['value/r.f', floats([2, 3, 2], Float32Array.from({ length: 12 }, (_, i) => i + 1))],
      ['grad/param/r.W', floats([2], Float32Array.of(0, 0))],
    ]);
    change(tensors);
    return tensors;
  };
  const set = (tensors: Map<string, Tensor>, name: string, at: number, value: number): void => {
    const { dims, data } = tensors.get(name) as Tensor;
    const copy = Float32Array.from(data);
    copy[at] = value;
    tensors.set(name, floats(dims, copy));
  };
  const named = (names: readonly NameComparison[], name: string): NameComparison | undefined => names.find((each) => each.name === name);
  const order = { columns: ['value/r.h', 'value/r.f'], reversed: [] };

  it('are compared name by name, with the place of the largest difference', () => {
    const { names, first } = compareTensors(file(), file((t) => set(t, 'value/r.h', 9, 4)), 1e-4, order);
    expect(named(names, 'value/r.h')).toEqual({ kind: 'compared', name: 'value/r.h', relative: 0.5, at: [1, 1, 1], a: 10, b: 4 });
    expect(named(names, 'value/r.f')).toMatchObject({ relative: 0 });
    expect(first).toEqual({ name: 'value/r.h', step: 2, unit: 1, a: 10, b: 4, row: 1 });
    expect(names.filter((name) => beyond(name, 1e-4)).map(({ name }) => name)).toEqual(['value/r.h']);
    expect(compareTensors(file(), file(), 0, order).first).toBeUndefined();
  });
  it('take the order of computation from the file, and else from the names', () => {
    const other = file((t) => [set(t, 'value/r.h', 0, 9), set(t, 'value/r.f', 1, 9)]);
    expect(compareTensors(file(), other, 1e-4, order).first?.name).toBe('value/r.h');
    expect(compareTensors(file(), other, 1e-4, undefined).first?.name).toBe('value/r.f');
  });
  it('are not the same where one has what the other lacks, another shape, or something instead of zero', () => {
    const found = compareTensors(file(), file((t) => [t.delete('value/r.f'), t.set('value/r.g', floats([1], Float32Array.of(0))), t.set('value/r.h', floats([2, 3, 3])), set(t, 'grad/param/r.W', 1, 1e-30)]), 1, order);
    expect(named(found.names, 'value/r.f')).toEqual({ kind: 'alone', name: 'value/r.f', in: 'a' });
    expect(named(found.names, 'value/r.g')).toEqual({ kind: 'alone', name: 'value/r.g', in: 'b' });
    expect(named(found.names, 'value/r.h')).toEqual({ kind: 'shapes', name: 'value/r.h', a: [2, 3, 2], b: [2, 3, 3] });
    expect(found.names.every((name) => beyond(name, 1) || name.kind === 'compared')).toBe(true);
    const backwards = compareTensors(file((t) => set(t, 'grad/param/r.W', 1, 1e-30)), file(), 1, order);
    expect(named(backwards.names, 'grad/param/r.W')).toMatchObject({ relative: Infinity });
  });
});
