// The spectral radius of every step's Jacobian, by iteration on its products with vectors, many steps at once.
// Not the spectrum (spectrum.ts). The transposed Jacobian, which the backward pass multiplies with, has the same eigenvalues.
// Invariant: a masked step is the identity (1); a step that is not finite has none (NaN).
import { Random } from '../base/random';
import { sizeOf } from '../runtime/tensor';
import { numbers, type TracePrograms } from '../trace/trace-programs';
import { Arnoldi } from './arnoldi';
import { type Pace, unpaced } from './pace';
import { vectorVariant } from './paths';
import { feedsOfRows, isValid, type RecordedWalk, seedLabel, timeOf, zeroSeeds } from './recorded-step';

const rowsAtOnce = 32;
const products = 32;

/** `[time]`. */
export async function spectralRadii(programs: TracePrograms, walk: RecordedWalk, pace: Pace = unpaced): Promise<Float32Array> {
  const { trace, sequence, line } = walk;
  const { states } = line.step;
  const widths = states.map((state) => sizeOf(state.shape));
  const size = widths.reduce((a, b) => a + b, 0);
  const radii = new Float32Array(timeOf(trace)).fill(1);
  const steps = Array.from(radii, (_, t) => t).filter((t) => isValid(trace, sequence, t));
  const open = await programs.step(line, rowsAtOnce, false, vectorVariant(line));
  const session = await open.backward();
  for (let first = 0; first < steps.length; first += rowsAtOnce) {
    const rows = steps.slice(first, first + rowsAtOnce);
    const iterations = rows.map((t) => new Arnoldi(size, Math.min(size, products), Random.for(t, 'spectral radius')));
    const feeds = feedsOfRows(walk, open, rows.map((t) => ({ sequence, t })));
    for (let round = 0; iterations.some(({ done }) => !done); round++) {
      await pace((first + (rows.length * round) / products) / steps.length);
      const seeds = zeroSeeds(open);
      iterations.forEach(({ next }, row) => {
        let offset = 0;
        states.forEach((state, index) => {
          const width = widths[index] ?? 0;
          const seed = seeds[seedLabel(open, state.name)];
          for (let unit = 0; unit < width; unit++) if (seed) seed.data[row * width + unit] = (seed.data[row * width + unit] ?? 0) + (next[offset + unit] as number);
          offset += width;
        });
      });
      const results = await session.run({ ...feeds, ...seeds });
      const parts = states.map((state) => results[`old.grad.${state.name}`]).map((got) => (got ? numbers(got) : undefined));
      iterations.forEach((iteration, row) => {
        const product = new Float64Array(size);
        let offset = 0;
        parts.forEach((part, index) => {
          const width = widths[index] ?? 0;
          if (part) product.set(part.subarray(row * width, (row + 1) * width), offset);
          offset += width;
        });
        iteration.take(product);
      });
    }
    iterations.forEach((iteration, row) => {
      const [largest] = iteration.eigenvalues() ?? [{ re: NaN, im: NaN }];
      radii[rows[row] ?? 0] = largest ? Math.hypot(largest.re, largest.im) : 0;
    });
  }
  return radii;
}
