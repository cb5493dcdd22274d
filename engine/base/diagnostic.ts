// What is wrong with a person's text: a value, never an exception.
// Not an operational error (see operational-error.ts) and not a bug (see invariant.ts).
// Invariant: `code` is stable and kebab-case; the message says what was found and what was expected.
import type { Span } from './span';

export type Severity = 'error' | 'warning' | 'hint';

export interface RelatedPlace {
  readonly message: string;
  readonly span: Span;
}

export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly span: Span;
  readonly related?: readonly RelatedPlace[];
  /** A replacement of the span's text that would mend it ("did you mean"). */
  readonly suggestion?: string;
}
