// The numbers behind a picture as comma-separated text: a header row with names and units, then a row an entry.
// Not which numbers those are: each page's tables.ts says so.
// Invariant: a number is written so that reading it gives the same number back, float32 too; nothing is rounded.

export type Cell = number | string | undefined;

export interface Table {
  /** Names with their units, `loss (nats per character)`; steps count from 1, units from 0. */
  readonly columns: readonly string[];
  readonly rows: Iterable<readonly Cell[]>;
}

/** Lines end as RFC 4180 says; a cell that is undefined is empty. */
export function csv({ columns, rows }: Table): string {
  const lines = [columns.map(cellText).join(',')];
  for (const row of rows) lines.push(row.map(cellText).join(','));
  return `${lines.join('\r\n')}\r\n`;
}

function cellText(cell: Cell): string {
  if (cell === undefined) return '';
  // String() writes the shortest text that reads back as this double, and every float32 is a double; only the sign of zero it drops.
  if (typeof cell === 'number') return Object.is(cell, -0) ? '-0' : String(cell);
  return /[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell;
}
