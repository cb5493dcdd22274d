// What is said of the compared pass: where the two part, from where on they guess differently, what each loses; and what the other expects here.
// Not elements. Each sentence is left out when its condition does not hold; without any there is none.
import type { ComparedRun, FirstDivergence } from '../../../protocol/comparison';
import type { TraceHeader } from '../../../protocol/trace-view';
import { link, quiet, strong, type Rich } from '../../rich-text';
import { inSentence, percent } from '../../theme/numbers';
import { quote } from '../sentences';

/** `brief` keeps the first of them, for a narrow page. */
export function comparedSentence(trace: TraceHeader, run: ComparedRun, brief: boolean): Rich {
  const parts = [whereTheyPart(trace, run), guesses(trace, run), losses(trace, run), largestLoss(trace, run)].filter((part) => part !== undefined);
  const said = brief ? parts.slice(0, 1) : parts;
  return ['Compared with ', strong(run.label), quiet(brief ? '' : ` (${run.origin})`), '. ', ...said.flatMap((part) => [...part, ' '])];
}

/** Where the values part, or that they nowhere do. */
function whereTheyPart(trace: TraceHeader, run: ComparedRun): Rich | undefined {
  return run.first ? firstPart(trace, run.first) : same(run);
}

export function firstPart(trace: TraceHeader, { step, name, unit, own, other }: FirstDivergence): Rich {
  const numbers: Rich = [', unit ', strong(`u${unit}`), `: ${inSentence(own, 2)} here, ${inSentence(other, 2)} there.`];
  if (step > trace.steps) return ['They first part after the last step, in ', strong(name), ...numbers];
  return ['They first part at ', link(`t = ${step}`, 'goto-first'), ', in ', strong(name), ...numbers];
}

/** Only where every value could be held against the other's. */
export function same(run: ComparedRun): Rich | undefined {
  return run.alike && run.first === undefined ? ['All values are the same, within a ten-thousandth of the largest.'] : undefined;
}

/** From where on the first guesses differ. */
export function guesses(trace: TraceHeader, run: ComparedRun): Rich | undefined {
  const [mine, theirs] = [trace.predictions, run.trace.predictions];
  if (!mine || !theirs) return undefined;
  const first = (of: typeof mine, step: number): string | undefined => (Number.isFinite(of.probability[step * of.top]) ? of.text[step * of.top] : undefined);
  let at: number | undefined;
  let differ = 0;
  let counted = 0;
  for (let t = 0; t < trace.steps; t++) {
    const [a, b] = [first(mine, t), first(theirs, t)];
    if (trace.valid[t] === 0 || a === undefined || b === undefined || (a === '' && b === '')) continue;
    counted++;
    if (a === b) continue;
    differ++;
    at ??= t;
  }
  if (at === undefined) return undefined;
  return [`The first guesses differ from t = ${at + 1} on (${quote(first(mine, at) ?? '')} here, ${quote(first(theirs, at) ?? '')} there), in `, strong(`${differ} of ${counted}`), ' steps.'];
}

export function losses(trace: TraceHeader, run: ComparedRun): Rich | undefined {
  const [mine, theirs] = [trace.loss.mean, run.trace.loss.mean];
  if (!Number.isFinite(mine) || !Number.isFinite(theirs) || mine === theirs) return undefined;
  return ['Loss ', strong(inSentence(mine, 2)), `, the ${run.label} `, strong(inSentence(theirs, 2)), '.'];
}

/** The step whose losses lie farthest apart. */
export function largestLoss(trace: TraceHeader, run: ComparedRun): Rich | undefined {
  let at = -1;
  let most = 0;
  for (let t = 0; t < trace.steps; t++) {
    const apart = Math.abs((trace.loss.values[t] ?? NaN) - (run.trace.loss.values[t] ?? NaN));
    if (apart > most) [at, most] = [t, apart];
  }
  if (at < 0 || !Number.isFinite(most)) return undefined;
  return [`Farthest apart at t = ${at + 1}: ${inSentence(trace.loss.values[at] ?? NaN, 2)} here, ${inSentence(run.trace.loss.values[at] ?? NaN, 2)} there.`];
}

/** RNN: “w” with 40 %; the target “C” with 12 %, rank 3. */
export function otherExpects(run: ComparedRun, step: number): Rich | undefined {
  const { predictions, loss } = run.trace;
  const t = step - 1;
  const p = predictions?.probability[t * predictions.top] ?? NaN;
  if (!predictions || !(p > 0)) return undefined;
  const guess = predictions.text[t * predictions.top] ?? '';
  const rank = predictions.targetRank[t] ?? 0;
  const target = Math.exp(-(loss.values[t] ?? NaN));
  const of: Rich = rank === 0 || !Number.isFinite(target) ? [] : rank === 1 ? ['; that is right'] : [`; the target ${quote(predictions.target[t] ?? '')} with `, strong(percent(target)), `, rank ${rank}`];
  return [`${run.label}: ${quote(guess)} with `, strong(percent(p)), ...of, '.'];
}

export function recording(label: string): Rich {
  return [`Recording the ${label} over this sequence …`];
}
