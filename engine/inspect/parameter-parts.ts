// What each step adds to each parameter's gradient, as norms, and the norm of their sum.
// Not the vectors: one step's are as large as all parameters.
// Invariant: of one sequence; from a trace that recorded what steps hand on; a masked step adds nothing.
import { defined } from '../base/invariant';
import { numbers, type TracePrograms } from '../trace/trace-programs';
import { type Pace, unpaced } from './pace';
import { columnOf, feedsOfCopies, isValid, type RecordedWalk, seedLabel, timeOf, zeroSeeds } from './recorded-step';

export interface ParameterParts {
  readonly name: string;
  /** `[time]`. */
  readonly norms: Float32Array;
  readonly sum: number;
}

export async function parameterParts(programs: TracePrograms, walk: RecordedWalk, pace: Pace = unpaced): Promise<readonly ParameterParts[]> {
  const { line, half, trace, sequence } = walk;
  const time = timeOf(trace);
  const handed = defined(trace.handed, 'the trace was recorded with what steps hand on');
  const open = await programs.step(line, 1, false);
  const session = await open.backward();
  const norms = line.step.params.map(() => new Float32Array(time));
  const sums = line.step.params.map((param) => new Float64Array(param.shape.reduce((a, b) => a * b, 1)));
  for (let t = 0; t < time; t++) {
    if (!isValid(trace, sequence, t)) continue;
    await pace(t / time);
    const seeds = zeroSeeds(open);
    const add = (label: string, values: Float32Array): void => {
      const seed = defined(seeds[label], `${label} is a seed`).data;
      values.forEach((value, i) => (seed[i] = (seed[i] ?? 0) + value));
    };
    const later = half.reversed ? t - 1 : t + 1;
    if (later >= 0 && later < time) for (const { name } of line.step.states) add(seedLabel(open, name), columnOf(handed, `old/${half.prefix}.${name}`, trace, sequence, later));
    const { outputState } = open.program;
    add(outputState === undefined ? 'seed.output' : seedLabel(open, outputState), columnOf(handed, `above/${half.prefix}`, trace, sequence, t));
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
