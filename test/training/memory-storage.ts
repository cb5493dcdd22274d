// A run's folder in memory that dies at a chosen operation, leaving what a disk would: half of what was being written.
// Not the host's storage.
// Invariant: after the planted death every further operation fails too, until `revive`.
import type { RunStorage } from '../../engine/training/run-storage';

export class PlantedDeath extends Error {}

export class MemoryStorage implements RunStorage {
  readonly path = 'runs/test';
  readonly files = new Map<string, Uint8Array>();
  operations = 0;

  /** Dies in the operation of this number, from 1. */
  constructor(private dieAt = Infinity) {}

  /** Dies in the operation of this number counted from now. */
  dieAfter(operations: number): void {
    this.dieAt = this.operations + operations;
  }

  revive(): void {
    this.dieAt = Infinity;
  }

  text(name: string): string {
    return new TextDecoder().decode(this.files.get(name));
  }

  read(name: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.files.get(name));
  }

  list(folder: string): Promise<readonly string[]> {
    return Promise.resolve([...this.files.keys()].filter((name) => name.startsWith(`${folder}/`)).map((name) => name.slice(folder.length + 1)).sort());
  }

  write(name: string, bytes: Uint8Array): Promise<void> {
    return this.change(() => this.files.set(name, bytes.slice()), () => this.files.set(name, bytes.slice(0, bytes.length >> 1)));
  }

  append(name: string, text: string): Promise<void> {
    const before = this.files.get(name) ?? new Uint8Array(0);
    const bytes = new TextEncoder().encode(text);
    return this.change(() => this.files.set(name, joined(before, bytes)), () => this.files.set(name, joined(before, bytes.slice(0, bytes.length >> 1))));
  }

  rename(from: string, to: string): Promise<void> {
    return this.change(() => {
      const bytes = this.files.get(from);
      if (bytes === undefined) throw new Error(`no ${from}`);
      this.files.delete(from);
      this.files.set(to, bytes);
    });
  }

  remove(name: string): Promise<void> {
    return this.change(() => this.files.delete(name));
  }

  private change(whole: () => void, half: () => void = () => undefined): Promise<void> {
    this.operations += 1;
    if (this.operations < this.dieAt) {
      whole();
      return Promise.resolve();
    }
    if (this.operations === this.dieAt) half();
    return Promise.reject(new PlantedDeath(`died in operation ${this.operations}`));
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
