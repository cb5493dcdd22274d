// The folder of a run that begins: `.unroll/runs/<id>` beside the model's file.
// Not its content. Invariant: an id begins with the time, so that the names sort as the runs began; the folder does not exist yet.
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Where a model's runs lie when nobody says. */
export function runsFolder(file: string): string {
  return join(dirname(file), '.unroll', 'runs');
}

/** `now`: milliseconds since 1970; `workingFolder`: what the file's path is relative to. */
export function unusedRunFolder(file: string, model: string, now: number, workingFolder: string): string {
  const time = new Date(now).toISOString().replace(/\.\d+Z$/, '').replace(/[-:]/g, '').replace('T', '-');
  const path = join(runsFolder(file), `${time}-${model}`);
  let candidate = path;
  for (let count = 2; existsSync(resolve(workingFolder, candidate)); count++) candidate = `${path}-${count}`;
  return candidate;
}
