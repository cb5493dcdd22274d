// A cell with its sizes put in, as the graph of one time step.
// Not a check (../language/check-cell.ts has made it, with the same sizes) and not a model (lower-model.ts).
// Invariant: names, order and spans are those of the source; the result satisfies verifyStepGraph.
import { defined, InvariantError } from '../base/invariant';
import type { CellFacts } from '../language/check-cell';
import { constantOf } from '../language/constants';
import { chosenInitialiser, defaultInitialiser } from '../language/initialisers';
import type { InitialiserChoice } from '../language/initialisers';
import { sameShapes, sizeNumber } from '../language/sizes';
import type { Size } from '../language/sizes';
import type { EquationDecl, ParamDecl, UpdateDecl } from '../language/tree';
import type { ValueId } from './graph';
import { GraphBuilder } from './graph-builder';
import { batched, lowerExpression, spread } from './lower-expression';
import type { DropoutMask, LowerScope } from './lower-expression';
import type { InitialState, Initialiser, NamedValue, ParamSpec, StateSpec, StepGraph } from './step-graph';
import { verifyStepGraph } from './verify';

/** Lowers a cell whose facts have no errors and whose sizes are numbers. */
export function lowerCell(facts: CellFacts): StepGraph {
  const builder = new GraphBuilder();
  const values = new Map<string, ValueId>();
  const dropouts: DropoutMask[] = [];
  const named: NamedValue[] = [];
  const shapeOf = (name: string): readonly number[] => numbers(defined(facts.values.get(name), `${name} has no shape`));

  const inputs = facts.inputs.map(({ name, span }) => {
    const id = builder.input(name.text, 'input', shapeOf(name.text), { span });
    values.set(name.text, id);
    return { name: name.text, id };
  });
  for (const { name, span } of facts.states) values.set(name.text, builder.input(name.text, 'state', shapeOf(name.text), { span }));
  const params = facts.params.map((param): ParamSpec => {
    const name = param.name.text;
    const shape = shapeOf(name);
    const id = builder.input(name, 'param', shape, { span: param.span });
    values.set(name, id);
    return { name, id, shape, init: paramInit(facts, param, shape), span: param.span };
  });

  const taken = new Set<ValueId>(values.values());
  const paramNames = new Set(facts.cell.params.map((param) => param.name.text));
  const scope: LowerScope = {
    builder,
    sizes: facts.sizes,
    numbers: new Map([...facts.sizes].filter(([name]) => paramNames.has(name))),
    dropouts,
    value: ({ name, prime }) => defined(values.get(prime ? `${name}'` : name), `${name} has no value`),
    line: () => undefined,
  };

  /** A name of its own for the value: a value that has one already is copied, for the two have different gradients. */
  const own = (id: ValueId, statement: EquationDecl | UpdateDecl): ValueId => {
    const origin = { span: statement.value.span };
    const value = taken.has(id) ? builder.add({ kind: 'mul' }, [id, builder.constant(1, origin)], origin) : id;
    taken.add(value);
    return value;
  };

  let output: ValueId | undefined;
  for (const statement of facts.cell.statements) {
    if (statement.kind === 'equation') {
      const id = own(lowerExpression(statement.value, scope), statement);
      values.set(statement.name.text, id);
      named.push({ name: statement.name.text, kind: statement.word, id, span: statement.span });
    } else if (statement.kind === 'update') {
      const origin = { span: statement.value.span };
      const name = statement.name.text;
      const old = defined(values.get(name), `${name} is not a state`);
      const value = spread(builder, lowerExpression(statement.value, scope), shapeOf(name), origin);
      const id = own(batched(builder, value, old, origin), statement);
      values.set(`${name}'`, id);
      named.push({ name, kind: 'state', id, span: statement.span });
    } else if (statement.kind === 'output') output = lowerExpression(statement.value, scope);
  }

  const states = facts.states.map((state): StateSpec => {
    const name = state.name.text;
    const next = defined(values.get(`${name}'`), `${name} has no next value`);
    return { name, old: defined(values.get(name), name), next, shape: shapeOf(name), initial: initialState(facts, state), span: state.span };
  });

  const outputSpan = facts.output?.span ?? facts.updates.get(states[0]?.name ?? '')?.span ?? facts.cell.span;
  const origin = { span: outputSpan };
  const witness = defined(inputs[0], 'a cell has an input').id;
  const handedOn = batched(builder, spread(builder, defined(output ?? states[0]?.next, 'a cell hands something on'), [1], origin), witness, origin);
  for (const state of states) builder.output(`${state.name}'`, state.next);
  builder.output('output', handedOn);
  const step: StepGraph = { graph: builder.build(), inputs, states, params, dropouts, named, output: handedOn, outputSpan };
  verifyStepGraph(step);
  return step;
}

function numbers(shape: readonly Size[]): readonly number[] {
  return shape.map((size) => defined(sizeNumber(size), 'a size is still a symbol'));
}

function paramInit(facts: CellFacts, param: ParamDecl, shape: readonly number[]): Initialiser {
  if (param.init !== undefined) return toInitialiser(defined(chosenInitialiser('param', param.init, facts.sizes), `${param.name.text} has no initialiser`));
  const symbols = new Map([...facts.sizes.keys()].map((name) => [name, { terms: new Map([[name, 1]]) }]));
  const kind = defaultInitialiser(facts.cell, param, isSquare(param, symbols));
  return kind === 'uniform' ? { kind, bound: 1 / Math.sqrt(shape[0] ?? 1) } : { kind };
}

/** Square by its declaration, not because two sizes happen to be equal. */
function isSquare(param: ParamDecl, symbols: ReadonlyMap<string, Size>): boolean {
  const [rows, columns] = param.dims.map((dim) => {
    const constant = constantOf(dim, symbols);
    return 'size' in constant ? constant.size : undefined;
  });
  return rows !== undefined && columns !== undefined && sameShapes([rows], [columns]);
}

function toInitialiser({ name, values }: InitialiserChoice): Initialiser {
  const value = (key: string): number => defined(values[key], `${name} has no ${key}`);
  switch (name) {
    case 'zeros':
    case 'ones':
    case 'xavierUniform':
    case 'orthogonal':
      return { kind: name };
    case 'constant':
      return { kind: name, value: value('value') };
    case 'uniform':
      return { kind: name, bound: value('bound') };
    case 'normal':
      return { kind: name, std: value('std') };
    case 'identity':
      return { kind: name, scale: value('scale') };
    default:
      throw new InvariantError(`the initialiser ${name} is in the language's table only`);
  }
}

function initialState(facts: CellFacts, state: CellFacts['states'][number]): InitialState {
  const choice = state.init === undefined ? undefined : defined(chosenInitialiser('state', state.init, facts.sizes), `${state.name.text} has no initial value`);
  if (choice?.name === 'learned') return { kind: 'learned' };
  if (choice?.name === 'random') return { kind: 'random', std: defined(choice.values['std'], 'random has no std') };
  return { kind: 'zeros' };
}
