// What the weights' picture is called, how it is read, and what it shows, computed from what was received.
// Not drawing. A sentence is undefined when its condition does not hold.
// Invariant: numbers that are not finite come before everything else, and no norm of such numbers is said.
import { unreachable } from '../../must';
import type { TraceHeader } from '../../../protocol/trace-view';
import type { WeightQuantity, WeightsHeader, WeightsPicture, WeightSummary } from '../../../protocol/weights-view';
import { alarm, link, quiet, strong, type Rich } from '../../rich-text';
import { count, inSentence, percent } from '../../theme/numbers';
import { shortName } from '../../weights/names';
import type { WeightsQuestion } from './state';

export const quantityWords: Readonly<Record<WeightQuantity, string>> = { value: 'Value', gradient: 'Gradient', step: 'This step', sum: 'Sum so far', update: 'Last update' };

/** `r1, what t = 31 adds to the gradient, sequence #17`. */
export function weightsTitle({ layer, of, step }: WeightsQuestion, trace: TraceHeader, header: WeightsHeader): string {
  const where = `sequence #${trace.sequence.index}`;
  const { steps } = trace;
  switch (of) {
    case 'value':
      return `${layer}: values`;
    case 'gradient':
      return `${layer}: gradient over all ${count(steps)} steps, ${header.batch > 1 ? `${header.batch} sequences` : where}`;
    case 'step':
      return `${layer}: what t = ${step} adds to the gradient, ${where}`;
    case 'sum':
      return `${layer}: gradient added up from t = ${firstVisited(header, layer, steps)} to ${step}, ${where}`;
    case 'update':
      return `${layer}: what iteration ${count(header.iteration ?? 0)} changes`;
    default:
      return unreachable(of);
  }
}

/** A name of numbers of the weights that there are. */
export function isQuantity(name: string): name is WeightQuantity {
  return Object.hasOwn(quantityWords, name);
}

export function weightsNote(of: WeightQuantity, header: WeightsHeader, layer: string): string {
  const shape = 'a row an output unit, a column an input';
  const once = header.once.includes(layer) ? ' This layer is computed once, after the last step, and counted there.' : '';
  const one = header.batch > 1 ? `; of this sequence alone, one of ${header.batch}` : '';
  switch (of) {
    case 'value':
      return `the weights that the pass was computed with; ${shape}.`;
    case 'gradient':
      return `∂L/∂ of each weight, before clipping; orange: raising the weight raises the loss; ${shape}.`;
    case 'step':
      return `the part of the gradient that comes from this step${one}. Colours end where those of the whole sequence do, so that steps can be compared.${once}`;
    case 'sum':
      return header.reversed.includes(layer)
        ? `this layer reads from the end, so back-propagation adds its steps’ parts from the first step on${one}; at the last step it is the whole gradient. The colours stay.`
        : `back-propagation adds a step’s part at a time, from the last step on${one}; at t = 1 it is the whole gradient. The colours stay.${once}`;
    case 'update':
      return `what the optimizer’s step changes, after clipping; ${shape}.`;
    default:
      return unreachable(of);
  }
}

export function weightsSentence({ of, step, layer }: WeightsQuestion, picture: WeightsPicture, trace: TraceHeader, header: WeightsHeader): Rich | undefined {
  const { tensors } = picture;
  const broken = tensors.find(({ notFinite }) => notFinite);
  if (broken?.notFinite) {
    const { count: n, row, column } = broken.notFinite;
    return [alarm(`${count(n)} ${n === 1 ? 'number' : 'numbers'} of ${shortName(broken.name)} ${n === 1 ? 'is' : 'are'} not finite`), `, the first at [${row}, ${column}].`];
  }
  const squares = tensors.reduce((sum, { norm }) => sum + norm * norm, 0);
  const visited = firstVisited(header, layer, trace.steps);
  if (squares === 0) return nothing(of, step, layer, trace, visited);
  const most = tensors.reduce<WeightSummary | undefined>((best, one) => (!best || one.norm > best.norm ? one : best), undefined);
  if (!most) return undefined;
  const share: Rich = tensors.length > 1 ? [', ', strong(percent(most.norm ** 2 / squares)), ` of the squared norm in ${layer}`] : [];
  const gets = [strong(shortName(most.name)), ' gets the largest gradient, norm ', strong(inSentence(most.norm)), ...share];
  switch (of) {
    case 'value':
    case 'update':
      return largest(of, tensors);
    case 'gradient':
      return header.batch > 1 ? [...gets, '.', ' ', quiet(`Of the mean loss over the batch’s ${header.batch} sequences.`)] : [...gets, '.'];
    case 'step':
      return [`At t = ${step} `, ...gets, '.'];
    case 'sum':
      return [`From t = ${visited} to ${step} `, ...gets, ...reached(most, trace.steps + 1 - visited), '.'];
    default:
      return unreachable(of);
  }
}

/** The step at which back-propagation through a layer begins. */
function firstVisited({ reversed }: WeightsHeader, layer: string, steps: number): number {
  return reversed.includes(layer) ? 1 : steps;
}

/** How much of its final norm a sum has. */
function reached({ norm, whole }: WeightSummary, end: number): Rich {
  return whole !== undefined && whole > 0 && Number.isFinite(whole) ? ['; its norm is ', strong(percent(norm / whole)), ` of what it is at t = ${end}`] : [];
}

function nothing(of: WeightQuantity, step: number, layer: string, trace: TraceHeader, visited: number): Rich | undefined {
  if (of === 'step') return trace.valid[step - 1] === 0 ? [strong(`t = ${step}`), ' is masked: it adds nothing.'] : [strong(`t = ${step}`), ` adds nothing to ${layer}.`];
  if (of === 'sum') return [`From t = ${visited} to ${step} nothing was added to ${layer}.`];
  return of === 'value' ? undefined : [strong(layer), of === 'update' ? ' is not changed: all of it is 0.' : ' gets no gradient: all of it is 0.'];
}

function largest(of: 'value' | 'update', tensors: readonly WeightSummary[]): Rich | undefined {
  const best = tensors.reduce<WeightSummary | undefined>((found, one) => (one.largest && Math.abs(one.largest.value) > Math.abs(found?.largest?.value ?? 0) ? one : found), undefined);
  if (!best?.largest) return undefined;
  const { row, column, value } = best.largest;
  return ['The largest ', of, ' is ', strong(inSentence(value)), ', in ', strong(shortName(best.name)), ` at [${row}, ${column}].`];
}

/** Numbers that were changed by hand. */
export function editedSentence({ edited }: WeightsHeader, layer: string): Rich | undefined {
  const own = edited.filter(({ name }) => name.startsWith(`${layer}.`));
  const [first] = own;
  if (!first) return undefined;
  const rest = own.length > 1 ? ` and ${count(own.length - 1)} more` : '';
  return ['Edited: ', strong(`${shortName(first.name)}[${first.row}, ${first.column}]`), ` from ${inSentence(first.from)} to ${inSentence(first.to)}${rest} (◇).`];
}

export function noneWords(why: 'backward' | 'forward' | 'update'): Rich {
  switch (why) {
    case 'backward':
      return ['No gradients are recorded yet. ', link('Run the backward pass', 'backward')];
    case 'forward':
      return ['The cursor stands in the forward pass, where nothing is added to a gradient. ', link('Go to the backward pass', 'backward')];
    case 'update':
      return ['This pass is no iteration of a training, so nothing updates its weights. Debug a training (“pass”: “train”), or an iteration beside the largest gradients of a run.'];
    default:
      return unreachable(why);
  }
}
