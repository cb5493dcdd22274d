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
  /** Most outputs of one node; slices of one value become one Split where it allows. */
  readonly maxNodeArity?: number;
  /** A matrix that stays the same while its product is taken many times, transposed once beforehand. */
  readonly transposed?: (matrix: ValueId) => string | undefined;
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
  const splits = slicesByValue(equations, scope);
  const byId = new Map(equations.map((equation) => [equation.id, equation]));
  for (const equation of equations) {
    if (folded.has(equation.id) || scope.names.has(equation.id)) continue;
    const siblings = equation.op.kind === 'slice' ? splits.get(equation.args[0] as ValueId) : undefined;
    if (siblings) {
      emitSplit(scope, siblings);
      continue;
    }
    const productId = equation.args.find((arg) => folded.get(arg) === equation);
    if (productId !== undefined) {
      const product = defined(byId.get(productId), 'a folded product is in the list');
      const other = defined(equation.args.find((arg) => arg !== productId), 'an addition has two arguments');
      const [matrixId, vId] = product.args as readonly [ValueId, ValueId];
      const { matrix, transB } = matrixOperand(scope, matrixId, product.op.kind === 'matvec' && product.op.transposed);
      scope.names.set(equation.id, scope.graph.node('Gemm', [operand(scope, vId).name, matrix, operand(scope, other).name], { transB: { int: transB } }));
      continue;
    }
    if (isFoldable(equation, scope.types) && equation.op.kind === 'matvec' && scope.transposed) {
      const [matrixId, vId] = equation.args as readonly [ValueId, ValueId];
      const { matrix, transB } = matrixOperand(scope, matrixId, equation.op.transposed);
      const type = transB === 1 ? 'Gemm' : 'MatMul';
      scope.names.set(equation.id, scope.graph.node(type, [operand(scope, vId).name, matrix], transB === 1 ? { transB: { int: 1 } } : {}));
      continue;
    }
    // The table is keyed by kind, so the rule fits its operation; TypeScript cannot follow that through a union.
    const rule = emissionRules[equation.op.kind] as unknown as EmissionRule<OperationKind>;
    const args = equation.args.map((arg) => operand(scope, arg));
    scope.names.set(equation.id, rule({ op: equation.op, args, type: equation.type, rows: scope.rows, graph: scope.graph }));
  }
}

/** v Mᵀ for M v: with the matrix transposed beforehand, or by the product itself. */
function matrixOperand(scope: EmissionScope, id: ValueId, isTransposedProduct: boolean): { readonly matrix: string; readonly transB: 0 | 1 } {
  if (isTransposedProduct) return { matrix: operand(scope, id).name, transB: 0 };
  const ready = scope.transposed?.(id);
  return ready === undefined ? { matrix: operand(scope, id).name, transB: 1 } : { matrix: ready, transB: 0 };
}

interface SliceEquation {
  readonly equation: Equation;
  readonly axis: number;
  readonly start: number;
  readonly end: number;
}

/** Two or more slices of one value that do not overlap, by that value, in order. */
function slicesByValue(equations: readonly Equation[], scope: EmissionScope): ReadonlyMap<ValueId, readonly SliceEquation[]> {
  const groups = new Map<ValueId, SliceEquation[]>();
  for (const equation of equations) {
    if (equation.op.kind !== 'slice') continue;
    const { axis, start, end } = equation.op;
    const source = equation.args[0] as ValueId;
    groups.set(source, [...(groups.get(source) ?? []), { equation, axis, start, end }]);
  }
  const limit = scope.maxNodeArity ?? Number.POSITIVE_INFINITY;
  const kept = new Map<ValueId, readonly SliceEquation[]>();
  for (const [source, slices] of groups) {
    const sorted = [...slices].sort((a, b) => a.start - b.start);
    const isRun = sorted.every((slice, i) => slice.axis === sorted[0]?.axis && (i === 0 || (sorted[i - 1] as SliceEquation).end <= slice.start));
    // With gaps before, between and after, a split has at most twice as many outputs and one.
    if (isRun && sorted.length > 1 && 2 * sorted.length + 1 <= limit) kept.set(source, sorted);
  }
  return kept;
}

function emitSplit(scope: EmissionScope, slices: readonly SliceEquation[]): void {
  const { equation, axis } = slices[0] as SliceEquation;
  const source = operand(scope, equation.args[0] as ValueId);
  const size = source.type.shape[axis] ?? 0;
  const widths: number[] = [];
  const owners: (ValueId | undefined)[] = [];
  let offset = 0;
  const push = (end: number, owner: ValueId | undefined): void => {
    if (end > offset) {
      widths.push(end - offset);
      owners.push(owner);
    }
    offset = end;
  };
  for (const slice of slices) {
    push(slice.start, undefined);
    push(slice.end, slice.equation.id);
  }
  push(size, undefined);
  const outputs = scope.graph.nodeWith('Split', [source.name, scope.graph.indices(widths)], widths.length, { axis: { int: axis + (source.type.batched ? 1 : 0) } });
  owners.forEach((owner, i) => owner !== undefined && scope.names.set(owner, outputs[i] as string));
}

export function typesOf(...lists: readonly (readonly { readonly id: ValueId; readonly type: ValueType }[])[]): Map<ValueId, ValueType> {
  const types = new Map<ValueId, ValueType>();
  for (const list of lists) for (const value of list) types.set(value.id, value.type);
  return types;
}
