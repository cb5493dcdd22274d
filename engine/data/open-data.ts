// Opens what a `data` line names: the table of the kinds of source.
// Not their formats: each kind has a file of its own.
// Invariant: never throws for anything a person wrote or any file; what is wrong comes back as diagnostics on the `data` line.
import { didYouMean } from '../base/closest-name';
import type { Diagnostic } from '../base/diagnostic';
import type { DataSpec } from '../ir/model';
import { openAdding } from './adding-source';
import { openCopyMemory } from './copy-memory-source';
import type { DataFiles } from './data-files';
import type { DataSource } from './data-source';
import { openText } from './text-source';

export type OpenedData = { readonly kind: 'opened'; readonly source: DataSource } | { readonly kind: 'wrong'; readonly diagnostics: readonly Diagnostic[] };

type Opener = (spec: DataSpec, files: DataFiles) => DataSource | readonly Diagnostic[] | Promise<DataSource | readonly Diagnostic[]>;

/** Kinds that the language has and this version does not open yet say so instead of being unknown. */
const notYet: Opener = (spec) => [
  { code: 'data-not-yet', severity: 'error', message: `Data of the kind \`${spec.source}\` cannot be opened by this version yet; text, adding and copyMemory can.`, span: spec.span },
];

const openers: Readonly<Record<string, Opener>> = {
  text: openText,
  adding: openAdding,
  copyMemory: openCopyMemory,
  labelled: notYet,
  conll: notYet,
  pairs: notYet,
  series: notYet,
};

/** The kinds of source that a `data` line may name. */
export const dataKinds: readonly string[] = Object.keys(openers);

export async function openData(spec: DataSpec, files: DataFiles): Promise<OpenedData> {
  const opener = Object.hasOwn(openers, spec.source) ? openers[spec.source] : undefined;
  if (opener === undefined) {
    const meant = didYouMean(spec.source, dataKinds);
    const message = `\`${spec.source}\` is not a kind of data; there are ${dataKinds.join(', ')}.${meant}`;
    return { kind: 'wrong', diagnostics: [{ code: 'unknown-data', severity: 'error', message, span: spec.span }] };
  }
  const opened = await opener(spec, files);
  return isDiagnostics(opened) ? { kind: 'wrong', diagnostics: opened } : { kind: 'opened', source: opened };
}

function isDiagnostics(opened: DataSource | readonly Diagnostic[]): opened is readonly Diagnostic[] {
  return Array.isArray(opened);
}
