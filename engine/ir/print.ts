// Prints a graph as text, one equation a line; the text is the documentation of this stage.
// Not a serialisation: nothing reads it back.
// Invariant: the same graph prints the same text; a `b` after the shape marks a batched value.
import type { SourceText } from '../base/source-text';
import type { Span } from '../base/span';
import type { Graph, Origin, ValueId, ValueType } from './graph';
import type { Operation } from './operation';
import type { StepGraph } from './step-graph';

export interface PrintOptions {
  /** The text behind a span's file, for line numbers; without it offsets are left out. */
  readonly source?: (file: string) => SourceText | undefined;
  /** A remark per value (`gate i`), printed at the end of its line. */
  readonly notes?: ReadonlyMap<ValueId, string>;
}

/** `[64]b`, `[8, 8]`, `[]b`. */
export function printType(type: ValueType): string {
  return `[${type.shape.join(', ')}]${type.batched ? 'b' : ''}`;
}

/** The operation with its attributes: `slice axis=0 start=0 end=8`. */
export function printOperation(op: Operation): string {
  const attributes = Object.entries(op)
    .filter(([key, value]) => key !== 'kind' && value !== false)
    .map(([key, value]) => (value === true ? key : `${key}=${Array.isArray(value) ? `[${value.join(', ')}]` : String(value)}`));
  return [op.kind, ...attributes].join(' ');
}

/** `%12 [64]b = sigmoid %11   // lstm.rnn:11 gate i`, one line per input, equation and output. */
export function printGraph(graph: Graph, options: PrintOptions = {}): string {
  const lines: [string, string][] = [];
  for (const { id, name, role, type, origin } of graph.inputs) lines.push([`%${id} ${printType(type)} = ${role} ${name}`, remark(origin, id, options)]);
  for (const { id, op, args, type, origin } of graph.equations) {
    const text = [`%${id} ${printType(type)} = ${printOperation(op)}`, ...args.map((arg) => `%${arg}`)].join(' ');
    lines.push([text, remark(origin, id, options)]);
  }
  for (const { name, id } of graph.outputs) lines.push([`output ${name} = %${id}`, '']);
  const width = Math.min(56, Math.max(0, ...lines.map(([text]) => text.length)));
  return lines.map(([text, note]) => (note === '' ? text : `${text.padEnd(width)}   // ${note}`)).join('\n') + '\n';
}

/** The graph of one line with the names of its equations, its states, initialisers and output. */
export function printStepGraph(step: StepGraph, options: PrintOptions = {}): string {
  const notes = new Map<ValueId, string>(options.notes ?? []);
  const note = (id: ValueId, text: string): void => void notes.set(id, notes.has(id) ? `${notes.get(id)}, ${text}` : text);
  for (const param of step.params) note(param.id, printInit(param.init));
  for (const state of step.states) note(state.old, printInit(state.initial));
  for (const dropout of step.dropouts) note(dropout.id, `rate ${dropout.rate}`);
  for (const { name, kind, id } of step.named) note(id, kind === 'state' ? `${name}'` : `${kind} ${name}`);
  note(step.output, 'output');
  return printGraph(step.graph, { ...options, notes });
}

function printInit(init: { readonly kind: string }): string {
  const values = Object.entries(init).filter(([key]) => key !== 'kind').map(([key, value]) => `${key}: ${String(value)}`);
  return values.length === 0 ? init.kind : `${init.kind}(${values.join(', ')})`;
}

function remark(origin: Origin, id: ValueId, options: PrintOptions): string {
  const backward = origin.primal === undefined ? '' : `grad of %${origin.primal}`;
  return [place(origin.span, options), backward, options.notes?.get(id) ?? ''].filter((part) => part !== '').join(' ');
}

function place(span: Span, options: PrintOptions): string {
  const file = span.file.slice(Math.max(span.file.lastIndexOf('/'), span.file.lastIndexOf('\\'), span.file.lastIndexOf(':')) + 1);
  const source = options.source?.(span.file);
  return source === undefined ? file : `${file}:${source.positionAt(span.start).line}`;
}
