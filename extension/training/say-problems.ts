// Says what is wrong with a model or its data: one message, with a way to the place.
// Not the list of problems, which the editor underlines. Invariant: the first error is said in its own words; how many more there are is a number.
import * as vscode from 'vscode';
import type { Problem } from '../../protocol/engine-host';

export async function sayProblems(problems: readonly Problem[], log: vscode.LogOutputChannel): Promise<void> {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first === undefined) return;
  for (const problem of errors) log.warn(`${problem.file}:${problem.line}:${problem.column} ${problem.code} ${problem.message}`);
  const more = errors.length === 1 ? '' : ` (and ${errors.length - 1} more)`;
  const show = 'Show';
  const answer = await vscode.window.showErrorMessage(`${first.file.replace(/^.*[/\\]/, '')}:${first.line}:${first.column} ${first.message}${more}`, show);
  if (answer === show) await revealProblem(first);
}

async function revealProblem({ file, line, column, endLine, endColumn }: Problem): Promise<void> {
  const selection = new vscode.Range(line - 1, column - 1, endLine - 1, endColumn - 1);
  await vscode.window.showTextDocument(vscode.Uri.file(file), { selection });
}
