// Narrows away what cannot be missing, in the pages; when it is, it is our bug.
// Never used for what a host sends or a person does.

export function must<T>(value: T | undefined | null, message: string): T {
  if (value === undefined || value === null) throw new Error(message);
  return value;
}

/** For the default branch of a complete switch: a new kind does not compile. */
export function unreachable(value: never): never {
  throw new Error(`unexpected kind: ${JSON.stringify(value)}`);
}
