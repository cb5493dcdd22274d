// Remembers which runs go on in this window, so that the next window can say which of them ended with it.
// Not the runs. Invariant: a run that came to its own end is forgotten; each interruption is said once.
import type * as vscode from 'vscode';

const key = 'rnn.goingRuns';

export class InterruptedRuns {
  constructor(private readonly memory: vscode.Memento) {}

  /** Folders of the runs that ended with the window before; forgets them. */
  take(): readonly string[] {
    const kept = this.memory.get<unknown>(key, []);
    if (!Array.isArray(kept) || kept.length === 0) return [];
    void this.memory.update(key, undefined);
    return kept.filter((folder): folder is string => typeof folder === 'string');
  }

  remember(folders: readonly string[]): void {
    void this.memory.update(key, folders.length === 0 ? undefined : folders);
  }
}
