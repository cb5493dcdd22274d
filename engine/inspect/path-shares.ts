// By which path a loss's gradient arrives at a state, step after step: the parts' norms, and what the highway alone would bring.
// Not one step's vectors (paths.ts); many steps are rows of one program here.
// Invariant: entry t is about ∂L/∂ the state after step t, by the way it took out of the step after t (in the walk's own direction):
// a part that came to another state of step t counts with what that state hands on within step t. 0 where nothing arrives.
import { defined } from '../base/invariant';
import type { StepLine } from '../ir/model';
import { sizeOf } from '../runtime/tensor';
import { numbers, type StepVariant, type TracePrograms } from '../trace/trace-programs';
import { type Pace, unpaced, within } from './pace';
import { pathVariant, recurrentMatrices, vectorVariant } from './paths';
import { feedsOfRows, isValid, type RecordedWalk, seedLabel, timeOf, zeroSeeds } from './recorded-step';
import { seededBackward, type SeededBackward } from './seeded-backward';

export interface PathShares {
  /** `highway`, parameters, `mixed`. */
  readonly parts: readonly { readonly name: string; readonly kind: 'highway' | 'parameter' | 'mixed' }[];
  /** Norm of each part, `[parts, time]`; norms of parts do not add up to the whole's. */
  readonly norms: Float64Array;
  /** ‖what arrives with every matrix product stopped since the loss‖ / ‖what arrives‖, `[time]`. */
  readonly highwayAlone: Float64Array;
}

const rowsAtOnce = 32;

/** @param loss from 0; 'mean' is the trace's own. */
export async function pathShares(programs: TracePrograms, walk: RecordedWalk, state: string, loss: number | 'mean', pace: Pace = unpaced): Promise<PathShares> {
  const { model, trace, line, half, sequence } = walk;
  const key = `${half.prefix}.${state}`;
  const whole = await seededBackward(programs, model, trace, { sequence, losses: loss === 'mean' ? loss : [loss], keepVectors: true, pace: within(pace, 0, 0.2) });
  const highway = await seededBackward(programs, model, trace, {
    sequence, losses: loss === 'mean' ? loss : [loss], keepVectors: true, pace: within(pace, 0.2, 0.4),
    variant: (each) => (each === line ? pathVariant(line) : undefined),
  });
  const matrices = recurrentMatrices(line);
  const variants: readonly StepVariant[] = [vectorVariant(line), pathVariant(line), ...matrices.map((param) => pathVariant(line, param))];
  const time = timeOf(trace);
  const last = loss === 'mean' ? (half.reversed ? 0 : time - 1) : loss;
  const width = widthOf(line, state);
  const norms = new Float64Array(time * (matrices.length + 2));
  const steps = arrivingSteps(walk, last);
  for (let first = 0; first < steps.length; first += rowsAtOnce) {
    const rows = steps.slice(first, first + rowsAtOnce);
    const sent: StateVectors[] = [];
    const progress = (done: number): number => 0.4 + (0.6 * (first + done * rows.length)) / steps.length;
    for (const [index, variant] of variants.entries()) {
      await pace(progress((0.5 * index) / variants.length));
      sent.push(await sentBack(programs, walk, rows, arrivingRows(walk, whole, rows), variant));
    }
    const before = rows.map((t) => (half.reversed ? t + 1 : t - 1));
    const parts = partsOf(walk, rows, sent, arrivingRows(walk, whole, rows).states);
    for (const [part, vectors] of parts.entries()) {
      await pace(progress(0.5 + (0.5 * part) / parts.length));
      const total = await totalWithin(programs, walk, state, before, vectors);
      before.forEach((t, row) => (norms[t * parts.length + part] = norm(total.subarray(row * width, (row + 1) * width))));
    }
  }
  const alone = defined(highway.states.get(key), 'the state was walked').norms;
  const all = defined(whole.states.get(key), 'the state was walked').norms;
  return { ...parted(norms, matrices), highwayAlone: Float64Array.from(all, (value, t) => ((half.reversed ? t > last : t < last) ? (alone[t] ?? 0) / value : NaN)) };
}

/** By state, `[rows, width]`. */
type StateVectors = ReadonlyMap<string, Float32Array>;

interface Seeds {
  readonly states: StateVectors;
  /** When the output is no state. */
  readonly output?: Float32Array;
}

function widthOf({ step }: StepLine, state: string): number {
  return sizeOf(defined(step.states.find(({ name }) => name === state), `${state} is a state`).shape);
}

/** Steps that send something back: from the loss's own to the second (in the walk's own direction). */
function arrivingSteps({ half, trace }: RecordedWalk, loss: number): readonly number[] {
  const time = timeOf(trace);
  return half.reversed ? Array.from({ length: time - 1 - loss }, (_, i) => loss + i) : Array.from({ length: loss }, (_, i) => loss - i);
}

function arrivingRows({ line, half }: RecordedWalk, seeded: SeededBackward, steps: readonly number[]): Seeds {
  const gathered = (all: Float32Array, width: number): Float32Array => {
    const rows = new Float32Array(rowsAtOnce * width);
    steps.forEach((t, row) => rows.set(all.subarray(t * width, (t + 1) * width), row * width));
    return rows;
  };
  const output = seeded.outputs.get(half.prefix);
  return {
    states: new Map(line.step.states.map(({ name }) => {
      const { arriving, size } = defined(seeded.states.get(`${half.prefix}.${name}`), `${name} was walked`);
      return [name, gathered(defined(arriving, 'vectors were kept'), size)];
    })),
    ...(output ? { output: gathered(output, half.size) } : {}),
  };
}

async function backward(programs: TracePrograms, walk: RecordedWalk, steps: readonly number[], given: Seeds, variant: StepVariant): Promise<Readonly<Record<string, unknown>>> {
  const { line, sequence } = walk;
  const open = await programs.step(line, rowsAtOnce, false, variant);
  const seeds = zeroSeeds(open);
  const add = (label: string, values: Float32Array): void => {
    const seed = defined(seeds[label], `${label} is a seed`).data;
    values.forEach((value, i) => (seed[i] = (seed[i] ?? 0) + value));
  };
  for (const [name, values] of given.states) add(seedLabel(open, name), values);
  if (given.output && seeds['seed.output']) add('seed.output', given.output);
  return (await open.backward()).run({ ...feedsOfRows(walk, open, steps.map((t) => ({ sequence, t }))), ...seeds });
}

/** What each step sends to the states before it. */
async function sentBack(programs: TracePrograms, walk: RecordedWalk, steps: readonly number[], given: Seeds, variant: StepVariant): Promise<StateVectors> {
  const results = await backward(programs, walk, steps, given, variant);
  return new Map(walk.line.step.states.map(({ name }) => {
    const got = results[`old.grad.${name}`];
    return [name, got ? numbers(got) : new Float32Array(rowsAtOnce * widthOf(walk.line, name))];
  }));
}

/** ∂L/∂ one new state of each step, when this arrives at its new states: with what they hand to each other within the step. */
async function totalWithin(programs: TracePrograms, walk: RecordedWalk, state: string, steps: readonly number[], arriving: StateVectors): Promise<Float32Array> {
  const own = defined(arriving.get(state), 'every state has its part');
  const results = await backward(programs, walk, steps, { states: arriving }, vectorVariant(walk.line));
  const got = results[`grad.${state}`];
  const total = got ? numbers(got).slice() : own.slice();
  const width = widthOf(walk.line, state);
  // A masked step hands nothing from state to state.
  steps.forEach((t, row) => !isValid(walk.trace, walk.sequence, t) && total.set(own.subarray(row * width, (row + 1) * width), row * width));
  return total;
}

/** Highway, one a matrix, and what is left; of a masked step all goes straight. */
function partsOf(walk: RecordedWalk, steps: readonly number[], [total, highway, ...through]: readonly StateVectors[], held: StateVectors): readonly StateVectors[] {
  const names = walk.line.step.states.map(({ name }) => name);
  const of = (vectors: StateVectors | undefined, name: string): Float32Array => defined(vectors?.get(name), 'every variant has every state');
  const straight = new Map(names.map((name) => [name, of(highway, name).slice()]));
  const parts = through.map((with_) => new Map(names.map((name) => [name, of(with_, name).map((value, i) => value - (of(highway, name)[i] ?? 0))])));
  const mixed = new Map(names.map((name) => [name, of(total, name).map((value, i) => parts.reduce((rest, part) => rest - (of(part, name)[i] ?? 0), value - (of(highway, name)[i] ?? 0)))]));
  const all = [straight, ...parts, mixed];
  steps.forEach((t, row) => {
    if (isValid(walk.trace, walk.sequence, t)) return;
    for (const name of names) {
      const width = widthOf(walk.line, name);
      for (const part of all) of(part, name).fill(0, row * width, (row + 1) * width);
      of(straight, name).set(of(held, name).subarray(row * width, (row + 1) * width), row * width);
    }
  });
  return all;
}

function parted(norms: Float64Array, matrices: readonly string[]): Pick<PathShares, 'parts' | 'norms'> {
  const all = [{ name: 'highway', kind: 'highway' as const }, ...matrices.map((name) => ({ name, kind: 'parameter' as const })), { name: 'mixed', kind: 'mixed' as const }];
  const count = all.length;
  const used = all.flatMap((part, place) => (part.kind === 'parameter' || largest(norms, count, place) > 1e-5 * largest(norms, count) ? [{ part, place }] : []));
  const time = norms.length / count;
  const each = new Float64Array(used.length * time);
  used.forEach(({ place }, row) => {
    for (let t = 0; t < time; t++) each[row * time + t] = norms[t * count + place] ?? 0;
  });
  return { parts: used.map(({ part }) => part), norms: each };
}

/** Of one part, or of all. */
function largest(norms: Float64Array, count: number, place?: number): number {
  return norms.reduce((most, value, at) => (place === undefined || at % count === place ? Math.max(most, value) : most), 0);
}

function norm(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}

/** Whether some gradient passes a step of the line from the state to itself without a matrix product, by the form of its equations. */
export function hasHighway({ step }: StepLine, state: string): boolean {
  const own = defined(step.states.find(({ name }) => name === state), `${state} is a state`);
  const reached = new Set([own.old]);
  for (const { id, op, args } of step.graph.equations) {
    // Products stop the path; a condition passes nothing.
    if (op.kind === 'matvec' || op.kind === 'matmat' || op.kind === 'dot' || op.kind === 'stop') continue;
    if ((op.kind === 'where' ? args.slice(1) : args).some((arg) => reached.has(arg))) reached.add(id);
  }
  return reached.has(own.next);
}
