// Walks one half of a line backwards over its recorded steps with several cotangents, a row each.
// Not the order of lines and not where the cotangents come from (seeded-backward.ts).
// Invariant: only rows that hold something are run, and a row's numbers do not depend on how many run with it; masked steps hand on unchanged.
import type { Half } from '../ir/halves';
import type { Model, StepLine } from '../ir/model';
import { floats, type FloatTensor, sizeOf } from '../runtime/tensor';
import type { Trace } from '../trace/trace';
import { numbers, type OpenAdjoint, type StepVariant, type TracePrograms } from '../trace/trace-programs';
import { isValid, residualFeeds, timeOf } from './recorded-step';

/** Cotangents of a line over time, `[time, seeds, size]` (`[1, seeds, size]` after pooling). */
export interface Cotangent {
  readonly size: number;
  readonly data: Float32Array;
}

export interface SeededState {
  /** Norms of ∂L_r/∂ the new state at step t, total: `[seeds, time]`. */
  readonly norms: Float32Array;
  /** Cotangents from outside the step (later steps and the output), `[time, seeds, size]`; only when vectors are kept. */
  readonly arriving: Float32Array | undefined;
  readonly size: number;
}

export interface WalkSetting {
  readonly programs: TracePrograms;
  readonly model: Model;
  readonly trace: Trace;
  readonly line: StepLine;
  readonly half: Half;
  /** Row of the batch that each seed is about. */
  readonly sequences: readonly number[];
  /** What the line's users sent to it. */
  readonly whole: Cotangent;
  /** What the line sends to its inputs is added here; undefined where nobody needs it. */
  readonly reached: readonly (Cotangent | undefined)[];
  readonly variant: StepVariant;
  readonly keepVectors: boolean;
  /** Once a step. */
  readonly tick: () => void | Promise<void>;
}

export interface WalkedHalf {
  readonly states: ReadonlyMap<string, SeededState>;
  /** Cotangents of the output, `[time, seeds, size]`, when vectors are kept and it is no state. */
  readonly output: Float32Array | undefined;
}

/** A run of seeds. */
interface Rows {
  readonly first: number;
  readonly end: number;
}

interface StateWalk extends SeededState {
  readonly name: string;
  readonly seed: string;
  /** Before a step what arrives at the state's new value from outside, after it what the step sends back: `[seeds, size]`. */
  readonly carried: Float32Array;
}

export async function walkHalf(setting: WalkSetting): Promise<WalkedHalf> {
  const { line, half, trace, sequences, whole, keepVectors } = setting;
  const seeds = sequences.length;
  const steps = line.perStep ? timeOf(trace) : 1;
  const states = line.step.states.map(({ name, next, shape }): StateWalk => {
    const size = sizeOf(shape);
    // States that share a new value share the first one's seed.
    const seed = `seed.${line.step.states.find((state) => state.next === next)?.name ?? name}`;
    return { name, seed, size, norms: new Float32Array(seeds * steps), arriving: keepVectors ? new Float32Array(steps * seeds * size) : undefined, carried: new Float32Array(seeds * size) };
  });
  const receiver = states[line.step.states.findIndex(({ next }) => next === line.step.output)];
  const output = keepVectors && receiver === undefined ? new Float32Array(steps * seeds * half.size) : undefined;
  const order = Array.from({ length: steps }, (_, t) => t);
  if (!half.reversed) order.reverse();
  for (const t of order) {
    const own = columnsOf(whole, t * seeds, seeds, half.offset, half.size);
    if (receiver) addInto(receiver.carried, own);
    for (const { arriving, carried } of states) arriving?.set(carried, t * carried.length);
    output?.set(own, t * own.length);
    await setting.tick();
    // Before its loss a row has nothing to hand on: what is linear in zeros is zero.
    const active = activeRows([own, ...states.map(({ carried }) => carried)], seeds);
    if (active) await stepBack(setting, states, own, t, active);
  }
  return { states: new Map(states.map(({ name, norms, arriving, size }) => [name, { norms, arriving, size }])), output };
}

async function stepBack(setting: WalkSetting, states: readonly StateWalk[], own: Float32Array, t: number, { first, end }: Rows): Promise<void> {
  const { line, half, trace, model, sequences, reached, programs } = setting;
  const seeds = sequences.length;
  const isRun = (row: number): boolean => !line.perStep || states.length === 0 || isValid(trace, sequences[row] ?? 0, t);
  const rows = Array.from({ length: end - first }, (_, i) => first + i);
  const valid = rows.filter(isRun);
  for (const state of states) for (const row of rows) noteNorm(state, row, t, state.carried, row);
  if (valid.length === 0) return;
  const inputs = new Set(line.step.inputs.filter((_, index) => reached[index]).map(({ name }) => name));
  const shared = sequences.every((sequence) => sequence === sequences[0]);
  const count = rowsFor(end - first, seeds);
  const from = Math.min(first, seeds - count);
  const open = await programs.adjoint(line, count, shared, inputs, setting.variant);
  const places = sequences.slice(from, from + count).map((sequence) => ({ sequence, t }));
  const results = await open.session.run({ ...residualFeeds({ model, trace, line, half }, open.program, places), ...seedFeeds(open, states, own, { first: from, end: from + count }, seeds) });
  for (const state of states) {
    const { name, size, carried } = state;
    const total = results[`grad.${name}`];
    const sent = results[`old.grad.${name}`];
    for (const row of valid) {
      if (total) noteNorm(state, row, t, numbers(total), row - from);
      if (sent) carried.set(numbers(sent).subarray((row - from) * size, (row - from + 1) * size), row * size);
      else carried.fill(0, row * size, (row + 1) * size);
    }
  }
  line.step.inputs.forEach(({ name }, index) => {
    const got = results[`in.grad.${name}`];
    const target = reached[index];
    if (!got || !target) return;
    const { size, data } = target;
    for (const row of valid) addInto(data.subarray((t * seeds + row) * size), numbers(got).subarray((row - from) * size, (row - from + 1) * size));
  });
}

function seedFeeds({ program }: OpenAdjoint, states: readonly StateWalk[], own: Float32Array, { first, end }: Rows, seeds: number): Readonly<Record<string, FloatTensor>> {
  const part = (values: Float32Array): Float32Array => values.subarray((first * values.length) / seeds, (end * values.length) / seeds);
  return Object.fromEntries(program.seeds.map(({ label, dims }) => {
    if (label === 'seed.output') return [label, floats(dims, part(own))];
    const [only, ...others] = states.filter(({ seed }) => seed === label).map(({ carried }) => part(carried));
    if (only === undefined || others.length === 0) return [label, floats(dims, only)];
    const sum = only.slice();
    for (const other of others) addInto(sum, other);
    return [label, floats(dims, sum)];
  }));
}

/** From the first row that is not all zeros to the last; undefined when there is none. */
function activeRows(values: readonly Float32Array[], seeds: number): Rows | undefined {
  let [first, end] = [seeds, 0];
  for (const each of values) {
    const width = each.length / seeds;
    if (width === 0) continue;
    let at = 0;
    while (at < first * width && each[at] === 0) at++;
    first = Math.min(first, Math.floor(at / width));
    at = each.length - 1;
    while (at >= end * width && each[at] === 0) at--;
    end = Math.max(end, Math.floor(at / width) + 1);
  }
  return first < end ? { first, end } : undefined;
}

/** A program is made for some numbers of rows only: the next larger one, at most all. */
function rowsFor(active: number, seeds: number): number {
  return Math.min(seeds, [4, 8, 16, 32, 64, 128].find((rows) => rows >= active) ?? seeds);
}

function columnsOf({ size, data }: Cotangent, firstRow: number, rows: number, offset: number, width: number): Float32Array {
  if (width === size) return data.subarray(firstRow * size, (firstRow + rows) * size);
  const result = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) result.set(data.subarray((firstRow + row) * size + offset, (firstRow + row) * size + offset + width), row * width);
  return result;
}

/** Adds all of `part` to the beginning of `total`. */
function addInto(total: Float32Array, part: Float32Array): void {
  for (let i = 0; i < part.length; i++) total[i] = (total[i] as number) + (part[i] as number);
}

/** Of row `at` of the values, for the seed `row`. */
function noteNorm({ norms, size, carried }: StateWalk, row: number, t: number, values: Float32Array, at: number): void {
  let sum = 0;
  for (let i = at * size; i < (at + 1) * size; i++) sum += (values[i] ?? 0) ** 2;
  norms[row * ((norms.length * size) / carried.length) + t] = Math.sqrt(sum);
}
