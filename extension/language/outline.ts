// The file as an outline: cells with what they declare, models with their lines, training settings.
// Not VS Code's symbols (register-language.ts). Invariant: a child lies within its parent, and a name within its own part.
import type { Span } from '../../engine/base/span';
import type { SourceDocument } from '../../engine/language/tree';

export interface OutlineEntry {
  readonly name: string;
  readonly detail: string;
  readonly kind: 'cell' | 'model' | 'param' | 'state' | 'input' | 'equation' | 'line' | 'train';
  readonly span: Span;
  readonly nameSpan: Span;
  readonly children: readonly OutlineEntry[];
}

export function outlineOf({ cells, models, trains }: SourceDocument): readonly OutlineEntry[] {
  const inside = (outer: Span, inner: Span): Span => ({ file: outer.file, start: Math.max(outer.start, Math.min(inner.start, outer.end)), end: Math.min(outer.end, Math.max(inner.end, outer.start)) });
  const entry = (name: string, detail: string, kind: OutlineEntry['kind'], span: Span, nameSpan: Span, children: readonly OutlineEntry[] = []): OutlineEntry[] =>
    (name === '' ? [] : [{ name, detail, kind, span, nameSpan: inside(span, nameSpan), children }]);
  const ofCells = cells.flatMap((cell) => entry(cell.name.text, 'cell', 'cell', cell.span, cell.name.span, cell.statements.flatMap((statement) => {
    if (statement.kind === 'output') return [];
    const { name, span, line } = statement;
    const kind = statement.kind === 'equation' || statement.kind === 'update' ? 'equation' : statement.kind === 'memory' ? 'input' : statement.kind;
    const detail = statement.kind === 'equation' ? statement.word : statement.kind === 'update' ? 'new state' : statement.kind;
    const whole = kind === 'equation' ? line : span;
    return entry(`${name.text}${statement.kind === 'update' && name.text !== '' ? "'" : ''}`, detail, kind, inside(cell.span, whole), name.span);
  })));
  const ofModels = models.flatMap((model) => entry(model.name.text, 'model', 'model', model.span, model.name.span, model.lines.flatMap((line) => {
    if (line.kind === 'line') return entry(line.name.text, line.word, 'line', inside(model.span, line.line), line.name.span);
    if (line.kind === 'data') return entry(line.source.callee.text, 'data', 'input', inside(model.span, line.span), line.source.callee.span);
    return line.kind === 'input' ? entry(line.name.text, 'input', 'input', inside(model.span, line.span), line.name.span) : [];
  })));
  const ofTrains = trains.flatMap((block) => entry('train', 'defaults of all models', 'train', block.span, { ...block.span, end: Math.min(block.span.end, block.span.start + 5) }));
  return [...ofCells, ...ofModels, ...ofTrains].sort((a, b) => a.span.start - b.span.start);
}
