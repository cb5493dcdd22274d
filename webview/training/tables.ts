// The numbers behind each picture of the training page, as tables to be saved.
// Not the text of the file (../export/csv.ts) and not what the screen has room for: every iteration is there.
import type { RunSample } from '../../protocol/run';
import type { Cell, Table } from '../export/csv';
import { unreachable } from '../must';
import type { RunData } from './run-data';

const unitOf = (run: RunData): string => (run.header.loss.unit === undefined ? '' : ` (${run.header.loss.unit})`);

/** Iterations and validations in one order; what was not measured at an iteration is empty. */
export function lossTable(run: RunData): Table {
  const { series, validation, header } = run;
  const metrics = header.validation?.metrics ?? [];
  const unit = unitOf(run);
  const rows = new Map<number, Cell[]>();
  for (let i = 0; i < series.length; i++) rows.set(series.iteration[i] ?? 0, [series.loss[i], series.lossAverage[i], undefined, ...metrics.map(() => undefined)]);
  for (const point of validation) {
    const [loss, average] = rows.get(point.iteration) ?? [];
    rows.set(point.iteration, [loss, average, point.loss, ...metrics.map((_, i) => point.metrics[i])]);
  }
  return {
    columns: ['iteration', `training loss${unit}`, `moving average${unit}`, `validation loss${unit}`, ...metrics.map(({ name, format }) => (format === 'share' ? `${name} (share)` : name))],
    rows: [...rows].sort(([a], [b]) => a - b).map(([iteration, cells]) => [iteration, ...cells]),
  };
}

/** One row a validation. */
export function validationTable(run: RunData): Table {
  const metrics = run.header.validation?.metrics ?? [];
  return {
    columns: ['iteration', `validation loss${unitOf(run)}`, ...metrics.map(({ name, format }) => (format === 'share' ? `${name} (share)` : name))],
    rows: run.validation.map((point) => [point.iteration, point.loss, ...metrics.map((_, i) => point.metrics[i])]),
  };
}

export function normTable({ series }: RunData): Table {
  return {
    columns: ['iteration', 'gradient norm before clipping', 'clipped (0/1)', 'moving average after clipping'],
    rows: Array.from({ length: series.length }, (_, i) => [series.iteration[i], series.gradNorm[i], series.clipped[i], series.normAverage[i]]),
  };
}

/** One row an iteration and number of steps back. */
export function horizonTable({ horizon }: RunData): Table {
  return {
    columns: ['iteration', 'steps back k', 'share of the gradient left (median)'],
    rows: horizon.flatMap(({ iteration, ratio }) => Array.from(ratio, (share, k) => [iteration, k, share])),
  };
}

/** Every iteration, the largest gradient first; what is not finite is larger than every number. */
export function largestTable({ series }: RunData): Table {
  const rank = (i: number): number => (Number.isFinite(series.gradNorm[i]) ? (series.gradNorm[i] ?? 0) : Infinity);
  const order = Array.from({ length: series.length }, (_, i) => i).sort((a, b) => (rank(a) === rank(b) ? a - b : rank(b) - rank(a)));
  return {
    columns: ['iteration', 'gradient norm before clipping', 'clipped (0/1)', 'training loss'],
    rows: order.map((i) => [series.iteration[i], series.gradNorm[i], series.clipped[i], series.loss[i]]),
  };
}

/** One row a measurement and parameter, with both histograms: the counts of 64 equal bins over the range. */
export function parameterTable({ parameters }: RunData): Table {
  const bins = (what: string): string[] => [`range of ${what} (±)`, ...Array.from({ length: 64 }, (_, i) => `${what} in bin ${i}`)];
  return {
    columns: ['iteration', 'parameter', 'root mean square', 'root mean square of the update', ...bins('values'), ...bins('updates')],
    rows: parameters.flatMap(({ iteration, tensors }) => tensors.map(({ name, rms, change, values, changes }): Cell[] => [iteration, name, rms, change, 2 ** values.exponent, ...values.counts, 2 ** changes.exponent, ...changes.counts])),
  };
}

/** One row a measurement and value. */
export function saturationTable({ saturation }: RunData): Table {
  return {
    columns: ['iteration', 'value', 'share in the lowest tenth of its range', 'share in the highest tenth of its range'],
    rows: saturation.flatMap(({ iteration, values }) => values.map(({ name, low, high }) => [iteration, name, low, high])),
  };
}

/** Every sample that was taken, not only those that are shown: a row a text, a labelled token, or a step of a curve. */
export function samplesTable({ samples, header }: RunData): Table {
  const loss = `loss${header.loss.unit === undefined ? '' : ` (${header.loss.unit})`}`;
  const kinds = new Set(samples.map(({ kind }) => kind));
  const has = (kind: RunSample['kind'], ...columns: readonly string[]): readonly string[] => (kinds.has(kind) ? columns : []);
  const steps = kinds.has('labels') || kinds.has('curve');
  const rows = samples.flatMap((sample): Cell[][] => {
    const begin: Cell[] = [sample.iteration, sample.loss];
    const row = (step: number | undefined, cells: Partial<Record<RunSample['kind'], readonly Cell[]>>): Cell[] => [
      ...begin, ...(steps ? [step] : []),
      ...(kinds.has('text') ? (cells.text ?? [undefined]) : []), ...(kinds.has('labels') ? (cells.labels ?? [undefined, undefined, undefined]) : []), ...(kinds.has('curve') ? (cells.curve ?? [undefined, undefined]) : []),
    ];
    switch (sample.kind) {
      case 'text':
        return [row(undefined, { text: [sample.text] })];
      case 'labels':
        return sample.tokens.map(({ text, label, target }, i) => row(i + 1, { labels: [text, label, target] }));
      case 'curve':
        return Array.from(sample.output, (output, i) => row(i + 1, { curve: [output, sample.target[i]] }));
      default:
        return unreachable(sample);
    }
  });
  return { columns: ['iteration', loss, ...(steps ? ['step t'] : []), ...has('text', 'text'), ...has('labels', 'token', 'label', 'target label'), ...has('curve', 'output', 'target')], rows };
}
