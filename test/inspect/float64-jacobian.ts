// The Jacobian of a recorded step in float64, by central differences of the value rules: what the inspected numbers are held to. Not a test.
import { defined } from '../../engine/base/invariant';
import { stateBefore } from '../../engine/inspect/recorded-step';
import { halvesOf } from '../../engine/ir/halves';
import type { StepLine } from '../../engine/ir/model';
import { evaluateGraph } from '../../engine/reference/interpreter';
import type { Value } from '../../engine/reference/value';
import type { Trace } from '../../engine/trace/trace';
import type { Problem } from '../trace/random-problem';

/** The first layer `r` of a problem, recorded. */
export interface RecordedLayer {
  readonly problem: Problem;
  readonly trace: Trace;
  readonly line: StepLine;
  readonly sequence: number;
}

/** ∂ new states / ∂ old states by central differences of the float64 value rules. */
export function differences({ problem, trace, line, sequence }: RecordedLayer, t: number): Float64Array {
  const { step } = line;
  const time = problem.batch.x.dims[1] as number;
  const half = defined(halvesOf(line)[0], 'one half');
  const walk = { model: problem.model, trace, line, half, sequence };
  const olds = step.states.map((_, index) => Float64Array.from(stateBefore(walk, index, t)));
  const features = problem.batch.x.data.length / (problem.batch.x.dims[0] as number) / time;
  const x = Float64Array.from(problem.batch.x.data.subarray((sequence * time + t) * features, (sequence * time + t + 1) * features));
  const run = (states: readonly Float64Array[]): number[] => {
    const inputs = new Map<number, Value>();
    for (const input of step.graph.inputs) {
      const index = step.states.findIndex((state) => state.old === input.id);
      const weight = problem.weights.get(`r.${input.name}`);
      const data = input.role === 'state' ? (states[index] as Float64Array) : input.role === 'param' ? Float64Array.from(defined(weight, input.name).data) : x;
      inputs.set(input.id, { type: input.type, data });
    }
    const values = evaluateGraph(step.graph, inputs, 1);
    return step.states.flatMap((state) => Array.from(defined(values.get(state.next), 'new state').data));
  };
  const size = olds.reduce((sum, state) => sum + state.length, 0);
  const jacobian = new Float64Array(size * size);
  const epsilon = 1e-6;
  let column = 0;
  olds.forEach((state, index) => {
    for (let unit = 0; unit < state.length; unit++) {
      const moved = (by: number): number[] => run(olds.map((each, i) => (i === index ? each.map((value, k) => (k === unit ? value + by : value)) : each)));
      const [above, below] = [moved(epsilon), moved(-epsilon)];
      above.forEach((value, row) => (jacobian[row * size + column] = (value - (below[row] as number)) / (2 * epsilon)));
      column++;
    }
  });
  return jacobian;
}
