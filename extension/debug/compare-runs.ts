// *RNN: Compare with Run…*: which run, checkpoint, weights file or what-if the session's pass is to be compared with.
// Not the comparison (adapter/compare) and not the pages, whose lists offer what was chosen once.
// Invariant: leaving the question changes nothing; what cannot be compared is answered with the adapter's sentence.
import { dirname, relative } from 'node:path';
import * as vscode from 'vscode';
import { runsFolder } from '../../cli/files/fresh-run-folder';
import { OperationalError } from '../../engine/base/operational-error';
import type { CompareWith } from '../../protocol/comparison';
import { type RunOnDisk, runsIn } from './runs-on-disk';
import type { ShownPass } from './shown-pass';

/** As many as a person can choose from by reading. */
const mostRuns = 200;

interface Item extends vscode.QuickPickItem {
  readonly choice?: { readonly with: CompareWith; readonly label: string } | 'file' | 'none';
}

export function compareRuns(pass: ShownPass): (...args: readonly unknown[]) => Promise<void> {
  return async () => {
    const { header, launched } = pass;
    if (header === undefined || launched === undefined) throw new OperationalError('no-session', 'There is no recorded pass to compare. Start a debug session with "RNN: Debug RNN", then choose what to compare it with.');
    const program = String(launched.configuration['program']);
    const runs = (await runsIn(await foldersOfRuns(program))).slice(0, mostRuns);
    const picked = await vscode.window.showQuickPick(itemsOf(runs, pass, dirname(program)), { title: 'Compare with Run', placeHolder: 'Which pass over the same sequence?', matchOnDescription: true, matchOnDetail: true });
    if (picked?.choice === undefined) return;
    const choice = picked.choice === 'file' ? await weightsFile() : picked.choice;
    if (choice === undefined) return;
    await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: 'Recording the other pass' }, () => (choice === 'none' ? pass.compare(null) : pass.compare(choice.with, choice.label)));
    await vscode.commands.executeCommand('rnn.openVisualDebugger');
  };
}

async function foldersOfRuns(program: string): Promise<ReadonlySet<string>> {
  const found = await vscode.workspace.findFiles('**/.unroll/runs/*/run.json', '**/node_modules/**', mostRuns);
  return new Set([runsFolder(program), ...found.map(({ fsPath }) => dirname(dirname(fsPath)))]);
}

function itemsOf(runs: readonly RunOnDisk[], pass: ShownPass, folder: string): readonly Item[] {
  const { choices, compared } = pass.comparison;
  const separator = (label: string): Item => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const first: Item[] = choices.filter(({ with: { kind } }) => kind === 'fork' || kind === 'fresh').map((choice) => ({ label: choice.label, description: choice.with.kind === 'fork' ? 'of this session' : 'the same model before its first iteration', choice }));
  return [
    ...(compared === undefined ? [] : [{ label: 'No comparison', description: `leaves ${compared.label}`, choice: 'none' } as const]),
    ...first, { label: 'A file of weights or a recorded trace…', description: 'safetensors, of the same model', choice: 'file' },
    ...runs.flatMap((run): readonly Item[] => [separator(relative(folder, run.path) || run.path), ...itemsOfRun(run)]),
  ];
}

function itemsOfRun({ path, description, layers, iterations, loss }: RunOnDisk): readonly Item[] {
  const { model, status } = description;
  // Both tell runs of one file apart: what was changed in it, and what was set beside it.
  const settings = Object.entries(description.settings).map(([name, value]) => `${name}=${value}`);
  const made = [layers.join(', '), settings.join(' '), description.data].filter((text) => text !== '').join(' · ');
  const said = (iteration: number): string => `iteration ${iteration.toLocaleString('en-US')}`;
  if (iterations.length === 0) return [{ label: `${model}, before its first checkpoint`, description: status, detail: made, choice: { with: { kind: 'run', path }, label: model } }];
  return iterations.map((iteration, place): Item => ({
    label: `${model}, ${said(iteration)}`,
    description: place === 0 ? [...(loss === undefined ? [] : [`loss ${Number(loss.toPrecision(4))}`]), status].join(' · ') : 'earlier',
    ...(place === 0 ? { detail: made } : {}),
    choice: { with: { kind: 'run', path, iteration }, label: `${model}, ${said(iteration)}` },
  }));
}

async function weightsFile(): Promise<{ readonly with: CompareWith; readonly label: string } | undefined> {
  const [uri] = (await vscode.window.showOpenDialog({ title: 'Compare with Weights or a Trace', openLabel: 'Compare', canSelectMany: false, filters: { 'Weights or a trace': ['safetensors'] } })) ?? [];
  return uri && { with: { kind: 'weights', path: uri.fsPath }, label: uri.path.replace(/^.*\//, '') };
}
