// The sentence under the debugger's toolbar, computed from what stands at the cursor.
// Not layout, not elements. Clauses whose numbers are not there are left out; with none, there is no sentence.
// Invariant: a stop's cause comes before everything else.
import type { Cursor } from '../../protocol/debugger-page';
import type { StateFlow, TraceHeader } from '../../protocol/trace-view';
import { outputText } from './output-text';
import { alarm, link, quiet, strong, type Rich } from '../rich-text';
import { difference, inSentence, number, percent } from '../theme/numbers';
import { countAbove, mean, norm } from './lanes/statistics';

/** What a sentence needs to know of the layer at the cursor; arrays `[units]`. */
export interface AtCursor {
  readonly trace: TraceHeader;
  readonly cursor: Cursor;
  /** The gate that keeps a state, its name, its words where it has any, and its values. */
  readonly keeps?: { readonly gate: string; readonly words?: string; readonly state: string; readonly values: Float32Array };
  /** The state a change is told of: before and after the step. */
  readonly change?: { readonly state: string; readonly before: Float32Array; readonly after: Float32Array };
  /** Bounds of that state's activation. */
  readonly bounded?: boolean;
  readonly flow?: readonly StateFlow[];
  /** The step that the walk over time makes before this one; left out at its first. */
  readonly before?: number;
}

/** `brief` keeps the first clause only, for a narrow page. */
export function sentence(at: AtCursor, brief = false): Rich | undefined {
  const stop = stopped(at.cursor);
  if (stop) return stop;
  if (at.trace.valid[at.cursor.step - 1] === 0) return masked(at);
  const broken = notFinite(at);
  if (broken) return broken;
  const why = whyThisSequence(at);
  if (why && brief) return why;
  const said = at.cursor.pass === 'forward' ? forward(at, brief) : backward(at, brief);
  return why || (said && said.length > 0) ? [...(why ?? []), ...(said ?? [])] : undefined;
}

export function stopped({ stop }: Cursor): Rich | undefined {
  if (!stop) return undefined;
  switch (stop.kind) {
    case 'breakpoint':
      return [strong('Breakpoint'), ` at ${stop.file}:${stop.line}`, ...(stop.condition === undefined ? [] : [': ', strong(stop.condition)]), '.'];
    case 'dataBreakpoint':
      return [strong('Stopped: '), stop.text];
    case 'filter': {
      const { first } = stop;
      return [
        alarm(`Stopped: ${stop.what}.`), ' First at ', strong(`t = ${first.step}`), `, layer ${first.layer}`,
        ...(first.unit === undefined ? [] : [', unit ', strong(`u${first.unit}`)]), '. ', ...stop.explanation.map((text) => `${text} `),
      ];
    }
  }
}

/** Where a replayed iteration is entered: why this sequence of its batch is shown. */
export function whyThisSequence({ trace, cursor }: AtCursor): Rich | undefined {
  const { largestGradient: largest, sequence } = trace;
  if (!largest || largest.index !== sequence.index || cursor.pass !== 'forward' || cursor.step !== 1) return undefined;
  const opening = `Of the batch’s ${largest.of} sequences, `;
  if (!Number.isFinite(largest.share)) return [opening, strong(`#${largest.index}`), ' is the first whose gradient is not finite. '];
  return [opening, strong(`#${largest.index}`), ' has the largest gradient, ', strong(percent(largest.share)), ' of the squared norm. '];
}

export function masked({ cursor }: AtCursor): Rich {
  return [strong(`t = ${cursor.step}`), ' is masked: the states are carried over unchanged and no loss is counted.'];
}

/** The first value of the pass that is not finite, and the way to it: no other number of the pass means anything from there on. */
export function notFinite({ trace, cursor }: AtCursor): Rich | undefined {
  const found = trace.layers.flatMap((layer, at) => layer.lanes.flatMap(({ name, nonFinite }) => {
    const order = layer.equations.findIndex((equation) => equation.name === name);
    return nonFinite ? [{ name, layer, at, order: order < 0 ? layer.equations.length : order, ...nonFinite }] : [];
  }));
  // A layer that reads from the end meets its last step first.
  const walked = ({ step, layer }: (typeof found)[number]): number => (layer.reversed ? trace.steps - step : step);
  const [first] = found.sort((a, b) => walked(a) - walked(b) || a.at - b.at || a.order - b.order);
  if (!first) return undefined;
  return [
    alarm(`${first.name} is not finite.`), ' First at ', strong(`t = ${first.step}`), `, layer ${first.layer.name}, unit `, strong(`u${first.unit}`), '. ',
    ...(cursor.step === first.step ? [] : [link(`Go to t = ${first.step}`, `goto:${first.step}`)]),
  ];
}

function forward(at: AtCursor, brief: boolean): Rich {
  const first = expects(at) ?? outputs(at);
  return brief && first ? first : [...(first ?? []), ...(keepsClause(at) ?? changed(at) ?? [])];
}

/** After “U” the network expects “C” with 47 %; that is right (loss 0.74). */
export function expects({ trace, cursor }: AtCursor): Rich | undefined {
  const { predictions } = trace;
  const t = cursor.step - 1;
  const p = predictions?.probability[t * (predictions?.top ?? 0)];
  const top = predictions?.text[t * (predictions?.top ?? 0)];
  if (!predictions || p === undefined || top === undefined || !(p > 0)) return undefined;
  const read = trace.reads.kind === 'tokens' ? trace.reads.text[t] : undefined;
  const target = predictions.target[t] ?? '';
  const rank = predictions.targetRank[t] ?? 0;
  const loss = trace.loss.values[t];
  const outcome: Rich =
    rank === 0 ? [] : [rank === 1 ? '; that is right' : `; the target is ${quote(target)}`, ...(loss !== undefined && Number.isFinite(loss) ? [' ', quiet(`(loss ${inSentence(loss, 2)})`)] : [])];
  return [read === undefined ? `At t = ${cursor.step}` : `After ${quote(read)}`, ' the network expects ', `${quote(top)} with `, strong(percent(p)), ...outcome, '. '];
}

/** At t = 50 the network says 0.83; the target is 1.02 (loss 0.036). */
export function outputs({ trace, cursor }: AtCursor): Rich | undefined {
  const size = trace.outputs?.size ?? 0;
  const said = trace.outputs && outputText(trace.outputs.values, size, cursor.step);
  const target = trace.outputs && outputText(trace.outputs.target, size, cursor.step);
  const loss = trace.loss.values[cursor.step - 1];
  if (said === undefined) return undefined;
  return [`At t = ${cursor.step} the network says `, strong(said), ...(target === undefined ? [] : [`; the target is ${target}`, ...(loss !== undefined && Number.isFinite(loss) ? [' ', quiet(`(loss ${number(loss)})`)] : [])]), '. '];
}

export function keepsClause({ keeps, change }: AtCursor): Rich | undefined {
  if (!keeps) return undefined;
  const average = mean(keeps.values);
  if (average === undefined) return undefined;
  const open = countAbove(keeps.values, 0.9);
  return [
    `${gateInWords(keeps)} keeps `, strong(percent(average)), ` of ${keeps.state} on average, ${open} of ${keeps.values.length} units more than 90 %.`,
    ...(change ? (largestChange(change) ?? []) : []),
  ];
}

function largestChange({ state, before, after }: NonNullable<AtCursor['change']>): Rich | undefined {
  let unit = -1;
  let largest = 0;
  for (let u = 0; u < after.length; u++) {
    const moved = (after[u] ?? NaN) - (before[u] ?? NaN);
    if (!Number.isFinite(moved)) return undefined;
    if (Math.abs(moved) > Math.abs(largest)) [unit, largest] = [u, moved];
  }
  return unit < 0 ? undefined : [` Largest change: ${state} of u${unit}, `, strong(Math.abs(largest) < 0.005 ? inSentence(largest) : difference(largest)), '.'];
}

/** For a cell without a gate on its state. */
export function changed({ change, bounded }: AtCursor): Rich | undefined {
  if (!change) return undefined;
  const size = norm(change.before);
  const moved = norm(change.after.map((value, u) => value - (change.before[u] ?? NaN)));
  if (size === undefined || moved === undefined || size === 0) return undefined;
  const saturated = bounded ? countAbove(change.after.map(Math.abs), 0.98) : undefined;
  return [
    `${change.state} changed by `, strong(percent(moved / size)),
    ...(saturated === undefined ? ['.'] : [`; ${saturated} of ${change.after.length} units are saturated.`]),
  ];
}

/** At t = 31, 76 % of ∂L/∂h comes from later losses and 24 % from the loss of this step. … */
export function backward({ cursor, flow, keeps, before }: AtCursor, brief = false): Rich | undefined {
  const t = cursor.step - 1;
  const own = flow?.find(({ addedBy }) => addedBy === 'own loss') ?? flow?.[0];
  if (!own) return undefined;
  const arrives = own.arrives[t] ?? NaN;
  const added = own.added[t] ?? NaN;
  const share = arrives / (arrives + added);
  if (!Number.isFinite(share)) return undefined;
  const from = own.addedBy === 'own loss' ? 'the loss of this step' : own.addedBy.replace(/^from /, '');
  const parts: Rich = [`At t = ${cursor.step}, `, strong(percent(share)), ` of ∂L/∂${own.state} comes from later losses and ${percent(1 - share)} from ${from}.`];
  if (before === undefined || brief) return parts;
  const kept = keeps ? flow?.find(({ state }) => state === keeps.state) : undefined;
  const through = kept ? (kept.leaves[t] ?? NaN) / (kept.sum[t] ?? NaN) : NaN;
  const leaves = own.leaves[t] ?? NaN;
  const gate: Rich = keeps && Number.isFinite(through) && kept !== own ? [` ${gateInWords(keeps)} lets `, strong(percent(through)), ` of ∂L/∂${keeps.state} through to t = ${before};`] : [];
  const matrix: Rich = Number.isFinite(leaves) ? [gate.length > 0 ? ' through the recurrent matrix, ' : ' Through the step before, ', `${inSentence(leaves, 2)} arrives at ${own.state}.`] : [];
  return [...parts, ...gate, ...matrix];
}

/** In quotes, with white space made visible. */
export function quote(token: string): string {
  return `“${visible(token)}”`;
}

export function visible(token: string): string {
  return token.replace(/ /g, '␣').replace(/\n/g, '⏎').replace(/\t/g, '⇥');
}

/** `The forget gate`, `The update gate`; without words, `Gate z`. */
function gateInWords({ gate, words }: NonNullable<AtCursor['keeps']>): string {
  if (words === undefined) return `Gate ${gate}`;
  return /\bgate\b/.test(words) ? `The ${words}` : `The ${words} gate`;
}
