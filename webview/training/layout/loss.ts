// The loss picture: dots, moving average, validation, and the line of guessing, as numbers.
// Not drawing. Logarithmic from the smallest value to guessing + 5 %; a first loss above that is never cut off.
import type { LogAxis } from '../../picture/log-axis';
import { logAxis, logPlace } from '../../picture/log-axis';
import { count, number } from '../../theme/numbers';
import { bestValidation, type RunData } from '../run-data';
import { curve, type Point } from './curve';
import { endLabels, type EndLabel } from './end-labels';
import { placeOf, type IterationAxis } from './frame';
import { thin } from './thin';

export interface LossLayout {
  readonly height: number;
  readonly y: LogAxis;
  readonly dots: readonly Point[];
  readonly average: readonly (readonly Point[])[];
  readonly validation: readonly Point[];
  /** Validation points that carry a ring: far enough apart to be told apart. */
  readonly rings: readonly Point[];
  readonly best?: Point;
  readonly guess?: { readonly y: number; readonly text: string; readonly x: number };
  readonly now: number;
  readonly labels: readonly EndLabel[];
  /** Places of values that are not finite, at the top edge. */
  readonly broken: readonly number[];
}

const ringGap = 26;

export function lossLayout(run: RunData, x: IterationAxis, height: number): LossLayout {
  const { series, validation, header } = run;
  const y = lossAxis(run, height);
  const placeY = (value: number): number => logPlace(y, value);
  const index = thin(series.length, (i) => Math.floor(placeOf(x, series.iteration[i] ?? 0)), (i) => positive(series.loss[i]));
  const dots = index.map((i): Point => [placeOf(x, series.iteration[i] ?? 0), placeY(series.loss[i] ?? 0)]);
  const average = curve(series, series.lossAverage, x, y);
  const points = validation.filter(({ loss }) => loss > 0 && Number.isFinite(loss));
  const placed = points.map(({ iteration, loss }): Point => [placeOf(x, iteration), placeY(loss)]);
  const best = bestValidation(points);
  const now = placeOf(x, run.status.iteration);
  const labels = lossLabels(run, x, y, now, height, [...dots, ...placed]);
  const guess = header.loss.guess;
  const guessLine = guess && guess.value > 0 ? { y: placeY(guess.value), text: `${guess.label} = ${number(guess.value)}` } : undefined;
  const broken: number[] = [];
  for (let i = 0; i < series.length; i++) if (!Number.isFinite(series.loss[i])) broken.push(placeOf(x, series.iteration[i] ?? 0));
  return {
    height, y, dots, average, validation: placed, rings: rings(placed), now, broken: broken.slice(0, 50),
    ...(best ? { best: [placeOf(x, best.iteration), placeY(best.loss)] as const } : {}),
    ...(guessLine ? { guess: { ...guessLine, x: besideNow(guessLine, x, now, labels) } } : {}),
    labels,
  };
}

/** Of a letter of the small words, on average. */
const letter = 6.2;

/** Where the words under the line of guessing begin: near its left end, or right of the yellow line when that would cross them, and of the words beside it. */
function besideNow({ y, text }: { readonly y: number; readonly text: string }, x: IterationAxis, now: number, labels: readonly EndLabel[]): number {
  const width = text.length * letter;
  const usual = x.left + Math.min(64, (x.right - x.left) * 0.12);
  if (now < usual - 6 || now > usual + width + 6) {
    const near = labels.filter((label) => label.anchor === 'start' && Math.abs(label.y - (y + 11)) < 15 && label.x < usual + width);
    return near.length === 0 ? usual : Math.min(x.right - width, Math.max(...near.map((label) => label.x + label.text.length * 7.4 + 10)));
  }
  const beside = labels.filter((label) => label.anchor === 'start' && Math.abs(label.y - (y + 11)) < 15).map((label) => label.x + label.text.length * 7.4 + 10);
  const right = Math.max(now + 10, ...beside);
  return right + width <= x.right ? right : Math.max(x.left + 4, now - 10 - width);
}

export function lossAxis({ series, validation, header }: RunData, height: number): LogAxis {
  let low = Infinity;
  let high = header.loss.guess && header.loss.guess.value > 0 ? header.loss.guess.value * 1.05 : 0;
  for (let i = 0; i < series.length; i++) {
    const value = positive(series.loss[i]);
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value * 1.02);
  }
  for (const { loss } of validation) {
    if (!(loss > 0) || !Number.isFinite(loss)) continue;
    low = Math.min(low, loss);
    high = Math.max(high, loss * 1.02);
  }
  // The line of guessing stays in the picture, with room for its label, also while the network does worse.
  const guess = header.loss.guess?.value ?? 0;
  if (guess > 0 && Number.isFinite(low)) low = Math.min(low, guess * 0.8);
  // The floor moves in steps of a twentieth of a decade, so that the picture does not creep with every new minimum.
  const floor = Number.isFinite(low) ? 10 ** (Math.floor(Math.log10(low * 0.97) * 20) / 20) : high * 0.1;
  return logAxis(floor, high, height - 1, 1);
}

function lossLabels(run: RunData, x: IterationAxis, y: LogAxis, now: number, height: number, marks: readonly Point[]): EndLabel[] {
  const { series, validation } = run;
  const wishes = [];
  const last = validation.at(-1);
  const best = bestValidation(validation);
  const train = series.lossAverage[series.length - 1];
  if (best && last && validation.length > 1) wishes.push({ key: 'best', text: `best ${number(best.loss)} at ${count(best.iteration)}`, y: logPlace(y, best.loss) - 20 });
  if (last && last.loss > 0 && Number.isFinite(last.loss)) wishes.push({ key: 'validation', text: `validation ${number(last.loss)}`, y: logPlace(y, last.loss) });
  if (train !== undefined && train > 0 && Number.isFinite(train)) wishes.push({ key: 'train', text: `train ${number(train)}`, y: logPlace(y, train) });
  const room = 124;
  const covered = marks.filter(([px]) => px > now - room && px <= now).map(([, py]) => py);
  return endLabels(wishes, now, room, { left: x.left, right: x.right, top: 0, bottom: height }, covered.length > 0 ? Math.min(...covered) : height);
}

/** The last is always ringed; before it those at least `ringGap` apart. */
function rings(placed: readonly Point[]): Point[] {
  const kept: Point[] = [];
  for (const point of placed) {
    const before = kept.at(-1);
    if (!before || Math.hypot(point[0] - before[0], point[1] - before[1]) >= ringGap) kept.push(point);
  }
  const last = placed.at(-1);
  if (last && kept.at(-1) !== last) kept.push(last);
  return kept;
}

function positive(value: number | undefined): number {
  return value !== undefined && value > 0 ? value : NaN;
}
