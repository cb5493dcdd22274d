// Trains at full speed and stands still in the very iteration at which something holds, with the weights it began with.
// Not the training loop (engine/training/trainer.ts): its program is wrapped, so that the loop does not know.
// Invariant: looking changes nothing; a training that was stopped and continued gives the same numbers as one that was not.
import { OperationalError, messageOf } from '../../../engine/base/operational-error';
import type { DataSource } from '../../../engine/data/data-source';
import type { Filter, Finding } from '../../../engine/debug/health';
import type { Recording } from '../../../engine/debug/recording';
import { exact } from '../../../engine/debug/statistics';
import { Timeline, unitsOf } from '../../../engine/debug/timeline';
import { largestRow, type LargestRow } from '../../../engine/inspect/row-gradients';
import type { Model } from '../../../engine/ir/model';
import type { Backend } from '../../../engine/runtime/backend';
import type { FloatTensor } from '../../../engine/runtime/tensor';
import type { Batch, Trace } from '../../../engine/trace/trace';
import type { TracePrograms } from '../../../engine/trace/trace-programs';
import { type Held, isTrainedInParts, OnnxTrainingProgram } from '../../../engine/training/onnx-training-program';
import type { IterationOptions, IterationResult, TrainingProgram } from '../../../engine/training/program-interface';
import { plannedIterations, train } from '../../../engine/training/trainer';
import { TrainingControl } from '../../../engine/training/training-control';
import type { Breakpoints } from './breakpoints';
import type { DataBreakpoints } from './data-breakpoints';
import type { AdapterHost } from './host';
import type { LaunchOptions, Loaded } from './launch';
import { activeRecording, begin, type Pass, record, type Standing } from './standing';
import { everyIteration, type Reported, type WaitedFor, waitedFor } from './waited-for';
import { type Stop, walk } from './walker';

export interface TrainingWatch {
  readonly breakpoints: () => Breakpoints;
  readonly data: () => DataBreakpoints;
  readonly thresholds: () => ReadonlyMap<Filter, number>;
  readonly findings: (recording: Recording) => readonly Finding[];
  readonly print: (text: string) => void;
  /** Stands in an iteration; without a stop because it was asked to pause. */
  readonly stand: (standing: Standing, stop: Exclude<Stop, { readonly kind: 'end' }> | undefined) => void;
  readonly ended: (text: string) => void;
}

/** Iterations between two lines of progress. */
const interval = 25;

export class TrainingUnderDebugger {
  private control = new TrainingControl();
  private pausing = false;
  private going: (() => void) | undefined;
  private running: Promise<void> = Promise.resolve();
  /** The iteration that is replayed to, until it is there. */
  private until: number | undefined;
  private known: { readonly key: string; readonly waited: WaitedFor } | undefined;

  constructor(
    private readonly options: LaunchOptions,
    private readonly loaded: Loaded,
    private readonly backend: Backend,
    private readonly programs: TracePrograms,
    private readonly host: AdapterHost,
    private readonly watch: TrainingWatch,
  ) {
    if (loaded.source === undefined) throw new OperationalError('no-data', `Model ${loaded.model.name} declares its input on tensors; give it a data line to train it, or debug a sequence with "pass": "sequence".`);
    this.pausing = options.stopOnEntry;
    this.until = options.iteration;
  }

  /** For the lines that breakpoints may stand on; how long sequences are does not matter to them. */
  static timelineOf(model: Model, source: DataSource | undefined): Timeline {
    return new Timeline(model, source?.length ?? 1);
  }

  start(): void {
    this.running = this.train();
  }

  pause(): void {
    this.pausing = true;
  }

  resume(): void {
    this.going?.();
    this.going = undefined;
  }

  async end(): Promise<void> {
    this.control.cancel();
    this.resume();
    await this.running;
  }

  async restart(): Promise<void> {
    await this.end();
    this.control = new TrainingControl();
    this.pausing = this.options.stopOnEntry;
    this.until = this.options.iteration;
    this.start();
  }

  /** Never rejects. */
  private async train(): Promise<void> {
    const { model, source, origin } = this.loaded;
    const control = this.control;
    let network: OnnxTrainingProgram | undefined;
    let text: string;
    try {
      if (source === undefined) return;
      const plan = source.plan({ batch: model.train.batch, carry: model.train.carry === 'state', seed: model.train.seed });
      network = new OnnxTrainingProgram(model, this.backend, origin.weights);
      const total = plannedIterations(model, plan);
      const outcome = await train({
        model, program: this.watched(network, total), plan, backend: this.backend, control,
        // What a replay comes by was validated when it was trained; validating changes no number.
        ...(this.until === undefined ? {} : { validateEvery: Infinity }),
        ...(origin.checkpoint === undefined ? {} : { resumeFrom: this.until === undefined ? origin.checkpoint : { ...origin.checkpoint, looked: true } }),
        onEvent: (event) => {
          if (event.kind === 'validation') this.watch.print(`iteration ${event.iteration}: validation loss ${exact(event.validationLoss)}`);
          else if (event.kind === 'iteration' && event.iteration % interval === 0) this.watch.print(`iteration ${event.iteration}: loss ${exact(event.loss)}, gradient norm ${exact(event.gradNorm)}`);
        },
        breathe: () => this.host.breathe(),
      });
      text = outcome.reason ?? `Training ${outcome.status} after iteration ${outcome.iteration}, loss ${exact(outcome.loss)}.`;
    } catch (thrown) {
      text = messageOf(thrown);
    }
    await network?.dispose();
    if (control.requestedEnd === undefined) this.watch.ended(text);
  }

  private watched(inner: OnnxTrainingProgram, total: number): TrainingProgram {
    return {
      iterate: (batch, options) => this.iterate(inner, batch, options, total),
      evaluate: (batch, carry) => inner.evaluate(batch, carry),
      ...(inner.sampleStep === undefined ? {} : { sampleStep: inner.sampleStep.bind(inner) }),
      parameters: () => inner.parameters(),
      setParameters: (parameters) => inner.setParameters(parameters),
      optimizerState: () => inner.optimizerState(),
      setOptimizerState: (state) => inner.setOptimizerState(state),
      dispose: () => inner.dispose(),
    };
  }

  private async iterate(inner: OnnxTrainingProgram, batch: Batch, options: IterationOptions, total: number): Promise<IterationResult> {
    if (this.until !== undefined && options.iteration < this.until && !this.pausing) return inner.iterate(batch, options);
    const arrived = options.iteration === this.until;
    const pausing = this.pausing || arrived;
    const before = await inner.hold();
    const { result, waited } = await this.reporting(inner, batch, options);
    if (arrived) this.sayArrived(options.iteration, result.loss);
    if (this.control.requestedEnd !== undefined) return result;
    const rows = pausing ? [0] : waited.rows(this.reported(batch, options, result, before, await inner.hold()));
    if (rows.length === 0) return result;
    const initial = { ...batch.initial, ...Object.fromEntries(options.carry ?? []) };
    const pass: Pass = { model: this.loaded.model, weights: before.parameters(), batch: Object.keys(initial).length === 0 ? batch : { ...batch, initial }, row: 0, edits: [], dropoutSeed: options.dropoutSeed };
    let trace: Trace | undefined;
    let largest: LargestRow | undefined;
    // Somebody asked for the iteration because of its gradient: it is looked at where most of it is.
    if (arrived && (batch.x.dims[0] ?? 1) > 1) {
      ({ trace } = await record(pass, this.programs));
      const found = largestRow(this.loaded.model, trace);
      if (found.share !== 0) this.sayLargest((largest = found));
    }
    for (const row of largest === undefined ? rows : [largest.row]) {
      const standing = await begin(
        { ...pass, row },
        {
          programs: this.programs, vocabulary: this.loaded.source?.vocabulary, iteration: options.iteration,
          words: { sequence: `iteration ${options.iteration}, sequence ${row}`, weights: `weights that iteration ${options.iteration} began with` },
          past: { iteration: options.iteration - 1, slots: before.optimizerState(), total },
          measured: { loss: result.loss, gradNorm: result.gradNorm },
          ...(largest === undefined ? {} : { largest }),
        },
        trace,
      );
      trace = activeRecording(standing).trace;
      const stop = pausing ? undefined : await this.walk(standing);
      if (this.control.requestedEnd !== undefined) return result;
      if (!pausing && stop === undefined) continue;
      this.pausing = false;
      const gone = new Promise<void>((resolve) => (this.going = resolve));
      this.watch.stand(standing, stop);
      await gone;
      break;
    }
    return result;
  }

  /** An iteration with what is waited for; a backend that cannot report it costs speed, not the training. */
  private async reporting(inner: OnnxTrainingProgram, batch: Batch, options: IterationOptions): Promise<{ readonly result: IterationResult; readonly waited: WaitedFor }> {
    const waited = this.waited(batch);
    inner.setWatches(waited.watches);
    try {
      return { result: await inner.iterate(batch, options), waited };
    } catch (thrown) {
      if (waited.watches.length === 0 || this.known === undefined) throw thrown;
      this.known = { ...this.known, waited: everyIteration(waited) };
      inner.setWatches([]);
      const result = await inner.iterate(batch, options);
      this.watch.print(`What is waited for cannot be reported by the training program (${messageOf(thrown)}), so each iteration is recorded; training goes on more slowly meanwhile.`);
      return { result, waited: this.known.waited };
    }
  }

  private async walk(standing: Standing): Promise<Exclude<Stop, { readonly kind: 'end' }> | undefined> {
    const stop = await walk(standing, 1, {
      breakpoints: this.watch.breakpoints(), data: this.watch.data(), findings: this.watch.findings(activeRecording(standing)), skipsPadding: true,
      log: (text) => this.watch.print(text), interrupted: () => this.pausing, breathe: () => this.host.breathe(),
    });
    return stop.kind === 'end' ? undefined : stop;
  }

  private sayArrived(iteration: number, loss: number): void {
    this.until = undefined;
    const { recordedLoss, origin } = this.loaded;
    const compared = recordedLoss === undefined ? '' : Object.is(recordedLoss, loss) ? ', to the last bit as in the run' : `; in the run it was ${exact(recordedLoss)}`;
    this.watch.print(`Replayed from iteration ${origin.iteration} to ${iteration}: loss ${exact(loss)}${compared}.`);
  }

  private sayLargest({ row, of, share }: LargestRow): void {
    const which = Number.isFinite(share) ? `has the largest gradient: ${Math.round(100 * share)} % of the squared norm that reaches the states` : 'is the first whose gradient is not finite';
    this.watch.print(`Sequence ${row} of the batch's ${of} ${which}. Another one: :sequence ${row === 0 ? 1 : 0}, or the list in the visual debugger.`);
  }

  /** What is set may change between two iterations. */
  private waited({ x }: Batch): WaitedFor {
    const breakpoints = this.watch.breakpoints().all;
    const data = this.watch.data().all;
    const thresholds = this.watch.thresholds();
    const inParts = isTrainedInParts(this.loaded.model, x.dims[1] ?? 1);
    const key = JSON.stringify([inParts, breakpoints.map(({ id }) => id), data.map(({ id }) => id), [...thresholds]]);
    if (this.known?.key !== key) {
      const waited = waitedFor({ breakpoints, data, thresholds }, this.loaded.model, unitsOf(this.loaded.model), inParts);
      for (const notice of waited.notices) if (this.known?.waited.notices.includes(notice) !== true) this.watch.print(notice);
      this.known = { key, waited };
    }
    return this.known.waited;
  }

  private reported(batch: Batch, { iteration }: IterationOptions, { loss, gradNorm, watches }: IterationResult, before: Held, after: Held): Reported {
    const { x, mask } = batch;
    const [count = 1, steps = 1] = x.dims;
    const vocabulary = this.loaded.source?.vocabulary;
    let parameters: readonly [ReadonlyMap<string, FloatTensor>, ReadonlyMap<string, FloatTensor>] | undefined;
    return {
      facts: {
        iteration, loss, gradNorm, steps, batch: count,
        watches: new Map([...(watches ?? [])].map(([label, { data }]) => [label, data])),
        token: (t, row) => {
          const id = x.data[row * steps + t - 1] ?? 0;
          return vocabulary === undefined ? id : (vocabulary[id] ?? String(id));
        },
      },
      isValid: (t, row) => mask === undefined || mask.data[row * steps + t - 1] === 1,
      parameter: (name) => {
        parameters ??= [before.parameters(), after.parameters()];
        return [parameters[0].get(name)?.data ?? [], parameters[1].get(name)?.data ?? []];
      },
    };
  }
}
