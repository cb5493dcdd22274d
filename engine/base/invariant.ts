// Says that something cannot happen; when it does, it is our bug.
// Never used for a person's text or files.

export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** Narrows away `undefined`; the message says why it cannot be. */
export function defined<T>(value: T | undefined | null, message: string): T {
  if (value === undefined || value === null) throw new InvariantError(message);
  return value;
}

/** For the default branch of a complete switch: a new kind does not compile. */
export function unreachable(value: never): never {
  throw new InvariantError(`unexpected kind: ${JSON.stringify(value)}`);
}
