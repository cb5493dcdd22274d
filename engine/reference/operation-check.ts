// Checks the gradient rule of one operation, alone, against finite differences of its value rule.
// Not the whole model's check (gradient-check.ts), which comes here to find the first wrong operation.
// Invariant: the numerical side calls value rules only.
import { defined } from '../base/invariant';
import { Random } from '../base/random';
import type { Span } from '../base/span';
import { differentiate } from '../autodiff/differentiate';
import { gradientRules, type GradientRules } from '../autodiff/gradient-rules';
import type { ValueId } from '../ir/graph';
import { GraphBuilder } from '../ir/graph-builder';
import type { Operation } from '../ir/operation';
import type { StepGraph } from '../ir/step-graph';
import { compareGradients, sampledElements, type Comparison } from './compare-gradients';
import { derivativeAtZero } from './finite-difference';
import { evaluateGraph } from './interpreter';
import { batchedData, type Value } from './value';
import { valueOf } from './value-rules';

const nowhere: Span = { file: 'operation', start: 0, end: 0 };

/** The operation as a step graph of its own: batched arguments are inputs, shared ones parameters. */
function singleOperation(op: Operation, args: readonly Value[]): { readonly step: StepGraph; readonly ids: readonly ValueId[]; readonly result: ValueId } {
  const builder = new GraphBuilder();
  const origin = { span: nowhere };
  const ids = args.map(({ type }, index) => builder.input(`a${index}`, type.batched ? 'input' : 'param', type.shape, origin, type.batched));
  const result = builder.add(op, ids, origin);
  const named = args.map((arg, index) => ({ name: `a${index}`, id: defined(ids[index], 'an argument has an id'), batched: arg.type.batched, shape: arg.type.shape }));
  const step: StepGraph = {
    graph: builder.build(),
    inputs: named.filter(({ batched }) => batched),
    states: [],
    params: named.filter(({ batched }) => !batched).map((param) => ({ ...param, init: { kind: 'zeros' }, span: nowhere })),
    dropouts: [],
    named: [],
    output: result,
    outputSpan: nowhere,
  };
  return { step, ids, result };
}

/**
 * One comparison per argument, of ∂(Σ seed · op(args)) / ∂ argument with a random seed.
 * At most `mostElements` of each argument are looked at. `stop` is by definition no derivative of its value and is compared with 0.
 */
export function checkOperation(op: Operation, args: readonly Value[], batch: number, rules: GradientRules = gradientRules, mostElements = Infinity): readonly Comparison[] {
  const { step, ids, result } = singleOperation(op, args);
  const values = evaluateGraph(step.graph, new Map(ids.map((id, index) => [id, defined(args[index], 'an argument')])), batch);
  const output = defined(values.get(result), 'the operation has a result');
  const random = Random.for(1, `check ${op.kind}`);
  const seed = batchedData(output, batch).map(() => 0.5 + random.uniform());
  const backward = differentiate(step, rules);
  const inputs = new Map(values);
  for (const { id } of backward.seeds) inputs.set(id, { type: { shape: output.type.shape, batched: true }, data: seed });
  const gradients = evaluateGraph(backward.graph, inputs, batch);
  const gradientIds = new Map<ValueId, ValueId | undefined>();
  step.inputs.forEach(({ id }, index) => gradientIds.set(id, backward.inputs[index]));
  step.params.forEach(({ id }, index) => gradientIds.set(id, backward.params[index]));

  return args.map((arg, position) => {
    const gradientId = gradientIds.get(defined(ids[position], 'an argument has an id'));
    const gradient = gradientId === undefined ? undefined : defined(gradients.get(gradientId), 'a gradient');
    // The gradient of a sum over the batch is the same for every sequence and may come as one.
    const got = gradient === undefined ? new Float64Array(arg.data.length) : arg.type.batched ? batchedData(gradient, batch) : gradient.data;
    const objective = (element: number, delta: number): number => {
      const data = Float64Array.from(arg.data);
      data[element] = (data[element] as number) + delta;
      const changed = valueOf(op, args.map((other, index) => (index === position ? { type: arg.type, data } : other)), output.type, batch);
      return batchedData(changed, batch).reduce((total, v, index) => total + v * (seed[index] as number), 0);
    };
    const elements = sampledElements(got, mostElements, random);
    const want = (element: number) =>
      op.kind === 'stop' ? { value: 0, error: 0, kink: false } : derivativeAtZero((delta) => objective(element, delta));
    return compareGradients(`argument ${position + 1} of ${op.kind}`, got, elements, want, 1e-6);
  });
}
