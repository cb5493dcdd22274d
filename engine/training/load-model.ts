// From a program to a model that can train: opens its data, puts settings over the text's, compiles.
// Not the reading of files (the host gives texts and bytes) and not the choice among several models.
// Invariant: what is wrong with the text or its data comes back as problems, each once; what is wrong with a setting is thrown.
import type { Diagnostic } from '../base/diagnostic';
import type { SourceText } from '../base/source-text';
import type { DataFiles } from '../data/data-files';
import type { DataSource } from '../data/data-source';
import { openData } from '../data/open-data';
import { compileModel, describeModels } from '../ir/compile-model';
import type { Model } from '../ir/model';
import { applySettings } from '../ir/overrides';
import { type Program, libraryDocument } from '../language/program';
import type { ModelSyntax } from '../language/tree';

export interface LoadedModel {
  readonly program: Program;
  /** Undefined when problems hold an error. */
  readonly model?: Model;
  /** Undefined when the model declares its input on tensors, or its data cannot be opened. */
  readonly source?: DataSource;
  /** Warnings too. */
  readonly problems: readonly Diagnostic[];
}

/** `settings`: pairs put over the text's. Throws OperationalError `unknown-setting` or `setting-value`. */
export async function loadModel(program: Program, syntax: ModelSyntax, files: DataFiles, settings: Iterable<readonly [string, string]> = []): Promise<LoadedModel> {
  const name = syntax.name.text;
  const overrides = applySettings(program, syntax, settings);
  const spec = describeModels(program, overrides).find((description) => description.name === name)?.data;
  const opened = spec && (await openData(spec, files));
  const source = opened?.kind === 'opened' ? opened.source : undefined;
  const compiled = compileModel(program, { model: name, overrides, ...(source === undefined ? {} : { input: source.input, target: source.target }) });
  const dataProblems = opened?.kind === 'wrong' ? opened.diagnostics : [];
  // That sizes are unknown follows from data that could not be opened, which is said already.
  const problems = distinct([...dataProblems, ...compiled.diagnostics.filter(({ code }) => code !== 'data-unknown' || dataProblems.length === 0)]);
  const sound = compiled.model !== undefined && dataProblems.length === 0;
  return { program, problems, ...(sound && compiled.model ? { model: compiled.model } : {}), ...(source === undefined ? {} : { source }) };
}

/** Each finding once: the same one can come from the check of the file and from the compiling of a model. */
export function distinct(problems: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  return problems.filter(({ code, span }) => {
    const key = `${span.file} ${span.start} ${code}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** The text behind a span's file: the program's own and the library's. */
export function sourceFinder(program: Program): (file: string) => SourceText | undefined {
  return (file) => (program.documents.find((document) => document.file === file) ?? libraryDocument(file))?.source;
}
