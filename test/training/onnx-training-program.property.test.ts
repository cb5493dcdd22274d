// The fused training program against the trace, for cells drawn at random, on both backends.
// The library's cells, chunks and watches are in iterations.property.test.ts.
import { describe, it } from 'vitest';
import { randomProgram } from '../random-cells/random-cell';
import { modelOf, problemOf } from '../trace/random-problem';
import { withNodeBackends } from '../trace/trace-checks';
import { expectIterationOf, withoutDropout } from './iteration-checks';

const backendOf = withNodeBackends();

describe.each(['cpu', 'wasm'])('an iteration on %s', (backend) => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed))('of random cells, seed %i', (seed) =>
    expectIterationOf(problemOf(withoutDropout(modelOf(randomProgram(seed).text)), { seed, batch: 3, time: 5, masked: seed % 2 === 1 }), backendOf(backend)),
  );
  it.each(Array.from({ length: 60 }, (_, seed) => seed))('of random cells, taken apart and in blocks of steps, seed %i', (seed) =>
    expectIterationOf(problemOf(withoutDropout(modelOf(randomProgram(seed).text)), { seed, batch: 3, time: 5, masked: seed % 2 === 1 }), backendOf(backend), { block: 2 }),
  );
});
