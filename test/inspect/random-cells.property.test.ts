// Cells that nobody wrote, walked back over their recorded values: of one sequence and of several at once, as the trace's own backward pass has it.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openNodeBackend } from '../../cli/backends/open-backend';
import { defined } from '../../engine/base/invariant';
import { seededBackward } from '../../engine/inspect/seeded-backward';
import { halvesOf } from '../../engine/ir/halves';
import type { Backend } from '../../engine/runtime/backend';
import { sizeOf } from '../../engine/runtime/tensor';
import { runTrace } from '../../engine/trace/run-trace';
import { TracePrograms } from '../../engine/trace/trace-programs';
import { compileRandom } from '../random-cells/compile';
import { randomProgram } from '../random-cells/random-cell';
import { tolerances } from '../tolerances';
import { relativeError } from '../trace/compare-columns';
import { problemOf } from '../trace/random-problem';

let backend: Backend;
beforeAll(async () => {
  backend = await openNodeBackend('wasm', { threads: 1 });
});
afterAll(async () => {
  await backend.dispose();
});

const [batch, time] = [3, 4];

it.each(Array.from({ length: 40 }, (_, seed) => seed))('cell %i', async (seed) => {
  const model = compileRandom(randomProgram(seed));
  const problem = problemOf(model, { seed, batch, time, masked: seed % 3 === 0 });
  const programs = new TracePrograms(backend);
  const trace = await runTrace(model, problem.weights, problem.batch, backend, { programs });
  const sequences = [0, 1, 2];
  const together = await seededBackward(programs, model, trace, { sequence: sequences, losses: 'mean' });
  for (const line of model.lines) {
    if (line.kind !== 'step' || !line.perStep) continue;
    for (const { prefix } of halvesOf(line)) for (const { name, shape } of line.step.states) {
      const { data } = defined(trace.columns.get(`grad/${prefix}.${name}`), 'recorded');
      const width = sizeOf(shape);
      const want = Float64Array.from({ length: batch * time }, (_, i) => Math.hypot(...data.subarray(i * width, (i + 1) * width)));
      const got = defined(together.states.get(`${prefix}.${name}`), name).norms;
      expect(relativeError({ dims: [], data: got }, { dims: [], data: want })).toBeLessThan(tolerances.singlePrecisionRandomTrace);
      const alone = await seededBackward(programs, model, trace, { sequence: 1, losses: 'mean' });
      const one = defined(alone.states.get(`${prefix}.${name}`), name).norms;
      expect(relativeError({ dims: [], data: one }, { dims: [], data: want.subarray(time, 2 * time) })).toBeLessThan(tolerances.singlePrecisionRandomTrace);
    }
  }
  await programs.dispose();
});
