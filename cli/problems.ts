// Problems as text and as JSON: `file:line:column code message`.
// Not the finding of them. Invariant: positions count from 1; a problem is one line, and what it relates to follows indented.
import type { Diagnostic } from '../engine/base/diagnostic';
import type { SourceText } from '../engine/base/source-text';
import type { Span } from '../engine/base/span';

export { distinct } from '../engine/training/load-model';

export type FindSource = (file: string) => SourceText | undefined;

export function hasErrors(problems: readonly Diagnostic[]): boolean {
  return problems.some((problem) => problem.severity === 'error');
}

export function problemLines(problems: readonly Diagnostic[], sources: FindSource): readonly string[] {
  return problems.flatMap((problem) => {
    const kind = problem.severity === 'error' ? '' : `${problem.severity}: `;
    const head = `${placeOf(problem.span, sources)} ${problem.code} ${kind}${problem.message}`;
    return [head, ...(problem.related ?? []).map((related) => `    ${placeOf(related.span, sources)} ${related.message}`)];
  });
}

export function problemJson(problem: Diagnostic, sources: FindSource): string {
  const source = sources(problem.span.file);
  const start = source?.positionAt(problem.span.start);
  const end = source?.positionAt(problem.span.end);
  return JSON.stringify({
    kind: 'problem', severity: problem.severity, code: problem.code, message: problem.message, file: problem.span.file,
    line: start?.line, column: start?.column, endLine: end?.line, endColumn: end?.column,
    ...(problem.suggestion === undefined ? {} : { suggestion: problem.suggestion }),
  });
}

function placeOf(span: Span, sources: FindSource): string {
  const position = sources(span.file)?.positionAt(span.start);
  return position === undefined ? span.file : `${span.file}:${position.line}:${position.column}`;
}
