// Reads and writes safetensors files named on the command line.
// Not the format (engine/weights/safetensors.ts).
// Invariant: a file that cannot be read or written is an OperationalError with its name; what was there before is replaced whole or not at all.
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { OperationalError } from '../../engine/base/operational-error';
import type { Tensor } from '../../engine/runtime/tensor';
import { type TensorFile, readSafetensors, writeSafetensors } from '../../engine/weights/safetensors';
import { isMissing } from './data-folder';
import { reasonOf } from './file-reasons';

/** Node reads no larger file into one array. */
const largestFile = 2 ** 31;

export async function readTensorFile(name: string, folder: string): Promise<TensorFile> {
  const path = resolve(folder, name);
  let bytes: Uint8Array;
  try {
    const { size } = await stat(path);
    if (size > largestFile) throw new OperationalError('file-too-large', `"${name}" has ${size} bytes; at most ${largestFile} can be read.`);
    bytes = await readFile(path);
  } catch (thrown) {
    if (thrown instanceof OperationalError) throw thrown;
    throw new OperationalError('file-unreadable', isMissing(thrown) ? `There is no file "${name}".` : `"${name}" cannot be read: ${reasonOf(thrown)}.`, { cause: thrown });
  }
  return readSafetensors(bytes, name);
}

export async function writeTensorFile(name: string, folder: string, tensors: ReadonlyMap<string, Tensor>, metadata: Readonly<Record<string, string>>): Promise<void> {
  const path = resolve(folder, name);
  try {
    const file = await open(`${path}.writing`, 'w');
    try {
      await file.writeFile(writeSafetensors(tensors, metadata));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.writing`, path);
  } catch (thrown) {
    // What is half written is of no use; that it may not go away either is not what a person should hear of.
    await rm(`${path}.writing`, { force: true }).catch(() => undefined);
    throw new OperationalError('file-unwritable', `"${name}" cannot be written: ${reasonOf(thrown)}. Name another file with --out.`, { cause: thrown });
  }
}
