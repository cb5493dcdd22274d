// What training can be asked to report besides its loss: a scalar of every step and sequence, computed in the same program.
// Not the conditions' language: whoever has an expression builds its equations here.
// Invariant: a watch reads values and gradients and changes none; its result is one batched scalar.
import type { BackwardStep } from '../autodiff/backward-step';
import { defined } from '../base/invariant';
import type { ValueId, ValueType } from '../ir/graph';
import type { Operation } from '../ir/operation';
import type { StepGraph } from '../ir/step-graph';
import type { Rewriter } from './rewriter';

export interface WatchScope {
  add(op: Operation, ...args: readonly ValueId[]): ValueId;
  typeOf(id: ValueId): ValueType;
  /** A named equation's value, or a state's: the new one when `primed`, else the one before the step; an input's; a parameter's. */
  value(name: string, primed: boolean): ValueId | undefined;
  /** Total ∂loss/∂ the named value (a state's: its new value) at valid steps; zeros where no gradient arrives. */
  gradient(name: string): ValueId | undefined;
  /** ∂loss/∂ a state before the step (what the step sends back), or ∂loss/∂ an input through this line alone. */
  sentBack(name: string): ValueId | undefined;
  /** The whole ∂loss/∂ a parameter, over all steps and sequences of the program; not batched. */
  parameterGradient(name: string): ValueId | undefined;
  /** What the line hands on. */
  readonly output: ValueId;
  readonly outputGradient: ValueId;
}

export interface StepWatch {
  /** Unique in the model. */
  readonly label: string;
  /** The line whose step it reads. */
  readonly line: string;
  /** 'any': the largest value over valid steps and sequences, `[]`. 'perStep': root of the sum of squares over the batch, `[time]`. 'none': `[time, batch]`. */
  readonly reduce: 'any' | 'perStep' | 'none';
  /** One number, or with `change` a value of any shape. */
  readonly build: (scope: WatchScope) => ValueId;
  /** Reports how much the element that changes most differs from its value one step earlier in the input's order; 0 at the first step of a program. */
  readonly change?: boolean;
}

export function watchScope(step: StepGraph, backward: BackwardStep, rewriter: Rewriter, uncarried: readonly ValueId[]): WatchScope {
  const origin = { span: step.outputSpan };
  const add = (op: Operation, ...args: readonly ValueId[]): ValueId => rewriter.add(op, args, origin);
  const zerosLike = (id: ValueId): ValueId => add({ kind: 'mul' }, id, add({ kind: 'constant', value: 0, shape: [] }));
  const total = (id: ValueId): ValueId => backward.totals.get(id) ?? zerosLike(id);
  // Where a mask carries states, the total of a valid step is that of the new value before carrying.
  const uncarriedOf = (index: number): ValueId | undefined => uncarried[index] ?? step.states[index]?.next;
  const namedId = (name: string): ValueId | undefined => step.named.find((named) => named.name === name)?.id;
  return {
    add,
    typeOf: (id) => rewriter.typeOf(id),
    value: (name, primed) => {
      const state = step.states.find((candidate) => candidate.name === name);
      if (state) return primed ? state.next : state.old;
      return namedId(name) ?? step.inputs.find((input) => input.name === name)?.id ?? step.params.find((param) => param.name === name)?.id;
    },
    gradient: (name) => {
      const index = step.states.findIndex((state) => state.name === name);
      const id = index === -1 ? namedId(name) : uncarriedOf(index);
      return id === undefined ? undefined : total(id);
    },
    sentBack: (name) => {
      const index = step.states.findIndex((state) => state.name === name);
      const input = step.inputs.findIndex((candidate) => candidate.name === name);
      const id = step.states[index]?.old ?? step.inputs[input]?.id;
      return id === undefined ? undefined : (index === -1 ? backward.inputs[input] : backward.states[index]) ?? zerosLike(id);
    },
    parameterGradient: (name) => {
      const index = step.params.findIndex((param) => param.name === name);
      const param = step.params[index];
      return param && (backward.params[index] ?? zerosLike(param.id));
    },
    output: step.output,
    get outputGradient() {
      const index = step.states.findIndex((state) => state.next === step.output);
      return total(index === -1 ? step.output : (uncarriedOf(index) ?? step.output));
    },
  };
}

/** ‖∂loss/∂ the new state‖ of every step: how far back the gradient reaches. */
export function stateGradientWatch(line: string, state: string, reduce: StepWatch['reduce'] = 'perStep'): StepWatch {
  return {
    label: `gradNorm/${line}.${state}`,
    line,
    reduce,
    build: (scope) => {
      let id = defined(scope.gradient(state), `${state} is a state of ${line}`);
      while (scope.typeOf(id).shape.length > 0) id = scope.add({ kind: 'reduceNorm' }, id);
      return id;
    },
  };
}

/** Share of a named value's units above (or below) a limit, at every step of every sequence. */
export function shareWatch(line: string, name: string, side: 'above' | 'below', limit: number): StepWatch {
  return {
    label: `${side}/${line}.${name}`,
    line,
    reduce: 'none',
    build: (scope) => {
      const value = defined(scope.value(name, true), `${name} is a value of ${line}`);
      const bound = scope.add({ kind: 'constant', value: limit, shape: [] });
      let id = scope.add({ kind: side === 'above' ? 'greater' : 'less' }, value, bound);
      while (scope.typeOf(id).shape.length > 0) id = scope.add({ kind: 'reduceMean' }, id);
      return id;
    },
  };
}
