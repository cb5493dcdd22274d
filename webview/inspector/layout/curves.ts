// The lead picture as numbers: norms of the state gradients over time on a log scale, the 1 % line, the reach.
// Not drawing. Zeros and values that are not finite have no place and split a line.
import type { LossCurves } from '../../../protocol/inspector-page';
import { reach } from '../../reach';
import { ratios, wayOf } from '../sentences';
import { stepLeft, type InspectorFrame } from './frame';

export type Point = readonly [number, number];

export interface CurveLine {
  readonly key: string;
  readonly className: string;
  readonly label: string;
  readonly pieces: readonly (readonly Point[])[];
  /** Where its name may stand, near its beginning. */
  readonly at?: Point;
  /** Value at the cursor. */
  readonly now: number;
}

export interface CurvesLayout {
  readonly height: number;
  readonly ticks: readonly { readonly exponent: number; readonly y: number }[];
  readonly lines: readonly CurveLine[];
  /** 1 % of where the gradient starts. */
  readonly percentLine?: number;
  /** The farthest step that is still above. */
  readonly reachAt?: Point;
}

export function curvesLayout(curves: LossCurves, frame: InspectorFrame, label: string, comparedLabel: string | undefined, cursor: number): CurvesLayout {
  const height = frame.curveHeight;
  const series = [
    ...curves.states.map(({ name, norm }, i) => ({ key: name, className: i === 0 ? 'own first' : 'own second', label: `${label} ∂L/∂${name}`, norm })),
    ...(curves.compared && comparedLabel !== undefined ? [{ key: 'compared', className: 'compared', label: `${comparedLabel} ∂L/∂${curves.states[0]?.name ?? ''}`, norm: curves.compared }] : []),
    ...(curves.loss === null ? [] : [{ key: 'all', className: 'all', label: 'all losses together: hides the decay', norm: curves.all }]),
  ];
  let low = Infinity;
  let high = 0;
  for (const { norm } of series) {
    for (let t = frame.first; t < frame.first + frame.visible; t++) {
      const value = norm[t] ?? 0;
      if (value > 0 && Number.isFinite(value)) [low, high] = [Math.min(low, value), Math.max(high, value)];
    }
  }
  const top = high > 0 ? Math.ceil(Math.log10(high) + 0.15) : 0;
  // Under 10⁻³⁰ nothing is left to be told apart.
  const bottom = Math.max(top - 30, Number.isFinite(low) ? Math.min(top - 2, Math.floor(Math.log10(low))) : top - 2);
  const y = (value: number): number => 4 + ((top - Math.max(bottom, Math.log10(value))) / (top - bottom)) * (height - 8);
  const every = Math.max(1, Math.ceil(((top - bottom) * 22) / height));
  const ticks: { exponent: number; y: number }[] = [];
  for (let exponent = top; exponent >= bottom; exponent--) if (exponent % every === 0) ticks.push({ exponent, y: y(10 ** exponent) });
  const middle = (step: number): number => stepLeft(frame, step) + frame.column / 2;
  const lines = series.map(({ norm, ...rest }): CurveLine => {
    const pieces: Point[][] = [];
    let piece: Point[] = [];
    for (let step = frame.first + 1; step <= frame.first + frame.visible; step++) {
      const value = norm[step - 1] ?? 0;
      if (value > 0 && Number.isFinite(value)) piece.push([middle(step), y(value)]);
      else if (piece.length > 0) {
        pieces.push(piece);
        piece = [];
      }
    }
    if (piece.length > 0) pieces.push(piece);
    const points = pieces.flat();
    const at = points[Math.floor(points.length * (rest.key === 'compared' ? 0.35 : rest.key === 'all' ? 0.3 : 0.12))];
    return { ...rest, pieces, now: norm[cursor - 1] ?? NaN, ...(at ? { at } : {}) };
  });
  const own = curves.states[0]?.norm;
  const way = wayOf(curves);
  const start = curves.loss === null ? undefined : own?.[way.start - 1];
  const k = curves.loss !== null && own ? reach(ratios(own, way.start, way.reversed), 0.01) : undefined;
  const step = k === undefined || curves.loss === null ? undefined : way.start + (way.reversed ? k : -k);
  const seen = step !== undefined && step > frame.first && step <= frame.first + frame.visible;
  return {
    height, ticks, lines,
    ...(start !== undefined && start > 0 && Number.isFinite(start) && Math.log10(start * 0.01) >= bottom ? { percentLine: y(start * 0.01) } : {}),
    ...(seen && own && (own[step - 1] ?? 0) > 0 ? { reachAt: [middle(step), y(own[step - 1] ?? 1)] as const } : {}),
  };
}
