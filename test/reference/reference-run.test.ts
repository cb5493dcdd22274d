// The float64 run of a whole model: what masks, directions, pooling and losses mean, told by what must come out the same.
import { describe, expect, it } from 'vitest';
import type { Model } from '../../engine/ir/model';
import { randomProblem, type Problem } from '../../engine/reference/random-problem';
import { backwardReference } from '../../engine/reference/reference-backward';
import { runReference, valueColumns, type ReferenceBatch } from '../../engine/reference/reference-run';
import type { Column, Numbers } from '../../engine/reference/value';
import { tolerances } from '../tolerances';
import { handBuiltModel } from './hand-built';

const [batch, time] = [2, 5];

function everything(model: Model, { weights, batch: data }: Problem): { readonly loss: number; readonly stepLoss: Column; readonly columns: ReadonlyMap<string, Column> } {
  const run = runReference(model, weights, data);
  const gradients = backwardReference(model, run, data);
  return { loss: run.loss, stepLoss: run.stepLoss, columns: new Map([...valueColumns(run), ...gradients.columns]) };
}

const get = (columns: ReadonlyMap<string, Column>, name: string): Column => {
  const found = columns.get(name);
  if (!found) throw new Error(`no column ${name} among ${[...columns.keys()].join(', ')}`);
  return found;
};
/** The numbers of one sequence and step of a column `[batch, time, size]`. */
const at = ({ dims, data }: Numbers, sequence: number, t: number): number[] => {
  const [, steps, size] = dims as readonly [number, number, number];
  return [...data.subarray((sequence * steps + t) * size, (sequence * steps + t + 1) * size)];
};
const near = (got: readonly number[], want: readonly number[]): void => {
  expect(got).toHaveLength(want.length);
  got.forEach((v, index) => expect(Math.abs(v - (want[index] as number))).toBeLessThanOrEqual(tolerances.sameInFloat64));
};
/** The steps of sequence 0 that `keep` names, as a batch of one. */
const only = (numbers: Numbers, keep: readonly number[]): Numbers => {
  const [, steps, ...rest] = numbers.dims as readonly [number, number, ...number[]];
  const size = rest.reduce((product, n) => product * n, 1);
  const rows = keep.map((t) => [...numbers.data.subarray(t * size, (t + 1) * size)]);
  expect(steps).toBe(time);
  return { dims: [1, keep.length, ...rest], data: Float64Array.from(rows.flat()) };
};

describe('masks', () => {
  const model = handBuiltModel({ layers: 2 });
  const problem = randomProblem(model, { seed: 3, batch, time, masked: true });
  const { columns, stepLoss, loss } = everything(model, problem);
  const mask = problem.batch.mask?.data ?? [];
  const masked = [...mask].flatMap((m, place) => (m === 0 ? [[Math.floor(place / time), place % time] as const] : []));

  it('hold the state and compute the equations of a padded step', () => {
    expect(masked).toEqual([[0, 2], [1, 3], [1, 4]]);
    for (const [sequence, t] of masked) {
      expect(at(get(columns, 'value/r1.c'), sequence, t)).toEqual(at(get(columns, 'value/r1.c'), sequence, t - 1));
      expect(at(get(columns, 'value/r1'), sequence, t)).toEqual(at(get(columns, 'value/r1.h'), sequence, t - 1));
      expect(at(get(columns, 'value/r1.f'), sequence, t)).not.toEqual(at(get(columns, 'value/r1.f'), sequence, t - 1));
    }
  });

  it('leave exact zeros in the gradients of the equations, and the carried state its gradient', () => {
    for (const [sequence, t] of masked) {
      for (const name of ['r1.f', 'r1.g', 'r1.o', 'r2.f', 'y', 'x']) expect(at(get(columns, `grad/${name}`), sequence, t).every((v) => v === 0)).toBe(true);
    }
    // In the hole of sequence 0 what arrives at the state is what the next step sends; at the end of sequence 1 nothing arrives.
    expect(at(get(columns, 'grad/r2.h'), 0, 2).every((v) => v !== 0)).toBe(true);
    expect(at(get(columns, 'grad/r2.h'), 1, 4)).toEqual([0, 0, 0]);
  });

  it('count valid targets only', () => {
    expect(at({ ...stepLoss, dims: [batch, time, 1] }, 0, 2)).toEqual([0]);
    near([loss], [stepLoss.data.reduce((a, b) => a + b, 0) / 7]);
  });

  it('mean the same as a sequence without the padded steps', () => {
    const keep = [0, 1, 3, 4];
    const compact = (source: ReferenceBatch): ReferenceBatch => ({
      x: only(source.x, keep),
      y: only(source.y, keep),
      initial: Object.fromEntries(Object.entries(source.initial ?? {}).map(([name, { dims, data }]) => [name, { dims: [1, 3], data: data.slice(0, dims[1]) }])),
    });
    const one = everything(model, { weights: problem.weights, batch: compact(problem.batch) });
    const alone = everything(model, {
      weights: problem.weights,
      batch: { ...compact(problem.batch), x: only(problem.batch.x, [0, 1, 2, 3, 4]), y: only(problem.batch.y, [0, 1, 2, 3, 4]), mask: only(problem.batch.mask as Numbers, [0, 1, 2, 3, 4]) },
    });
    near([alone.loss], [one.loss]);
    for (const [name, { data }] of one.columns) {
      if (name.startsWith('grad/param/')) near([...get(alone.columns, name).data], [...data]);
      else keep.forEach((t, index) => near(at(get(alone.columns, name), 0, t), at(get(one.columns, name), 0, index)));
    }
  });
});

describe('directions', () => {
  const sizes = { seed: 4, batch: 1, time, masked: false };
  const backwards = [4, 3, 2, 1, 0];
  const reversed = (data: ReferenceBatch): ReferenceBatch => ({ ...data, x: only(data.x, backwards), y: only(data.y, backwards) });

  it('backward is forward on the reversed sequence, reported by position of the input', () => {
    const forward = handBuiltModel();
    const problem = randomProblem(forward, sizes);
    const a = everything(forward, problem);
    const b = everything(handBuiltModel({ direction: 'backward' }), { ...problem, batch: reversed(problem.batch) });
    near([b.loss], [a.loss]);
    for (const name of ['value/r1.f', 'value/r1', 'grad/r1.c', 'grad/x']) backwards.forEach((t, index) => near(at(get(b.columns, name), 0, index), at(get(a.columns, name), 0, t)));
    near([...get(b.columns, 'grad/param/r1.U_f').data], [...get(a.columns, 'grad/param/r1.U_f').data]);
  });

  it('both puts the halves side by side, forward first', () => {
    const model = handBuiltModel({ direction: 'both' });
    const { columns } = everything(model, randomProblem(model, sizes));
    for (let t = 0; t < time; t++) near(at(get(columns, 'value/r1'), 0, t), [...at(get(columns, 'value/r1.h'), 0, t), ...at(get(columns, 'value/r1.backward.h'), 0, t)]);
  });

  it('last is the end of each half’s own walk over valid steps, first its beginning', () => {
    for (const [pooling, forwardStep, reverseStep] of [['last', 2, 0], ['first', 0, 2]] as const) {
      const model = handBuiltModel({ direction: 'both', pooling });
      const { columns } = everything(model, randomProblem(model, { ...sizes, batch, masked: true }));
      const pooled = get(columns, 'value/s').data.subarray(6, 12);
      near([...pooled], [...at(get(columns, 'value/r1.h'), 1, forwardStep), ...at(get(columns, 'value/r1.backward.h'), 1, reverseStep)]);
      expect(at(get(columns, 'grad/r1.h'), 1, 4)).toEqual([0, 0, 0]);
    }
  });
});

describe('pooling', () => {
  it.each([['mean', (row: readonly number[]) => row.reduce((a, b) => a + b, 0) / row.length], ['max', (row: readonly number[]) => Math.max(...row)]] as const)('%s reads valid steps only', (pooling, f) => {
    const model = handBuiltModel({ pooling });
    const { columns } = everything(model, randomProblem(model, { seed: 5, batch, time, masked: true }));
    const steps = [0, 1, 2].map((t) => at(get(columns, 'value/r1'), 1, t));
    near([...get(columns, 'value/s').data.subarray(3, 6)], [0, 1, 2].map((unit) => f(steps.map((step) => step[unit] as number))));
  });
});

describe('losses of known numbers', () => {
  const losses = [
    ['crossEntropy', [2], Math.log(Math.exp(-1) + Math.exp(0.5) + Math.exp(2)) - 2],
    ['binaryCrossEntropy', [1, 0, 1], (Math.log1p(Math.exp(1)) + Math.log1p(Math.exp(0.5)) + Math.log1p(Math.exp(-2))) / 3],
    ['squaredError', [0, 0.5, 4], (1 + 0 + 4) / 3],
  ] as const;
  it.each(losses)('%s', (kind, target, want) => {
    const model = handBuiltModel({ loss: kind, pooling: 'last' });
    const { weights, batch: data } = randomProblem(model, { seed: 6, batch: 1, time: 1, masked: false });
    const scores = new Map(weights).set('y.W', { dims: [3, 3], data: new Float64Array(9) }).set('y.b', { dims: [3], data: Float64Array.of(-1, 0.5, 2) });
    near([runReference(model, scores, { ...data, y: { dims: [1, target.length], data: Float64Array.from(target) } }).loss], [want]);
  });
});
