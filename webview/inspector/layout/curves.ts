// The lead picture as numbers: norms of the state gradients over time on a log scale, the 1 % line, the reach.
// Not drawing. Zeros and values that are not finite have no place and split a line.
import type { LossCurves } from '../../../protocol/inspector-page';
import { reach } from '../../reach';
import { ratios, wayOf } from '../sentences';
import { type NamePlace, namePlaces, type Point } from './curve-names';
import { stepLeft, type InspectorFrame } from './frame';

export type { Point };

export interface CurveLine {
  readonly key: string;
  readonly className: string;
  readonly label: string;
  readonly pieces: readonly (readonly Point[])[];
  /** Where its name stands; none when nothing of it is seen. */
  readonly at?: NamePlace;
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
    ...(curves.loss === null ? [] : [{ key: 'all', className: 'all', label: `all losses${frame.form === 'narrow' ? '' : ' together'}${hidesDecay(curves) ? ': hides the decay' : ''}`, norm: curves.all }]),
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
  const drawn = series.map(({ norm, ...rest }): Omit<CurveLine, 'at'> => {
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
    return { ...rest, pieces, now: norm[cursor - 1] ?? NaN };
  });
  const own = curves.states[0]?.norm;
  const way = wayOf(curves);
  const start = curves.loss === null ? undefined : own?.[way.start - 1];
  const k = curves.loss !== null && own ? reach(ratios(own, way.start, way.reversed), 0.01) : undefined;
  const step = k === undefined || curves.loss === null ? undefined : way.start + (way.reversed ? k : -k);
  const percentLine = start !== undefined && start > 0 && Number.isFinite(start) && Math.log10(start * 0.01) >= bottom ? y(start * 0.01) : undefined;
  const lines = named(drawn, frame, cursor, percentLine);
  const seen = step !== undefined && step > frame.first && step <= frame.first + frame.visible;
  return {
    height, ticks, lines,
    ...(percentLine === undefined ? {} : { percentLine }),
    ...(seen && own && (own[step - 1] ?? 0) > 0 ? { reachAt: [middle(step), y(own[step - 1] ?? 1)] as const } : {}),
  };
}

/** Parts of the curves at which their names are looked for first. */
const parts: Readonly<Record<string, number>> = { compared: 0.35, all: 0.3 };

/** With the places of their names: above the upper of the run's own curves and below the lower, which often run close together. */
function named(lines: readonly Omit<CurveLine, 'at'>[], frame: InspectorFrame, cursor: number, percentLine: number | undefined): readonly CurveLine[] {
  const heightOf = ({ pieces }: Omit<CurveLine, 'at'>): number => pieces.flat()[Math.floor(0.12 * pieces.flat().length)]?.[1] ?? Infinity;
  const upper = lines.filter(({ className }) => className.startsWith('own')).reduce<Omit<CurveLine, 'at'> | undefined>((top, each) => (top && heightOf(top) <= heightOf(each) ? top : each), undefined);
  const left = stepLeft(frame, cursor);
  const taken = [
    { left: left - 4, right: left + frame.column + 4, top: -4, bottom: frame.curveHeight + 4 },
    // The words of the 1 % line.
    ...(percentLine === undefined ? [] : [{ left: frame.left, right: frame.left + 98, top: percentLine - 15, bottom: percentLine + 2 }]),
  ];
  const wishes = lines.map((each) => ({ text: each.label, pieces: each.pieces, part: parts[each.key] ?? 0.12, sides: each === upper || each.key === 'all' ? ([-1, 1] as const) : ([1, -1] as const) }));
  const places = namePlaces(wishes, taken, { left: frame.left, right: frame.left + frame.plotWidth, top: -6, bottom: frame.curveHeight });
  return lines.map((each, i): CurveLine => ({ ...each, ...(places[i] ? { at: places[i] } : {}) }));
}

/** The single loss falls to less than a tenth of where it starts, which the sum of all does not show. */
function hidesDecay(curves: LossCurves): boolean {
  const norm = curves.states[0]?.norm;
  const way = wayOf(curves);
  return norm !== undefined && (ratios(norm, way.start, way.reversed).at(-1) ?? NaN) < 0.1;
}
