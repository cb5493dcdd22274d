// The one line beside the pointer: what stands at an iteration, from the numbers themselves and never from the picture.
// Not drawing. Empty when nothing was measured there.
import { count, number, percent } from '../theme/numbers';
import { iterationAt, type IterationAxis } from './layout/frame';
import type { HorizonLayout } from './layout/horizon';
import type { RunData } from './run-data';
import type { Pointing } from './state';
import { stripLine } from './strip-pointing';

export function hoverLine(run: RunData, pointing: Pointing, horizon: HorizonLayout | undefined): string {
  const { series } = run;
  const i = series.indexAt(pointing.iteration);
  const exact = i >= 0 && series.iteration[i] === pointing.iteration;
  if (pointing.picture === 'largest') return stripLine(run, pointing);
  if (pointing.picture === 'horizon') return horizon ? horizonLine(horizon, pointing) : '';
  if (!exact) return '';
  const opening = `iteration ${count(pointing.iteration)}`;
  if (pointing.picture === 'norm') {
    return `${opening} · gradient ${number(series.gradNorm[i] ?? NaN)}${series.clipped[i] ? ', clipped' : ''} · loss ${number(series.loss[i] ?? NaN)}`;
  }
  const point = run.validation.find(({ iteration }) => iteration === pointing.iteration);
  const validation = point ? ` · validation ${number(point.loss)}` : '';
  return `${opening} · loss ${number(series.loss[i] ?? NaN)} · average ${number(series.lossAverage[i] ?? NaN)}${validation}`;
}

function horizonLine(layout: HorizonLayout, { iteration, y }: Pointing): string {
  const index = layout.columns.findIndex((column, i) => iteration <= column.iteration || i === layout.columns.length - 1);
  const column = layout.columns[index];
  if (!column) return '';
  const k = y === undefined ? 0 : Math.min(layout.depth - 1, Math.max(0, Math.floor((y / layout.height) * layout.depth)));
  const value = column.ratio[k];
  return value === undefined ? '' : `iteration ${count(column.iteration)} · ${k} steps back · ${percent(value)} left`;
}

/** The recorded iteration nearest to a pixel, so that the cross-hair stands on a dot. */
export function pointAt(run: RunData, axis: IterationAxis, x: number): number | undefined {
  const { series } = run;
  if (series.length === 0) return undefined;
  const wanted = iterationAt(axis, x);
  const before = series.indexAt(wanted);
  const low = series.iteration[Math.max(0, before)] ?? 0;
  const high = series.iteration[Math.min(series.length - 1, before + 1)] ?? low;
  return Math.abs(wanted - low) <= Math.abs(high - wanted) ? low : high;
}
