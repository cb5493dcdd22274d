// Between which numbers the values of a step lie by the form of their equations alone: what a picture's scale may rely on.
// Not the recorded range. Interval arithmetic on the graph, with one pattern besides: (1 − z) a + z b lies between a and b.
// Invariant: a bound that is given holds for any weights and inputs, from initial states of zero on; no bound is given where the form shows none.
import type { Equation, ValueId } from './graph';
import type { StepGraph } from './step-graph';

export type Bounds = readonly [low: number, high: number];

const ranges: Readonly<Record<string, Bounds>> = {
  sigmoid: [0, 1], hardSigmoid: [0, 1], softmax: [0, 1], not: [0, 1], tanh: [-1, 1], hardTanh: [-1, 1], softsign: [-1, 1], sign: [-1, 1],
  less: [0, 1], lessEqual: [0, 1], greater: [0, 1], greaterEqual: [0, 1], equal: [0, 1], notEqual: [0, 1], and: [0, 1], or: [0, 1],
};

/** By id, of every value that has bounds. */
export function valueBounds(step: StepGraph): ReadonlyMap<ValueId, Bounds> {
  // Suppose every state that starts at zero stays within ±1, and take back what does not follow from that.
  let supposed = step.states.filter((state) => state.initial.kind === 'zeros');
  for (;;) {
    const bounds = propagate(step, new Map(supposed.map((state) => [state.old, [-1, 1] as const])));
    const kept = supposed.filter(({ next }) => {
      const [low, high] = bounds.get(next) ?? [-Infinity, Infinity];
      return low >= -1 && high <= 1;
    });
    if (kept.length === supposed.length) return bounds;
    supposed = kept;
  }
}

function propagate(step: StepGraph, supposed: ReadonlyMap<ValueId, Bounds>): ReadonlyMap<ValueId, Bounds> {
  const bounds = new Map<ValueId, Bounds>(supposed);
  const equations = new Map(step.graph.equations.map((equation) => [equation.id, equation]));
  for (const equation of step.graph.equations) {
    const found = boundsOf(equation, bounds, equations);
    if (found) bounds.set(equation.id, found);
  }
  return bounds;
}

function boundsOf({ op, args }: Equation, bounds: ReadonlyMap<ValueId, Bounds>, equations: ReadonlyMap<ValueId, Equation>): Bounds | undefined {
  if (op.kind === 'constant') return [op.value, op.value];
  const known = ranges[op.kind];
  if (known) return known;
  const [a, b, c] = args.map((arg) => bounds.get(arg));
  switch (op.kind) {
    case 'stop':
    case 'slice':
    case 'transpose':
    case 'broadcast':
      return a;
    case 'neg':
      return a && [-a[1], -a[0]];
    case 'add':
      return mixture(args, bounds, equations) ?? (a && b && [a[0] + b[0], a[1] + b[1]]);
    case 'sub':
      return a && b && [a[0] - b[1], a[1] - b[0]];
    case 'mul': {
      if (!a || !b) return undefined;
      const products = [a[0] * b[0], a[0] * b[1], a[1] * b[0], a[1] * b[1]];
      return [Math.min(...products), Math.max(...products)];
    }
    case 'where': {
      const condition = args[0] === undefined ? undefined : equations.get(args[0]);
      if (condition?.op.kind === 'constant') return condition.op.value === 0 ? c : b;
      return b && c && [Math.min(b[0], c[0]), Math.max(b[1], c[1])];
    }
    default:
      return undefined;
  }
}

/** (1 − z) a + z b with z in 0…1, whichever way round. */
function mixture(args: readonly ValueId[], bounds: ReadonlyMap<ValueId, Bounds>, equations: ReadonlyMap<ValueId, Equation>): Bounds | undefined {
  const [left, right] = args.map((arg) => equations.get(arg));
  if (left?.op.kind !== 'mul' || right?.op.kind !== 'mul') return undefined;
  const restOf = (id: ValueId): ValueId | undefined => {
    const equation = equations.get(id);
    const [one, gate] = equation?.op.kind === 'sub' ? equation.args : [];
    const constant = one === undefined ? undefined : equations.get(one)?.op;
    return constant?.kind === 'constant' && constant.value === 1 ? gate : undefined;
  };
  for (const [rest, whole] of [[left, right], [right, left]] as const) {
    for (const [at, factor] of rest.args.entries()) {
      const gate = restOf(factor);
      const place = gate === undefined ? -1 : whole.args.indexOf(gate);
      const [low, high] = (gate === undefined ? undefined : bounds.get(gate)) ?? [-1, 2];
      if (place < 0 || low < 0 || high > 1) continue;
      const a = bounds.get(rest.args[1 - at] ?? -1);
      const b = bounds.get(whole.args[1 - place] ?? -1);
      if (a && b) return [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
    }
  }
  return undefined;
}
