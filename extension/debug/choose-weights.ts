// Which weights a sequence is debugged with: those of a run beside the model, or fresh ones. Asked only where there are runs.
// Not the reading of weights: the session does that, and says what does not fit.
// Invariant: leaving the question starts nothing; a folder that is no run of the model is not offered.
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { runFolder } from '../../cli/files/run-folder';
import type { RunDescription } from '../../engine/training/run-description';
import { RunRecord } from '../../engine/training/run-record';

/** As many runs as a person can choose from by reading, the newest of them. */
const mostShown = 100;

interface FoundRun {
  readonly path: string;
  readonly name: string;
  readonly description: RunDescription;
}

/** What a launch configuration says of it; undefined when the question was left. */
export async function chooseWeights(file: string, model: string): Promise<{ readonly run?: string } | undefined> {
  const runs = await runsOf(file, model);
  if (runs.length === 0) return {};
  const items: readonly (vscode.QuickPickItem & { readonly run?: string })[] = [
    ...runs.map(({ path, name, description: { iteration, status, backend, started } }) => ({ label: `Run ${name}`, description: `after iteration ${iteration}, ${status}, ${backend.name}`, detail: new Date(started).toLocaleString(), run: path })),
    { label: 'Fresh weights', description: 'by the seed' },
  ];
  const picked = await vscode.window.showQuickPick(items, { title: 'Debug This Sequence', placeHolder: 'With which weights?', matchOnDescription: true });
  return picked && (picked.run === undefined ? {} : { run: picked.run });
}

async function runsOf(file: string, model: string): Promise<readonly FoundRun[]> {
  const folder = join(dirname(file), '.unroll', 'runs');
  const names = await namesIn(folder);
  const found = await Promise.all(names.slice(-mostShown).map(async (name): Promise<readonly FoundRun[]> => {
    try {
      const { description } = await RunRecord.open(runFolder(join(folder, name), folder));
      return description.model === model ? [{ path: join(folder, name), name, description }] : [];
    } catch {
      // Not a run, or one of another version: the session could not open it either.
      return [];
    }
  }));
  return found.flat().sort((a, b) => b.description.started.localeCompare(a.description.started));
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await vscode.workspace.fs.readDirectory(vscode.Uri.file(folder))).filter(([, type]) => (type & vscode.FileType.Directory) !== 0).map(([name]) => name).sort();
  } catch {
    // Nothing was trained here yet.
    return [];
  }
}
