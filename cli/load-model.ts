// From a file's name to a model that can run: reads the file and its imports, opens its data, compiles.
// Not the printing of what is wrong (problems.ts).
// Invariant: what is wrong with the text or its data comes back as problems; what is wrong with the call is thrown.
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { chooseModel } from '../engine/ir/compile-model';
import { type Program, loadProgram } from '../engine/language/program';
import type { ModelSyntax } from '../engine/language/tree';
import { type LoadedModel, loadModel as loadTrainingModel } from '../engine/training/load-model';
import { dataFolder, isMissing } from './files/data-folder';
import { reasonOf } from './files/file-reasons';
import { CallError } from './options';

export type { LoadedModel };
export { sourceFinder } from '../engine/training/load-model';

/** Larger than any text written by hand. */
const largestText = 4 * 2 ** 20;

/** Throws CallError when the file cannot be read. */
export function loadFile(file: string, folder: string): Program {
  const text = readText(file, folder);
  if (typeof text !== 'string') throw new CallError(text.reason);
  return loadProgram(file, text, fileReader(folder));
}

/** The text of an imported file, or undefined. */
export function fileReader(folder: string): (path: string) => string | undefined {
  return (path) => {
    const imported = readText(path, folder);
    return typeof imported === 'string' ? imported : undefined;
  };
}

/** Throws CallError for a model that is not there, and OperationalError for a setting that means nothing. */
export async function loadModel(program: Program, folder: string, options: { readonly model?: string | undefined; readonly set?: readonly string[] } = {}): Promise<LoadedModel> {
  const syntax = selectModel(program, options.model);
  return loadTrainingModel(program, syntax, dataFolder(folder), (options.set ?? []).map(settingPair));
}

/** Throws CallError when the call does not say which model, or names none of the file's. */
export function selectModel(program: Program, name: string | undefined): ModelSyntax {
  const chosen = chooseModel(program, name);
  if ('model' in chosen) return chosen.model;
  const how = chosen.diagnostic.code === 'model-ambiguous' ? ' Use --model NAME.' : '';
  throw new CallError(`${program.main.file}: ${chosen.diagnostic.message}${how}`);
}

function settingPair(text: string): readonly [string, string] {
  const equals = text.indexOf('=');
  if (equals <= 0) throw new CallError(`--set needs key=value, for example --set rate=0.01; "${text}" was given.`);
  return [text.slice(0, equals), text.slice(equals + 1)];
}

function readText(file: string, folder: string): string | { readonly reason: string } {
  try {
    const path = resolve(folder, file);
    if (statSync(path).size > largestText) return { reason: `"${file}" is larger than ${largestText} bytes; it is not a model's text.` };
    const text = readFileSync(path, 'utf8');
    return text.includes('\0') ? { reason: `"${file}" is not a text; name a file in the language (.rnn).` } : text;
  } catch (thrown) {
    return { reason: isMissing(thrown) ? `There is no file "${file}".` : `"${file}" cannot be read: ${reasonOf(thrown)}.` };
  }
}
