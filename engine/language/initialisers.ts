// The initialisers of parameters and states: what may be written, and what is meant when nothing is.
// Not the numbers: those are drawn where a run starts.
// Invariant: the table holds every initialiser; a default depends only on the cell's own text.
import type { Diagnostic } from '../base/diagnostic';
import { numberOf } from './constants';
import type { SizeEnvironment } from './constants';
import { nearest } from './did-you-mean';
import * as diagnostics from './diagnostics';
import { childrenOf } from './tree';
import type { CellSyntax, Expression, InitialiserSyntax, ParamDecl } from './tree';

interface InitialiserSpec {
  /** Arguments and their values when left out (undefined: must be given). */
  readonly args: Readonly<Record<string, number | undefined>>;
  readonly doc: string;
}

const paramSpecs: Readonly<Record<string, InitialiserSpec>> = {
  zeros: { args: {}, doc: 'All 0.' },
  ones: { args: {}, doc: 'All 1.' },
  constant: { args: { value: undefined }, doc: 'All `value`.' },
  xavierUniform: { args: {}, doc: 'Uniform in ±sqrt(6 / (rows + columns)) (Glorot & Bengio 2010).' },
  orthogonal: { args: {}, doc: 'Random with orthogonal rows or columns (Saxe et al. 2014).' },
  uniform: { args: { bound: undefined }, doc: 'Uniform in ±`bound`.' },
  normal: { args: { std: undefined }, doc: 'Normal with mean 0 and deviation `std`.' },
  identity: { args: { scale: 1 }, doc: '`scale` on the diagonal (Le et al. 2015).' },
};

const stateSpecs: Readonly<Record<string, InitialiserSpec>> = {
  zeros: { args: {}, doc: 'All 0.' },
  random: { args: { std: 0.1 }, doc: 'Normal with mean 0 and deviation `std`, drawn from the seed.' },
  learned: { args: {}, doc: 'A parameter `<layer>.initial.<state>`, trained with the others; starts at 0.' },
};

export const initialiserSpecs = { param: paramSpecs, state: stateSpecs };

/** An initialiser with its numbers, as written or by default. */
export interface InitialiserChoice {
  readonly name: string;
  readonly values: Readonly<Record<string, number>>;
}

/** Reports what is wrong with an initialiser; shapes by their rank. */
export function checkInitialiser(of: 'param' | 'state', init: InitialiserSyntax, rank: number, sizes: SizeEnvironment, report: (found: Diagnostic) => void): void {
  if (init.value !== undefined) {
    if (of === 'state' && init.value !== 0) report(diagnostics.unknownWord('an initial state', String(init.value), Object.keys(stateSpecs), undefined, init.span));
    return;
  }
  const name = init.name.text;
  const specs = initialiserSpecs[of];
  const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
  if (spec === undefined) {
    if (name !== '') report(diagnostics.unknownWord(of === 'param' ? 'an initialiser' : 'an initial state', name, Object.keys(specs), nearest(name, Object.keys(specs)), init.name.span));
    return;
  }
  if ((name === 'orthogonal' || name === 'identity' || name === 'xavierUniform') && rank !== 2) {
    report(diagnostics.shapeMismatch(name, 'this initialiser is for matrices', '', [], init.span));
  }
  const names = Object.keys(spec.args);
  const given = new Set<string>();
  for (const [index, arg] of init.args.entries()) {
    const known = arg.name?.text ?? names[index];
    if (known === undefined || !names.includes(known)) {
      report(diagnostics.unknownArgument(arg.name?.text ?? String(index + 1), name, names, arg.name && nearest(arg.name.text, names), arg.span));
      continue;
    }
    given.add(known);
    if (arg.value.kind !== 'missing' && isBad(arg.value, known, sizes)) report(diagnostics.constantExpected(`\`${known}\` of \`${name}\``, arg.value.span));
  }
  for (const [wanted, otherwise] of Object.entries(spec.args)) {
    if (otherwise === undefined && !given.has(wanted)) report(diagnostics.argumentMissing(name, wanted, init.span));
  }
}

/** A number is required; sizes may still be symbols, which a model will fill in. */
function isBad(value: Expression, argument: string, sizes: SizeEnvironment): boolean {
  const known = numberOf(value, new Map([...sizes.keys()].map((name) => [name, { terms: new Map([['', 1]]) }])));
  return known === undefined || (argument === 'std' && known < 0);
}

/** What was written, with every argument a number; undefined when it is not (it has been reported). */
export function chosenInitialiser(of: 'param' | 'state', init: InitialiserSyntax, sizes: SizeEnvironment): InitialiserChoice | undefined {
  if (init.value !== undefined) return of === 'state' ? { name: 'zeros', values: {} } : { name: 'constant', values: { value: init.value } };
  const spec = initialiserSpecs[of][init.name.text];
  if (spec === undefined) return undefined;
  const values: Record<string, number> = {};
  for (const [index, name] of Object.keys(spec.args).entries()) {
    const arg = init.args.find((candidate) => candidate.name?.text === name) ?? init.args.filter((candidate) => candidate.name === undefined)[index];
    const value = arg === undefined ? spec.args[name] : numberOf(arg.value, sizes);
    if (value === undefined || !Number.isFinite(value)) return undefined;
    values[name] = value;
  }
  return { name: init.name.text, values };
}

export type DefaultInitialiser = 'xavierUniform' | 'orthogonal' | 'uniform' | 'zeros';

/** Orthogonal for square matrices that multiply a state, Xavier for other matrices, uniform for vectors that multiply a state, else zeros. */
export function defaultInitialiser(cell: CellSyntax, param: ParamDecl, isSquare: boolean): DefaultInitialiser {
  const states = new Set(cell.statements.flatMap((statement) => (statement.kind === 'state' ? [statement.name.text] : [])));
  const values = cell.statements.flatMap((statement) => (statement.kind === 'equation' || statement.kind === 'update' || statement.kind === 'output' ? [statement.value] : []));
  const matrix = param.dims.length === 2;
  const multiplies = values.some((value) => multipliesState(value, param.name.text, matrix ? '@' : '*', states));
  if (matrix) return isSquare && multiplies ? 'orthogonal' : 'xavierUniform';
  return param.dims.length === 1 && multiplies ? 'uniform' : 'zeros';
}

function multipliesState(expression: Expression, param: string, op: '@' | '*', states: ReadonlySet<string>): boolean {
  const isParam = (part: Expression): boolean => part.kind === 'name' && part.name === param;
  const hasState = (part: Expression): boolean => (part.kind === 'name' && states.has(part.name)) || childrenOf(part).some(hasState);
  if (expression.kind === 'binary' && expression.op === op) {
    const { left, right } = expression;
    if ((isParam(left) && hasState(right)) || (isParam(right) && hasState(left))) return true;
  }
  return childrenOf(expression).some((child) => multipliesState(child, param, op, states));
}
