// Traces of the library's cells on both backends against the float64 interpreter.
// Random cells are in run-trace.property.test.ts.
import { describe, it } from 'vitest';
import { tolerances } from '../tolerances';
import { modelOf, problemOf } from './random-problem';
import { expectTraceOf, libraryCells, withNodeBackends } from './trace-checks';

const backendOf = withNodeBackends();

describe.each(['cpu', 'wasm'])('a trace on %s', (backend) => {
  for (const cell of libraryCells) {
    for (const masked of [false, true]) {
      it(`of ${cell}, two layers, ${masked ? 'masked' : 'all valid'}`, async () => {
        const text = `model M { input x[5] layer r1 = ${cell}(x, hidden: 8) layer r2 = ${cell}(r1, hidden: 8) output y = Linear(r2, size: 4) loss crossEntropy(y) }`;
        await expectTraceOf(problemOf(modelOf(text), { seed: 3, batch: 3, time: 7, masked }), backendOf(backend), tolerances.singlePrecisionTrace);
      });
    }
  }
});
