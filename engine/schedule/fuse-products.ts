// Makes one matrix product of all products that read the same vector: the gates of a step become one product.
// Not a reordering of sums (regroup-sums.ts); what was added to the members before is joined and added to the whole.
// Invariant: members stay available as slices; members whose results meet the same activation lie side by side.
import type { Equation, ValueId } from '../ir/graph';
import { unaryKinds } from '../ir/operation';
import { type Level, levels } from './levels';
import { Rewriter } from './rewriter';
import { finished, ownEquations, pairLevels, type StepPair, usesOf } from './step-pair';

interface Member {
  readonly product: Equation;
  /** The addition that consumes the product, when what it adds comes from an earlier level. */
  readonly sum: Equation | undefined;
  readonly addend: ValueId | undefined;
  readonly order: number;
}

/** Fuses products of the given level whose matrices depend on parameters alone. */
export function fuseProducts(pair: StepPair, level: Level): StepPair {
  const levelOf = pairLevels(pair);
  const uses = usesOf(pair);
  const types = new Map([...pair.inputs, ...pair.equations].map((value) => [value.id, value.type]));
  const groups = new Map<ValueId, Equation[]>();
  for (const equation of ownEquations(pair)) {
    if (equation.op.kind !== 'matvec' || equation.op.transposed || levelOf.get(equation.id) !== level) continue;
    const [matrix, v] = equation.args as readonly [ValueId, ValueId];
    if (levelOf.get(matrix) !== levels.once || !types.get(v)?.batched) continue;
    const group = groups.get(v);
    if (group) group.push(equation);
    else groups.set(v, [equation]);
  }
  const rewriter = new Rewriter(pair.inputs, pair.equations);
  for (const [v, products] of groups) {
    const members = products.map((product) => memberOf(product, pair, levelOf, uses, types));
    const [first] = members;
    if (!first || members.length < 2) continue;
    members.sort((a, b) => a.order - b.order);
    const origin = first.product.origin;
    const matrix = rewriter.add({ kind: 'concat', axis: 0 }, members.map((member) => member.product.args[0] as ValueId), origin);
    let whole = rewriter.add({ kind: 'matvec', transposed: false }, [matrix, v], origin);
    if (members.some((member) => member.addend !== undefined)) {
      const addends = members.map((member) => member.addend ?? rewriter.add({ kind: 'constant', value: 0, shape: member.product.type.shape }, [], origin));
      whole = rewriter.add({ kind: 'add' }, [rewriter.add({ kind: 'concat', axis: 0 }, addends, origin), whole], origin);
    }
    let start = 0;
    for (const { product, sum } of members) {
      const end = start + (product.type.shape[0] ?? 0);
      const target = sum ?? product;
      rewriter.replace(target.id, rewriter.add({ kind: 'slice', axis: 0, start, end }, [whole], target.origin));
      start = end;
    }
  }
  return finished(pair, rewriter);
}

function memberOf(
  product: Equation,
  pair: StepPair,
  levelOf: ReadonlyMap<ValueId, Level>,
  uses: ReadonlyMap<ValueId, readonly (Equation | undefined)[]>,
  types: ReadonlyMap<ValueId, { readonly shape: readonly number[] }>,
): Member {
  const users = uses.get(product.id) ?? [];
  const [only] = users;
  let sum: Equation | undefined;
  let addend: ValueId | undefined;
  if (users.length === 1 && only?.op.kind === 'add') {
    const other = only.args.find((arg) => arg !== product.id);
    const isEarlier = other !== undefined && (levelOf.get(other) ?? 0) < (levelOf.get(product.id) ?? 0);
    if (isEarlier && types.get(other)?.shape.length === 1) {
      sum = only;
      addend = other;
    }
  }
  return { product, sum, addend, order: orderOf((sum ?? product).id, pair, uses) };
}

/** Members that a concatenation joins keep its order; others are sorted by the function they meet, then by the source. */
function orderOf(id: ValueId, pair: StepPair, uses: ReadonlyMap<ValueId, readonly (Equation | undefined)[]>): number {
  const users = uses.get(id) ?? [];
  const joining = users.find((user) => user?.op.kind === 'concat');
  if (joining) return joining.args.indexOf(id);
  const position = pair.equations.findIndex((equation) => equation.id === id) / pair.equations.length;
  const [only] = users;
  const kind = only && users.length === 1 ? (unaryKinds as readonly string[]).indexOf(only.op.kind) : -1;
  return (kind === -1 ? unaryKinds.length : kind) + position;
}
