// Emits a list of equations into an ONNX graph, in order, for one number of rows.
// Not the rules of single operations (emission-rules.ts).
// Invariant: a product of a parameter matrix that is only added to something becomes one Gemm with that addend.
import { defined } from '../base/invariant';
import type { Equation, ValueId, ValueType } from '../ir/graph';
import type { OperationKind } from '../ir/operation';
import { type EmissionRule, emissionRules, type Operand } from './emission-rules';
import type { OnnxGraph } from './onnx-graph';

export interface EmissionScope {
  readonly graph: OnnxGraph;
  /** ONNX names of values; what is emitted is added. */
  readonly names: Map<ValueId, string>;
  readonly types: ReadonlyMap<ValueId, ValueType>;
  readonly rows: number;
}

function operand(scope: EmissionScope, id: ValueId): Operand {
  return { name: defined(scope.names.get(id), `value ${id} was emitted`), type: defined(scope.types.get(id), `value ${id} has a type`) };
}

function isFoldable(equation: Equation | undefined, types: ReadonlyMap<ValueId, ValueType>): equation is Equation {
  if (equation?.op.kind !== 'matvec') return false;
  const [matrix, v] = equation.args;
  return types.get(matrix as ValueId)?.batched === false && types.get(v as ValueId)?.batched === true;
}

/** For every product that one addition consumes: the addition that will emit it. */
function foldedProducts(equations: readonly Equation[], wanted: ReadonlySet<ValueId>, types: ReadonlyMap<ValueId, ValueType>): ReadonlyMap<ValueId, Equation> {
  const uses = new Map<ValueId, number>();
  const byId = new Map<ValueId, Equation>();
  for (const equation of equations) {
    byId.set(equation.id, equation);
    for (const arg of equation.args) uses.set(arg, (uses.get(arg) ?? 0) + 1);
  }
  const folded = new Map<ValueId, Equation>();
  for (const equation of equations) {
    if (equation.op.kind !== 'add') continue;
    const product = equation.args
      .map((arg) => byId.get(arg))
      .find((candidate) => isFoldable(candidate, types) && uses.get(candidate.id) === 1 && !wanted.has(candidate.id) && candidate.type.shape.length === equation.type.shape.length);
    const other = equation.args.find((arg) => arg !== product?.id);
    if (product && other !== undefined && types.get(other)?.shape.length === 1) folded.set(product.id, equation);
  }
  return folded;
}

/** @param wanted values that somebody outside needs by name. */
export function emitEquations(scope: EmissionScope, equations: readonly Equation[], wanted: ReadonlySet<ValueId>): void {
  const folded = foldedProducts(equations, wanted, scope.types);
  const byId = new Map(equations.map((equation) => [equation.id, equation]));
  for (const equation of equations) {
    if (folded.has(equation.id)) continue;
    const productId = equation.args.find((arg) => folded.get(arg) === equation);
    if (productId !== undefined) {
      const product = defined(byId.get(productId), 'a folded product is in the list');
      const other = defined(equation.args.find((arg) => arg !== productId), 'an addition has two arguments');
      const [matrix, v] = product.args.map((arg) => operand(scope, arg).name) as [string, string];
      const transB = { int: product.op.kind === 'matvec' && product.op.transposed ? 0 : 1 };
      scope.names.set(equation.id, scope.graph.node('Gemm', [v, matrix, operand(scope, other).name], { transB }));
      continue;
    }
    // The table is keyed by kind, so the rule fits its operation; TypeScript cannot follow that through a union.
    const rule = emissionRules[equation.op.kind] as unknown as EmissionRule<OperationKind>;
    const args = equation.args.map((arg) => operand(scope, arg));
    scope.names.set(equation.id, rule({ op: equation.op, args, type: equation.type, rows: scope.rows, graph: scope.graph }));
  }
}

export function typesOf(...lists: readonly (readonly { readonly id: ValueId; readonly type: ValueType }[])[]): Map<ValueId, ValueType> {
  const types = new Map<ValueId, ValueType>();
  for (const list of lists) for (const value of list) types.set(value.id, value.type);
  return types;
}
