// The sentences of the pictures of parameters and saturation, computed from the run alone.
// Not the page's verdict (sentences.ts). Each returns undefined when its condition does not hold: nothing is printed then.
// Invariant: no sentence holds a number that was not received or computed from received ones.
import { quiet, strong, type Rich } from '../rich-text';
import { count, inSentence, number, percent } from '../theme/numbers';
import type { RunData } from './run-data';
import { layerOf, shortName } from '../weights/names';
import { namesOf, presentRatio } from './layout/ratios';
import type { SpreadOf } from './layout/spread';

/** A parameter that moves by more than this part of itself an iteration moves fast, by less than that hardly. */
const fast = 1e-2;
const slow = 1e-5;
/** A root mean square that changed by less than this factor stood still. */
const grown = 1.05;
/** Shares of saturated values below this are what any squashing function has. */
const noteworthy = 0.1;
/** From here on a gate is a switch. */
const fixedSwitch = 0.9;

export const ratioNote = 'root mean square of one iteration’s change over that of the parameter; a line a parameter, dotted: the customary 10⁻³';

export function ratioSentence(run: RunData, layer: string): Rich | undefined {
  const ratios = namesOf(run, layer).flatMap((name) => {
    const ratio = presentRatio(run, name);
    return ratio === undefined ? [] : [{ name, ratio }];
  }).sort((a, b) => b.ratio - a.ratio);
  const [largest] = ratios;
  const smallest = ratios.at(-1);
  if (!largest || !smallest) return undefined;
  const most: Rich = ['An iteration changes ', strong(shortName(largest.name)), ' by ', strong(inSentence(largest.ratio)), ' of its size'];
  const least: Rich = smallest === largest ? [] : [', the most, and ', strong(shortName(smallest.name)), ' by ', strong(inSentence(smallest.ratio)), ', the least'];
  const remark: Rich = largest.ratio > fast ? [`: ${shortName(largest.name)} moves fast, and a lower rate would be calmer.`] : smallest.ratio < slow ? [`: ${shortName(smallest.name)} hardly learns.`] : ['.'];
  return [...most, ...least, ...remark];
}

export const spreadNote: Readonly<Record<SpreadOf, string>> = {
  values: 'a strip a parameter, its values from the smallest (below) to the largest (above), 0 in the middle; the stronger, the more there are',
  changes: 'a strip a parameter, what one iteration changed, from the smallest (below) to the largest (above), 0 in the middle; the stronger, the more there are',
};

export function spreadSentence(run: RunData, layer: string, of: SpreadOf): Rich | undefined {
  const [first] = run.parameters;
  const last = run.parameters.at(-1);
  if (!first || !last || first === last) return undefined;
  const factors = namesOf(run, layer).flatMap((name) => {
    const sizes = [first, last].map(({ tensors }) => tensors.find((tensor) => tensor.name === name));
    const [from = 0, to = 0] = sizes.map((size) => (of === 'values' ? size?.rms : size?.change));
    return from > 0 && to > 0 ? [{ name, from, to, factor: Math.max(to / from, from / to) }] : [];
  }).sort((a, b) => b.factor - a.factor);
  const [most] = factors;
  if (!most) return undefined;
  if (most.factor < grown) return [`Since iteration ${count(first.iteration)} no root mean square has changed by 5 %.`];
  const opening = of === 'values' ? 'The values of ' : 'The updates of ';
  return [opening, strong(shortName(most.name)), ` have ${most.to > most.from ? 'grown' : 'shrunk'} most since iteration ${count(first.iteration)}: root mean square from ${inSentence(most.from)} to `, strong(inSentence(most.to)), '.'];
}

export function saturationNote({ header }: RunData): string {
  return `share of each value in the highest tenth of its range (from above) and in the lowest (from below), over units, steps and ${count(header.saturation?.sequences ?? 0)} sequences; little gradient passes there`;
}

export function saturationSentence(run: RunData, layer: string): Rich | undefined {
  const [first] = run.saturation;
  const last = run.saturation.at(-1);
  const own = (last?.values ?? []).filter(({ name }) => layerOf(name) === layer).map(({ name, low, high }) => ({ name, share: low + high })).filter(({ share }) => Number.isFinite(share));
  const most = own.reduce<(typeof own)[number] | undefined>((best, one) => (!best || one.share > best.share ? one : best), undefined);
  if (!first || !most) return undefined;
  if (most.share < noteworthy) return [`Nothing in ${layer} is saturated for more than `, strong(percent(most.share)), '.'];
  const start = first.values.find(({ name }) => name === most.name);
  const before: Rich = first === last || !start ? [] : [' ', quiet(`(${percent(start.low + start.high)} at iteration ${count(first.iteration)})`)];
  return [strong(shortName(most.name)), ' is saturated most: ', strong(percent(most.share)), ' of its numbers', ...before, most.share > fixedSwitch ? '. It is nearly a fixed switch.' : '.'];
}

/** What stands at a measurement, for the line beside the pointer. */
export function ratioLine(name: string, iteration: number, rms: number, change: number): string {
  return `iteration ${count(iteration)} · ${name} · changed by ${rms > 0 ? percent(change / rms) : 'more than it was'} · root mean square ${number(rms)}, of the change ${number(change)}`;
}
