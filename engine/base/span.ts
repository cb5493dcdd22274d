// A place in a source text: what every equation, diagnostic and stack frame points at.
// Not a line and column: those exist only at the rim (see source-text.ts).
// Invariant: 0 <= start <= end, both UTF-16 offsets from 0 into the named file's text.

/** Half-open range of UTF-16 offsets `[start, end)` in `file` (a path or a `library:` name). */
export interface Span {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}
