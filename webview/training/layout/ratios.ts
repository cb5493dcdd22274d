// Update-to-weight ratios of one layer's parameters over iterations, on a logarithmic axis around the customary 10⁻³.
// Not drawing. Few lines are labelled: the largest, the smallest, and the one that is pointed at.
import { logAxis, logPlace, type LogAxis } from '../../picture/log-axis';
import { number } from '../../theme/numbers';
import type { RunData } from '../run-data';
import type { Point } from './curve';
import { endLabels, type EndLabel } from './end-labels';
import { placeOf, type IterationAxis } from './frame';
import { layerOf, shortName } from '../../weights/names';
import { ratioOf } from './parameters';

/** One part in a thousand per iteration: the rule of thumb of those who train networks. */
export const customaryRatio = 1e-3;

export interface RatioLine {
  readonly name: string;
  readonly points: readonly Point[];
  readonly picked: boolean;
}

export interface RatioLayout {
  readonly height: number;
  readonly y: LogAxis;
  /** Pixel of the customary ratio. */
  readonly guide: number;
  /** The picked one last, so that it lies on top. */
  readonly lines: readonly RatioLine[];
  readonly now: number;
  readonly labels: readonly EndLabel[];
}

const labelRoom = 112;

export function ratioLayout(run: RunData, layer: string, axis: IterationAxis, height: number, picked?: string): RatioLayout | undefined {
  const names = namesOf(run, layer);
  const series = names.map((name) => ({ name, values: ratiosOf(run, name) })).filter(({ values }) => values.length > 0);
  if (series.length === 0) return undefined;
  const all = series.flatMap(({ values }) => values.map(([, ratio]) => ratio));
  // At the end of a run there is room for a name beneath the lowest line.
  const low = Math.min(customaryRatio / 3, ...all) * (axis.right - placeOf(axis, run.status.iteration) < labelRoom ? 0.4 : 0.8);
  const high = Math.max(customaryRatio * 3, ...all) * 1.25;
  const y = logAxis(low, high, height - 1, 1, 24);
  const lines = series.map(({ name, values }): RatioLine => ({ name, picked: name === picked, points: values.map(([iteration, ratio]): Point => [placeOf(axis, iteration), logPlace(y, ratio)]) }));
  const now = placeOf(axis, run.status.iteration);
  const last = series.map(({ name, values }) => ({ name, ratio: presentRatio(run, name) ?? NaN, end: values.at(-1)?.[1] ?? NaN })).sort((a, b) => b.ratio - a.ratio);
  const named = new Set([last[0]?.name, last.at(-1)?.name, picked]);
  const wishes = last.filter(({ name }) => named.has(name)).map(({ name, ratio, end }) => ({ key: name === picked ? 'picked' : 'end', text: `${shortName(name)} ${number(ratio)}`, y: logPlace(y, end) }));
  const near = (points: readonly Point[]): number[] => points.filter(([x]) => x > now - labelRoom).map(([, place]) => place);
  const covered = lines.flatMap(({ points }) => near(points));
  // Left of the yellow line the smallest is named beneath its own line, far from the block above all lines.
  const lowest = axis.right - now < labelRoom && wishes.length > 1 ? wishes.at(-1) : undefined;
  const under = lowest && Math.max(...covered) + 14;
  const isApart = under !== undefined && under <= height - 4 && last.at(-1)?.name !== picked;
  const plot = { left: axis.left, right: axis.right, top: 0, bottom: height };
  const labels = [
    ...endLabels(isApart ? wishes.slice(0, -1) : wishes, now, labelRoom, plot, Math.min(height, ...covered), 16),
    ...(isApart && lowest ? [{ key: lowest.key, text: lowest.text, x: now - 10, y: under, anchor: 'end' as const }] : []),
  ];
  return { height, y, guide: logPlace(y, customaryRatio), lines: [...lines].sort((a, b) => Number(a.picked) - Number(b.picked)), now, labels: labels.map((label, i) => ({ ...label, key: `${label.key}-${i}` })) };
}

/** The layer's parameters as they were measured last. */
export function namesOf(run: RunData, layer: string): readonly string[] {
  return (run.parameters.at(-1)?.tensors ?? []).map(({ name }) => name).filter((name) => layerOf(name) === layer);
}

/** Of positive ratios; a parameter that is zero, or did not change, has no place on the axis. */
export function ratiosOf(run: RunData, name: string): readonly (readonly [iteration: number, ratio: number])[] {
  return run.parameters.flatMap(({ iteration, tensors }) => {
    const size = tensors.find((tensor) => tensor.name === name);
    const ratio = size && ratioOf(size);
    return ratio !== undefined && ratio > 0 ? [[iteration, ratio] as const] : [];
  });
}

/** Measurements that a present ratio is the geometric mean of: single updates vary. */
const recent = 5;

export function presentRatio(run: RunData, name: string): number | undefined {
  const last = ratiosOf(run, name).slice(-recent);
  return last.length === 0 ? undefined : Math.exp(last.reduce((sum, [, ratio]) => sum + Math.log(ratio), 0) / last.length);
}

/** The parameter whose line passes nearest to a place, at a measurement. */
export function lineNear(run: RunData, layout: RatioLayout, index: number, place: number): string | undefined {
  const column = run.parameters[index];
  let nearest: string | undefined;
  let least = Infinity;
  for (const { name } of layout.lines) {
    const size = column?.tensors.find((tensor) => tensor.name === name);
    const ratio = size && ratioOf(size);
    if (ratio === undefined || !(ratio > 0)) continue;
    const distance = Math.abs(logPlace(layout.y, ratio) - place);
    if (distance < least) [nearest, least] = [name, distance];
  }
  return nearest;
}
