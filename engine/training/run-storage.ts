// The files of a run's folder, through operations that each host implements.
// Not the host's file system: names are relative to the run's folder.
// Invariant: after a crash at any moment a file replaced here holds its old content or its new one, whole.

export interface RunStorage {
  /** Where the folder is, for people and for the `done` line. */
  readonly path: string;
  /** Undefined when there is no such file. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** File names in a folder, sorted; empty when there is none. */
  list(folder: string): Promise<readonly string[]>;
  /** Creates or overwrites, makes missing folders, and returns once the bytes are on the disk. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Adds to the end of a file, creating it. */
  append(name: string, text: string): Promise<void>;
  /** Atomic; replaces what is there. */
  rename(from: string, to: string): Promise<void>;
  remove(name: string): Promise<void>;
}

export const temporarySuffix = '.writing';

export async function replaceFile(storage: RunStorage, name: string, bytes: Uint8Array): Promise<void> {
  await storage.write(`${name}${temporarySuffix}`, bytes);
  await storage.rename(`${name}${temporarySuffix}`, name);
}
