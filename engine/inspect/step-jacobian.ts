// The Jacobian of one recorded step: ∂ all new states / ∂ all old states of a layer, by one backward run with a seed axis.
// Not a finite difference and not the product over steps (jacobian-product.ts).
// Invariant: row i, column j is ∂ new[i] / ∂ old[j]; states in the source's order, flattened; a masked step is the identity.
import { sizeOf } from '../runtime/tensor';
import { numbers, type TracePrograms } from '../trace/trace-programs';
import { vectorVariant } from './paths';
import { feedsOfCopies, isValid, type RecordedWalk, seedLabel, zeroSeeds } from './recorded-step';

export interface Jacobian {
  /** Number of state values of the layer (all states together). */
  readonly size: number;
  /** `[size, size]`, row-major. */
  readonly data: Float32Array;
}

/** @param t from 0. */
export async function stepJacobian(programs: TracePrograms, walk: RecordedWalk, t: number): Promise<Jacobian> {
  const { states } = walk.line.step;
  const widths = states.map((state) => sizeOf(state.shape));
  const size = widths.reduce((a, b) => a + b, 0);
  const data = new Float32Array(size * size);
  if (!isValid(walk.trace, walk.sequence, t)) {
    for (let i = 0; i < size; i++) data[i * size + i] = 1;
    return { size, data };
  }
  const open = await programs.step(walk.line, size, false, vectorVariant(walk.line));
  const seeds = zeroSeeds(open);
  let row = 0;
  states.forEach((state, index) => {
    const width = widths[index] ?? 0;
    const seed = seeds[seedLabel(open, state.name)];
    for (let unit = 0; unit < width; unit++) if (seed) seed.data[(row + unit) * width + unit] = 1;
    row += width;
  });
  const results = await (await open.backward()).run({ ...feedsOfCopies(walk, open, t), ...seeds });
  let column = 0;
  states.forEach((state, index) => {
    const width = widths[index] ?? 0;
    const got = results[`old.grad.${state.name}`];
    if (got) {
      const block = numbers(got);
      for (let i = 0; i < size; i++) data.set(block.subarray(i * width, (i + 1) * width), i * size + column);
    }
    column += width;
  });
  return { size, data };
}
