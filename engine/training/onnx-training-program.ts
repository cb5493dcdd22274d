// The training program on a backend: sessions per shape of batch, parameters and optimizer state kept between iterations.
// Not the training loop (trainer.ts) and not the graph (../onnx/training-graph.ts).
// Invariant: an iteration whose loss or gradient is not finite changes nothing; what is watched changes no number; sessions and
// device tensors are disposed with the program.
import { defined } from '../base/invariant';
import { halvesOf } from '../ir/halves';
import type { Model, StepLine } from '../ir/model';
import { planModel, type ChunkShape, type ModelPlans } from '../onnx/model-emission';
import { blockOf } from '../onnx/step-blocks';
import { stateGradientWatch, type StepWatch } from '../schedule/watches';
import { buildTrainingGraph, buildUpdateGraph, optimizerSlots, type TrainingGraphKind } from '../onnx/training-graph';
import type { Backend, Session } from '../runtime/backend';
import { floats, type FloatTensor, ints, sizeOf } from '../runtime/tensor';
import { dropoutLabel, dropoutMask } from '../trace/dropout-masks';
import { poolInputs } from '../trace/pool-inputs';
import type { Batch } from '../trace/trace';
import { chunksOf, isCausalPerStep } from './chunks';
import { isWhole, lastValid, prepareBatch, type Prepared, rowsOf } from './prepared-batch';
import { givenKeys, startStates } from './start-states';
import { plain, sameBits, scalar, type Value } from './program-values';
import { boundedValues, saturationWatches } from './saturation';
import { joinedWatches, observationOf, watchesOf } from './watch-results';
import type { CarriedStates, EvaluationResult, IterationOptions, IterationResult, Observation, SampleStep, TrainingProgram } from './program-interface';

type Feeds = Record<string, Value>;

export interface ProgramOptions {
  /** Longest stretch that one graph holds; longer sequences of forward models run as chunks, without truncation. */
  readonly chunk?: number;
  /** Reported with every iteration (training in chunks reports the largest over chunks, per-step watches in order). */
  readonly watches?: readonly StepWatch[];
  /** Steps of a block of the program; 0 = no blocks. Left out: what is faster (../onnx/step-blocks.ts). */
  readonly block?: number;
  readonly onSessionOpened?: (kind: TrainingGraphKind | 'apply', nodes: number, steps: number) => void;
}

/** Parameters and optimizer state of one moment, as the training goes on. */
export interface Held {
  parameters(): Map<string, FloatTensor>;
  optimizerState(): Map<string, FloatTensor>;
}

/** What one computation of an iteration is about. */
interface Computation {
  readonly prepared: Prepared;
  readonly chunks: readonly (readonly [number, number])[];
  readonly states: ReadonlyMap<string, FloatTensor>;
  readonly given: ReadonlySet<string>;
  readonly options: IterationOptions;
}

const defaultChunk = 128;

/** Whether sequences are so long that one program holds only a part of one. */
export function isTrainedInParts(model: Model, steps: number): boolean {
  return chunksOf(model, steps, defaultChunk).length > 1;
}

/** Eight lengths, each for training, validation and what is watched. */
const mostSessions = 24;

export class OnnxTrainingProgram implements TrainingProgram {
  private readonly sessions = new Map<string, Promise<Session>>();
  private readonly plans = new Map<string, ModelPlans>();
  private parameterVector: Value;
  private readonly slots = new Map<string, Value>();
  private readonly layout: ModelPlans['layout'];
  private readonly learnedKeys: readonly string[];
  private watches: readonly StepWatch[];
  /** Per shape and watches: whether watching rounds differently there, so that what is watched is computed beside the iteration. */
  private readonly aside = new Map<string, boolean>();

  constructor(
    private readonly model: Model,
    private readonly backend: Backend,
    weights: ReadonlyMap<string, FloatTensor>,
    private readonly options: ProgramOptions = {},
  ) {
    this.watches = options.watches ?? [];
    this.layout = this.planFor(false, true, undefined, []).layout;
    this.parameterVector = this.layout.pack(weights);
    this.learnedKeys = model.lines.flatMap((line) =>
      line.kind === 'step' ? halvesOf(line).flatMap((half) => line.step.states.filter((state) => state.initial.kind === 'learned').map((state) => `${half.prefix}.${state.name}`)) : [],
    );
    for (const name of optimizerSlots(model)) this.slots.set(name, floats([this.layout.length]));
    const canStep = model.input.kind === 'tokens' && model.target.kind === 'classes' && isCausalPerStep(model);
    const top = [...model.lines].reverse().find((line): line is StepLine => line.kind === 'step' && line.step.states.length > 0);
    const state = top?.step.states[0];
    const reach = top && state && model.target.perStep ? stateGradientWatch(top.name, state.name, 'none') : undefined;
    if (reach) this.reach = async (batch) => defined((await this.watch(batch, [reach])).get(reach.label), 'the program reports its watch');
    const shares = saturationWatches(boundedValues(model));
    if (reach || shares.length > 0) this.observe = async (batch) => observationOf(await this.watch(batch, [...(reach ? [reach] : []), ...shares]), reach?.label);
    if (canStep) this.sampleStep = (tokens, states) => this.step(tokens, states);
  }

  async iterate(batch: Batch, options: IterationOptions): Promise<IterationResult> {
    const prepared = prepareBatch(this.model, batch);
    const computation: Computation = {
      prepared, options,
      chunks: chunksOf(this.model, prepared.steps, this.options.chunk ?? defaultChunk),
      states: startStates(this.model, prepared.batch, options.carry, batch),
      given: givenKeys(options.carry, batch),
    };
    const { watches } = this;
    if (watches.length === 0) return this.finish(await this.compute(computation, []));
    const shape = `${prepared.steps} ${prepared.batch} ${prepared.masked} ${keyOf(watches)}`;
    const aside = this.aside.get(shape);
    if (aside === false) return this.finish(await this.compute(computation, watches));
    // Seen for the first time, or known to round differently: the iteration itself is computed without watching.
    const usual = await this.compute(computation, []);
    const watched = await this.compute(computation, watches);
    if (aside === undefined) this.aside.set(shape, !(await sameBits(usual['parameters.next'], watched['parameters.next'])));
    for (const value of Object.values(watched)) if (value.kind === 'device') value.dispose();
    return this.finish({ ...usual, ...Object.fromEntries([...watchesOf(watched)].map(([label, value]) => [`watch/${label}`, value])) });
  }

  /** What is reported with every iteration from now on. */
  setWatches(watches: readonly StepWatch[]): void {
    this.watches = watches;
  }

  /** Parameters and optimizer state as they are now. Nothing is copied until it is asked for. */
  async hold(): Promise<Held> {
    const parameters = await plain(this.parameterVector);
    const slots: (readonly [string, FloatTensor])[] = [];
    for (const [slot, value] of this.slots) slots.push([slot, await plain(value)]);
    return {
      parameters: () => this.layout.unpack(parameters, (name) => name),
      optimizerState: () => new Map(slots.flatMap(([slot, value]) => [...this.layout.unpack(value, (name) => `${slot}/${name}`)])),
    };
  }

  async evaluate(batch: Batch, carry?: CarriedStates): Promise<EvaluationResult> {
    const prepared = prepareBatch(this.model, batch);
    let states = startStates(this.model, prepared.batch, carry, batch);
    const given = givenKeys(carry, batch);
    let loss = 0;
    let correct: number | undefined;
    for (const [start, end] of chunksOf(this.model, prepared.steps, this.options.chunk ?? defaultChunk)) {
      const session = await this.session('evaluate', prepared, start, end);
      const results = await session.run(this.feedsFor(prepared, start, end, states, undefined, given), this.evaluationFetches());
      loss += scalar(results['loss']);
      if (results['correct']) correct = (correct ?? 0) + scalar(results['correct']);
      states = this.finalStates(results);
    }
    return { loss, targets: prepared.targets, ...(correct === undefined ? {} : { correct }), ...this.carried(states) };
  }

  declare readonly reach?: (batch: Batch) => Promise<FloatTensor>;
  declare readonly observe?: (batch: Batch) => Promise<Observation>;
  /** Absent (undefined) for a model that cannot run step by step. */
  declare readonly sampleStep?: (tokens: Int32Array, states: CarriedStates | undefined) => Promise<SampleStep>;

  async parameters(): Promise<Map<string, FloatTensor>> {
    return (await this.hold()).parameters();
  }

  setParameters(parameters: ReadonlyMap<string, FloatTensor>): Promise<void> {
    this.swap('parameters', this.layout.pack(parameters));
    return Promise.resolve();
  }

  async optimizerState(): Promise<Map<string, FloatTensor>> {
    return (await this.hold()).optimizerState();
  }

  setOptimizerState(state: ReadonlyMap<string, FloatTensor>): Promise<void> {
    for (const slot of this.slots.keys()) {
      const own = new Map([...state].filter(([name]) => name.startsWith(`${slot}/`)).map(([name, tensor]) => [name.slice(slot.length + 1), tensor]));
      this.swap(slot, this.layout.pack(own));
    }
    return Promise.resolve();
  }

  async dispose(): Promise<void> {
    const sessions = [...this.sessions.values()];
    this.sessions.clear();
    for (const session of sessions) await (await session).dispose();
    for (const value of [this.parameterVector, ...this.slots.values()]) if (value.kind === 'device') value.dispose();
  }

  /** Loss, gradient and update of one iteration; nothing is taken over yet. */
  private async compute({ prepared, chunks, states, given, options }: Computation, watches: readonly StepWatch[]): Promise<Record<string, Value>> {
    if (chunks.length > 1) return this.computeInChunks(prepared, chunks, states, options, given, watches);
    const feeds = { ...this.feedsFor(prepared, 0, prepared.steps, states, options.dropoutSeed, given), ...this.updateFeeds(options) };
    const session = await this.session('update', prepared, 0, prepared.steps, watches);
    return session.run(feeds);
  }

  private async computeInChunks(prepared: Prepared, chunks: Computation['chunks'], start: Computation['states'], options: IterationOptions, given: ReadonlySet<string>, watched: readonly StepWatch[]): Promise<Record<string, Value>> {
    const before: ReadonlyMap<string, FloatTensor>[] = [];
    let states = start;
    for (const [from, to] of chunks) {
      before.push(states);
      // The last chunk's states are not needed to walk back, but they are what the next batch may carry on.
      const session = await this.session('evaluate', prepared, from, to);
      const feeds = this.feedsFor(prepared, from, to, states, options.dropoutSeed, given);
      states = this.finalStates(await session.run(feeds, this.stateKeys().map((key) => `final.value/${key}`)));
    }
    const gradient = new Float32Array(this.layout.length);
    let loss = 0;
    let cotangents = new Map<string, FloatTensor>();
    let watches: Record<string, FloatTensor> = {};
    for (let index = chunks.length - 1; index >= 0; index--) {
      const [from, to] = chunks[index] as readonly [number, number];
      const feeds = this.feedsFor(prepared, from, to, before[index] as ReadonlyMap<string, FloatTensor>, options.dropoutSeed, given);
      for (const [key, tensor] of states) feeds[`final/${key}`] = cotangents.get(key) ?? floats(tensor.dims);
      const session = await this.session('gradient', prepared, from, to, watched);
      const results = await session.run(feeds);
      loss += scalar(results['loss']);
      (await plain(results['gradient'])).data.forEach((value, i) => (gradient[i] = (gradient[i] ?? 0) + value));
      watches = joinedWatches(watchesOf(results), watches);
      cotangents = new Map();
      for (const key of this.stateKeys()) {
        const tensor = results[`initial.gradient/${key}`];
        if (tensor) cotangents.set(key, await plain(tensor));
      }
    }
    const apply = await this.applySession();
    const feeds = { parameters: this.parameterVector, gradient: floats([gradient.length], gradient), ...this.updateFeeds(options) };
    const results = await apply.run(feeds);
    const finals = Object.fromEntries([...states].map(([key, tensor]) => [`final.value/${key}`, tensor]));
    return { ...results, ...finals, ...watches, loss: floats([], new Float32Array([loss])) };
  }

  private finish(results: Readonly<Record<string, Value>>): IterationResult {
    const loss = scalar(results['loss']);
    const gradNorm = scalar(results['gradNorm']);
    const nonFinite = (Number.isFinite(loss) ? 0 : 1) + (Number.isFinite(gradNorm) ? 0 : 1);
    const replace = (slot: string, value: Value | undefined): void => {
      const next = defined(value, 'an update gives every slot');
      if (nonFinite === 0) this.swap(slot, next);
      else if (next.kind === 'device') next.dispose();
    };
    replace('parameters', results['parameters.next']);
    for (const slot of this.slots.keys()) replace(slot, results[`slot.next/${slot}`]);
    const { clip } = this.model.train;
    const clipped = clip.kind === 'norm' && gradNorm > clip.threshold;
    const watches = watchesOf(results);
    return { loss, gradNorm, clipped, nonFinite, ...(watches.size > 0 ? { watches } : {}), ...this.carried(this.finalStates(results)) };
  }

  private async step(tokens: Int32Array, states: CarriedStates | undefined): Promise<SampleStep> {
    const batch = tokens.length;
    const start = startStates(this.model, batch, states, undefined);
    const prepared: Prepared = { steps: 1, batch, masked: false, targets: batch, x: ints([batch], tokens), y: ints([batch], new Int32Array(batch)), mask: undefined };
    const session = await this.session('evaluate', prepared, 0, 1);
    const results = await session.run(this.feedsFor(prepared, 0, 1, start, undefined, givenKeys(states, undefined)), [...this.stateKeys().map((key) => `final.value/${key}`), 'y.value']);
    return { logits: await plain(results['y.value']), states: this.finalStates(results) };
  }

  /** One pass in evaluation mode whose loss is that of each sequence's last valid step: what is watched in it. */
  private async watch(batch: Batch, watches: readonly StepWatch[]): Promise<ReadonlyMap<string, FloatTensor>> {
    const prepared = prepareBatch(this.model, batch);
    const { steps, batch: count, masked } = prepared;
    const session = await this.open(`watch ${steps} ${count} ${masked} ${watches.map(({ label }) => label).join(' ')}`, false, () => {
      const plans = planModel(this.model, { masked, training: true, block: this.blockOf(count) }, true, watches);
      return buildTrainingGraph(plans, { ...this.shapeOf(prepared, 0, steps, true), counted: 'given' }, 'reach').model;
    });
    const { perStep } = this.model.target;
    const counted = floats([perStep ? steps * count : count, 1]);
    for (let b = 0; b < count; b++) counted.data[perStep ? lastValid(prepared, b) * count + b : b] = 1;
    const feeds = this.feedsFor({ ...prepared, targets: 1 }, 0, steps, startStates(this.model, count, undefined, batch), undefined, givenKeys(undefined, batch));
    return watchesOf(await session.run({ ...feeds, counted }));
  }

  private swap(slot: string, next: Value): void {
    const old = slot === 'parameters' ? this.parameterVector : this.slots.get(slot);
    if (slot === 'parameters') this.parameterVector = next;
    else this.slots.set(slot, next);
    if (old?.kind === 'device') old.dispose();
  }

  private planFor(masked: boolean, training: boolean, block: number | undefined, watches: readonly StepWatch[]): ModelPlans {
    const key = `${masked} ${training} ${block} ${keyOf(watches)}`;
    let plans = this.plans.get(key);
    if (!plans) {
      plans = planModel(this.model, { masked, training, block }, true, watches);
      this.plans.set(key, plans);
    }
    return plans;
  }

  private blockOf(batch: number): number | undefined {
    const { block } = this.options;
    return block === undefined ? blockOf(this.model, batch, this.backend) : block || undefined;
  }

  private shapeOf(prepared: Prepared, from: number, to: number, training: boolean): ChunkShape {
    const { batch, masked } = prepared;
    return { steps: to - from, batch, masked, training, x: isWhole(prepared, from, to) ? 'sequences' : 'steps', maxNodeArity: this.backend.maxNodeArity, lacks: this.backend.lacks ?? [] };
  }

  /** For the steps `[from, to)`. */
  private session(kind: TrainingGraphKind, prepared: Prepared, from: number, to: number, watches: readonly StepWatch[] = []): Promise<Session> {
    const shape = this.shapeOf(prepared, from, to, kind !== 'evaluate');
    const { steps, batch, masked, training, x } = shape;
    return this.open(`${kind} ${steps} ${batch} ${masked} ${x} ${keyOf(watches)}`, kind === 'update', () => {
      const built = buildTrainingGraph(this.planFor(masked, training, this.blockOf(batch), watches), shape, kind);
      this.options.onSessionOpened?.(kind, built.nodeCount, steps);
      return built.model;
    });
  }

  private applySession(): Promise<Session> {
    return this.open('apply', true, () => {
      const built = buildUpdateGraph(this.planFor(false, true, undefined, []));
      this.options.onSessionOpened?.('apply', built.nodeCount, 0);
      return built.model;
    });
  }

  /** Programs of the shapes used last; those of shapes that no longer come are closed. */
  private async open(key: string, updates: boolean, model: () => Uint8Array): Promise<Session> {
    let session = this.sessions.get(key);
    this.sessions.delete(key);
    if (!session) {
      const [oldest] = this.sessions;
      if (oldest && this.sessions.size >= mostSessions) {
        this.sessions.delete(oldest[0]);
        await (await oldest[1]).dispose();
      }
      const keepOnDevice = !updates ? [] : ['parameters.next', ...[...this.slots.keys()].map((slot) => `slot.next/${slot}`)];
      session = this.backend.open(model(), { keepOnDevice });
    }
    this.sessions.set(key, session);
    return session.catch((thrown: unknown) => {
      this.sessions.delete(key);
      throw thrown;
    });
  }

  /** Feeds for the steps `[start, end)` of a prepared batch. */
  private feedsFor(prepared: Prepared, start: number, end: number, states: ReadonlyMap<string, FloatTensor>, dropoutSeed: number | undefined, given: ReadonlySet<string>): Feeds {
    const { batch, steps } = prepared;
    const rows = (end - start) * batch;
    const feeds: Feeds = { parameters: this.parameterVector, x: isWhole(prepared, start, end) ? prepared.sequences : rowsOf(prepared.x, start * batch, end * batch), scale: floats([], new Float32Array([1 / prepared.targets])) };
    feeds['y'] = this.model.target.perStep ? rowsOf(prepared.y, start * batch, end * batch) : prepared.y;
    const mask = prepared.mask && rowsOf(prepared.mask, start * batch, end * batch);
    if (mask) feeds['mask'] = mask;
    for (const [key, tensor] of states) feeds[`initial/${key}`] = tensor;
    // A learned state is added inside the graph, at the start of a sequence only.
    for (const key of this.learnedKeys) feeds[`fresh/${key}`] = floats([], new Float32Array([start === 0 && !given.has(key) ? 1 : 0]));
    for (const line of this.model.lines) {
      if (line.kind === 'pool') {
        const inputs = poolInputs(line.how, end - start, batch, mask?.kind === 'f32' ? mask.data : undefined);
        for (const [name, tensor] of Object.entries(inputs)) feeds[`pool/${line.name}.${name}`] = tensor;
      } else if (line.kind === 'step') {
        for (const half of halvesOf(line)) this.feedDropouts(feeds, line, half.prefix, line.perStep ? [start * batch, rows, steps * batch] : [0, batch, batch], dropoutSeed);
      }
    }
    return feeds;
  }

  private feedDropouts(feeds: Feeds, line: StepLine, prefix: string, [first, rows, all]: readonly [number, number, number], seed: number | undefined): void {
    line.step.dropouts.forEach((dropout, index) => {
      const width = sizeOf(dropout.shape);
      const whole = dropoutMask(seed, dropoutLabel(prefix, index), dropout.rate, all * width);
      feeds[`dropout/${prefix}.${index}`] = floats([rows, ...dropout.shape], whole.subarray(first * width, (first + rows) * width));
    });
  }

  private stateKeys(): readonly string[] {
    return this.model.lines.flatMap((line) => (line.kind === 'step' ? halvesOf(line).flatMap((half) => line.step.states.map((state) => `${half.prefix}.${state.name}`)) : []));
  }

  private finalStates(results: Readonly<Record<string, Value>>): Map<string, FloatTensor> {
    const states = new Map<string, FloatTensor>();
    for (const key of this.stateKeys()) {
      const tensor = results[`final.value/${key}`];
      if (tensor?.kind === 'f32') states.set(key, tensor);
    }
    return states;
  }

  private carried(states: ReadonlyMap<string, FloatTensor>): { readonly carry?: CarriedStates } {
    return this.model.train.carry === 'state' ? { carry: states } : {};
  }

  private evaluationFetches(): string[] {
    return ['loss', ...(this.model.target.kind === 'classes' ? ['correct'] : []), ...this.stateKeys().map((key) => `final.value/${key}`)];
  }

  private updateFeeds({ rate, iteration }: IterationOptions): Feeds {
    const { optimizer } = this.model.train;
    const feeds: Feeds = {};
    for (const [slot, value] of this.slots) feeds[`slot/${slot}`] = value;
    const value = (x: number): FloatTensor => floats([], new Float32Array([x]));
    if (optimizer.kind !== 'adam') return { ...feeds, rate: value(rate) };
    return { ...feeds, rate: value(rate / (1 - optimizer.beta1 ** iteration)), correction: value(1 / Math.sqrt(1 - optimizer.beta2 ** iteration)) };
  }
}

function keyOf(watches: readonly StepWatch[]): string {
  return watches.map(({ label, reduce }) => `${label} ${reduce}`).join('\n');
}
