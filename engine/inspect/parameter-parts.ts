// What each step adds to each parameter's gradient, as norms, and the norm of their sum.
// Not the vectors: one step's are as large as all parameters.
// Invariant: of one sequence and one loss, or of the trace's own mean loss; a masked step adds nothing.
import { defined } from '../base/invariant';
import { numbers, type TracePrograms } from '../trace/trace-programs';
import { type Pace, unpaced, within } from './pace';
import { feedsOfCopies, isValid, type RecordedWalk, seedLabel, timeOf, zeroSeeds } from './recorded-step';
import { seededBackward } from './seeded-backward';

export interface ParameterParts {
  readonly name: string;
  /** `[time]`. */
  readonly norms: Float32Array;
  readonly sum: number;
}

/** @param loss from 0; 'mean' is the trace's own. */
export async function parameterParts(programs: TracePrograms, walk: RecordedWalk, loss: number | 'mean', pace: Pace = unpaced): Promise<readonly ParameterParts[]> {
  const { model, line, half, trace, sequence } = walk;
  const time = timeOf(trace);
  const seeded = await seededBackward(programs, model, trace, { sequence, losses: loss === 'mean' ? loss : [loss], keepVectors: true, pace: within(pace, 0, 0.3) });
  const open = await programs.step(line, 1, false);
  const session = await open.backward();
  const norms = line.step.params.map(() => new Float32Array(time));
  const sums = line.step.params.map((param) => new Float64Array(param.shape.reduce((a, b) => a * b, 1)));
  for (let t = 0; t < time; t++) {
    if (!isValid(trace, sequence, t)) continue;
    await pace(0.3 + (0.7 * t) / time);
    const seeds = zeroSeeds(open);
    const add = (label: string, values: Float32Array): void => {
      const seed = defined(seeds[label], `${label} is a seed`).data;
      values.forEach((value, i) => (seed[i] = (seed[i] ?? 0) + value));
    };
    for (const { name } of line.step.states) {
      const { arriving, size } = defined(seeded.states.get(`${half.prefix}.${name}`), 'every state was walked');
      add(seedLabel(open, name), defined(arriving, 'vectors were kept').subarray(t * size, (t + 1) * size));
    }
    const output = seeded.outputs.get(half.prefix);
    if (output) add('seed.output', output.subarray(t * half.size, (t + 1) * half.size));
    const results = await session.run({ ...feedsOfCopies(walk, open, t), ...seeds });
    line.step.params.forEach(({ name }, index) => {
      const got = results[`param.grad.${name}`];
      if (!got) return;
      let squares = 0;
      const sum = sums[index] as Float64Array;
      numbers(got).forEach((value, i) => {
        squares += value * value;
        sum[i] = (sum[i] as number) + value;
      });
      (norms[index] as Float32Array)[t] = Math.sqrt(squares);
    });
  }
  return line.step.params.map(({ name }, index) => ({ name, norms: norms[index] as Float32Array, sum: Math.sqrt((sums[index] as Float64Array).reduce((a, b) => a + b * b, 0)) }));
}
