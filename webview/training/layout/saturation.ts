// Saturation over iterations: a strip a value, filled from below by the share in the lowest tenth of its range and from above by that in the highest.
// Not drawing. What is empty between the two is the share that still passes gradient well.
import { percent } from '../../theme/numbers';
import type { RunData } from '../run-data';
import type { Point } from './curve';
import { placeOf, type IterationAxis } from './frame';
import { layerOf, shortName } from '../../weights/names';

export interface SaturationRow {
  readonly name: string;
  readonly y: number;
  readonly top: number;
  readonly label: string;
  readonly numbers: string;
  /** Closed outlines. */
  readonly low: readonly Point[];
  readonly high: readonly Point[];
}

export interface SaturationLayout {
  readonly height: number;
  readonly strip: number;
  readonly rows: readonly SaturationRow[];
  readonly now: number;
}

const words = 18;
const strip = 32;
const gap = 8;

export function saturationLayout(run: RunData, layer: string, axis: IterationAxis): SaturationLayout | undefined {
  const names = (run.saturation.at(-1)?.values ?? []).map(({ name }) => name).filter((name) => layerOf(name) === layer);
  if (names.length === 0) return undefined;
  const rows = names.map((name, row): SaturationRow => {
    const y = row * (words + strip + gap);
    const top = y + words;
    const points = run.saturation.flatMap(({ iteration, values }) => {
      const value = values.find((candidate) => candidate.name === name);
      return value ? [{ x: placeOf(axis, iteration), ...value }] : [];
    });
    const last = points.at(-1);
    const area = (edge: number, place: (point: (typeof points)[number]) => number): readonly Point[] =>
      points.length === 0 ? [] : [[points[0]?.x ?? 0, edge], ...points.map((point): Point => [point.x, place(point)]), [last?.x ?? 0, edge]];
    return {
      name, y, top, label: shortName(name),
      numbers: last === undefined ? '' : `${percent(last.high)} in the highest tenth, ${percent(last.low)} in the lowest`,
      low: area(top + strip, ({ low }) => top + strip - low * strip),
      high: area(top, ({ high }) => top + high * strip),
    };
  });
  return { height: names.length * (words + strip + gap) - gap, strip, rows, now: placeOf(axis, run.status.iteration) };
}
