// Walks one line over time with the step program: forwards recording every value, backwards recording every gradient.
// Not the order of lines (run-trace.ts) and not fused: this is the pass that people look at.
// Invariant: buffers are time-major; at a masked step equations have gradient 0 and a state the gradient of its carried value.
import { defined } from '../base/invariant';
import type { Half } from '../ir/halves';
import type { StepLine } from '../ir/model';
import type { StateSpec, StepGraph } from '../ir/step-graph';
import { floats, type FloatTensor, sizeOf, type Tensor } from '../runtime/tensor';
import { dropoutLabel, dropoutMask } from './dropout-masks';
import type { Stretch } from './changed-steps';
import type { Session } from '../runtime/backend';
import { numbers, type OpenStep } from './trace-programs';
import type { Weights } from './trace';

/** Time-major buffer of a line or a named value: `[steps × batch, width]`. */
export interface Buffer {
  readonly width: number;
  readonly data: Float32Array;
}

export interface WalkSetting {
  readonly line: StepLine;
  readonly half: Half;
  readonly open: OpenStep;
  /** The program of the parameters' gradients alone, over so many rows of whatever steps. */
  readonly wide: (rows: number) => Promise<Session | undefined>;
  readonly weights: Weights;
  /** 1 for a line without states, which does all its rows at once. */
  readonly steps: number;
  readonly rows: number;
  readonly inputs: readonly Buffer[];
  /** Time-major mask `[steps × rows]`, when some step is padding and the line has states. */
  readonly mask: Float32Array | undefined;
  readonly initial: readonly Float32Array[];
  readonly dropoutSeed: number | undefined;
  readonly checkCancelled: () => void;
  /** Steps at which some element is put over what is computed: the program that can do so, and what it reads. */
  readonly edited: ReadonlyMap<number, EditedAt>;
}

export interface EditedAt {
  readonly open: OpenStep;
  readonly feeds: Readonly<Record<string, Tensor>>;
}

export interface ForwardWalk {
  readonly named: ReadonlyMap<string, Buffer>;
  /** New values of the states, by the states' order. */
  readonly states: readonly Buffer[];
  readonly output: Buffer;
}

export interface BackwardWalk {
  readonly named: ReadonlyMap<string, Buffer>;
  readonly inputs: readonly Buffer[];
  readonly params: ReadonlyMap<string, Float32Array>;
  /** ∂loss/∂ the states before the first step of the walk. */
  readonly initial: readonly Float32Array[];
  /** ∂loss/∂ the states before each step, by the states' order. */
  readonly old: readonly Buffer[];
  /** Total gradient of what the line hands on. */
  readonly output: Buffer;
}

function buffer(length: number, width: number): Buffer {
  return { width, data: new Float32Array(length * width) };
}

function rowsOf(source: Buffer, step: number, rows: number): Float32Array {
  const width = source.width * rows;
  return source.data.subarray(step * width, (step + 1) * width);
}

const knownShapes = new WeakMap<StepGraph, ReadonlyMap<number, readonly number[]>>();

function shapesOf(step: StepGraph): ReadonlyMap<number, readonly number[]> {
  const known = knownShapes.get(step);
  if (known) return known;
  const shapes = new Map([...step.graph.inputs, ...step.graph.equations].map((value) => [value.id, value.type.shape]));
  knownShapes.set(step, shapes);
  return shapes;
}

/** The steps of a walk in its own order. */
function walkOrder(setting: WalkSetting): readonly number[] {
  const order = Array.from({ length: setting.steps }, (_, i) => i);
  return setting.half.reversed ? order.reverse() : order;
}

/** Feeds that a step program reads at one step; the states are given by who walks. */
function feedsAt(setting: WalkSetting, masks: readonly Float32Array[], at: number, states: readonly Float32Array[]): Record<string, Tensor> {
  const { open, rows, weights, half } = setting;
  const { step } = open.program;
  const batched = (shape: readonly number[]): readonly number[] => (shape.length === 0 ? [rows, 1] : [rows, ...shape]);
  const shapes = shapesOf(step);
  const feeds: Record<string, Tensor> = {};
  step.inputs.forEach((input, index) => {
    const source = defined(setting.inputs[index], 'every input is bound');
    feeds[`in.${input.name}`] = floats(batched(shapes.get(input.id) ?? []), rowsOf(source, at, rows));
  });
  step.states.forEach((state, index) => {
    feeds[`old.${state.name}`] = floats(batched(state.shape), defined(states[index], 'every state has a value'));
  });
  for (const param of step.params) {
    feeds[`param.${param.name}`] = defined(weights.get(`${half.prefix}.${param.name}`), `weights hold ${half.prefix}.${param.name}`);
  }
  step.dropouts.forEach((dropout, index) => {
    const width = sizeOf(dropout.shape) * rows;
    feeds[`dropout.${index}`] = floats(batched(dropout.shape), defined(masks[index], 'every mask is drawn').subarray(at * width, (at + 1) * width));
  });
  if (open.program.masked) feeds['mask'] = floats([rows, 1], defined(setting.mask, 'a masked program has a mask').subarray(at * rows, (at + 1) * rows));
  if (open.program.usesZero) feeds['zero'] = floats([rows, 1]);
  return Object.assign(feeds, setting.edited.get(at)?.feeds);
}

function drawMasks(setting: WalkSetting): readonly Float32Array[] {
  const { step } = setting.open.program;
  return step.dropouts.map((dropout, index) =>
    dropoutMask(setting.dropoutSeed, dropoutLabel(setting.half.prefix, index), dropout.rate, setting.steps * setting.rows * sizeOf(dropout.shape)),
  );
}

/** A walk of the same half that agrees outside a stretch; its buffers are written over. */
export interface EarlierWalk {
  readonly walk: ForwardWalk;
  readonly stretch: Stretch;
}

/** @param earlier walks only its stretch again, which lasts to the walk's end. */
export async function walkForward(setting: WalkSetting, earlier?: EarlierWalk): Promise<ForwardWalk> {
  const { open } = setting;
  const { step } = open.program;
  const { named, states, output } = earlier?.walk ?? emptyWalk(setting);
  const masks = drawMasks(setting);
  const { from, to } = earlier?.stretch ?? { from: 0, to: setting.steps };
  const order = walkOrder(setting).filter((at) => at >= from && at < to);
  const { rows } = setting;
  let current = earlier === undefined || order[0] === undefined ? setting.initial : statesBefore(setting, earlier.walk, order[0]).map((state) => state.slice());
  for (const at of order) {
    setting.checkCancelled();
    const { forward } = setting.edited.get(at)?.open ?? open;
    const results = await forward.run(feedsAt(setting, masks, at, current));
    for (const [name, target] of named) rowsOf(target, at, rows).set(numbers(results[`value.${name}`]));
    current = step.states.map((state, index) => {
      const value = numbers(results[`new.${state.name}`]);
      rowsOf(defined(states[index], 'one buffer per state'), at, rows).set(value);
      return value;
    });
    rowsOf(output, at, rows).set(numbers(results['output']));
  }
  return { named, states, output };
}

/** Buffers to walk into. */
function emptyWalk({ open, rows, steps }: WalkSetting): ForwardWalk {
  const { step } = open.program;
  const shapes = shapesOf(step);
  const length = steps * rows;
  return {
    named: new Map(step.named.map((value) => [value.name, buffer(length, sizeOf(shapes.get(value.id) ?? []))])),
    states: step.states.map((state) => buffer(length, sizeOf(state.shape))),
    output: buffer(length, sizeOf(shapes.get(step.output) ?? [])),
  };
}

/** The state's value before step `at` of the walk: the step before it in the walk's own order, or the initial one. */
function statesBefore(setting: WalkSetting, forward: ForwardWalk, at: number): readonly Float32Array[] {
  const before = setting.half.reversed ? at + 1 : at - 1;
  if (before < 0 || before >= setting.steps) return setting.initial;
  return forward.states.map((state) => rowsOf(state, before, setting.rows));
}

/** @param arriving cotangent of the line's output, time-major. @param final cotangents of the last states, when the sequence goes on. */
export async function walkBackward(setting: WalkSetting, forward: ForwardWalk, arriving: Buffer, final?: readonly Float32Array[]): Promise<BackwardWalk> {
  const { open, rows, steps } = setting;
  const { program } = open;
  const { step } = program;
  const recurrent = step.states.length > 0;
  const session = recurrent ? await open.backwardStates() : await open.backward();
  const seeds = new Map<string, KeptSeed>();
  const named = new Map([...forward.named].map(([name, value]) => [name, buffer(steps * rows, value.width)]));
  const inputs = setting.inputs.map((input) => buffer(steps * rows, input.width));
  const params = new Map(step.params.map((param) => [param.name, new Float32Array(sizeOf(param.shape))]));
  const output = program.outputState === undefined && program.outputName === undefined ? arriving : buffer(steps * rows, arriving.width);
  const masks = drawMasks(setting);
  const old = step.states.map((state) => buffer(steps * rows, sizeOf(state.shape)));
  let cotangents = step.states.map((state, index) => final?.[index] ?? new Float32Array(rows * sizeOf(state.shape)));
  for (const at of [...walkOrder(setting)].reverse()) {
    setting.checkCancelled();
    const feeds = feedsAt(setting, masks, at, statesBefore(setting, forward, at));
    addSeeds(feeds, setting, cotangents, rowsOf(arriving, at, rows));
    if (recurrent && !setting.edited.has(at)) keepSeeds(seeds, feeds, at, steps, rows);
    const results = await ((await setting.edited.get(at)?.open.backward()) ?? session).run(feeds);
    for (const [name, target] of named) {
      const got = results[`grad.${name}`];
      if (got) rowsOf(target, at, rows).set(numbers(got));
    }
    for (const state of step.states) carryTotal(setting, state, named.get(state.name), results[`uncarried.${state.name}`], at);
    const source = named.get(program.outputState ?? program.outputName ?? '');
    if (source && output !== arriving) rowsOf(output, at, rows).set(rowsOf(source, at, rows));
    step.inputs.forEach((input, index) => {
      const got = results[`in.grad.${input.name}`];
      if (got) rowsOf(defined(inputs[index], 'one buffer per input'), at, rows).set(numbers(got));
    });
    for (const [name, total] of params) {
      const got = results[`param.grad.${name}`];
      if (got) addInto(total, numbers(got));
    }
    cotangents = step.states.map((state, index) => {
      const got = results[`old.grad.${state.name}`];
      return got ? numbers(got) : new Float32Array(defined(cotangents[index], 'one cotangent per state').length);
    });
    cotangents.forEach((cotangent, index) => rowsOf(defined(old[index], 'one buffer per state'), at, rows).set(cotangent));
  }
  if (recurrent) await addParameterGradients(setting, forward, masks, seeds, params);
  return { named, inputs, params, initial: cotangents, old, output };
}

interface KeptSeed extends Buffer {
  readonly shape: readonly number[];
}

function keepSeeds(seeds: Map<string, KeptSeed>, feeds: Readonly<Record<string, Tensor>>, at: number, steps: number, rows: number): void {
  for (const [label, tensor] of Object.entries(feeds)) {
    if (!label.startsWith('seed.') || tensor.kind !== 'f32') continue;
    const kept = seeds.get(label) ?? { ...buffer(steps * rows, tensor.data.length / rows), shape: tensor.dims.slice(1) };
    seeds.set(label, kept);
    rowsOf(kept, at, rows).set(tensor.data);
  }
}

/** Most rows of one run: more would need more memory than the trace itself. */
const mostRows = 1024;

/** One product over many steps instead of one, and a large result, for each; an edited step has given its own already. */
async function addParameterGradients(setting: WalkSetting, forward: ForwardWalk, masks: readonly Float32Array[], seeds: ReadonlyMap<string, KeptSeed>, params: ReadonlyMap<string, Float32Array>): Promise<void> {
  const { rows } = setting;
  const all = walkOrder(setting).filter((at) => !setting.edited.has(at));
  const most = Math.max(1, Math.floor(mostRows / rows));
  const count = Math.ceil(all.length / most);
  const size = Math.ceil(all.length / Math.max(1, count));
  for (let start = 0; start < all.length; start += size) {
    setting.checkCancelled();
    const steps = all.slice(start, start + size);
    const session = await setting.wide(steps.length * rows);
    if (session === undefined) return;
    const feeds: Record<string, Tensor> = {};
    const parts = steps.map((at) => feedsAt(setting, masks, at, statesBefore(setting, forward, at)));
    for (const [label, first] of Object.entries(parts[0] ?? {})) feeds[label] = label.startsWith('param.') ? first : stacked(parts.map((part) => part[label]), first);
    for (const [label, { width, shape, data }] of seeds) feeds[label] = floats([steps.length * rows, ...shape], joinedRows(steps.map((at) => data.subarray(at * width * rows, (at + 1) * width * rows))));
    const results = await session.run(feeds);
    for (const [name, total] of params) {
      const got = results[`param.grad.${name}`];
      if (got) addInto(total, numbers(got));
    }
  }
}

/** Rows of several steps as the rows of one tensor. */
function stacked(parts: readonly (Tensor | undefined)[], like: Tensor): FloatTensor {
  const data = joinedRows(parts.map(numbers));
  return floats([(like.dims[0] ?? 1) * parts.length, ...like.dims.slice(1)], data);
}

function joinedRows(parts: readonly Float32Array[]): Float32Array {
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    data.set(part, offset);
    offset += part.length;
  }
  return data;
}

/** A plain loop: over all steps these are hundreds of millions of additions, and a callback for each costs seconds. */
function addInto(total: Float32Array, part: Float32Array): void {
  for (let i = 0; i < total.length; i++) total[i] = (total[i] as number) + (part[i] as number);
}

/** Seeds: what arrives at each new state from the step after it, plus what arrives at the output. */
function addSeeds(feeds: Record<string, Tensor>, setting: WalkSetting, cotangents: readonly Float32Array[], arriving: Float32Array): void {
  const { step, outputState } = setting.open.program;
  const { rows } = setting;
  const dims = (shape: readonly number[]): readonly number[] => (shape.length === 0 ? [rows, 1] : [rows, ...shape]);
  step.states.forEach((state, index) => {
    const cotangent = defined(cotangents[index], 'one cotangent per state');
    // States that share one new value share its seed, under the first one's name.
    const owner = defined(step.states.find((candidate) => candidate.next === state.next), 'the state itself').name;
    const label = `seed.${owner}`;
    const held = feeds[label] as FloatTensor | undefined;
    const sum = held ? held.data : cotangent.slice();
    if (held) cotangent.forEach((value, i) => (sum[i] = (sum[i] ?? 0) + value));
    if (owner === state.name && outputState === state.name) arriving.forEach((value, i) => (sum[i] = (sum[i] ?? 0) + value));
    feeds[label] = floats(dims(state.shape), sum);
  });
  if (outputState === undefined) feeds['seed.output'] = floats(dims(shapesOf(step).get(step.output) ?? []), arriving.slice());
}

/** At valid steps a state's total gradient is that of its new value; at padding, of the value it carries. */
function carryTotal(setting: WalkSetting, state: StateSpec, target: Buffer | undefined, uncarried: unknown, at: number): void {
  if (!target || !setting.open.program.masked || uncarried === undefined) return;
  const totals = numbers(uncarried);
  const rows = rowsOf(target, at, setting.rows);
  const width = sizeOf(state.shape);
  for (let row = 0; row < setting.rows; row++) {
    if (!setting.mask?.[at * setting.rows + row]) continue;
    rows.set(totals.subarray(row * width, (row + 1) * width), row * width);
  }
}
