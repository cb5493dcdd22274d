// Something outside the program's text that is not as it must be: a missing file, weights of another shape, no backend.
// Not a diagnostic of the user's text and not a bug.
// Invariant: the message says what was expected and what to do, in one sentence or two.

export class OperationalError extends Error {
  override readonly name = 'OperationalError';

  constructor(
    readonly code: string,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}

/** The text of anything thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
