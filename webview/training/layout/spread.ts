// How a layer's parameters, or the changes that iterations made to them, are spread over iterations: a strip a parameter.
// Not the pixels (../raster/spread.ts). A strip has one range for all iterations, a power of two: what lies beyond it is drawn at its edge, and said.
// Invariant: bins become one by pairs when a range doubles, so counts are never shared out between bins.
import type { ValueSpread } from '../../../protocol/run';
import { number, percent } from '../../theme/numbers';
import type { RunData } from '../run-data';
import { placeOf, type IterationAxis } from './frame';
import { shortName } from '../../weights/names';
import { columnEdges } from './parameters';
import { namesOf } from './ratios';

export type SpreadOf = 'values' | 'changes';

export interface SpreadRow {
  readonly name: string;
  /** Top of the words and of the strip. */
  readonly y: number;
  readonly top: number;
  readonly label: string;
  readonly numbers: string;
  /** The strip's range is ±2^exponent. */
  readonly exponent: number;
  /** By column and bin, from the top (the largest values) down: share of the column's fullest bin, or undefined when it was not measured. */
  readonly columns: readonly (readonly number[] | undefined)[];
}

export interface SpreadLayout {
  readonly height: number;
  readonly strip: number;
  readonly edges: readonly number[];
  readonly rows: readonly SpreadRow[];
  readonly now: number;
}

/** One pixel a bin: pairs of the 64. */
export const stripBins = 32;
/** The exponent of a range that holds only zeros. */
const zeros = -126;
/** Share of a parameter's numbers that may lie beyond its strip's range. */
const fewOutliers = 0.005;
const words = 18;
const gap = 8;

export function spreadLayout(run: RunData, layer: string, of: SpreadOf, axis: IterationAxis): SpreadLayout | undefined {
  const names = namesOf(run, layer);
  if (names.length === 0) return undefined;
  const now = placeOf(axis, run.status.iteration);
  const rows = names.map((name, row): SpreadRow => {
    const sizes = run.parameters.map(({ tensors }) => tensors.find((tensor) => tensor.name === name));
    const { exponent, beyond } = rangeOf(sizes.flatMap((size) => (size ? [size[of]] : [])));
    const last = sizes.at(-1);
    const y = row * (words + stripBins + gap);
    return {
      name, y, top: y + words, exponent, label: shortName(name),
      numbers: exponent <= zeros ? 'all 0' : `±${number(2 ** exponent)}${beyond > 0 ? ` (${percent(beyond)} beyond)` : ''}${last === undefined ? '' : `, root mean square ${number(of === 'values' ? last.rms : last.change)}`}`,
      columns: sizes.map((size) => size && shares(size[of], exponent)),
    };
  });
  return { height: names.length * (words + stripBins + gap) - gap, strip: stripBins, edges: columnEdges(run.parameters, axis, now), rows, now };
}

/** Of the range that holds every number, or of half of it when a few outliers alone need more. `beyond`: the largest share that lies outside. */
function rangeOf(spreads: readonly ValueSpread[]): { readonly exponent: number; readonly beyond: number } {
  const exponent = Math.max(...spreads.map((spread) => spread.exponent));
  const outside = spreads.filter((spread) => spread.exponent === exponent).map(({ counts }) => {
    const quarter = counts.length / 4;
    const all = counts.reduce((a, b) => a + b, 0);
    return 1 - counts.subarray(quarter, 3 * quarter).reduce((a, b) => a + b, 0) / Math.max(1, all);
  });
  const beyond = Math.max(0, ...outside);
  return exponent > zeros && beyond <= fewOutliers ? { exponent: exponent - 1, beyond } : { exponent, beyond: 0 };
}

/** Largest values first. */
function shares(spread: ValueSpread, exponent: number): readonly number[] {
  const counts = countsWithin(spread, exponent, stripBins);
  const most = Math.max(...counts);
  return [...counts].reverse().map((count) => (most > 0 ? count / most : 0));
}

/** The same counts on another range, in fewer bins: exactly, since both are powers of two; what lies beyond a smaller one is in its edge bins. `bins` divides 64. */
export function countsWithin({ exponent: own, counts }: ValueSpread, exponent: number, bins: number): readonly number[] {
  const result = new Array<number>(bins).fill(0);
  const wider = 2 ** (exponent - own);
  counts.forEach((count, i) => {
    const from = Math.floor((i - counts.length / 2) / wider);
    const bin = Math.floor(((from + counts.length / 2) * bins) / counts.length);
    const clipped = Math.min(bins - 1, Math.max(0, bin));
    result[clipped] = (result[clipped] ?? 0) + count;
  });
  return result;
}

/** Row and part of the range under a place; the value at the pixel's upper edge. */
export function spreadAt(layout: SpreadLayout, y: number): { readonly name: string; readonly bin: number } | undefined {
  const row = layout.rows.find(({ top }) => y >= top && y < top + layout.strip);
  return row && { name: row.name, bin: layout.strip - 1 - Math.floor(y - row.top) };
}
