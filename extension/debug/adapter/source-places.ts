// Where stops stand in the texts: spans as DAP's sources and lines, and lines as the stops that stand on them.
// Not breakpoints (breakpoints.ts).
// Invariant: library files are named `library:…` and have a source reference, or are the client's own documents; every other path is the client's own.
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { SourceText } from '../../../engine/base/source-text';
import type { Span } from '../../../engine/base/span';
import type { Timeline } from '../../../engine/debug/timeline';
import type { Model } from '../../../engine/ir/model';
import { libraryTexts } from '../../../engine/library/library-texts';
import type { Program } from '../../../engine/language/program';
import { sourceFinder } from '../../../engine/training/load-model';

/** What a line of text stands for. */
export type Place =
  | { readonly kind: 'equation'; readonly unit: number; readonly equation: number }
  | { readonly kind: 'layer'; readonly unit: number }
  | { readonly kind: 'step' }
  | { readonly kind: 'loss' }
  | { readonly kind: 'update' };

export interface SourcePosition {
  readonly source: DebugProtocol.Source;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export class SourcePlaces {
  private readonly find: (file: string) => SourceText | undefined;
  private readonly byFile = new Map<string, Map<number, Place[]>>();
  readonly optimizerSpan: Span;

  constructor(program: Program, model: Model, timeline: Timeline, private readonly firstLine: 0 | 1, private readonly firstColumn: 0 | 1, private readonly libraryDocument?: (name: string) => string) {
    this.find = sourceFinder(program);
    this.optimizerSpan = optimizerSpan(model, this.find(model.train.span?.file ?? model.file));
    const add = (span: Span, place: Place): void => {
      const line = this.find(span.file)?.positionAt(span.start).line ?? 1;
      const lines = this.byFile.get(span.file) ?? new Map<number, Place[]>();
      lines.set(line, [...(lines.get(line) ?? []), place]);
      this.byFile.set(span.file, lines);
    };
    timeline.units.forEach((unit, index) => {
      add(unit.line.span, { kind: 'layer', unit: index });
      unit.equations.forEach((equation, number) => {
        if (equation.kind !== 'line') add(equation.span, { kind: 'equation', unit: index, equation: number });
      });
    });
    add(model.inputSpan, { kind: 'step' });
    add(model.loss.span, { kind: 'loss' });
    add(this.optimizerSpan, { kind: 'update' });
  }

  position(span: Span): SourcePosition {
    const text = this.find(span.file);
    const start = text?.positionAt(span.start) ?? { line: 1, column: 1 };
    // A span may take the line's end along; a frame ends where its text does.
    const end = text?.positionAt(span.start + (text.text.slice(span.start, span.end).trimEnd().length)) ?? start;
    const line = this.firstLine - 1;
    const column = this.firstColumn - 1;
    return { source: this.source(span.file), line: start.line + line, column: start.column + column, endLine: end.line + line, endColumn: end.column + column };
  }

  textOf(span: Span): string {
    return this.find(span.file)?.text.slice(span.start, span.end).trim() ?? '';
  }

  source(file: string): DebugProtocol.Source {
    const reference = libraryTexts.findIndex((entry) => entry.file === file) + 1;
    const name = file.replace(/^library:/, '').replace(/^.*[/\\]/, '');
    if (reference === 0) return { name, path: file };
    return this.libraryDocument === undefined ? { name, path: file, sourceReference: reference, origin: 'library' } : { name, path: this.libraryDocument(name), origin: 'library' };
  }

  /** The file that a client's source means, if it is one of the program's. */
  fileOf(path: string | undefined, reference: number | undefined): string | undefined {
    const library = reference === undefined || reference === 0 ? undefined : libraryTexts[reference - 1]?.file;
    if (library !== undefined) return library;
    if (path === undefined) return undefined;
    // Editors write library files as documents of their own scheme: `debug:library:lstm.rnn?…`, `rnn-library:/lstm.rnn`.
    const name = /library:\/?([\w-]+\.rnn)/.exec(path)?.[1];
    if (name !== undefined) return `library:${name}`;
    const same = (a: string): string => a.replace(/\\/g, '/').replace(/^[A-Za-z]:/, (drive) => drive.toLowerCase());
    return [...this.byFile.keys()].find((file) => same(file) === same(path));
  }

  /** The nearest line at or below that something stands on. Lines are the client's. */
  placesAt(file: string, line: number): { readonly line: number; readonly places: readonly Place[] } | undefined {
    const wanted = line - this.firstLine + 1;
    const lines = [...(this.byFile.get(file) ?? [])].filter(([at]) => at >= wanted).sort(([a], [b]) => a - b);
    const [nearest] = lines;
    return nearest && { line: nearest[0] + this.firstLine - 1, places: nearest[1] };
  }

  linesOf(file: string): readonly number[] {
    return [...(this.byFile.get(file)?.keys() ?? [])].sort((a, b) => a - b).map((line) => line + this.firstLine - 1);
  }
}

/** The `optimizer` setting; where there is none, the block of settings, else the model's first line. */
function optimizerSpan(model: Model, text: SourceText | undefined): Span {
  const block = model.train.span;
  const within = block && text?.text.slice(block.start, block.end);
  const at = within?.search(/\boptimizer\b/) ?? -1;
  if (block !== undefined && within !== undefined && at >= 0) {
    const rest = within.slice(at);
    const end = /\)|\n|$/.exec(rest);
    return { file: block.file, start: block.start + at, end: block.start + at + (end?.index ?? 9) + (rest[end?.index ?? 0] === ')' ? 1 : 0) };
  }
  return block ?? { ...model.span, end: model.span.start + 1 };
}
