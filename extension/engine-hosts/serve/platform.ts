// What an engine is given by the place it runs in: a backend, files, a clock, and a way to let messages in.
// Not a backend itself. Nothing in this folder knows Node, a DOM or VS Code: the same code serves all three places.
// Invariant: an engine reaches nothing but its arguments and its channel.
import type { DataFiles } from '../../../engine/data/data-files';
import type { Backend, BackendName } from '../../../engine/runtime/backend';
import type { RunStorage } from '../../../engine/training/run-storage';

export interface EnginePlatform {
  /** Throws OperationalError `backend-missing` with the reason when this place does not have it. */
  openBackend(name: BackendName, threads: number): Promise<Backend>;
  readonly files: DataFiles;
  storage(run: string): RunStorage;
  /** Milliseconds from any beginning. */
  now(): number;
  /** Lets messages in between two iterations. */
  breathe(): Promise<void>;
  wait(milliseconds: number): Promise<void>;
}
