// The picture of the gradient's norm: dots before clipping, line after, threshold, and the largest after the start.
// Not drawing and not the table of the largest (largest.ts).
import { logAxis, logPlace, type LogAxis } from '../../picture/log-axis';
import { number, setting } from '../../theme/numbers';
import { plain } from '../../rich-text';
import type { RunData } from '../run-data';
import { clippedLine } from '../sentences';
import { curve, type Point } from './curve';
import { endLabels, type EndLabel } from './end-labels';
import { placeOf, type IterationAxis } from './frame';
import { thin } from './thin';

export interface NormLayout {
  readonly height: number;
  readonly y: LogAxis;
  readonly dots: readonly Point[];
  readonly clippedDots: readonly Point[];
  readonly average: readonly (readonly Point[])[];
  readonly threshold?: number;
  readonly rings: readonly { readonly iteration: number; readonly at: Point }[];
  readonly now: number;
  readonly labels: readonly EndLabel[];
}

/** Width of the labels right of the yellow line. */
const labelRoom = 128;

/** Width of a letter, on average. */
const letter = 6.4;

/** Large gradients of the first iterations are no news. */
export const settling = 200;

export function normLayout(run: RunData, x: IterationAxis, height: number): NormLayout {
  const { series, header } = run;
  const threshold = header.clip?.threshold;
  let low = threshold ?? Infinity;
  let high = threshold ?? 0;
  for (let i = 0; i < series.length; i++) {
    const value = series.gradNorm[i] ?? NaN;
    if (!(value > 0) || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const now = placeOf(x, run.status.iteration);
  // Where the labels lie inside the plot, a line of room is left for them above the marks.
  const inside = x.right - now < labelRoom;
  const y = logAxis(floor20(low * 0.9), high * 1.1, height - 1, inside ? 22 : 1, 20);
  const at = (i: number): Point => [placeOf(x, series.iteration[i] ?? 0), logPlace(y, series.gradNorm[i] ?? 0)];
  const kept = thin(series.length, (i) => Math.floor(placeOf(x, series.iteration[i] ?? 0)), (i) => ((series.gradNorm[i] ?? 0) > 0 ? (series.gradNorm[i] ?? NaN) : NaN));
  return {
    height, y, now,
    dots: kept.filter((i) => !series.clipped[i]).map(at),
    clippedDots: kept.filter((i) => series.clipped[i]).map(at),
    average: curve(series, series.normAverage, x, y),
    ...(threshold !== undefined && threshold > 0 ? { threshold: logPlace(y, threshold) } : {}),
    rings: largestAfterSettling(run, 3).map((i) => ({ iteration: series.iteration[i] ?? 0, at: at(i) })),
    labels: inside ? labelLine(run, x, now) : labels(run, x, y, now, height),
  };
}

/** Indices of the largest finite norms after the first iterations, largest first, none within 1 % of the run of another. */
export function largestAfterSettling({ series, header }: RunData, howMany: number): number[] {
  const candidates: number[] = [];
  for (let i = 0; i < series.length; i++) if ((series.iteration[i] ?? 0) > settling && Number.isFinite(series.gradNorm[i])) candidates.push(i);
  const gap = header.iterations / 100;
  const chosen: number[] = [];
  candidates.sort((a, b) => (series.gradNorm[b] ?? 0) - (series.gradNorm[a] ?? 0) || a - b);
  for (const i of candidates) {
    if (chosen.length === howMany) break;
    if (chosen.every((j) => Math.abs((series.iteration[i] ?? 0) - (series.iteration[j] ?? 0)) >= gap)) chosen.push(i);
  }
  return chosen;
}

function labels(run: RunData, x: IterationAxis, y: LogAxis, now: number, height: number): EndLabel[] {
  const { series, header } = run;
  const wishes = [];
  const clipped = clippedLine(run);
  const threshold = header.clip?.threshold;
  const after = series.normAverage[series.length - 1];
  const thresholdY = threshold === undefined ? height / 2 : logPlace(y, threshold);
  if (clipped) {
    const [all = '', last = ''] = plain(clipped).split(', ');
    if (last !== '') wishes.push({ key: 'clipped-all', text: `${all},`, y: thresholdY - 34 }, { key: 'clipped-last', text: last, y: thresholdY - 17 });
    else wishes.push({ key: 'clipped-all', text: all, y: thresholdY - 17 });
  }
  if (threshold !== undefined) wishes.push({ key: 'threshold', text: `clip ${setting(threshold)}`, y: thresholdY });
  if (after !== undefined && Number.isFinite(after)) wishes.push({ key: 'after', text: header.clip ? `after: ${number(after)}` : `average ${number(after)}`, y: Math.max(logPlace(y, after), thresholdY + 1) });
  return endLabels(wishes, now, labelRoom, { left: x.left, right: x.right, top: 0, bottom: height }, 60, 16);
}

/** The same words as one line above the marks, when there is no room right of the yellow line: over it where there is none left of it either. */
function labelLine(run: RunData, { right }: IterationAxis, now: number): EndLabel[] {
  const { series, header } = run;
  const clipped = plain(clippedLine(run) ?? []);
  const after = series.normAverage[series.length - 1];
  const rest = [
    ...(header.clip ? [`clip ${setting(header.clip.threshold)}`] : []),
    ...(after !== undefined && Number.isFinite(after) ? [header.clip ? `after: ${number(after)}` : `average ${number(after)}`] : []),
  ];
  // On a narrow page what was clipped lately says more than what was clipped in all.
  const lines = [clipped, clipped.replace(/ .*,/, '')].map((said) => [...(said === '' ? [] : [said]), ...rest].join(' · '));
  const text = lines.find((line) => line.length * letter <= right) ?? lines.at(-1) ?? '';
  return text === '' ? [] : [{ key: 'line', text, x: Math.min(right, Math.max(now - 8, text.length * letter)), y: 8, anchor: 'end' }];
}

function floor20(value: number): number {
  return value > 0 && Number.isFinite(value) ? 10 ** (Math.floor(Math.log10(value) * 20) / 20) : 1e-3;
}
