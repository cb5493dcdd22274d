// The strip of largest gradients and the table of four below it.
// Not the picture of all norms. A bar is the maximum of its iterations, never the mean: a spike must survive.
import type { RunData } from '../run-data';
import { largestAfterSettling } from './gradient-norm';

export interface Bar {
  readonly from: number;
  readonly to: number;
  /** The iteration that has the maximum. */
  readonly iteration: number;
  readonly value: number;
  readonly clipped: boolean;
  /** Left edge and width, and height from the bottom, in the strip's pixels. */
  readonly x: number;
  readonly width: number;
  readonly height: number;
}

export interface LargestLayout {
  readonly per: number;
  readonly bars: readonly Bar[];
  readonly threshold?: number;
  readonly rows: readonly LargestRow[];
}

export interface LargestRow {
  readonly iteration: number;
  readonly norm: number;
  /** Norm as a multiple of the threshold. */
  readonly multiple?: number;
  readonly loss: number;
  /** Loss above the moving average. */
  readonly distance: number;
  /** Part of the largest row's norm. */
  readonly part: number;
}

export function largestLayout(run: RunData, width: number, height: number): LargestLayout {
  const { series, header } = run;
  // 40 iterations a bar, or more when a bar would be under 2 px.
  const per = Math.max(40, Math.ceil((header.iterations * 2) / Math.max(1, width)));
  const scale = width / Math.max(1, header.iterations);
  const maxima = new Map<number, number>();
  let top = header.clip?.threshold ?? 0;
  for (let i = 0; i < series.length; i++) {
    const value = series.gradNorm[i] ?? NaN;
    if (!Number.isFinite(value)) continue;
    const bin = Math.floor(((series.iteration[i] ?? 1) - 1) / per);
    const held = maxima.get(bin);
    if (held === undefined || value > (series.gradNorm[held] ?? 0)) maxima.set(bin, i);
    top = Math.max(top, value);
  }
  const bars = [...maxima].map(([bin, i]): Bar => {
    const value = series.gradNorm[i] ?? 0;
    const from = bin * per;
    // The last bar holds what is left, within the strip.
    const to = Math.min(from + per, Math.max(header.iterations, from + 1));
    return {
      from: from + 1, to, iteration: series.iteration[i] ?? 0, value, clipped: series.clipped[i] === 1,
      x: from * scale, width: Math.max(1, (to - from) * scale - 0.75), height: top > 0 ? (value / top) * height : 0,
    };
  });
  const threshold = header.clip?.threshold;
  return { per, bars, ...(threshold !== undefined && top > 0 ? { threshold: height - (threshold / top) * height } : {}), rows: largestRows(run) };
}

/** The bar whose column holds a pixel; undefined where there is none yet. */
export function barAt(bars: readonly Bar[], x: number): Bar | undefined {
  // A hairline parts two bars: it belongs to the one before.
  return bars.find((bar) => x >= bar.x && x < bar.x + bar.width + 0.75);
}

export function largestRows(run: RunData, howMany = 4): LargestRow[] {
  const { series, header } = run;
  const chosen = largestAfterSettling(run, howMany);
  const top = series.gradNorm[chosen[0] ?? -1] ?? 1;
  return chosen.map((i) => {
    const norm = series.gradNorm[i] ?? NaN;
    const loss = series.loss[i] ?? NaN;
    return {
      iteration: series.iteration[i] ?? 0, norm, loss, distance: loss - (series.lossAverage[i] ?? NaN), part: top > 0 ? norm / top : 0,
      ...(header.clip && header.clip.threshold > 0 ? { multiple: norm / header.clip.threshold } : {}),
    };
  });
}

/** One row for an iteration the person picked in the strip. */
export function rowOf(run: RunData, iteration: number, top: number): LargestRow | undefined {
  const { series, header } = run;
  const i = series.indexAt(iteration);
  if (i < 0) return undefined;
  const norm = series.gradNorm[i] ?? NaN;
  const loss = series.loss[i] ?? NaN;
  return {
    iteration: series.iteration[i] ?? 0, norm, loss, distance: loss - (series.lossAverage[i] ?? NaN), part: top > 0 ? norm / top : 0,
    ...(header.clip && header.clip.threshold > 0 ? { multiple: norm / header.clip.threshold } : {}),
  };
}
