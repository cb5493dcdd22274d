// The sentences of the gradient inspector: one verdict, and one under each picture, computed from what was received.
// Not layout, not elements. Each is undefined when it cannot be computed or its condition does not hold.
// Invariant: reach has one definition (../reach.ts); a number that is not finite is in no sentence but the verdict's first cause.
import type { FactorCurves, GateSaturation, InspectorView, LossCurves, MemoryHorizon, ParameterGradients, PathShares, Spectrum, Triangle, TriangleNow } from '../../protocol/inspector-page';
import { visible } from '../debugger/sentences';
import { reach } from '../reach';
import { alarm, link, strong, type Rich } from '../rich-text';
import { count, inSentence, number, percent } from '../theme/numbers';
import { reachedSteps, type TriangleDifference } from './layout/triangle';
import type { Received } from './state';

export interface Verdict {
  readonly kind: 'info' | 'warning' | 'error';
  readonly lines: readonly Rich[];
}

/** Ratios k = 0, 1, … steps from where a loss enters (from 1): back, or ahead in a layer that walks from the end. */
export function ratios(norm: Float64Array, start: number, reversed = false): Float64Array {
  const first = norm[start - 1] ?? NaN;
  return Float64Array.from({ length: reversed ? norm.length - start + 1 : start }, (_, k) => (norm[start - 1 + (reversed ? k : -k)] ?? NaN) / first);
}

/** The way of one loss through the layer. */
interface Way {
  readonly start: number;
  readonly reversed: boolean;
}

export function wayOf({ loss, start, reversed = false }: LossCurves): Way {
  return { start: start ?? loss ?? 1, reversed };
}

/** The step k steps on. */
function stepAfter({ start, reversed }: Way, k: number): number {
  return reversed ? start + k : start - k;
}

export function verdict(view: InspectorView, curves: LossCurves): Verdict | undefined {
  const bad = curves.nonFinite;
  if (bad) return { kind: 'error', lines: [[alarm('The gradient is not finite.'), ' First at ', link(`t = ${bad.step}`, String(bad.step)), `, layer ${bad.layer}, ${bad.name}, unit u${bad.unit}.`]] };
  const { loss } = curves;
  const norm = curves.states[0]?.norm;
  if (loss === null || !norm) return undefined;
  const way = wayOf(curves);
  const { start, reversed } = way;
  const own = ratios(norm, start, reversed);
  if (!own.every(Number.isFinite)) return undefined;
  const exploding = explosion(own, way);
  if (exploding) return { kind: 'warning', lines: [exploding] };
  const k = reach(own, 0.01);
  if (k === undefined || own.length < 2) return undefined;
  const other = curves.compared && ratios(curves.compared, start, reversed);
  const otherReach = other?.every(Number.isFinite) ? reach(other, 0.01) : undefined;
  const beside = view.compared && otherReach !== undefined ? ` (${view.compared.label}: ${otherReach})` : '';
  const steps = strong(`${k} ${k === 1 ? 'step' : 'steps'}`);
  const needed = view.neededLag !== undefined && k < view.neededLag && !reversed ? `; the task needs ${view.neededLag}` : '';
  const first: Rich =
    k === own.length - 1
      ? [`The loss at t = ${loss} reaches ${reversed ? 'ahead to the last step' : 'back to the first step'}, `, steps, `, with more than 1 % of its gradient${beside}.`]
      : [`The loss at t = ${loss} reaches `, steps, ` ${reversed ? 'ahead in this layer, which walks from the end,' : 'back'} before its gradient falls below 1 %${beside}${needed}.`];
  const second = (other && comparison(view, own, other, reversed)) ?? continuation(own, way);
  return { kind: needed !== '' ? 'warning' : 'info', lines: [first, ...(second ? [second] : [])] };
}

function explosion(own: Float64Array, way: Way): Rich | undefined {
  let k = 0;
  own.forEach((ratio, i) => {
    if (ratio > (own[k] ?? 0)) k = i;
  });
  const ratio = own[k] ?? 0;
  if (!(ratio > 100) || k < 1) return undefined;
  return ['The gradient grows by ', strong(percent(ratio ** (1 / k) - 1)), ' a step; it is ', strong(inSentence(ratio >= 1000 ? roundTo(ratio, 2) : ratio)), ` times larger at t = ${stepAfter(way, k)} than where it started.`];
}

/** 40 steps back, or as many as there are. */
export function comparison(view: InspectorView, own: Float64Array, other: Float64Array, reversed = false): Rich | undefined {
  if (!view.compared) return undefined;
  const back = Math.min(40, own.length - 1);
  const [a, b] = [own[back] ?? NaN, other[back] ?? NaN];
  if (back < 5 || !(a > 0) || !(b > 0) || !Number.isFinite(a / b)) return undefined;
  const times = a >= b ? `${inSentence(Math.round(a / b) >= 1000 ? roundTo(a / b) : a / b)} times less` : `${inSentence(Math.round(b / a) >= 1000 ? roundTo(b / a) : b / a)} times more`;
  return [`${back} steps ${reversed ? 'ahead' : 'back'} the ${view.label} keeps `, strong(inSentence(a)), ` of it, the ${view.compared.label} `, strong(inSentence(b)), `: ${times}.`];
}

/** Where a straight line through the last 25 steps of the logarithm would reach 10⁻⁶. */
export function continuation(own: Float64Array, way: Way): Rich | undefined {
  const end = own.length - 1;
  const n = Math.min(25, end);
  const [from, to] = [own[end - n] ?? NaN, own[end] ?? NaN];
  if (n < 5 || !(to > 0) || !(from > 0) || to >= from) return undefined;
  const perStep = Math.log(to / from) / n;
  const already = own.findIndex((ratio) => ratio > 0 && ratio < 1e-6);
  if (already >= 0) return undefined;
  const back = Math.round(end + (Math.log(1e-6) - Math.log(to)) / perStep);
  if (!Number.isFinite(back) || back > 1e6) return undefined;
  return back < own.length ? [`A straight continuation reaches 10⁻⁶ at t = ${stepAfter(way, back)}.`] : [`A straight continuation reaches 10⁻⁶ of it ${count(back)} steps ${way.reversed ? 'ahead' : 'back'}.`];
}

/** Near the loss both fall alike; over the n steps before t the LSTM loses p % a step, the RNN q %. */
export function decay(view: InspectorView, curves: LossCurves): Rich | undefined {
  const { loss } = curves;
  const norm = curves.states[0]?.norm;
  if (loss === null || !norm) return undefined;
  const way = wayOf(curves);
  const own = ratios(norm, way.start, way.reversed);
  const other = curves.compared && ratios(curves.compared, way.start, way.reversed);
  const k = reach(own, 0.01) ?? 0;
  const n = Math.min(25, own.length - 1 - k);
  if (n < 5) return undefined;
  const lost = perStep(own, k, n);
  if (lost === undefined) return undefined;
  const t = stepAfter(way, k);
  const alike = other && view.compared && own.length > 5 && ratioOf(own[5], other[5]) < 3;
  const verb = (share: number): string => (share >= 0 ? 'loses' : 'gains');
  const otherLost = other && perStep(other, k, n);
  const clause: Rich = [
    `${alike ? 'Near the loss both fall alike; over' : 'Over'} the ${n} steps ${way.reversed ? 'after' : 'before'} t = ${t} the ${view.label} ${verb(lost)} `, strong(percent(Math.abs(lost))), ' a step',
    ...(view.compared && otherLost !== undefined ? [`, the ${view.compared.label} `, strong(percent(Math.abs(otherLost)))] : []), '.',
  ];
  return clause;
}

export function pathSentence(paths: PathShares, loss: number, cursor: number): Rich | undefined {
  const highway = paths.paths.find(({ kind }) => kind === 'highway');
  if (!highway || (paths.reversed === true ? highway.norm.length - loss : loss - 1) < 2) return undefined;
  let sum = 0;
  let steps = 0;
  let least = Infinity;
  let at = 0;
  const { reversed = false } = paths;
  for (let t = reversed ? loss + 1 : 1; reversed ? t <= highway.norm.length : t < loss; t++) {
    const share = shareAt(paths, highway.norm, t);
    if (!Number.isFinite(share)) continue;
    sum += share;
    steps++;
    if (share < least) [least, at] = [share, t];
  }
  if (steps === 0) return undefined;
  const left = paths.highwayLeft[cursor - 1] ?? NaN;
  return [
    'The highway carries ', strong(percent(sum / steps)), ` on average, least at t = ${at} (${percent(least)}).`,
    ...((reversed ? cursor > loss : cursor < loss) && Number.isFinite(left) ? [` Without the recurrent matrix, ${percent(left)} of ∂L/∂${paths.state} at t = ${cursor} would be left.`] : []),
  ];
}

/** By how much the two factors of a plain recurrence change the gradient a step, over at most 25 steps from the loss. */
export function factorsSentence({ weights, slopes }: FactorCurves): Rich | undefined {
  const there = [...weights.keys()].filter((t) => Number.isFinite(weights[t]) && Number.isFinite(slopes[t]));
  // Both begin with 1 at the loss.
  if (slopes[there[0] ?? -1] !== 1 || weights[there[0] ?? -1] !== 1) there.reverse();
  const n = Math.min(25, there.length - 1);
  const at = there[n] ?? -1;
  const [w, s] = [weights[at] ?? NaN, slopes[at] ?? NaN];
  if (n < 5 || !(w > 0) || !(s > 0)) return undefined;
  const [grown, left] = [w ** (1 / n), s ** (1 / n)];
  const both = grown * left;
  return [
    `Over ${n} steps from the loss the recurrent matrix ${grown >= 1 ? 'grows' : 'shrinks'} it by `, strong(percent(Math.abs(grown - 1))), ' a step, and the slopes shrink it by ', strong(percent(Math.abs(1 - left))),
    `: together it ${both < 1 ? 'falls' : 'grows'} by ${percent(Math.abs(both - 1))} a step.`,
  ];
}

/** Share of one path at step t (from 1) among the summed norms. */
export function shareAt(paths: PathShares, norm: Float64Array, t: number): number {
  const total = paths.paths.reduce((sum, path) => sum + (path.norm[t - 1] ?? 0), 0);
  return total > 0 ? (norm[t - 1] ?? NaN) / total : NaN;
}

/** The strongest link over 12 steps or more. */
export function strongestLink(triangle: Triangle, steps: number): { readonly loss: number; readonly step: number; readonly norm: number } | undefined {
  let best: { loss: number; step: number; norm: number } | undefined;
  triangle.losses.forEach((loss, row) => {
    const [first, end] = reachedSteps(triangle, loss, steps);
    for (let step = first; step <= end; step++) {
      if (Math.abs(loss - step) < 12) continue;
      const norm = triangle.norm[row * steps + step - 1] ?? 0;
      if (Number.isFinite(norm) && norm > (best?.norm ?? 0)) best = { loss, step, norm };
    }
  });
  return best;
}

export function linkSentence(view: InspectorView, triangle: Triangle): Rich | undefined {
  const { trace } = view;
  const found = strongestLink(triangle, trace.steps);
  const some = triangle.losses.length < triangle.of ? `Shown: ${triangle.losses.length} of ${count(triangle.of)} losses.` : undefined;
  if (!found) return some === undefined ? undefined : [some];
  const target = trace.predictions?.target[found.loss - 1];
  const read = trace.reads.kind === 'tokens' ? trace.reads.text[found.step - 1] : undefined;
  return [
    `Strongest link over 12 steps or more: the loss at ${found.loss}${target === undefined || target === '' ? '' : ` (target “${visible(target)}”)`} reaches t = ${found.step}${read === undefined ? '' : ` (“${visible(read)}”)`} with `,
    strong(inSentence(found.norm)), '.', ...(some === undefined ? [] : [` ${some}`]),
  ];
}

/** Of all pairs of a loss and an earlier step: in how many this run's gradient is the larger, and where the two are farthest apart. */
export function differenceSentence(view: InspectorView, difference: TriangleDifference): Rich | undefined {
  const { losses, norm } = difference;
  if (!view.compared) return undefined;
  const { steps } = view.trace;
  let [pairs, larger] = [0, 0];
  let most: { loss: number; step: number; ratio: number } | undefined;
  losses.forEach((loss, row) => {
    const [first, end] = reachedSteps(difference, loss, steps);
    for (let step = first; step <= end; step++) {
      if (step === loss) continue;
      const ratio = norm[row * steps + step - 1] ?? NaN;
      if (!Number.isFinite(ratio)) continue;
      pairs++;
      if (ratio > 0) larger++;
      if (Math.abs(ratio) > Math.abs(most?.ratio ?? 0)) most = { loss, step, ratio };
    }
  });
  if (pairs === 0) return undefined;
  // Rounding of single precision is no difference.
  if (!most || Math.abs(most.ratio) < 1e-5) return [`The ${view.label} and the ${view.compared.label} reach every step alike.`];
  const times = 10 ** Math.abs(most.ratio);
  return [
    'In ', strong(percent(larger / pairs)), ` of the pairs of a loss and an earlier step the gradient of the ${view.label} is the larger one. Farthest apart: from the loss at ${most.loss} to t = ${most.step} it is `,
    strong(`${inSentence(times >= 1000 ? roundTo(times) : times)} times ${most.ratio > 0 ? 'larger' : 'smaller'}`), '.',
  ];
}

/** How far a triangle is; nothing once it is complete. */
export function triangleProgress(now: Pick<TriangleNow, 'state' | 'share'> | undefined, triangle: Triangle | null | undefined): Rich | undefined {
  if (now === undefined || now.state === 'complete') return undefined;
  const there = triangle ? `${triangle.losses.length} of ${triangle.chosen} losses are there` : undefined;
  if (now.state === 'running') return ['Computing: ', strong(`${Math.floor(now.share * 100)} %`), ...(there === undefined ? [] : [`; ${there}`]), '.'];
  return ['Stopped: ', strong(there ?? 'no loss is there yet'), '.'];
}

/** What becomes of a row that is asked for by itself. */
export function rowProgress(now: { readonly loss: number; readonly state: 'running' | 'stopped' } | undefined): Rich | undefined {
  if (now === undefined) return undefined;
  const loss = strong(`t = ${now.loss}`);
  return now.state === 'running' ? ['Computing the row of the loss at ', loss, '.'] : ['Stopped: the loss at ', loss, ' has no row.'];
}

/** Directions with |λ| in 0.9 … 1.1 and a positive real part. */
export function kept({ real, imaginary }: Spectrum): number {
  let n = 0;
  real.forEach((re, i) => {
    const size = Math.hypot(re, imaginary[i] ?? 0);
    if (re > 0 && size >= 0.9 && size <= 1.1) n++;
  });
  return n;
}

export function spectrumSentence(view: InspectorView, run: Spectrum, compared: Spectrum | undefined): Rich | undefined {
  if (!Number.isFinite(run.rho)) return undefined;
  const partly = run.real.length < run.of ? ` (the ${run.real.length} largest were computed)` : '';
  const beside = compared && view.compared && Number.isFinite(compared.rho) ? ` (${view.compared.label}: ρ = ${number(compared.rho)}, ${kept(compared)} of ${compared.of})` : '';
  return ['ρ = ', strong(number(run.rho)), `: ${kept(run)} of ${run.of} directions are kept within 10 %${partly}${beside}.`];
}

export function parameterSentence({ rows, norm }: ParameterGradients, steps: number): Rich | undefined {
  const finite = rows.filter(({ sum }) => Number.isFinite(sum));
  const most = finite.reduce<(typeof rows)[number] | undefined>((best, row) => (!best || row.sum > best.sum ? row : best), undefined);
  if (!most || !(most.sum > 0)) return undefined;
  const energy = Float64Array.from({ length: steps }, (_, t) => rows.reduce((sum, _row, r) => sum + (norm[r * steps + t] ?? 0) ** 2, 0));
  const total = energy.reduce((sum, value) => sum + value, 0);
  if (!Number.isFinite(total) || total === 0) return undefined;
  const order = Array.from({ length: steps }, (_, t) => t).sort((a, b) => (energy[b] ?? 0) - (energy[a] ?? 0));
  const top = order.slice(0, 3).sort((a, b) => a - b);
  const share = top.reduce((sum, t) => sum + (energy[t] ?? 0), 0) / total;
  return [strong(most.name), ' gets most.', ...(steps > 3 ? [` Steps ${top.map((t) => t + 1).join(', ')} make `, strong(percent(share)), ' of the squared norm.'] : [])];
}

/** Units whose gate is open or closed nearly always. */
export function fixedUnits(gate: GateSaturation['gates'][number]): number {
  let n = 0;
  gate.open.forEach((open, u) => {
    if (open + (gate.closed[u] ?? 0) > 0.9) n++;
  });
  return n;
}

export function saturationSentence({ gates }: GateSaturation): Rich | undefined {
  const units = gates[0]?.open.length ?? 0;
  if (gates.length === 0 || units === 0) return undefined;
  const found = gates.map((gate) => ({ name: gate.name, n: fixedUnits(gate) }));
  if (found.every(({ n }) => n === 0)) return [`No gate is a fixed switch: none of ${units} units is on the diagonal.`];
  return ['On the diagonal a gate is a fixed switch: ', ...found.flatMap(({ name, n }, i) => [i > 0 ? ', ' : '', strong(String(n)), i === 0 ? ` ${n === 1 ? 'unit' : 'units'} in ${name}` : ` in ${name}`]), ` of ${units}.`];
}

export function horizonSentence(view: InspectorView, horizon: MemoryHorizon): Rich | undefined {
  const k = reach(horizon.run.median, 0.01);
  if (k === undefined || horizon.run.median.length < 2) return undefined;
  const other = horizon.compared && reach(horizon.compared.median, 0.01);
  const beside = view.compared && other !== undefined ? ` (${view.compared.label} ${other})` : '';
  const life = horizon.longest?.halfLife;
  const longest = life !== undefined && Number.isFinite(life) ? ` Longest unit by ${horizon.longest?.gate ?? ''} alone: half-life ${number(life).replace(/(\.\d)\d$/, '$1')} steps.` : '';
  const beyond = k === horizon.run.median.length - 1 ? ' or more' : '';
  return ['Median reach above 1 %: ', strong(`${k}${beyond} ${k === 1 ? 'step' : 'steps'}`), `${beside}.${longest}`];
}

function perStep(own: Float64Array, k: number, n: number): number | undefined {
  const [from, to] = [own[k] ?? NaN, own[k + n] ?? NaN];
  if (!(from > 0) || !(to > 0)) return undefined;
  const lost = 1 - (to / from) ** (1 / n);
  return Number.isFinite(lost) ? lost : undefined;
}

function ratioOf(a: number | undefined, b: number | undefined): number {
  const ratio = (a ?? NaN) / (b ?? NaN);
  return Number.isFinite(ratio) && ratio > 0 ? Math.max(ratio, 1 / ratio) : Infinity;
}

function roundTo(value: number, digits = 1): number {
  const unit = 10 ** (Math.floor(Math.log10(value)) - digits + 1);
  return Math.round(value / unit) * unit;
}

/** The triangle says itself how far it is. */
const computed: Readonly<Partial<Record<keyof Received, string>>> = {
  curves: 'the state gradient', paths: 'its paths', factors: 'its factors', spectrum: 'the eigenvalues', radii: 'ρ over time',
  parameters: 'the parameter gradients', saturation: 'the gates’ saturation', horizon: 'the memory horizon',
};

/** What a picture over time says of a single step, which has no other one before it or after it. */
export function needsSteps(steps: number): Rich | undefined {
  return steps < 2 ? ['This picture needs two steps or more; here there is one.'] : undefined;
}

/** What was asked for and is not there yet; nothing once all of it is, or is known not to be had. */
export function waitingFor(received: Received): Rich | undefined {
  const missing = (Object.keys(computed) as (keyof Received)[]).filter((part) => received[part] === undefined);
  return missing.length === 0 ? undefined : [`Still being computed: ${missing.map((part) => computed[part] ?? '').join(', ')}.`];
}
