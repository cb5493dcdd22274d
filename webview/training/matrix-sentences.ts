// What the page says of the parameters at one iteration: where they come from, and which number stands out.
// Not drawing. Each returns undefined when its condition does not hold.
// Invariant: no number that was not received.
import type { ParameterLook, ParameterQuantity } from '../../protocol/run';
import { alarm, strong, type Rich } from '../rich-text';
import { count, inSentence } from '../theme/numbers';
import { shortName } from '../weights/names';
import type { LookState } from './state';

type ReplayUnderWay = Extract<LookState, { readonly kind: 'loading' }>;

export const quantityWords: Readonly<Record<ParameterQuantity, string>> = { value: 'Value', gradient: 'Gradient', update: 'Last update' };
const nouns: Readonly<Record<ParameterQuantity, string>> = { value: 'value', gradient: 'gradient', update: 'update' };

/** How to read the pictures; where their colours end stands in the legend. */
export function matrixNote(of: ParameterQuantity): string {
  const what = { value: 'values after the iteration', gradient: 'the iteration’s gradient before clipping; orange: raising the value raises the loss', update: 'what the iteration changed' }[of];
  return `${what}; a row an output unit, a column an input`;
}

/** The largest, or what is not finite, or what is all zero. */
export function matrixSentence(look: ParameterLook, layer: string, of: ParameterQuantity, numbers: (name: string) => Float32Array | undefined): Rich | undefined {
  const own = look.tensors.filter((tensor) => tensor.layer === layer).flatMap(({ name, shape }) => {
    const data = numbers(name);
    return data ? [{ name, columns: shape.length > 1 ? shape.slice(1).reduce((a, b) => a * b, 1) : 1, data }] : [];
  });
  if (own.length === 0) return undefined;
  const broken = own.find(({ data }) => !data.every(Number.isFinite));
  if (broken) return [alarm(`${count(broken.data.filter((value) => !Number.isFinite(value)).length)} numbers of ${shortName(broken.name)} are not finite.`)];
  const dead = of === 'value' ? undefined : own.find(({ data }) => data.every((value) => value === 0));
  if (dead) return [strong(shortName(dead.name)), ` has no ${nouns[of]}: all of it is 0.`];
  let best: { readonly name: string; readonly at: number; readonly columns: number; readonly value: number } | undefined;
  for (const { name, columns, data } of own) data.forEach((value, at) => { if (!best || Math.abs(value) > Math.abs(best.value)) best = { name, at, columns, value }; });
  if (!best || best.value === 0) return undefined;
  const { name, at, columns, value } = best;
  const place = columns > 1 ? `row ${Math.floor(at / columns)}, column ${at % columns}` : `unit ${at}`;
  return ['The largest ', nouns[of], ' is ', strong(inSentence(value)), ', in ', strong(shortName(name)), `, ${place}.`];
}

/** Where the numbers come from. */
export function lookSentence({ iteration, from, exact }: ParameterLook): Rich {
  if (iteration === 0) return ['Before the first iteration: there is no gradient and no update yet.'];
  const replay = from === 0 ? 'replayed from the beginning' : `replayed from the checkpoint after iteration ${count(from)}`;
  return ['After iteration ', strong(count(iteration)), `, ${replay}${exact ? '' : '; its loss differs from the recorded one in the last digits'}.`];
}

/** From 0 to 1; undefined before the engine has said how far it is. */
export function replayedPart({ progress }: ReplayUnderWay): number | undefined {
  return progress && progress.total > 0 ? Math.min(1, progress.done / progress.total) : undefined;
}

export function replayWords(look: ReplayUnderWay): string {
  const part = replayedPart(look);
  const where = look.iteration === null ? 'its newest checkpoint' : `iteration ${count(look.iteration)}`;
  return `Replaying the run to ${where}${part === undefined ? '…' : `: ${Math.floor(part * 100)} %`}`;
}
