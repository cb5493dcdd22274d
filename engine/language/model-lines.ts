// Reads a model's `data`, `input` and `loss` lines as plain facts.
// Not the lines that compute (check-model.ts), and not the kinds of data: ../data knows those and their arguments.
// Invariant: never throws; what could not be read has been reported.
import type { Diagnostic } from '../base/diagnostic';
import { numberOf } from './constants';
import { nearest } from './did-you-mean';
import * as diagnostics from './diagnostics';
import { textOf } from './infer-shape';
import type { DataFact, DataValue, InputFact, LossName } from './model-facts';
import { numberSize } from './sizes';
import type { Size } from './sizes';
import type { DataLine, Expression, InputDecl, LossStatement, SourceDocument } from './tree';

export interface LineReader {
  readonly document: SourceDocument;
  readonly report: (diagnostic: Diagnostic) => void;
}

/** Sizes beyond this are a slip of the finger; no array may be asked for with them. */
export const largestSize = 1_000_000;

/** Kinds of data that a model may name; ../data opens them (a test keeps the two lists equal). */
export const dataSources: readonly string[] = ['text', 'adding', 'copyMemory', 'labelled', 'conll', 'pairs', 'series'];

export const lossNames: readonly LossName[] = ['crossEntropy', 'binaryCrossEntropy', 'squaredError'];

/** `text("a.txt", unit: char)`: a name among the arguments stands for its own text. */
export function readData({ source }: DataLine, reader: LineReader): DataFact {
  const { text, span: place } = source.callee;
  if (text !== '' && !dataSources.includes(text)) reader.report(diagnostics.unknownData(text, dataSources, nearest(text, dataSources), place));
  const positional: DataValue[] = [];
  const named = new Map<string, DataValue>();
  for (const { name, value } of source.args) {
    const read = dataValue(value, reader);
    if (read === undefined) continue;
    if (name === undefined) positional.push(read);
    else if (named.has(name.text)) reader.report(diagnostics.argumentTwice(name.text, name.span));
    else named.set(name.text, read);
  }
  return { source: source.callee.text, positional, named: Object.fromEntries(named), span: source.span };
}

function dataValue(value: Expression, reader: LineReader): DataValue | undefined {
  if (value.kind === 'list') {
    const items = value.items.map((item) => dataValue(item, reader));
    return items.filter((item): item is string | number => typeof item === 'string' || typeof item === 'number');
  }
  if (value.kind === 'text') return value.value;
  if (value.kind === 'name' && !value.prime && value.members.length === 0) return value.name;
  const number = numberOf(value);
  if (number !== undefined && Number.isFinite(number)) return number;
  if (value.kind !== 'missing') reader.report(diagnostics.constantExpected(`\`${textOf(reader.document, value.span)}\``, value.span));
  return undefined;
}

/** `input x[5]` or `input x: token(65)`. */
export function readInput(declared: InputDecl, reader: LineReader): InputFact | undefined {
  const { of, dims } = declared;
  const [dim] = dims;
  const [count] = of?.args ?? [];
  if (of !== undefined && of.callee.text === 'token' && of.args.length === 1 && count !== undefined && dim === undefined) {
    const vocabulary = wholeNumber(count.value, 'of the vocabulary', reader);
    return vocabulary && { kind: 'tokens', vocabulary };
  }
  if (of === undefined && dim !== undefined && dims.length === 1) {
    const features = wholeNumber(dim, 'of the input', reader);
    return features && { kind: 'numeric', features };
  }
  reader.report(diagnostics.inputForm(declared.line));
  return undefined;
}

function wholeNumber(expression: Expression, what: string, reader: LineReader): Size | undefined {
  const value = numberOf(expression);
  if (value !== undefined && Number.isInteger(value) && value >= 1 && value <= largestSize) return numberSize(value);
  const found = value === undefined ? `\`${textOf(reader.document, expression.span)}\`` : String(value);
  if (expression.kind !== 'missing') reader.report(diagnostics.notWhole(what, found, expression.span));
  return undefined;
}

/** The loss's name and the expression it is of. */
export function readLoss({ value }: LossStatement, reader: LineReader): { readonly kind: LossName; readonly of: Expression } | undefined {
  if (value.kind === 'missing') return undefined;
  if (value.kind !== 'call') {
    reader.report(diagnostics.settingForm('loss', 'loss crossEntropy(y)', value.span));
    return undefined;
  }
  const { text, span } = value.callee;
  const kind = lossNames.find((name) => name === text);
  if (kind === undefined) {
    if (text !== '') reader.report(diagnostics.unknownWord('a loss', text, lossNames, nearest(text, lossNames), span));
    return undefined;
  }
  const [of, target, more] = value.args;
  if (of === undefined || more !== undefined || of.name !== undefined) {
    reader.report(diagnostics.wrongCount(kind, 'the output line, as in `crossEntropy(y)`', value.args.length, value.span));
    return undefined;
  }
  if (target !== undefined && !(target.value.kind === 'name' && target.value.name === 'target')) {
    reader.report(diagnostics.unknownWord('a target', textOf(reader.document, target.value.span), ['target'], undefined, target.value.span));
  }
  return { kind, of: of.value };
}
