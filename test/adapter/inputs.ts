// Input files for the adapter's tests, written to a folder of their own.
// Not a test. Invariant: the same call gives the same file.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { floats, ints, type Tensor } from '../../engine/runtime/tensor';
import { writeSafetensors } from '../../engine/weights/safetensors';
import { temporaryFolder } from '../temporary-folder';

const folder = mkdtempSync(join(temporaryFolder(), 'adapter-'));

export function tensorFile(name: string, tensors: Readonly<Record<string, Tensor>>): string {
  const path = join(folder, `${name}.safetensors`);
  writeFileSync(path, writeSafetensors(new Map(Object.entries(tensors)), {}));
  return path;
}

export function textFile(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

export const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));

/** Two sequences of four tokens. */
export const tokens = (): string => tensorFile('tokens', { x: ints([2, 4], Int32Array.from([1, 2, 3, 4, 0, 4, 2, 1])), y: ints([2, 4], Int32Array.from([2, 3, 4, 0, 4, 2, 1, 3])) });

/** One sequence of numbers; `change` may spoil it. */
export function numbersFile(name: string, time: number, perStep: boolean, change: (x: Float32Array) => void = () => undefined): string {
  const x = Float32Array.from({ length: time * 2 }, (_, i) => Math.sin(i));
  change(x);
  return tensorFile(name, { x: floats([1, time, 2], x), y: floats(perStep ? [1, time, 1] : [1, 1], new Float32Array(perStep ? time : 1).fill(0.5)) });
}
