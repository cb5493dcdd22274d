// What of a file can be folded: cells, models and train blocks, comments of several lines, and imports that follow one another.
// Not VS Code's ranges (register-names.ts). Invariant: lines count from 1; a fold spans at least two lines.
import type { SourceDocument } from '../../engine/language/tree';

export interface Fold {
  readonly kind: 'block' | 'comment' | 'imports';
  readonly from: number;
  readonly to: number;
}

export function foldsOf({ source, cells, models, trains, imports }: SourceDocument): readonly Fold[] {
  const line = (offset: number): number => source.positionAt(offset).line;
  const blocks = [...cells, ...models, ...trains, ...models.flatMap(({ lines }) => lines.filter(({ kind }) => kind === 'train'))].map(({ span }): Fold => {
    const closed = source.text[span.end - 1] === '}';
    // The closing bracket stays in view, as with any bracket.
    return { kind: 'block', from: line(span.start), to: line(Math.max(span.start, span.end - 1)) - (closed ? 1 : 0) };
  });
  const first = imports[0];
  const last = imports.at(-1);
  const imported: readonly Fold[] = first === undefined || last === undefined ? [] : [{ kind: 'imports', from: line(first.span.start), to: line(Math.max(last.span.start, last.span.end - 1)) }];
  return [...blocks, ...commentFolds(source.text), ...imported].filter(({ from, to }) => to > from).sort((a, b) => a.from - b.from);
}

function commentFolds(text: string): readonly Fold[] {
  const folds: Fold[] = [];
  let from: number | undefined;
  const lines = text.split('\n');
  lines.forEach((content, index) => {
    const isComment = /^\s*\/\//.test(content);
    if (isComment) from ??= index + 1;
    if (from === undefined || (isComment && index < lines.length - 1)) return;
    folds.push({ kind: 'comment', from, to: isComment ? index + 1 : index });
    from = undefined;
  });
  return folds;
}
