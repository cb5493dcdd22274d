// Where a command writes and what it hears: standard output, standard error, Ctrl-C.
// Not Node's process: tests pass a terminal of their own.
// Invariant: `out` is for results only; with --json every line of it is one JSON object.

export interface Terminal {
  /** One line of results. */
  out(line: string): void;
  /** One line for people: problems, progress, notes. */
  err(line: string): void;
  /** Replaces the line of progress under way, where the terminal can; else writes a line now and then. */
  progress(line: string): void;
  /** Against which paths are resolved. */
  readonly folder: string;
  /** Calls back on Ctrl-C until the function that is returned is called. */
  onInterrupt(callback: () => void): () => void;
  /** Milliseconds since 1970, with fractions. */
  now(): number;
  /** Lets signals and timers in. */
  breathe(): Promise<void>;
}

export const exitCodes = { done: 0, wrong: 1, badCall: 2 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
