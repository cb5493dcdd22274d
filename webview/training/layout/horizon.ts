// How far back the gradient reaches, over training: columns of shares left k steps earlier, and two contour lines.
// Not the pixels (raster/horizon.ts). At most 512 columns: neighbours are merged by their geometric mean.
// Invariant: a contour is where the share is last at or above its level (reach.ts), averaged over 13 columns.
import type { HorizonColumn } from '../../../protocol/run';
import { pushApart } from '../../picture/push-apart';
import { reach } from '../../reach';
import { placeOf, type IterationAxis } from './frame';
import type { Point } from './curve';
import { endLabels, type EndLabel } from './end-labels';
import type { RunData } from '../run-data';

export interface HorizonLayout {
  readonly height: number;
  /** Number of k, 0 … depth − 1. */
  readonly depth: number;
  readonly columns: readonly HorizonColumn[];
  /** Left edges of the columns and the right edge of the last: one more than columns. */
  readonly edges: readonly number[];
  readonly ticks: readonly { readonly y: number; readonly k: number }[];
  readonly contours: readonly { readonly level: number; readonly points: readonly Point[]; readonly k: number }[];
  readonly now: number;
  readonly labels: readonly EndLabel[];
  /** They lie on the map, below their lines. */
  readonly labelsInside: boolean;
}

const mostColumns = 512;
const smoothing = 6;
const labelRoom = 104;

export function horizonLayout(run: RunData, x: IterationAxis, height: number): HorizonLayout | undefined {
  if (run.horizon.length === 0) return undefined;
  const columns = merged(run.horizon);
  const depth = Math.max(...columns.map(({ ratio }) => ratio.length));
  if (!(depth > 0)) return undefined;
  const now = placeOf(x, run.status.iteration);
  const at = columns.map(({ iteration }) => placeOf(x, iteration));
  const edges = [x.left, ...at.slice(1).map((place, i) => (place + (at[i] ?? place)) / 2), Math.max(now, at.at(-1) ?? now)];
  const rowY = (k: number): number => ((k + 0.5) / depth) * height;
  const every = [1, 2, 4, 8, 16, 32, 64, 128, 256].find((step) => (step / depth) * height >= 36) ?? 512;
  const ticks = Array.from({ length: Math.floor((depth - 1) / every) + 1 }, (_, i) => ({ k: i * every, y: rowY(i * every) }));
  const contours = [0.01, 0.001].flatMap((level) => {
    const points = smooth(columns.map(({ ratio }) => reach(ratio, level)));
    const placed = points.flatMap((k, i): Point[] => (k === undefined ? [] : [[at[i] ?? 0, rowY(k)]]));
    const last = reach(run.horizon.at(-1)?.ratio ?? [], level);
    return placed.length === 0 || last === undefined ? [] : [{ level, points: placed, k: last }];
  });
  const wishes = contours.map(({ level, k, points }) => ({
    key: String(level), text: `${level === 0.01 ? '1 %' : '0.1 %'}: ${k}${k >= depth - 1 ? ' or more' : ''} ${k === 1 ? 'step' : 'steps'}`, y: points.at(-1)?.[1] ?? 0,
  }));
  const inside = x.right - now < labelRoom;
  const below = pushApart(wishes.map(({ y }) => y + 13), 18, 12, height - 6);
  const labels: EndLabel[] = inside
    ? wishes.map(({ key, text }, i) => ({ key, text, x: now - 8, y: below[i] ?? 0, anchor: 'end' }))
    : endLabels(wishes, now, labelRoom, { left: x.left, right: x.right, top: 0, bottom: height }, height, 16);
  return { height, depth, columns, edges, ticks, contours, now, labels, labelsInside: inside };
}

function merged(columns: readonly HorizonColumn[]): readonly HorizonColumn[] {
  const per = Math.ceil(columns.length / mostColumns);
  if (per <= 1) return columns;
  const result: HorizonColumn[] = [];
  for (let i = 0; i < columns.length; i += per) {
    const group = columns.slice(i, i + per);
    const depth = Math.max(...group.map(({ ratio }) => ratio.length));
    const ratio = Float64Array.from({ length: depth }, (_, k) => {
      const logs = group.map((column) => column.ratio[k] ?? 0).filter((value) => value > 0).map(Math.log);
      return logs.length === 0 ? 0 : Math.exp(logs.reduce((sum, value) => sum + value, 0) / logs.length);
    });
    result.push({ iteration: group.at(-1)?.iteration ?? 0, ratio });
  }
  return result;
}

function smooth(values: readonly (number | undefined)[]): (number | undefined)[] {
  return values.map((value, i) => {
    if (value === undefined) return undefined;
    const near = values.slice(Math.max(0, i - smoothing), i + smoothing + 1).filter((v) => v !== undefined);
    return near.reduce((sum, v) => sum + v, 0) / near.length;
  });
}
