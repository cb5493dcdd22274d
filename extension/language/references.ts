// Where a declared name is used, and what a new name would change.
// Not VS Code's providers (register-names.ts). Invariant: a name is its declaration, not its letters; the prime is not part of it and stays where it was.
import type { Span } from '../../engine/base/span';
import { check } from '../../engine/language/check';
import { type Program, loadProgram } from '../../engine/language/program';
import { type Meaning, type Occurrence, occurrencesOf } from './occurrences';

/** The name that declares what is meant; undefined for what the language itself gives. */
export function declaredAt(meaning: Meaning): Span | undefined {
  switch (meaning.kind) {
    case 'cell':
      return meaning.found.cell.name.span;
    case 'value':
    case 'line':
      return meaning.declared.span;
    case 'source':
      return meaning.declared;
    case 'model':
      return meaning.model.name.span;
    case 'argument':
      return meaning.found?.cell.params.find(({ name }) => name.text === meaning.name)?.name.span;
    default:
      return undefined;
  }
}

/** Every place of the program's main file that means what is declared at `declared`. */
export function referencesOf(program: Program, declared: Span): readonly Occurrence[] {
  return occurrencesOf(program).filter(({ meaning }) => {
    const own = declaredAt(meaning);
    return own !== undefined && own.file === declared.file && own.start === declared.start;
  });
}

/** Cells, and the arguments that their layers take, are known beyond their file. */
export function reachesOtherFiles({ kind, ...meaning }: Meaning): boolean {
  return kind === 'cell' || kind === 'argument' || ('role' in meaning && meaning.role === 'size');
}

/** Why what is meant cannot have another name, a sentence; undefined when it can. */
export function whyFixed(meaning: Meaning): string | undefined {
  if (meaning.kind === 'source') return 'This name comes with the data.';
  const declared = declaredAt(meaning);
  if (declared === undefined) return 'This is a word of the language.';
  return declared.file.startsWith('library:') ? 'This belongs to the library, which cannot be changed.' : undefined;
}

/** The name at an occurrence, without the prime. */
export function nameSpan({ span }: Occurrence, text: string): Span {
  return text[span.end - 1] === "'" ? { ...span, end: span.end - 1 } : span;
}

/** The text with other words at some places; `spans` do not overlap. */
export function replaced(text: string, spans: readonly Span[], name: string): string {
  let made = '';
  let from = 0;
  for (const { start, end } of [...spans].sort((a, b) => a.start - b.start)) {
    made += text.slice(from, start) + name;
    from = end;
  }
  return made + text.slice(from);
}

export function isName(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text);
}

/** What a changed text would newly have wrong, the first of it; undefined when nothing. */
export function newProblem(program: Program, changed: string, read: (path: string) => string | undefined): string | undefined {
  const { file } = program.main;
  const errors = (of: Program): string[] => check(of).filter(({ severity, span }) => severity === 'error' && span.file === file).map(({ message }) => message);
  const before = errors(program);
  const after = errors(loadProgram(file, changed, read));
  return after.length <= before.length ? undefined : after.find((message) => !before.includes(message)) ?? after[0];
}
