// The numbers behind the matrices, to be saved: a row a number, rows and columns from 0.
// Not the text of the file (../export/csv.ts) and not the picture's cells: every number is there.
import type { PlacedTensor } from '../../protocol/run';
import type { Table } from '../export/csv';
import { matrixSize } from './layout';

/** @param numbers row-major. */
export function numbersTable(tensors: readonly PlacedTensor[], numbers: (name: string) => Float32Array | undefined): Table {
  return {
    columns: ['parameter', 'row', 'column', 'number'],
    rows: tensors.flatMap((tensor) => {
      const [, columns] = matrixSize(tensor);
      return Array.from(numbers(tensor.name) ?? [], (value, i) => [tensor.name, Math.floor(i / columns), i % columns, value]);
    }),
  };
}
