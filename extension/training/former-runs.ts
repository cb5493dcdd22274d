// Runs that other windows, earlier sessions or the command line left on the disk: found, chosen and read back.
// Not their resumption (training-runs.ts) and not the reading of their numbers, which an engine does.
// Invariant: nothing is written; a folder that is no run is left out of the list, and said of one that was named.
import { existsSync, readFileSync } from 'node:fs';
import { basename, isAbsolute, join, resolve } from 'node:path';
import * as vscode from 'vscode';
import { OperationalError } from '../../engine/base/operational-error';
import { loadProgram } from '../../engine/language/program';
import { type RunDescription, readDescription } from '../../engine/training/run-description';
import { modelFile, runFile } from '../../engine/training/run-record';
import type { ModelText } from '../../protocol/engine-host';
import { readOpenOrDisk } from '../language/open-program';

export interface RunOnDisk {
  readonly folder: string;
  readonly description: RunDescription;
}

/** More are not listed. */
const most = 200;

/** Asks which run of the workspace, or for a folder; undefined when the question was left. */
export async function chooseFormerRun(title: string): Promise<RunOnDisk | undefined> {
  const files = await vscode.workspace.findFiles('**/.unroll/runs/*/run.json', null, most);
  const found = files.flatMap(({ fsPath }) => {
    const run = tryRead(resolve(fsPath, '..'));
    return run === undefined ? [] : [run];
  }).sort((a, b) => b.description.started.localeCompare(a.description.started));
  const picked = await vscode.window.showQuickPick<vscode.QuickPickItem & { readonly run?: RunOnDisk }>([
    ...found.map((run) => ({ label: run.description.model, description: standing(run.description), detail: `${vscode.workspace.asRelativePath(run.folder)}, ${run.description.data}`, run })),
    { label: '$(folder-opened) Another folder…' },
  ], { title, placeHolder: found.length === 0 ? 'There is no run in this workspace.' : 'Which run?', matchOnDescription: true, matchOnDetail: true });
  if (picked === undefined) return undefined;
  if (picked.run !== undefined) return picked.run;
  const [folder] = (await vscode.window.showOpenDialog({ canSelectFiles: false, canSelectFolders: true, openLabel: 'Open Run' })) ?? [];
  return folder && readRun(folder.fsPath);
}

/** Throws OperationalError when the folder holds no run. */
export function readRun(folder: string): RunOnDisk {
  const file = join(folder, runFile);
  if (!existsSync(file)) throw new OperationalError('run-missing', `"${folder}" holds no run: there is no ${runFile} in it.`);
  return { folder, description: readDescription(readFileSync(file), file) };
}

/** The model as it was trained, in the place where its file is now, so that its data are found. Throws OperationalError when there is no such place. */
export function modelOfRun({ folder, description }: RunOnDisk): ModelText {
  const name = basename(description.file.replaceAll('\\', '/'));
  // Beside `.unroll/runs`, where it was when the run began, or below a folder of the workspace, where the command line was called.
  const places = [resolve(folder, '../../..', name), ...(isAbsolute(description.file) ? [description.file] : (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => resolve(uri.fsPath, description.file)))];
  const file = places.find((place) => existsSync(place));
  if (file === undefined) throw new OperationalError('model-missing', `The model ${name} of this run is not there any more (looked for ${places.join(', ')}); put it back beside its data.`);
  // Without the copy, the file as it is now.
  const text = readOpenOrDisk(join(folder, modelFile)) ?? readOpenOrDisk(file);
  if (text === undefined) throw new OperationalError('bad-run', `Neither the copy of the model in "${folder}" (${modelFile}) nor ${file} can be read.`);
  const imports: { path: string; text: string }[] = [];
  loadProgram(file, text, (path) => {
    const imported = readOpenOrDisk(join(folder, 'imports', basename(path))) ?? readOpenOrDisk(path);
    if (imported !== undefined) imports.push({ path, text: imported });
    return imported;
  });
  return { file, text, imports, model: description.model };
}

function tryRead(folder: string): RunOnDisk | undefined {
  try {
    return readRun(folder);
  } catch {
    // Another program's folder, or a damaged one: it cannot be shown.
    return undefined;
  }
}

function standing({ status, iteration, iterations, started, backend }: RunDescription): string {
  const when = new Date(started);
  const time = Number.isNaN(when.getTime()) ? '' : `, ${when.toLocaleString()}`;
  return `${status === 'running' ? 'cut off' : `${status}, iteration ${iteration} of ${iterations}`}, ${backend.name}${time}`;
}
