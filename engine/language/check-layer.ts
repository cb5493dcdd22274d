// A cell where a model calls it: its arguments, its sizes solved, and its equations checked with them.
// Not the cell by itself (check-cell.ts checks that once, over symbols).
// Invariant: never throws; a contradiction names the place of the call and the place in the cell.
import type { Diagnostic } from '../base/diagnostic';
import { checkCell } from './check-cell';
import type { CellFacts } from './check-cell';
import { constantOf, numberOf } from './constants';
import { nearest } from './did-you-mean';
import * as diagnostics from './diagnostics';
import { textOf } from './infer-shape';
import type { FoundCell } from './program';
import { multiplySizes, numberSize, printSize, sizeNumber, solveFor } from './sizes';
import type { Size } from './sizes';
import type { Argument, CallExpression, Expression, SourceDocument } from './tree';

export interface LayerCall {
  readonly call: CallExpression;
  /** The line's name. */
  readonly name: string;
  readonly found: FoundCell;
  /** The model's file. */
  readonly document: SourceDocument;
  /** What the loss's target wants this line to hand on, when it is the loss's line. */
  readonly wanted: Size | undefined;
  readonly overrides: ReadonlyMap<string, number>;
  readonly materialise: (value: Expression) => { readonly line: string; readonly size: Size; readonly perStep: boolean } | undefined;
  readonly report: (diagnostic: Diagnostic) => void;
}

export interface CheckedLayer {
  readonly size: Size;
  readonly perStep: boolean;
  readonly facts: CellFacts;
  readonly inputs: readonly string[];
  readonly direction: 'forward' | 'backward' | 'both';
}

const directions = ['forward', 'backward', 'both'] as const;
const isError = (diagnostic: Diagnostic): boolean => diagnostic.severity === 'error';

export function checkLayerCall(layer: LayerCall): CheckedLayer | undefined {
  const { call, found, report } = layer;
  const alone = checkCell(found.document, found.cell);
  const direction = directionOf(layer);
  const lines = positional(layer, alone);
  const bindings = sizeArguments(layer);
  if (lines === undefined || bindings === undefined || alone.diagnostics.some(isError)) return undefined;
  const [first] = lines;
  if (first === undefined) return undefined;
  const other = lines.find((line) => line.perStep !== first.perStep);
  if (other !== undefined) {
    const [pooled, stepped] = first.perStep ? [other, first] : [first, other];
    report(diagnostics.mixedTime(textOf(layer.document, call.span), pooled.line, stepped.line, call.span));
    return undefined;
  }
  if (alone.memories.length > 0) {
    report(diagnostics.notYet(`A cell with a memory such as \`${found.cell.name.text}\``, call.span));
    return undefined;
  }
  if (alone.states.length > 0 && !first.perStep) {
    report(diagnostics.layerOfPooled(found.cell.name.text, first.line, call.span));
    return undefined;
  }
  if (alone.states.length === 0 && direction !== 'forward') report(diagnostics.directionStateless(found.cell.name.text, call.span));
  for (const [index, input] of alone.inputs.entries()) bindings.set(input.name.text, lines[index]?.size ?? numberSize(1));
  if (!solve(layer, alone, bindings)) return undefined;
  const facts = checkCell(found.document, found.cell, bindings);
  const wrong = facts.diagnostics.find(isError);
  if (wrong !== undefined) {
    const { line } = found.document.source.positionAt(wrong.span.start);
    const text = textOf(layer.document, call.span);
    report(diagnostics.sizeContradiction(text, `in line ${line} of ${found.cell.name.text}, ${wrong.message.replace(/^The /, 'the ')}`, [{ message: wrong.message, span: wrong.span }], call.span));
    return undefined;
  }
  const size = facts.outputShape === undefined ? undefined : (facts.outputShape[0] ?? numberSize(1));
  if (size === undefined) return undefined;
  return {
    size: direction === 'both' ? multiplySizes(size, numberSize(2)) : size,
    perStep: first.perStep,
    facts,
    inputs: lines.map((line) => line.line),
    direction,
  };
}

function directionOf({ call, report, document }: LayerCall): CheckedLayer['direction'] {
  const given = call.args.find((arg) => arg.name?.text === 'direction')?.value;
  if (given === undefined || given.kind === 'missing') return 'forward';
  const word = given.kind === 'name' ? given.name : textOf(document, given.span);
  const direction = directions.find((known) => known === word);
  if (direction === undefined) report(diagnostics.unknownWord('a direction', word, directions, nearest(word, directions), given.span));
  return direction ?? 'forward';
}

/** The lines behind the arguments without names, one for each input of the cell. */
function positional(layer: LayerCall, alone: CellFacts) {
  const { call, report } = layer;
  const given = call.args.filter((arg) => arg.name === undefined && !isInitial(arg));
  for (const arg of call.args) if (isInitial(arg)) report(diagnostics.notYet('An initial state taken from another line', arg.span));
  const lines = given.map((arg) => layer.materialise(arg.value));
  if (given.length !== alone.inputs.length) {
    const names = alone.inputs.map((input) => input.name.text).join(', ');
    report(diagnostics.wrongCount(call.callee.text, `${alone.inputs.length === 1 ? 'one input' : `${alone.inputs.length} inputs`} (${names})`, given.length, call.span));
    return undefined;
  }
  const known = lines.filter((line) => line !== undefined);
  return known.length === lines.length ? known : undefined;
}

const isInitial = (arg: Argument): boolean => arg.value.kind === 'call' && arg.value.callee.text === 'initial';

/** The named arguments that are the cell's parameters, as numbers; overrides win. */
function sizeArguments(layer: LayerCall): Map<string, Size> | undefined {
  const { call, found, report } = layer;
  const bindings = new Map<string, Size>();
  const names = found.cell.params.map((param) => param.name.text);
  const memories = found.cell.statements.flatMap((statement) => (statement.kind === 'memory' ? [statement.name.text] : []));
  let fine = true;
  const seen = new Set<string>();
  for (const { name, value } of call.args) {
    if (name === undefined || name.text === 'direction' || name.text === 'memory' || memories.includes(name.text)) continue;
    if (!names.includes(name.text)) {
      report(diagnostics.unknownArgument(name.text, call.callee.text, [...names, 'direction'], nearest(name.text, [...names, 'direction']), name.span));
      fine = false;
      continue;
    }
    if (seen.has(name.text)) report(diagnostics.argumentTwice(name.text, name.span));
    seen.add(name.text);
    const number = numberOf(value);
    if (number === undefined || !Number.isFinite(number)) {
      if (value.kind !== 'missing') report(diagnostics.constantExpected(`\`${name.text}\``, value.span));
      fine = false;
    } else bindings.set(name.text, numberSize(number));
  }
  for (const name of names) {
    const value = layer.overrides.get(`${layer.name}.${name}`);
    if (value !== undefined) bindings.set(name, numberSize(value));
  }
  return fine ? bindings : undefined;
}

/** Gives every parameter of the cell a size: its default, what the inputs' sizes say, or what the loss wants. */
function solve(layer: LayerCall, alone: CellFacts, bindings: Map<string, Size>): boolean {
  const { call, found, report } = layer;
  let fine = true;
  for (const param of found.cell.params) {
    const name = param.name.text;
    let size = bindings.get(name);
    if (size === undefined && param.value !== undefined) {
      const constant = constantOf(param.value, bindings);
      if ('size' in constant) ({ size } = constant);
    }
    for (const input of alone.inputs) {
      const [dim] = input.dims;
      const given = bindings.get(input.name.text);
      if (size !== undefined || dim === undefined || given === undefined) continue;
      const declared = constantOf(dim, alone.sizes);
      if ('size' in declared) size = solveFor(name, declared.size, given);
    }
    const output = alone.outputShape?.[0];
    if (size === undefined && layer.wanted !== undefined && output !== undefined) size = solveFor(name, output, layer.wanted);
    if (size === undefined) {
      report(diagnostics.sizeUnsolved(found.cell.name.text, name, call.span));
      fine = false;
      continue;
    }
    bindings.set(name, size);
    const value = sizeNumber(size);
    const given = call.args.find((arg) => arg.name?.text === name);
    if (value !== undefined && isSize(alone, name) && !(Number.isInteger(value) && value >= 1 && value <= largestLayer)) {
      report(diagnostics.notWhole(`\`${name}\` of \`${call.callee.text}\``, printSize(size), given?.value.span ?? call.span));
      fine = false;
    }
  }
  return fine;
}

const largestLayer = 100_000;

/** Whether a parameter is itself a size in some shape of the cell; the sizes made from it are checked there. */
function isSize(facts: CellFacts, name: string): boolean {
  return [...facts.states, ...facts.params, ...facts.inputs].some((declared) => declared.dims.some((dim) => dim.kind === 'name' && dim.name === name));
}
