// Remembers which runs go on in this window, so that the next window can say which of them ended with it.
// Not the runs. A file a window, by the process that hosts it: windows on one folder do not take each other's runs for lost.
// Invariant: written at once, since a window gives no time at its end; a run that came to its own end is forgotten; each interruption is said once.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const pattern = /^going-(\d+)\.json$/;

/** Milliseconds in which the window before may still be writing its checkpoints. */
const patience = 15_000;

export class InterruptedRuns {
  /** `folder`: the extension's storage for this workspace. */
  constructor(
    private readonly folder: string,
    private readonly ownProcess: number,
  ) {}

  /** Folders of the runs that ended with windows that are gone, once these are; forgets them. */
  async take(): Promise<readonly string[]> {
    const { folder } = this;
    const taken: string[] = [];
    for (const { name, pid } of this.others()) {
      for (let waited = 0; isAlive(pid) && waited < patience; waited += 250) await setTimeout(250);
      // Another window of the same folder, where they go on.
      if (isAlive(pid)) continue;
      taken.push(...readFolders(join(folder, name)));
      rmSync(join(folder, name), { force: true });
    }
    return taken;
  }

  remember(folders: readonly string[]): void {
    const file = join(this.folder, `going-${this.ownProcess}.json`);
    if (folders.length === 0) return rmSync(file, { force: true });
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(file, JSON.stringify(folders));
  }

  private others(): readonly { readonly name: string; readonly pid: number }[] {
    let names: readonly string[];
    try {
      names = readdirSync(this.folder);
    } catch {
      // Nothing was ever stored for this workspace.
      return [];
    }
    return names.flatMap((name) => {
      const pid = Number(pattern.exec(name)?.[1] ?? this.ownProcess);
      return pid === this.ownProcess ? [] : [{ name, pid }];
    });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    // Alive, and of another user.
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}

function readFolders(file: string): readonly string[] {
  try {
    const kept: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return Array.isArray(kept) ? kept.filter((entry): entry is string => typeof entry === 'string') : [];
  } catch {
    // Cut off in writing: what it named cannot be known; the runs themselves are in their folders.
    return [];
  }
}
