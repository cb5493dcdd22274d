// The runs that lie under some folders: what each trained, how far, and which checkpoints it keeps.
// Not their numbers (engine/training/run-record.ts). Nothing here writes.
// Invariant: a folder that is no run, or a damaged one, is left out; sizes are looked at before a file is read.
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkpointFolder, metricsFile, modelFile, runFile } from '../../engine/training/run-record';
import { readDescription, type RunDescription } from '../../engine/training/run-description';
import { readEventLines } from '../../engine/training/training-events';

export interface RunOnDisk {
  readonly path: string;
  readonly description: RunDescription;
  /** The layers as the run's own copy of the model has them: `LSTM(e, hidden: 64)`. */
  readonly layers: readonly string[];
  /** Of checkpoints, the newest first. */
  readonly iterations: readonly number[];
  /** Of the last iteration that was written down. */
  readonly loss: number | undefined;
}

const largestDescription = 8 * 2 ** 20;
const largestText = 2 ** 20;
/** The end of the metrics: the last lines are enough. */
const tail = 64 * 1024;

/** @param folders that hold runs, for example `…/.unroll/runs`; one that is not there is empty. The newest run comes first. */
export async function runsIn(folders: Iterable<string>): Promise<readonly RunOnDisk[]> {
  const found: RunOnDisk[] = [];
  for (const folder of new Set(folders)) {
    const names = await readdir(folder).catch(() => []);
    for (const name of names) {
      const run = await runAt(join(folder, name));
      if (run !== undefined) found.push(run);
    }
  }
  return found.sort((a, b) => (a.description.started < b.description.started ? 1 : a.description.started > b.description.started ? -1 : a.path < b.path ? -1 : 1));
}

async function runAt(path: string): Promise<RunOnDisk | undefined> {
  const file = join(path, runFile);
  try {
    if ((await stat(file)).size > largestDescription) return undefined;
    const description = readDescription(await readFile(file), file);
    return { path, description, layers: await layersOf(path), iterations: await iterationsOf(path), loss: await lastLoss(path) };
  } catch {
    // No run, or none that can be read: there is nothing to compare with.
    return undefined;
  }
}

async function layersOf(path: string): Promise<readonly string[]> {
  const file = join(path, modelFile);
  const known = await stat(file).catch(() => undefined);
  if (known === undefined || known.size > largestText) return [];
  const text = await readFile(file, 'utf8');
  return [...text.matchAll(/^\s*layer\s+\w+\s*=\s*(\w+\([^)\n]*\))/gm)].map(([, call = '']) => call);
}

async function iterationsOf(path: string): Promise<readonly number[]> {
  const names = await readdir(join(path, checkpointFolder)).catch(() => []);
  return names.flatMap((name) => /^iteration-(\d+)\.safetensors$/.exec(name)?.[1] ?? []).map(Number).sort((a, b) => b - a);
}

async function lastLoss(path: string): Promise<number | undefined> {
  const file = await open(join(path, metricsFile)).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(tail, size)), 0, Math.min(tail, size), Math.max(0, size - tail));
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n');
    const whole = (size > tail ? lines.slice(1) : lines).join('\n');
    return readEventLines(whole).flatMap((event) => (event.kind === 'iteration' ? [event.loss] : [])).at(-1);
  } finally {
    await file.close();
  }
}
