// Which numbers the validation block shows: the header's metrics, bits where the loss is in nats, and the gap to training.
// Not drawing. A number that cannot be computed has no row.
import type { RunData } from './run-data';

export interface ValidationRow {
  readonly name: string;
  readonly format: 'share' | 'number';
  readonly value: number;
  /** Its course, one entry an evaluation. */
  readonly values: readonly number[];
}

export function validationRows({ header, validation, series }: RunData): ValidationRow[] {
  const rows: ValidationRow[] = [];
  const add = (name: string, format: ValidationRow['format'], values: readonly number[]): void => {
    const value = values.at(-1);
    if (value !== undefined && Number.isFinite(value)) rows.push({ name, format, value, values });
  };
  header.validation?.metrics.forEach((metric, i) => add(metric.name, metric.format, validation.map(({ metrics }) => metrics[i] ?? NaN)));
  if (header.loss.bitsPer !== undefined) add(`bits per ${header.loss.bitsPer}`, 'number', validation.map(({ loss }) => loss / Math.LN2));
  else if (rows.length === 0) add('loss', 'number', validation.map(({ loss }) => loss));
  const gaps = validation.map(({ iteration, loss }) => {
    const i = series.indexAt(iteration);
    return i < 0 ? NaN : (series.lossAverage[i] ?? NaN) - loss;
  });
  add('train − validation', 'number', gaps);
  return rows;
}
