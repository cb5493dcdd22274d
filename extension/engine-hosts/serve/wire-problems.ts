// Diagnostics as they cross the wire: offsets become lines and columns.
// Not their text, which is the engine's. Invariant: positions count from 1.
import type { Diagnostic } from '../../../engine/base/diagnostic';
import { InvariantError } from '../../../engine/base/invariant';
import type { SourceText } from '../../../engine/base/source-text';
import { chooseModel } from '../../../engine/ir/compile-model';
import { type Program, loadProgram } from '../../../engine/language/program';
import type { ModelSyntax } from '../../../engine/language/tree';
import { sourceFinder } from '../../../engine/training/load-model';
import type { ModelText, Problem } from '../../../protocol/engine-host';

export type FindSource = (file: string) => SourceText | undefined;

export function wireProblem({ severity, code, message, span }: Diagnostic, sources: FindSource): Problem {
  const source = sources(span.file);
  const start = source?.positionAt(span.start) ?? { line: 1, column: 1 };
  const end = source?.positionAt(span.end) ?? start;
  return { severity, code, message, file: span.file, line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
}

export function isError({ severity }: { readonly severity: string }): boolean {
  return severity === 'error';
}

export function readProgram({ file, text, imports }: ModelText): Program {
  const texts = new Map(imports.map(({ path, text: imported }) => [path, imported]));
  return loadProgram(file, text, (path) => texts.get(path));
}

/** The model that is meant, or the problem that there is none such; errors of the text come first, since they may be why. */
export function chosenModel(program: Program, name: string | undefined): ModelSyntax | readonly Problem[] {
  const chosen = chooseModel(program, name);
  if ('model' in chosen) return chosen.model;
  const all = [...program.diagnostics.filter(isError), chosen.diagnostic];
  if (all.length === 0) throw new InvariantError('no model was chosen and nothing says why');
  return all.map((one) => wireProblem(one, sourceFinder(program)));
}
