// What the adapter needs from where it runs: files, backends, folders of runs.
// Not Node's: the command line and the tests give their own.
// Invariant: whatever cannot be read is thrown as an OperationalError with its name.
import type { DataFiles } from '../../../engine/data/data-files';
import type { Program } from '../../../engine/language/program';
import type { Backend } from '../../../engine/runtime/backend';
import type { RunStorage } from '../../../engine/training/run-storage';
import type { TensorFile } from '../../../engine/weights/safetensors';

export interface AdapterHost {
  /** The client's own document of a library file, as a URI; without it the file is served by the request `source`. */
  readonly libraryDocument?: (name: string) => string;
  /** A path as clients write it. */
  absolute(path: string): string;
  loadProgram(path: string): Program;
  readonly data: DataFiles;
  readTensors(path: string): Promise<TensorFile>;
  runFolder(path: string): RunStorage;
  /** `auto` is the fastest that is there; `notice` is told of a fallback. */
  openBackend(name: string, notice: (text: string) => void): Promise<Backend>;
  /** Lets messages in between two iterations of a training. */
  breathe(): Promise<void>;
}
