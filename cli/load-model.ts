// From a file's name to a model that can run: reads the file and its imports, opens its data, compiles.
// Not the printing of what is wrong (problems.ts).
// Invariant: what is wrong with the text or its data comes back as problems; what is wrong with the call is thrown.
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Diagnostic } from '../engine/base/diagnostic';
import { messageOf } from '../engine/base/operational-error';
import type { SourceText } from '../engine/base/source-text';
import type { DataSource } from '../engine/data/data-source';
import { openData } from '../engine/data/open-data';
import { chooseModel, compileModel, describeModels } from '../engine/ir/compile-model';
import type { Model } from '../engine/ir/model';
import { applySettings } from '../engine/ir/overrides';
import { type Program, libraryDocument, loadProgram } from '../engine/language/program';
import type { ModelSyntax } from '../engine/language/tree';
import { dataFolder, isMissing } from './files/data-folder';
import { CallError } from './options';
import { distinct } from './problems';

export interface LoadedModel {
  readonly program: Program;
  /** Undefined when problems hold an error. */
  readonly model?: Model;
  /** Undefined when the model declares its input on tensors, or its data cannot be opened. */
  readonly source?: DataSource;
  /** Warnings too. */
  readonly problems: readonly Diagnostic[];
}

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
  const name = syntax.name.text;
  const overrides = applySettings(program, syntax, (options.set ?? []).map(settingPair));
  const spec = describeModels(program, overrides).find((description) => description.name === name)?.data;
  const opened = spec && (await openData(spec, dataFolder(folder)));
  const source = opened?.kind === 'opened' ? opened.source : undefined;
  const compiled = compileModel(program, { model: name, overrides, ...(source === undefined ? {} : { input: source.input, target: source.target }) });
  const dataProblems = opened?.kind === 'wrong' ? opened.diagnostics : [];
  // That sizes are unknown follows from data that could not be opened, which is said already.
  const problems = distinct([...dataProblems, ...compiled.diagnostics.filter(({ code }) => code !== 'data-unknown' || dataProblems.length === 0)]);
  const sound = compiled.model !== undefined && dataProblems.length === 0;
  return { program, problems, ...(sound && compiled.model ? { model: compiled.model } : {}), ...(source === undefined ? {} : { source }) };
}

/** Throws CallError when the call does not say which model, or names none of the file's. */
export function selectModel(program: Program, name: string | undefined): ModelSyntax {
  const chosen = chooseModel(program, name);
  if ('model' in chosen) return chosen.model;
  const how = chosen.diagnostic.code === 'model-ambiguous' ? ' Use --model NAME.' : '';
  throw new CallError(`${program.main.file}: ${chosen.diagnostic.message}${how}`);
}

/** The text behind a span's file: the program's own and the library's. */
export function sourceFinder(program: Program): (file: string) => SourceText | undefined {
  return (file) => (program.documents.find((document) => document.file === file) ?? libraryDocument(file))?.source;
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
    return { reason: isMissing(thrown) ? `There is no file "${file}".` : `"${file}" cannot be read: ${messageOf(thrown)}.` };
  }
}
