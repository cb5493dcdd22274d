// The type of every operation's result: one rule per kind, complete by type.
// Not the checker of a person's text (that one is symbolic and speaks to people, see ../language); a wrong type here is our bug.
// Invariant: a rule is pure; it throws InvariantError when the arguments do not fit, and never guesses.
import { defined, invariant } from '../base/invariant';
import type { ValueType } from './graph';
import { binaryKinds, reductionKinds, rowKinds, unaryKinds } from './operation';
import type { BinaryKind, Operation, OperationKind, OperationOf, ReductionKind, RowKind, UnaryKind } from './operation';

type Shape = readonly number[];
export type ShapeRule<K extends OperationKind> = (op: OperationOf<K>, args: readonly ValueType[]) => ValueType;
export type ShapeRules = { readonly [K in OperationKind]: ShapeRule<K> };

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

export function sameType(a: ValueType, b: ValueType): boolean {
  return a.batched === b.batched && sameShape(a.shape, b.shape);
}

const anyBatched = (args: readonly ValueType[]): boolean => args.some((arg) => arg.batched);
const at = (args: readonly ValueType[], index: number): ValueType => defined(args[index], `argument ${index} is missing`);
const size = (shape: Shape, axis: number): number => defined(shape[axis], `[${shape.join(', ')}] has no axis ${axis}`);

function arity(op: { readonly kind: string }, args: readonly ValueType[], count: number): void {
  invariant(args.length === count, `${op.kind} takes ${count} arguments, not ${args.length}`);
}

/** The shape of values of equal shape or scalars. */
function elementwise(op: { readonly kind: string }, args: readonly ValueType[]): ValueType {
  let shape: Shape = [];
  for (const arg of args) {
    if (arg.shape.length === 0) continue;
    invariant(
      shape.length === 0 || sameShape(shape, arg.shape),
      `${op.kind} of [${shape.join(', ')}] and [${arg.shape.join(', ')}]: shapes differ and neither is a scalar`,
    );
    shape = arg.shape;
  }
  return { shape, batched: anyBatched(args) };
}

/** The shape with `axis` replaced. */
function replaced(shape: Shape, axis: number, length: number): Shape {
  size(shape, axis);
  return shape.map((old, index) => (index === axis ? length : old));
}

const flipped = (shape: Shape, transpose: boolean): readonly [number, number] => {
  invariant(shape.length === 2, `a matrix was expected, not [${shape.join(', ')}]`);
  return transpose ? [size(shape, 1), size(shape, 0)] : [size(shape, 0), size(shape, 1)];
};

const vector = (shape: Shape): number => {
  invariant(shape.length === 1, `a vector was expected, not [${shape.join(', ')}]`);
  return size(shape, 0);
};

function perKind<K extends OperationKind>(kinds: readonly K[], rule: (op: { readonly kind: K }, args: readonly ValueType[]) => ValueType): { readonly [P in K]: typeof rule } {
  return Object.fromEntries(kinds.map((kind) => [kind, rule])) as { readonly [P in K]: typeof rule };
}

const unary = perKind<UnaryKind>(unaryKinds, (op, args) => {
  arity(op, args, 1);
  return at(args, 0);
});

const binary = perKind<BinaryKind>(binaryKinds, (op, args) => {
  arity(op, args, 2);
  return elementwise(op, args);
});

const reduced = (op: { readonly kind: string }, args: readonly ValueType[]): ValueType => {
  arity(op, args, 1);
  const { shape, batched } = at(args, 0);
  invariant(shape.length > 0, `${op.kind} of a scalar`);
  return { shape: shape.slice(0, -1), batched };
};
const reductions = perKind<ReductionKind>(reductionKinds, reduced);

const rows = perKind<RowKind>(rowKinds, (op, args) => {
  arity(op, args, 1);
  invariant(at(args, 0).shape.length > 0, `${op.kind} of a scalar`);
  return at(args, 0);
});

export const shapeRules: ShapeRules = {
  ...unary,
  ...binary,
  ...reductions,
  ...rows,
  inverseDeviation: reduced,
  constant: (op, args) => {
    arity(op, args, 0);
    return { shape: op.shape, batched: false };
  },
  where: (op, args) => {
    arity(op, args, 3);
    return elementwise(op, args);
  },
  matvec: (op, args) => {
    arity(op, args, 2);
    const [rowCount, columns] = flipped(at(args, 0).shape, op.transposed);
    const length = vector(at(args, 1).shape);
    invariant(columns === length, `matvec of [${rowCount}, ${columns}] and [${length}]`);
    return { shape: [rowCount], batched: anyBatched(args) };
  },
  dot: (op, args) => {
    arity(op, args, 2);
    invariant(vector(at(args, 0).shape) === vector(at(args, 1).shape), 'dot of vectors of different sizes');
    return { shape: [], batched: anyBatched(args) };
  },
  outer: (op, args) => {
    arity(op, args, 2);
    return { shape: [vector(at(args, 0).shape), vector(at(args, 1).shape)], batched: anyBatched(args) };
  },
  outerSum: (op, args) => {
    arity(op, args, 2);
    return { shape: [vector(at(args, 0).shape), vector(at(args, 1).shape)], batched: false };
  },
  matmat: (op, args) => {
    arity(op, args, 2);
    const [m, inner] = flipped(at(args, 0).shape, op.transposeA);
    const [inner2, n] = flipped(at(args, 1).shape, op.transposeB);
    invariant(inner === inner2, `matmat of [${m}, ${inner}] and [${inner2}, ${n}]`);
    return { shape: [m, n], batched: anyBatched(args) };
  },
  transpose: (op, args) => {
    arity(op, args, 1);
    return { shape: flipped(at(args, 0).shape, true), batched: at(args, 0).batched };
  },
  concat: (op, args) => {
    const first = at(args, 0).shape;
    let total = 0;
    for (const { shape } of args) {
      invariant(
        shape.length === first.length && shape.every((length, axis) => axis === op.axis || length === first[axis]),
        `concat of [${first.join(', ')}] and [${shape.join(', ')}] along axis ${op.axis}`,
      );
      total += size(shape, op.axis);
    }
    return { shape: replaced(first, op.axis, total), batched: anyBatched(args) };
  },
  slice: (op, args) => {
    arity(op, args, 1);
    const { shape, batched } = at(args, 0);
    invariant(0 <= op.start && op.start < op.end && op.end <= size(shape, op.axis), `slice ${op.start}:${op.end} of [${shape.join(', ')}]`);
    return { shape: replaced(shape, op.axis, op.end - op.start), batched };
  },
  pad: (op, args) => {
    arity(op, args, 1);
    invariant(op.before >= 0 && op.after >= 0, 'pad by a negative number');
    const { shape, batched } = at(args, 0);
    return { shape: replaced(shape, op.axis, op.before + size(shape, op.axis) + op.after), batched };
  },
  broadcast: (op, args) => {
    arity(op, args, 1);
    const { shape, batched } = at(args, 0);
    const want = alongAxis(op.shape, op.along);
    invariant(sameShape(shape, want), `broadcast of [${shape.join(', ')}] along ${op.along} to [${op.shape.join(', ')}]`);
    return { shape: op.shape, batched };
  },
  sumTo: (op, args) => {
    arity(op, args, 1);
    const { shape, batched } = at(args, 0);
    invariant(batched || !op.batched, 'sumTo cannot make an unbatched value batched');
    const want = op.along === 'batch' ? shape : alongAxis(shape, op.along);
    invariant(sameShape(op.shape, want), `sumTo of [${shape.join(', ')}] along ${op.along} to [${op.shape.join(', ')}]`);
    return { shape: op.shape, batched: op.batched };
  },
};

/** What is left of a shape when all but one axis (or every axis) is summed away. */
function alongAxis(shape: Shape, along: 'scalar' | 'rows' | 'columns'): Shape {
  if (along === 'scalar') return [];
  invariant(shape.length === 2, `'${along}' needs a matrix, not [${shape.join(', ')}]`);
  return [size(shape, along === 'rows' ? 1 : 0)];
}

/** The type of an operation's result. Throws InvariantError when the arguments do not fit. */
export function resultType(op: Operation, args: readonly ValueType[]): ValueType {
  // The table is complete by type; TypeScript cannot relate op.kind to the rule's own parameter.
  const rule = shapeRules[op.kind] as (op: Operation, args: readonly ValueType[]) => ValueType;
  return rule(op, args);
}
