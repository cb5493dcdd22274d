// A part of a condition as equations of the training program: one number of every step and sequence, from values and gradients of one layer.
// Not the rest of the condition (training-condition.ts), which is decided outside the program.
// Invariant: what cannot be computed there throws Unwatchable with the reason, when it is asked for and not when training runs.
import { differentiate } from '../autodiff/differentiate';
import { InvariantError } from '../base/invariant';
import type { ValueId } from '../ir/graph';
import { functionLowerings, operatorLowering } from '../ir/lower-functions';
import type { Operation } from '../ir/operation';
import { isFunction } from '../language/functions';
import { childrenOf, type CallExpression, type Expression } from '../language/tree';
import { pairOf } from '../schedule/step-pair';
import type { StepWatch, WatchScope } from '../schedule/watches';
import type { Names, Resolved } from './names';
import { rangeOf } from './recording';
import type { Unit } from './timeline';

/** Why something needs a recorded pass. */
export class Unwatchable extends Error {}

/** A line of the model that the program walks over time, one half of it. */
type WalkedUnit = Unit & { readonly walk: NonNullable<Unit['walk']> };

export interface LayerWatch {
  readonly watch: StepWatch;
  /** Name of the result, which differs from the watch's label for the reverse half of a layer. */
  readonly result: string;
  /** Text after `@`, when the whole part is about another step. */
  readonly step: string | undefined;
}

/** Where expressions are read. */
export interface WatchPlace {
  readonly names: Names;
  readonly units: readonly Unit[];
  /** Sequences are so long that a program holds only a part of one. */
  readonly inParts: boolean;
}

/** @param text what `expression` was parsed from. @param change reports its change from step to step instead. Throws Unwatchable. */
export function watchExpression(expression: Expression, text: string, place: WatchPlace, change?: { readonly crosses?: number }): LayerWatch {
  const { names, units, inParts } = place;
  const steps = new Set<string | undefined>();
  const plain = withoutStep(expression, steps);
  if (steps.size > 1) throw new Unwatchable('it compares values of several steps');
  const unit = unitOf(plain, names, units);
  const builder = new Equations(names, unit, inParts);
  const label = `${unit.name}: ${text.slice(expression.span.start, expression.span.end)}`;
  const [step] = steps;
  if (change === undefined) return watchOf(unit, label, (scope) => builder.build(plain, scope), step);
  if (step !== undefined) throw new Unwatchable('it is about another step');
  if (inParts) throw new Unwatchable('sequences are so long that a program holds only a part of one');
  const { crosses } = change;
  return watchOf(unit, `${label} ${crosses === undefined ? 'changes' : `crosses ${crosses}`}`, (scope) => {
    const value = builder.build(plain, scope);
    return crosses === undefined ? value : scope.add({ kind: 'less' }, value, scope.add({ kind: 'constant', value: crosses, shape: [] }));
  }, undefined, true);
}

/** A watch that is known to compile. Throws Unwatchable. */
export function watchOf(unit: Unit, label: string, build: (scope: WatchScope) => ValueId, step?: string, change = false): LayerWatch {
  const { walk } = walked(unit);
  const watch: StepWatch = { label, line: walk.line.name, reduce: 'none', build: change ? (scope) => varying(scope, build(scope)) : (scope) => toScalar(scope, build(scope)), ...(change ? { change } : {}) };
  try {
    pairOf(walk.line.step, differentiate(walk.line.step), [watch]);
  } catch (thrown) {
    if (thrown instanceof InvariantError) throw new Unwatchable('its shapes do not fit');
    throw thrown;
  }
  return { watch, result: walk.half.prefix === walk.line.name ? label : `${label} (backward)`, step };
}

function walked(unit: Unit): WalkedUnit {
  const { walk } = unit;
  if (walk === undefined) throw new Unwatchable(`${unit.name} has no equations`);
  if (!unit.perStep) throw new Unwatchable(`${unit.name} is computed once, not at every step`);
  return { ...unit, walk };
}

/** The expression about the step itself; what stood after `@` is collected. */
function withoutStep(expression: Expression, steps: Set<string | undefined>): Expression {
  switch (expression.kind) {
    case 'at':
      steps.add(expression.step);
      return expression.target;
    case 'name':
      steps.add(undefined);
      return expression;
    case 'unary':
      return { ...expression, operand: withoutStep(expression.operand, steps) };
    case 'binary':
      return { ...expression, left: withoutStep(expression.left, steps), right: withoutStep(expression.right, steps) };
    case 'slice':
      return { ...expression, target: withoutStep(expression.target, steps) };
    case 'call':
      return { ...expression, args: expression.args.map((arg) => ({ ...arg, value: withoutStep(arg.value, steps) })) };
    default:
      return expression;
  }
}

function namesIn(expression: Expression): readonly Extract<Expression, { readonly kind: 'name' }>[] {
  return expression.kind === 'name' ? [expression] : childrenOf(expression).flatMap(namesIn);
}

/** The one layer that an expression is about. */
function unitOf(expression: Expression, names: Names, units: readonly Unit[]): Unit {
  const resolved = namesIn(expression).map((name) => names.resolve([name.name, ...name.members], name.prime));
  const own = new Set(resolved.flatMap((each) => ('unit' in each ? [each.unit] : [])));
  if (own.size > 1) throw new Unwatchable('it names two layers at once');
  const [unit] = own;
  if (unit !== undefined) return unit;
  const [first] = resolved;
  if (first === undefined) throw new Unwatchable('it names no value');
  const found = units.find((candidate) => (first.kind === 'x' ? candidate.walk?.line.inputs.includes('x') === true : candidate.name === first.label));
  if (found?.walk === undefined) throw new Unwatchable(`${first.label} is no value of a layer`);
  if (found.walk.line.direction === 'both') throw new Unwatchable(`${first.label} is made of two directions`);
  return found;
}

function varying(scope: WatchScope, id: ValueId): ValueId {
  if (!scope.typeOf(id).batched) throw new Unwatchable('it is the same at every step');
  return id;
}

function toScalar(scope: WatchScope, id: ValueId): ValueId {
  let scalar = id;
  for (let shape = scope.typeOf(scalar).shape; shape.length > 0; shape = scope.typeOf(scalar).shape) {
    if (shape.at(-1) !== 1) throw new InvariantError('a watch is one number');
    scalar = scope.add({ kind: 'reduceSum' }, scalar);
  }
  return scalar;
}

class Equations {
  constructor(private readonly names: Names, private readonly unit: Unit, private readonly inParts: boolean) {}

  build(expression: Expression, scope: WatchScope): ValueId {
    const number = (value: number): ValueId => scope.add({ kind: 'constant', value, shape: [] });
    switch (expression.kind) {
      case 'number':
        return number(expression.value);
      case 'name':
        return this.value(this.resolve(expression), scope);
      case 'unary':
        return scope.add({ kind: expression.op === '-' ? 'neg' : 'not' }, this.build(expression.operand, scope));
      case 'binary': {
        const [left, right] = [this.build(expression.left, scope), this.build(expression.right, scope)];
        const { op, swapped } = operatorLowering(expression.op, scope.typeOf(left).shape.length, scope.typeOf(right).shape.length);
        return scope.add(op, ...(swapped ? [right, left] : [left, right]));
      }
      case 'slice':
        return this.slice(expression, scope);
      case 'call':
        return this.call(expression, scope);
      default:
        throw new Unwatchable('it is not made of numbers');
    }
  }

  private resolve(name: Extract<Expression, { readonly kind: 'name' }>): Resolved {
    return this.names.resolve([name.name, ...name.members], name.prime);
  }

  private value(resolved: Resolved, scope: WatchScope): ValueId {
    const found = 'unit' in resolved ? scope.value(resolved.name, resolved.kind === 'new') : this.bound(resolved, scope);
    if (found === undefined) throw new Unwatchable(`${resolved.label} is not computed in ${this.unit.name}`);
    return found;
  }

  /** A line's value where this layer reads it, or hands it on. */
  private bound({ label }: Resolved, scope: WatchScope): ValueId | undefined {
    const { walk } = walked(this.unit);
    if (label === this.unit.name) return scope.output;
    const input = walk.line.step.inputs[walk.line.inputs.indexOf(label)];
    return input && scope.value(input.name, false);
  }

  private gradient(expression: Expression, scope: WatchScope): ValueId {
    if (expression.kind !== 'name') throw new Unwatchable('grad is of a name');
    const resolved = this.resolve(expression);
    if (resolved.kind === 'param' && this.inParts) throw new Unwatchable(`sequences are so long that a program holds only a part of the gradient of ${resolved.label}`);
    const found =
      resolved.kind === 'param' ? scope.parameterGradient(resolved.name)
      : resolved.kind === 'old' || resolved.kind === 'input' ? scope.sentBack(resolved.name)
      : 'unit' in resolved ? scope.gradient(resolved.name)
      : resolved.label === this.unit.name ? scope.outputGradient
      : undefined;
    if (found === undefined) throw new Unwatchable(`the gradient of ${resolved.label} is not computed in ${this.unit.name}`);
    return found;
  }

  private call({ callee, args }: CallExpression, scope: WatchScope): ValueId {
    const [first] = args;
    if (first === undefined) throw new Unwatchable(`${callee.text} looks at the derivative of a whole step`);
    const add = (op: Operation, ...of: readonly ValueId[]): ValueId => scope.add(op, ...of);
    switch (callee.text) {
      case 'grad':
        return this.gradient(first.value, scope);
      case 'sat':
        return this.saturation(first.value, scope);
      case 'finite':
        // NaN − NaN and ∞ − ∞ are NaN, which equals nothing.
        return finite(scope, this.build(first.value, scope));
      case 'std': {
        const value = this.build(first.value, scope);
        const spread = add({ kind: 'sub' }, value, add({ kind: 'reduceMean' }, value));
        return add({ kind: 'sqrt' }, add({ kind: 'reduceMean' }, add({ kind: 'mul' }, spread, spread)));
      }
      default:
        if (!isFunction(callee.text) || callee.text === 'dropout') throw new Unwatchable(`${callee.text} needs a recorded pass`);
        return functionLowerings[callee.text]({ add: (op, of) => add(op, ...of), typeOf: scope.typeOf }, [this.build(first.value, scope), ...args.slice(1).map((arg) => this.build(arg.value, scope))], { span: callee.span });
    }
  }

  private saturation(expression: Expression, scope: WatchScope): ValueId {
    if (expression.kind !== 'name') throw new Unwatchable('sat is of a gate');
    const resolved = this.resolve(expression);
    const range = 'unit' in resolved && (resolved.kind === 'named' || resolved.kind === 'new') ? rangeOf(resolved.unit, resolved.name) : undefined;
    if (range === undefined) throw new Unwatchable('sat is of a gate');
    return saturatedShareOf(scope, this.value(resolved, scope), range);
  }

  private slice({ target, ranges }: Extract<Expression, { readonly kind: 'slice' }>, scope: WatchScope): ValueId {
    const value = this.build(target, scope);
    const [range, more] = ranges;
    const length = scope.typeOf(value).shape[0];
    if (range === undefined || more !== undefined || scope.typeOf(value).shape.length !== 1 || length === undefined) throw new Unwatchable('it takes a part of a matrix');
    const bound = (of: Expression | undefined, otherwise: number): number => {
      if (of === undefined) return otherwise;
      if (of.kind !== 'number') throw new Unwatchable('its index is computed');
      return of.value;
    };
    const start = bound(range.from, 0);
    const end = range.isRange ? bound(range.to, length) : start + 1;
    if (!Number.isInteger(start) || !Number.isInteger(end) || start < 0 || end > length || end <= start) throw new Unwatchable('its index lies outside');
    const part = scope.add({ kind: 'slice', axis: 0, start, end }, value);
    return range.isRange ? part : scope.add({ kind: 'reduceSum' }, part);
  }
}

/** 1 where every element is finite. */
export function finite(scope: WatchScope, value: ValueId): ValueId {
  const difference = scope.add({ kind: 'sub' }, value, value);
  return least(scope, scope.add({ kind: 'equal' }, difference, difference));
}

export function saturatedShareOf(scope: WatchScope, value: ValueId, [low, high]: readonly [number, number]): ValueId {
  const margin = (high - low) / 10;
  const number = (of: number): ValueId => scope.add({ kind: 'constant', value: of, shape: [] });
  let share = scope.add({ kind: 'or' }, scope.add({ kind: 'less' }, value, number(low + margin)), scope.add({ kind: 'greater' }, value, number(high - margin)));
  while (scope.typeOf(share).shape.length > 0) share = scope.add({ kind: 'reduceMean' }, share);
  return share;
}

function least(scope: WatchScope, value: ValueId): ValueId {
  let smallest = value;
  while (scope.typeOf(smallest).shape.length > 0) smallest = scope.add({ kind: 'reduceMin' }, smallest);
  return smallest;
}
