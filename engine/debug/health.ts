// What is wrong with a recorded pass and where it began: not finite, exploding, vanishing, saturated, dead.
// Not a stop: the debugger decides whether a finding stops it.
// Invariant: a finding names the first place in walking order, in the network's own coordinates: layer, step, name, unit; nothing is reported twice.
import type { Recording } from './recording';
import { nonFiniteCount, saturatedShare, short, statisticsOf } from './statistics';
import type { Cursor, Unit, UnitEquation } from './timeline';

export const filters = ['non-finite', 'exploding', 'vanishing', 'saturated', 'dead'] as const;
export type Filter = (typeof filters)[number];

export interface FilterSpec {
  readonly label: string;
  readonly description: string;
  /** Meaning of the threshold; left out where there is none. */
  readonly threshold?: { readonly words: string; readonly usual: number };
}

export const filterSpecs: Readonly<Record<Filter, FilterSpec>> = {
  'non-finite': { label: 'Not finite', description: 'A value or gradient becomes NaN or infinite.' },
  exploding: { label: 'Exploding gradient', description: 'A state\'s gradient is much larger than where the backward pass began.', threshold: { words: '‖∂loss/∂h_t‖ / ‖∂loss/∂h_T‖ above', usual: 100 } },
  vanishing: { label: 'Vanishing gradient', description: 'A state\'s gradient is much smaller than where the backward pass began.', threshold: { words: '‖∂loss/∂h_t‖ / ‖∂loss/∂h_T‖ below', usual: 1e-3 } },
  saturated: { label: 'Saturated gate', description: 'Most units of a gate lie in the outer tenth of its range.', threshold: { words: 'share of saturated units above', usual: 0.9 } },
  dead: { label: 'Dead unit', description: 'A unit of a state hardly changes over the whole sequence.', threshold: { words: 'standard deviation over time below', usual: 1e-6 } },
};

export interface Finding {
  readonly filter: Filter;
  readonly at: Cursor;
  readonly what: string;
  readonly first: { readonly step: number; readonly layer: string; readonly name: string; readonly unit?: number };
  readonly evidence: readonly string[];
  readonly advice: readonly string[];
}

/** Findings of the filters asked for, with their thresholds, in walking order. */
export function findingsOf(recording: Recording, thresholds: ReadonlyMap<Filter, number>): readonly Finding[] {
  const found: Finding[] = [];
  const wants = (filter: Filter): number | undefined => thresholds.get(filter);
  recording.timeline.units.forEach((unit, index) => {
    if (wants('non-finite') !== undefined) found.push(...nonFinite(recording, unit, index));
    if (unit.walk === undefined || unit.walk.line.step.states.length === 0) return;
    const exploding = wants('exploding');
    if (exploding !== undefined) found.push(...ratios(recording, unit, index, 'exploding', exploding));
    const vanishing = wants('vanishing');
    if (vanishing !== undefined) found.push(...ratios(recording, unit, index, 'vanishing', vanishing));
    const saturated = wants('saturated');
    if (saturated !== undefined) found.push(...saturation(recording, unit, index, saturated));
    const dead = wants('dead');
    if (dead !== undefined) found.push(...deadUnits(recording, unit, index, dead));
  });
  const { timeline } = recording;
  const sorted = found.map((finding) => ({ finding, place: timeline.indexOf(finding.at) })).sort((a, b) => a.place - b.place).map(({ finding }) => finding);
  // A layer above one that is not finite is not where it began.
  const seen = new Set<string>();
  return sorted.filter((finding) => {
    const key = finding.filter === 'non-finite' ? `${finding.filter} ${finding.at.phase}` : '';
    if (key !== '' && seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function walkOrder(recording: Recording, unit: Unit): readonly number[] {
  const steps = unit.perStep ? Array.from({ length: recording.steps }, (_, i) => i + 1) : [recording.steps + 1];
  return unit.walk?.half.reversed === true ? steps.reverse() : steps;
}

const valueOf = (recording: Recording, unit: Unit, equation: UnitEquation, t: number) => (equation.kind === 'line' || equation.kind === 'output' ? recording.line(unit.line.name, t) : recording.named(unit, equation.name, t));
const gradientOf = (recording: Recording, unit: Unit, equation: UnitEquation, t: number) => (equation.kind === 'line' || equation.kind === 'output' ? recording.lineGradient(unit.line.name, t) : recording.namedGradient(unit, equation.name, t));

function nonFinite(recording: Recording, unit: Unit, index: number): readonly Finding[] {
  const found: Finding[] = [];
  for (const phase of ['forward', 'backward'] as const) {
    const order = phase === 'forward' ? walkOrder(recording, unit) : [...walkOrder(recording, unit)].reverse();
    const equations = unit.equations.map((equation, number) => ({ equation, number }));
    if (phase === 'backward') equations.reverse();
    search: for (const t of order) {
      for (const { equation, number } of equations) {
        const { data } = (phase === 'forward' ? valueOf : gradientOf)(recording, unit, equation, t);
        const count = nonFiniteCount(data);
        if (count === 0) continue;
        const element = Array.from(data).findIndex((value) => !Number.isFinite(value));
        const name = phase === 'forward' ? equation.label : `grad(${equation.label})`;
        found.push({
          filter: 'non-finite',
          at: recording.timeline.stopAt(phase, t, index, number),
          what: `${name} of ${unit.name} is not finite`,
          first: { step: Math.min(t, recording.steps), layer: unit.name, name: equation.label, unit: element },
          evidence: [`${count} of ${data.length} numbers, the first is unit ${element}: ${String(data[element])}.`, ...(phase === 'forward' ? operandsEvidence(recording, unit, t) : [])],
          advice: phase === 'forward'
            ? ['Look at the data of this step and at what the equation divides by, takes the logarithm or the exponential of.', 'If states grow from step to step, try clip norm 1.0, a lower rate, or a smaller initial recurrent matrix.']
            : ['The forward values are finite, so a derivative is not: look for a division, a square root or a logarithm near 0 in this equation.'],
        });
        break search;
      }
    }
  }
  // With values that are not finite the gradients cannot be otherwise.
  return found.some(({ at }) => at.phase === 'forward') ? found.filter(({ at }) => at.phase === 'forward') : found;
}

function operandsEvidence(recording: Recording, unit: Unit, t: number): readonly string[] {
  const step = unit.walk?.line.step;
  if (step === undefined || t > recording.steps) return [];
  const inputs = step.inputs.map((input) => ({ label: input.name, data: recording.input(unit, input.name, t).data }));
  const states = step.states.map((state) => ({ label: state.name, data: recording.old(unit, state.name, t).data }));
  return [...inputs, ...states].map(({ label, data }) => {
    const count = nonFiniteCount(data);
    const first = Array.from(data).findIndex((value) => !Number.isFinite(value));
    return count > 0 ? `The input of the equation ${label} is already not finite (${count} of ${data.length}, the first is element ${first}): it came in with step ${t}.` : `${label} before it is finite, norm ${short(statisticsOf(data).norm)}.`;
  });
}

function ratios(recording: Recording, unit: Unit, index: number, filter: 'exploding' | 'vanishing', threshold: number): readonly Finding[] {
  const order = [...walkOrder(recording, unit)].reverse();
  return (unit.walk?.line.step.states ?? []).flatMap((state): readonly Finding[] => {
    const number = unit.equations.findIndex((equation) => equation.kind === 'state' && equation.name === state.name);
    const norms = order.map((t) => statisticsOf(recording.namedGradient(unit, state.name, t).data).norm);
    const begin = norms.findIndex((norm) => norm > 0);
    const reference = norms[begin] ?? 0;
    const from = order[begin] ?? 0;
    const at = norms.findIndex((norm, place) => place > begin && begin >= 0 && recording.isValid(order[place] ?? 1) && (filter === 'exploding' ? norm / reference > threshold : norm / reference < threshold));
    const t = order[at];
    if (number < 0 || t === undefined) return [];
    const ratio = (norms[at] ?? 0) / reference;
    return [{
      filter,
      at: recording.timeline.stopAt('backward', t, index, number),
      what: `The gradient of ${state.name}' in ${unit.name} ${filter === 'exploding' ? 'explodes' : 'vanishes'}`,
      first: { step: t, layer: unit.name, name: `${state.name}'` },
      evidence: [`‖∂loss/∂${state.name}'‖ is ${short(norms[at] ?? 0)} at step ${t} and was ${short(reference)} at step ${from}: a factor of ${short(ratio)} over ${Math.abs(from - t)} steps, ${short(ratio ** (1 / Math.max(1, Math.abs(from - t))))} a step.`],
      advice: filter === 'exploding'
        ? ['rho() and sigma() show what the step does to a gradient; above 1 over many steps it grows.', 'Try clip norm 1.0, an orthogonal recurrent matrix, or a gated cell.']
        : ['rho() shows what the step does to a gradient; below 1 over many steps it shrinks.', 'Try a gated cell, a forget gate whose bias begins at 1 or more, or shorter sequences.'],
    }];
  });
}

function saturation(recording: Recording, unit: Unit, index: number, threshold: number): readonly Finding[] {
  return unit.equations.flatMap((equation, number): readonly Finding[] => {
    const range = equation.kind === 'gate' ? recording.rangeOf(unit, equation.name) : undefined;
    if (range === undefined) return [];
    const t = walkOrder(recording, unit).find((step) => recording.isValid(step) && saturatedShare(recording.named(unit, equation.name, step).data, range) > threshold);
    if (t === undefined) return [];
    const { data } = recording.named(unit, equation.name, t);
    const [low, high] = range;
    const above = Array.from(data).filter((value) => value > high - (high - low) / 10).length;
    const element = Array.from(data).findIndex((value) => value < low + (high - low) / 10 || value > high - (high - low) / 10);
    return [{
      filter: 'saturated',
      at: recording.timeline.stopAt('forward', t, index, number),
      what: `The gate ${equation.label} of ${unit.name} is saturated`,
      first: { step: t, layer: unit.name, name: equation.label, unit: element },
      evidence: [`${Math.round(100 * saturatedShare(data, range))} % of its ${data.length} units lie in the outer tenth of ${low}…${high}: ${above} at the upper end, ${Math.round(saturatedShare(data, range) * data.length) - above} at the lower.`],
      advice: ['A saturated gate passes hardly any gradient to what opens and closes it.', 'Try smaller weights or a smaller bias for this gate, inputs of unit variance, or layer normalisation.'],
    }];
  });
}

function deadUnits(recording: Recording, unit: Unit, index: number, threshold: number): readonly Finding[] {
  const order = walkOrder(recording, unit).filter((t) => recording.isValid(t));
  const last = order.at(-1);
  if (last === undefined || order.length < 2) return [];
  return (unit.walk?.line.step.states ?? []).flatMap((state): readonly Finding[] => {
    const number = unit.equations.findIndex((equation) => equation.kind === 'state' && equation.name === state.name);
    const columns = order.map((t) => recording.named(unit, state.name, t).data);
    const width = columns[0]?.length ?? 0;
    const dead: number[] = [];
    for (let i = 0; i < width; i++) if (statisticsOf(columns.map((column) => column[i] ?? NaN)).std < threshold) dead.push(i);
    const [first] = dead;
    if (number < 0 || first === undefined) return [];
    return [{
      filter: 'dead',
      at: recording.timeline.stopAt('forward', last, index, number),
      what: `${dead.length === 1 ? 'A unit' : `${dead.length} units`} of ${state.name} in ${unit.name} ${dead.length === 1 ? 'is' : 'are'} dead`,
      first: { step: last, layer: unit.name, name: `${state.name}'`, unit: first },
      evidence: [`Over ${order.length} steps ${dead.length === 1 ? 'unit' : 'units'} ${dead.slice(0, 12).join(', ')}${dead.length > 12 ? ', …' : ''} of ${width} changed by less than a standard deviation of ${short(threshold)}.`],
      advice: ['A dead unit carries nothing. With relu, try a smaller rate or leakyRelu; else look whether a gate shuts it off.'],
    }];
  });
}
