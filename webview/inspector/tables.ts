// The numbers behind each picture of the gradient inspector, as tables to be saved.
// Not the text of the file (../export/csv.ts). Steps count from 1, units from 0.
import type { FactorCurves, GateSaturation, HorizonBand, LossCurves, MemoryHorizon, ParameterGradients, PathShares, Spectrum, Triangle } from '../../protocol/inspector-page';
import type { Cell, Table } from '../export/csv';
import { reachedSteps } from './layout/triangle';

interface Column {
  readonly name: string;
  readonly values: ArrayLike<number>;
}

/** Columns over time: one row a step. */
function overTime(first: string, from: number, columns: readonly Column[]): Table {
  const length = Math.max(0, ...columns.map(({ values }) => values.length));
  return { columns: [first, ...columns.map(({ name }) => name)], rows: Array.from({ length }, (_, i): Cell[] => [from + i, ...columns.map(({ values }) => values[i])]) };
}

export function curvesTable({ loss, states, all, compared }: LossCurves, comparedLabel: string | undefined): Table {
  const of = loss === null ? 'L' : `L(t=${loss})`;
  return overTime('step t', 1, [
    ...states.map(({ name, norm }) => ({ name: `norm of ∂${of}/∂${name}`, values: norm })),
    ...(loss === null ? [] : [{ name: `norm of ∂L/∂${states[0]?.name ?? 'state'}, all losses`, values: all }]),
    ...(compared ? [{ name: `${comparedLabel ?? 'compared'}: norm of ∂${of}/∂${states[0]?.name ?? 'state'}`, values: compared }] : []),
  ]);
}

export function pathsTable({ state, paths, highwayLeft }: PathShares): Table {
  return overTime('step t', 1, [...paths.map(({ name, norm }) => ({ name: `norm of ∂L/∂${state} by ${name}`, values: norm })), { name: 'highway alone (share of the gradient)', values: highwayLeft }]);
}

export function factorsTable({ weights, slopes }: FactorCurves): Table {
  return overTime('step t', 1, [{ name: 'norm of the recurrent matrix alone', values: weights }, { name: 'product of the mean slopes', values: slopes }]);
}

/** `norm` is `[loss, step]`; where a loss cannot reach there is no row. */
export function triangleTable(cells: Pick<Triangle, 'losses' | 'norm' | 'reaches'>, steps: number, what = 'norm of ∂L(j)/∂h(t)'): Table {
  return {
    columns: ['loss at j', 'step t', what],
    rows: Array.from(cells.losses).flatMap((loss, row) => {
      const [first, end] = reachedSteps(cells, loss, steps);
      return Array.from({ length: end - first + 1 }, (_, i) => [loss, first + i, cells.norm[row * steps + first - 1 + i]]);
    }),
  };
}

export interface NamedSpectrum {
  readonly label: string;
  readonly spectrum: Spectrum;
}

/** Eigenvalues of one step, and below them the spectral radius of every step. */
export function spectrumTable(spectra: readonly NamedSpectrum[], step: number, radii: ArrayLike<number> | undefined): Table {
  return {
    columns: ['what', 'step t', 'real', 'imaginary', 'spectral radius'],
    rows: [
      ...spectra.flatMap(({ label, spectrum }) => Array.from(spectrum.real, (real, i): Cell[] => [`eigenvalue of ${label} ${spectrum.space}`, step, real, spectrum.imaginary[i], undefined])),
      ...Array.from(radii ?? [], (radius, i): Cell[] => ['radius', i + 1, undefined, undefined, radius]),
    ],
  };
}

/** `norm` is `[row, step]`. */
export function parametersTable({ rows, norm }: ParameterGradients, steps: number): Table {
  return {
    columns: ['parameter', 'gate', 'step t', 'norm of what the step adds', 'norm of the sum over time'],
    rows: rows.flatMap(({ name, group, sum }, row) => Array.from({ length: steps }, (_, i): Cell[] => [name, group, i + 1, norm[row * steps + i], sum])),
  };
}

export function saturationTable({ gates }: GateSaturation): Table {
  return {
    columns: ['gate', 'unit', 'open, above 0.9 (share)', 'closed, below 0.1 (share)'],
    rows: gates.flatMap(({ name, open, closed }) => Array.from(open, (share, unit): Cell[] => [name, unit, share, closed[unit]])),
  };
}

export function horizonTable({ run, compared, longest }: MemoryHorizon, label: string, comparedLabel: string | undefined): Table {
  const band = (name: string, { median, low, high }: HorizonBand): Column[] => [
    { name: `${name}: share left, median`, values: median }, { name: `${name}: 10th percentile`, values: low }, { name: `${name}: 90th percentile`, values: high },
  ];
  return overTime('steps back k', 0, [
    ...band(label, run), ...(compared ? band(comparedLabel ?? 'compared', compared) : []),
    ...(longest ? [{ name: `product of ${longest.gate}, unit ${longest.unit}`, values: longest.product }] : []),
  ]);
}
