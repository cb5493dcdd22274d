// Takes joined forward products apart again, with the sums and activations over them, for programs in which copying
// the parts out of the joined vector costs more than the nodes that joining saves.
// Not a change of the parameters' order: that stays the joined plan's, in which each part is a stretch.
// Invariant: nothing is computed twice, since only what is used in parts alone is taken apart; cotangents stay joined.
import type { Equation, ValueId } from '../ir/graph';
import { unaryKinds } from '../ir/operation';
import { levels } from './levels';
import { Rewriter } from './rewriter';
import { finished, pairLevels, type StepPair, usesOf } from './step-pair';

type Range = readonly [start: number, end: number];

export function takeApart(pair: StepPair): StepPair {
  const levelOf = pairLevels(pair);
  const byId = new Map(pair.equations.map((equation) => [equation.id, equation]));
  const lengths = new Map([...pair.inputs, ...pair.equations].map(({ id, type }) => [id, type.shape.length === 1 ? type.shape[0] : undefined]));
  const uses = usesOf(pair);
  const rewriter = new Rewriter(pair.inputs, pair.equations);

  const isPointwise = ({ id, op, args }: Equation): boolean =>
    lengths.get(id) !== undefined && (op.kind === 'add' || (unaryKinds as readonly string[]).includes(op.kind)) && args.every((arg) => lengths.get(arg) === lengths.get(id));
  /** The parts in which a value is used, also through sums and activations; undefined when somebody uses the whole. */
  const partsOf = (id: ValueId): readonly Range[] | undefined => {
    const parts: Range[] = [];
    for (const user of uses.get(id) ?? []) {
      if (user === undefined || (levelOf.get(user.id) ?? levels.once) >= levels.output) return undefined;
      const inner = partsOf(user.id);
      if (user.op.kind === 'slice' && user.op.axis === 0) {
        const { start, end } = user.op;
        parts.push(...(inner?.map(([from, to]): Range => [start + from, start + to]) ?? [[start, end] as const]));
      } else if (inner !== undefined && isPointwise(user)) parts.push(...inner);
      else return undefined;
    }
    return parts;
  };
  const isApart = (equation: Equation): boolean => {
    const matrix = byId.get(equation.args[0] as ValueId);
    if (equation.op.kind !== 'matvec' || equation.op.transposed || matrix?.op.kind !== 'concat' || matrix.op.axis !== 0) return false;
    const ends = new Map<number, number>();
    let offset = 0;
    for (const member of matrix.args) {
      const rows = rewriter.typeOf(member).shape[0] ?? 0;
      ends.set(offset, offset + rows);
      offset += rows;
    }
    const parts = partsOf(equation.id) ?? [];
    return parts.length > 1 && parts.every(([start, end]) => ends.get(start) === end);
  };
  const apart = new Set(pair.equations.filter(isApart).map((equation) => equation.id));
  const reaches = (id: ValueId): boolean => {
    if (apart.has(id)) return true;
    const equation = byId.get(id);
    return equation !== undefined && (equation.op.kind === 'slice' || (isPointwise(equation) && partsOf(id) !== undefined)) && equation.args.some(reaches);
  };
  const part = (id: ValueId, [start, end]: Range): ValueId => {
    const equation = byId.get(id);
    if (equation === undefined || !reaches(id)) return rewriter.add({ kind: 'slice', axis: 0, start, end }, [id], equation?.origin ?? { span: pair.step.outputSpan });
    const { op, args, origin } = equation;
    if (op.kind === 'slice') return part(args[0] as ValueId, [op.start + start, op.start + end]);
    if (!apart.has(id)) return rewriter.add(op, args.map((arg) => part(arg, [start, end])), origin);
    return rewriter.add(op, [rewriter.add({ kind: 'slice', axis: 0, start, end }, [args[0] as ValueId], origin), args[1] as ValueId], origin);
  };
  for (const slice of pair.equations) {
    const source = slice.args[0] as ValueId;
    if (slice.op.kind === 'slice' && slice.op.axis === 0 && reaches(source)) rewriter.replace(slice.id, part(source, [slice.op.start, slice.op.end]));
  }
  return finished(pair, rewriter);
}
