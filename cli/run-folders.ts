// Where runs lie when nobody says: `.unroll/runs/<id>` beside the model's file.
// Not their content. Invariant: an id begins with the time, so that the names sort as the runs began.
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { messageOf } from '../engine/base/operational-error';
import { readDescription } from '../engine/training/run-description';
import { runFile } from '../engine/training/run-record';
import { isMissing } from './files/data-folder';
import { runsFolder, unusedRunFolder } from './files/fresh-run-folder';
import { CallError } from './options';
import type { Terminal } from './terminal';

/** A folder that does not exist yet. */
export function freshRunFolder(file: string, model: string, terminal: Terminal): string {
  return unusedRunFolder(file, model, terminal.now(), terminal.folder);
}

/** The newest run of the model. Throws CallError when there is none. */
export function latestRunFolder(file: string, model: string, terminal: Terminal): Promise<string> {
  const folder = runsFolder(file);
  const names = namesIn(resolve(terminal.folder, folder)).sort().reverse();
  const found = names.map((name) => join(folder, name)).find((path) => modelOf(resolve(terminal.folder, path, runFile)) === model);
  return found === undefined ? Promise.reject(new CallError(`There is no run of ${model} in ${folder} to go on with; name its folder with --out.`)) : Promise.resolve(found);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (thrown) {
    if (isMissing(thrown)) return [];
    throw new CallError(`"${folder}" cannot be read: ${messageOf(thrown)}.`);
  }
}

/** Undefined for a folder that is no run, or whose description is damaged: it is not one to go on with. */
function modelOf(path: string): string | undefined {
  try {
    return readDescription(readFileSync(path), path).model;
  } catch {
    return undefined;
  }
}
