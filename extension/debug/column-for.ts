// Where a stop's file is shown so that it covers no page: VS Code itself would open it in the group that was used last.
// Not the showing. Invariant: a page that can be seen stays in sight.

export interface Column {
  readonly column: number;
  /** The text that is in front, if it is one. */
  readonly shows: string | undefined;
  readonly holds: readonly string[];
}

/** `anywhere`: where VS Code finds it. `behind`: nowhere, every column has a page in front. @param pages columns with a page in front */
export function columnFor(file: string, columns: readonly Column[], pages: readonly (number | undefined)[]): number | 'anywhere' | 'behind' {
  if (pages.length === 0 || columns.some(({ shows }) => shows === file)) return 'anywhere';
  const free = columns.filter(({ column }) => !pages.includes(column));
  const best = free.find(({ holds }) => holds.includes(file)) ?? free.find(({ shows }) => shows !== undefined) ?? free[0];
  return best?.column ?? 'behind';
}
