// Traces of cells drawn at random on both backends against the float64 interpreter.
// The library's cells are in run-trace.test.ts.
import { describe, it } from 'vitest';
import { randomProgram } from '../random-cells/random-cell';
import { tolerances } from '../tolerances';
import { modelOf, problemOf } from './random-problem';
import { expectTraceOf, withNodeBackends } from './trace-checks';

const backendOf = withNodeBackends();

// Seed 41 multiplies by the mean of a layer-normalised vector, which is 0 but for rounding, and takes the maximum over steps of
// what comes of it: which step wins is a matter of rounding in float64, too, so there is nothing to agree on.
const seeds = Array.from({ length: 60 }, (_, seed) => seed).filter((seed) => seed !== 41);

describe.each(['cpu', 'wasm'])('a trace on %s', (backend) => {
  it.each(seeds)('of random cells, seed %i', async (seed) => {
    const problem = problemOf(modelOf(randomProgram(seed).text), { seed, batch: 3, time: 5, masked: seed % 2 === 1 });
    await expectTraceOf(problem, backendOf(backend), tolerances.singlePrecisionRandomTrace);
  });
});
