// Where the file of a stop is shown: beside a page that can be seen, never over it.
import { expect, it } from 'vitest';
import { type Column, columnFor } from '../../extension/debug/column-for';

const text = (column: number, shows: string, ...behind: readonly string[]): Column => ({ column, shows, holds: [shows, ...behind] });
const page = (column: number, ...behind: readonly string[]): Column => ({ column, shows: undefined, holds: behind });

it.each([
  ['where it is in front already', [text(1, 'a'), page(2)], [2], 'anywhere'],
  ['anywhere, where no page can be seen', [text(1, 'b', 'a')], [], 'anywhere'],
  ['in a column that has it behind another text', [text(1, 'b'), text(2, 'c', 'a'), page(3)], [3], 2],
  ['beside the page, where both have it', [page(1, 'a'), text(2, 'b', 'a')], [1], 2],
  ['in the column of another text, where none has it', [page(1), { column: 2, shows: undefined, holds: [] }, text(3, 'b')], [1], 3],
  ['in a column without a text, where there is no better one', [page(1, 'a'), { column: 2, shows: undefined, holds: [] }], [1], 2],
  ['behind the page, where there is nothing beside it', [page(1, 'a')], [1], 'behind'],
  ['behind, where every column has a page in front', [page(1, 'a'), page(2)], [1, 2], 'behind'],
] as const)('is %s', (_name, columns, pages, expected) => {
  expect(columnFor('a', columns, pages)).toBe(expected);
});
