// Makes one matrix product of a sum of transposed ones: Uᵢᵀ dzᵢ + U_fᵀ dz_f + … becomes [Uᵢ; U_f; …]ᵀ [dzᵢ; dz_f; …],
// and one product of its pointwise parts: each dz is a cotangent times a factor, so cotangents and factors are joined first.
// Not for terms that depend on one another: joining those would make a cycle.
// Invariant: every dz stays available as a slice of the joined one.
import type { Equation, ValueId } from '../ir/graph';
import { type Level, levels } from './levels';
import { termsOf } from './regroup-sums';
import { Rewriter } from './rewriter';
import { finished, ownEquations, pairLevels, type StepPair, usesOf } from './step-pair';

/** Sums of the given level; matrices in the order in which the forward pass joined them, where it did. */
export function fuseAdjoints(pair: StepPair): StepPair {
  let current = pair;
  // One sum at a time: joining changes what the next sum's terms are.
  for (let round = 0; round < 16; round++) {
    const next = fuseOne(current);
    if (!next) return current;
    current = next;
  }
  return current;
}

function fuseOne(pair: StepPair): StepPair | undefined {
  const levelOf = pairLevels(pair);
  const level = (id: ValueId): Level => levelOf.get(id) ?? levels.once;
  const uses = usesOf(pair);
  const usedOnce = (id: ValueId): boolean => (uses.get(id)?.length ?? 0) === 1;
  const byId = new Map(pair.equations.map((equation) => [equation.id, equation]));
  const types = new Map([...pair.inputs, ...pair.equations].map((value) => [value.id, value.type]));
  const ranks = matrixRanks(pair);
  const isMember = (id: ValueId): boolean => {
    const equation = byId.get(id);
    if (equation?.op.kind !== 'matvec' || !equation.op.transposed || level(id) < levels.output || !usedOnce(id)) return false;
    return level(equation.args[0] as ValueId) === levels.once && types.get(equation.args[1] as ValueId)?.batched === true;
  };
  for (const sum of ownEquations(pair)) {
    if (sum.op.kind !== 'add' || level(sum.id) < levels.output || sum.type.shape.length !== 1) continue;
    const [only] = uses.get(sum.id) ?? [];
    if (usedOnce(sum.id) && only?.op.kind === 'add') continue;
    const terms = termsOf(sum, (id) => byId.get(id), usedOnce);
    const candidates = terms.filter(isMember).map((id) => byId.get(id) as Equation);
    candidates.sort((a, b) => (ranks.get(a.args[0] as ValueId) ?? 0) - (ranks.get(b.args[0] as ValueId) ?? 0));
    const members = independent(candidates, byId);
    if (members.length < 2) continue;
    const rewriter = new Rewriter(pair.inputs, pair.equations);
    const { origin } = sum;
    const joined = joinCotangents(rewriter, members, byId, level, types);
    const matrix = rewriter.add({ kind: 'concat', axis: 0 }, members.map((member) => member.args[0] as ValueId), origin);
    const product = rewriter.add({ kind: 'matvec', transposed: true }, [matrix, joined], origin);
    const rest = terms.filter((id) => !members.some((member) => member.id === id)).sort((a, b) => level(a) - level(b));
    rewriter.replace(sum.id, [...rest, product].reduce((a, b) => rewriter.add({ kind: 'add' }, [a, b], origin)));
    let start = 0;
    for (const member of members) {
      const dz = member.args[1] as ValueId;
      const end = start + (types.get(dz)?.shape[0] ?? 0);
      rewriter.replace(dz, rewriter.add({ kind: 'slice', axis: 0, start, end }, [joined], origin));
      start = end;
    }
    return finished(pair, rewriter);
  }
  return undefined;
}

function joinCotangents(
  rewriter: Rewriter,
  members: readonly Equation[],
  byId: ReadonlyMap<ValueId, Equation>,
  level: (id: ValueId) => Level,
  types: ReadonlyMap<ValueId, { readonly shape: readonly number[] }>,
): ValueId {
  const origin = (members[0] as Equation).origin;
  const dzs = members.map((member) => member.args[1] as ValueId);
  const split = dzs.map((dz) => {
    const equation = byId.get(dz);
    if (equation?.op.kind !== 'mul') return undefined;
    const [a, b] = equation.args as readonly [ValueId, ValueId];
    const [cotangent, factor] = level(a) >= level(b) ? [a, b] : [b, a];
    const full = [cotangent, factor].every((id) => types.get(id)?.shape.length === 1);
    return full && level(factor) < levels.output ? { cotangent, factor } : undefined;
  });
  const join = (ids: readonly ValueId[]): ValueId => rewriter.add({ kind: 'concat', axis: 0 }, ids, origin);
  if (split.some((part) => part === undefined)) return join(dzs);
  const parts = split.filter((part) => part !== undefined);
  return rewriter.add({ kind: 'mul' }, [join(parts.map((part) => part.cotangent)), join(parts.map((part) => part.factor))], origin);
}

/** Position of each matrix in the concatenations of the forward pass. */
function matrixRanks(pair: StepPair): ReadonlyMap<ValueId, number> {
  const ranks = new Map<ValueId, number>();
  for (const equation of ownEquations(pair)) {
    if (equation.op.kind !== 'concat') continue;
    for (const arg of equation.args) if (!ranks.has(arg)) ranks.set(arg, ranks.size + 1);
  }
  return ranks;
}

/** Keeps, in order, the products none of whose vectors depends on another's; one vector twice counts once. */
function independent(candidates: readonly Equation[], byId: ReadonlyMap<ValueId, Equation>): readonly Equation[] {
  const kept: Equation[] = [];
  for (const candidate of candidates) {
    const dz = candidate.args[1] as ValueId;
    const clashes = kept.some((other) => {
      const known = other.args[1] as ValueId;
      return known === dz || dependsOn(dz, known, byId) || dependsOn(known, dz, byId);
    });
    if (!clashes) kept.push(candidate);
  }
  return kept;
}

function dependsOn(id: ValueId, on: ValueId, byId: ReadonlyMap<ValueId, Equation>): boolean {
  const seen = new Set<ValueId>();
  const stack = [id];
  for (let current = stack.pop(); current !== undefined; current = stack.pop()) {
    for (const arg of byId.get(current)?.args ?? []) {
      if (arg === on) return true;
      if (!seen.has(arg)) stack.push(arg);
      seen.add(arg);
    }
  }
  return false;
}
