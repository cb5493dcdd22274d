// The sentences of the training page, computed from the run alone.
// Not layout, not elements. Each returns undefined when its condition does not hold: nothing is printed then.
// Invariant: no sentence holds a number that was not received or computed from received ones.
import type { HorizonColumn, RunHeader, RunState } from '../../protocol/run';
import { reach } from '../reach';
import { alarm, link, quiet, strong, type Rich } from '../rich-text';
import { count, fixed, inSentence, percent, setting } from '../theme/numbers';
import { bestValidation, type RunData } from './run-data';

/** Changes of the validation loss per thousand iterations below this are noise: in nats, or as a part of a loss without a unit of its own. */
const stillSlope = 0.01;
/** A validation loss this near to the best counts as the best, in the same measure. */
const nearBest = 0.006;

/** Nats speak for themselves; any other loss is measured by its own size. */
function measureOf({ header }: RunData, loss: number): number {
  return header.loss.bitsPer === undefined ? Math.abs(loss) : 1;
}

/** The one sentence under the toolbar; the most serious condition wins. */
export function verdict(run: RunData): Rich | undefined {
  return (
    nonFinite(run) ?? engineLost(run) ?? overfits(run) ?? mostlyClipped(run) ?? worseThanGuessing(run) ?? progress(run)
  );
}

export function nonFinite({ status, series }: RunData): Rich | undefined {
  const cause = status.nonFinite;
  if (!cause) return undefined;
  // Only an iteration that was recorded can be debugged.
  const recorded = series.indexAt(cause.iteration) >= 0;
  return [
    alarm(`${cause.name} is not finite.`), ' First at iteration ', strong(count(cause.iteration)), '.',
    ...(recorded ? [' ', link('Debug this iteration', `debug:${cause.iteration}`)] : []),
  ];
}

export function engineLost({ status }: RunData): Rich | undefined {
  if (status.state !== 'failed' || status.sentence === '') return undefined;
  return [alarm('Training failed.'), ' ', status.sentence, ...(status.canRestart ? [' ', link('Restart', 'restart')] : [])];
}

/** What the host has to say of a run that has not failed: an engine that was lost, a page that was closed. Undefined when it was read. */
export function whatHappened({ status }: RunData, read: string | undefined): Rich | undefined {
  if (status.state === 'failed' || status.sentence === '' || status.sentence === read) return undefined;
  return [status.sentence, ' ', status.canRestart ? link('Resume', 'restart') : link('Dismiss', 'read')];
}

/** Validation rising while train falls, over the last three evaluations. */
export function overfits(run: RunData): Rich | undefined {
  const { validation, series } = run;
  const last = validation.slice(-4);
  if (last.length < 4) return undefined;
  const train = last.map(({ iteration }) => series.lossAverage[series.indexAt(iteration)] ?? NaN);
  for (let i = 1; i < 4; i++) {
    const rises = (last[i]?.loss ?? NaN) > (last[i - 1]?.loss ?? NaN);
    const falls = (train[i] ?? NaN) < (train[i - 1] ?? NaN);
    if (!rises || !falls) return undefined;
  }
  const [start] = last;
  const now = last.at(-1);
  // Three small rises in a row happen by chance on a plateau.
  if (!start || !now || now.loss - start.loss < nearBest * measureOf(run, now.loss)) return undefined;
  return [
    'The network ', strong(`overfits since ${count(start.iteration)}`), ': validation loss rose from ', inSentence(start.loss, 2), ' to ',
    strong(inSentence(now.loss, 2)), ' while the training loss fell.',
  ];
}

export function mostlyClipped({ series, header }: RunData): Rich | undefined {
  const share = series.length >= 500 ? series.clippedShare(500) : undefined;
  if (share === undefined || share <= 0.5 || !header.clip) return undefined;
  return [
    strong(percent(share)), ' of the last 500 gradients were clipped at ', setting(header.clip.threshold),
    ': the threshold, not the optimizer, sets the size of the updates.',
  ];
}

export function worseThanGuessing({ series, header, validation }: RunData): Rich | undefined {
  const guess = header.loss.guess;
  const first = series.loss[0];
  // Of classes only: a regression starts wherever its outputs do, and nothing is sure.
  if (header.loss.name !== 'cross-entropy') return undefined;
  if (!guess || series.length === 0 || first === undefined || series.iteration[0] !== 1) return undefined;
  if (!(first > guess.value * 1.1)) return undefined;
  // Once it has learnt to do better than guessing, the start no longer matters.
  const best = bestValidation(validation)?.loss ?? series.lossAverage[series.length - 1] ?? Infinity;
  if (best < guess.value) return undefined;
  return ['The first loss was ', strong(inSentence(first, 2)), ', more than 10 % above guessing (', inSentence(guess.value, 2), '): the network starts out sure of wrong answers.'];
}

export function progress(run: RunData): Rich | undefined {
  const now = run.validation.at(-1);
  if (!now) return undefined;
  if (!Number.isFinite(now.loss)) return undefined;
  const best = bestValidation(run.validation);
  const sentence = [
    'Validation loss ', strong(inSentence(now.loss, 2)),
    ...(best && run.validation.length > 1
      ? now.loss <= best.loss + nearBest * measureOf(run, now.loss)
        ? [', at its best so far']
        : [' ', quiet(`(best ${inSentence(best.loss, 2)} at ${count(best.iteration)})`)]
      : []),
    ...(trend(run) ?? []),
    '.',
  ];
  return [...sentence, ...(horizonClause(run) ?? [])];
}

/** `; in the last 1,000 iterations it fell by 0.04`, by least squares over the validation points. */
export function trend(run: RunData): Rich | undefined {
  const points = run.validation;
  const now = points.at(-1);
  if (!now) return undefined;
  const recent = points.filter(({ iteration, loss }) => iteration >= now.iteration - 1000 && Number.isFinite(loss));
  const start = recent[0];
  if (!start || recent.length < 3) return undefined;
  const span = now.iteration - start.iteration;
  const slope = leastSquaresSlope(recent.map(({ iteration }) => iteration), recent.map(({ loss }) => loss));
  if (slope === undefined || span < 10) return undefined;
  // A run shorter than a thousand iterations speaks of those it has.
  const window = Math.min(1000, span);
  const opening = `; in the last ${count(window)} iterations it `;
  if (Math.abs(slope * 1000) <= stillSlope * measureOf(run, now.loss)) return [`${opening}stood still`];
  return [`${opening}${slope < 0 ? 'fell' : 'rose'} by `, strong(run.header.loss.bitsPer === undefined ? inSentence(Math.abs(slope) * window, 2) : fixed(Math.abs(slope) * window, 2))];
}

export function horizonClause({ horizon, header }: RunData): Rich | undefined {
  const now = horizon.at(-1);
  if (!now) return undefined;
  const early = Math.min(500, Math.round(header.iterations / 10));
  const then = nearestColumn(horizon, early);
  const reachNow = reach(now.ratio, 0.01);
  if (reachNow === undefined) return undefined;
  const opening: Rich = [' The gradient now keeps 1 % for ', strong(steps(reachNow))];
  const reachThen = then && then !== now && now.iteration > early ? reach(then.ratio, 0.01) : undefined;
  if (!then || reachThen === undefined) return [...opening, '.'];
  return [...opening, `, at iteration ${count(then.iteration)} for ${reachThen}.`];
}

/** `clipped: 10 % of all, 18 % of the last 500`; undefined when nothing is ever clipped. */
export function clippedLine({ series, header }: RunData): Rich | undefined {
  const all = series.clippedShare();
  if (!header.clip || all === undefined) return undefined;
  const last = series.length > 500 ? series.clippedShare(500) : undefined;
  return [`clipped: ${percent(all)} of all`, ...(last === undefined ? [] : [`, ${percent(last)} of the last 500`])];
}

/** What each heading says after its title. */
export function lossNote({ loss }: RunHeader, validation: boolean): string {
  const unit = loss.unit === undefined ? loss.name : `${loss.name} in ${loss.unit}`;
  return `${unit}; dots: every iteration, line: moving average${validation ? ', rings: validation' : ''}`;
}

export function normNote(header: RunHeader): string {
  return header.clip ? 'before clipping (dots) and after (line); red = clipped' : 'dots: every iteration, line: moving average';
}

export function validationNote({ validation }: RunHeader): string | undefined {
  return validation ? `${validation.size}, every ${count(validation.every)} iterations` : undefined;
}

const words: Readonly<Record<RunState, string>> = {
  starting: 'Starting', running: 'Running', paused: 'Paused', stopped: 'Stopped', finished: 'Finished', failed: 'Failed',
};

export function stateWord(state: RunState): string {
  return words[state];
}

export function backendReason({ backend }: RunHeader): string {
  const fallback = backend.fallback && `${backend.fallback.wanted} was wanted; ${backend.name} took its place: ${backend.fallback.reason}`;
  return [`${backend.name}: ${backend.detail}`, fallback, backend.chosenBecause].filter((part) => part !== undefined).join('. ');
}

function nearestColumn(columns: readonly HorizonColumn[], iteration: number): HorizonColumn | undefined {
  let nearest: HorizonColumn | undefined;
  for (const column of columns) if (!nearest || Math.abs(column.iteration - iteration) < Math.abs(nearest.iteration - iteration)) nearest = column;
  return nearest;
}

function leastSquaresSlope(x: readonly number[], y: readonly number[]): number | undefined {
  const n = x.length;
  const meanX = x.reduce((sum, value) => sum + value, 0) / n;
  const meanY = y.reduce((sum, value) => sum + value, 0) / n;
  let above = 0;
  let below = 0;
  x.forEach((value, i) => {
    above += (value - meanX) * ((y[i] ?? 0) - meanY);
    below += (value - meanX) ** 2;
  });
  return below > 0 ? above / below : undefined;
}

function steps(k: number): string {
  return k === 1 ? '1 step' : `${count(k)} steps`;
}
