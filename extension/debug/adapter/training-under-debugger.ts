// Trains at full speed and stands still in the very iteration at which something holds, with the weights it began with.
// Not the training loop (engine/training/trainer.ts): its program is wrapped, so that the loop does not know.
// Invariant: looking changes nothing; a training that was stopped and continued gives the same numbers as one that was not.
import { OperationalError, messageOf } from '../../../engine/base/operational-error';
import type { DataSource } from '../../../engine/data/data-source';
import { evaluate, truthOf } from '../../../engine/debug/expression';
import type { Filter, Finding } from '../../../engine/debug/health';
import type { Recording } from '../../../engine/debug/recording';
import { Scope } from '../../../engine/debug/scope';
import { exact } from '../../../engine/debug/statistics';
import { Timeline } from '../../../engine/debug/timeline';
import type { Model } from '../../../engine/ir/model';
import { parseExpression } from '../../../engine/language/parse-expression';
import { childrenOf, type Expression } from '../../../engine/language/tree';
import type { Backend } from '../../../engine/runtime/backend';
import type { Batch, Weights } from '../../../engine/trace/trace';
import type { TracePrograms } from '../../../engine/trace/trace-programs';
import { OnnxTrainingProgram } from '../../../engine/training/onnx-training-program';
import type { IterationOptions, IterationResult, TrainingProgram } from '../../../engine/training/program-interface';
import { plannedIterations, train } from '../../../engine/training/trainer';
import { TrainingControl } from '../../../engine/training/training-control';
import type { Breakpoint, Breakpoints } from './breakpoints';
import type { DataBreakpoints } from './data-breakpoints';
import type { AdapterHost } from './host';
import type { LaunchOptions, Loaded } from './launch';
import { activeRecording, begin, type Standing } from './standing';
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
  private said = false;
  /** The iteration that is replayed to, until it is there. */
  private until: number | undefined;

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

  private async iterate(inner: TrainingProgram, batch: Batch, options: IterationOptions, total: number): Promise<IterationResult> {
    if (this.until !== undefined && options.iteration < this.until && !this.pausing) return inner.iterate(batch, options);
    const arrived = options.iteration === this.until;
    const breakpoints = this.watch.breakpoints().all;
    const thresholds = this.watch.thresholds();
    const pausing = this.pausing || arrived;
    const watching = pausing || breakpoints.length > 0 || this.watch.data().all.length > 0 || thresholds.size > 0;
    const weights: Weights | undefined = watching ? await inner.parameters() : undefined;
    const slots = watching ? await inner.optimizerState() : undefined;
    const result = await inner.iterate(batch, options);
    if (weights === undefined || slots === undefined) return result;
    if (arrived) this.sayArrived(options.iteration, result.loss);
    const sound = Number.isFinite(result.loss) && Number.isFinite(result.gradNorm) && result.nonFinite === 0;
    const looking = pausing || (!sound && thresholds.has('non-finite')) || this.mustLook(thresholds) || (await this.anyMayHold(breakpoints, result, options.iteration));
    if (!looking || this.control.requestedEnd !== undefined) return result;
    const initial = { ...batch.initial, ...Object.fromEntries(options.carry ?? []) };
    const standing = await begin(
      { model: this.loaded.model, weights, batch: Object.keys(initial).length === 0 ? batch : { ...batch, initial }, row: 0, edits: [], dropoutSeed: options.dropoutSeed },
      {
        programs: this.programs, vocabulary: this.loaded.source?.vocabulary, iteration: options.iteration,
        words: { sequence: `iteration ${options.iteration}, sequence 0`, weights: `weights that iteration ${options.iteration} began with` },
        past: { iteration: options.iteration - 1, slots, total },
        measured: { loss: result.loss, gradNorm: result.gradNorm },
      },
    );
    const stop = pausing ? undefined : await this.walk(standing);
    if (!pausing && stop === undefined) return result;
    this.pausing = false;
    const gone = new Promise<void>((resolve) => (this.going = resolve));
    this.watch.stand(standing, stop);
    await gone;
    return result;
  }

  private async walk(standing: Standing): Promise<Exclude<Stop, { readonly kind: 'end' }> | undefined> {
    const stop = await walk(standing, 1, {
      breakpoints: this.watch.breakpoints(), data: this.watch.data(), findings: this.watch.findings(activeRecording(standing)),
      log: (text) => this.watch.print(text), interrupted: () => this.pausing, breathe: () => this.host.breathe(),
    });
    return stop.kind === 'end' ? undefined : stop;
  }

  /** Filters and data breakpoints look at values that only a recorded pass has. */
  private mustLook(thresholds: ReadonlyMap<Filter, number>): boolean {
    const must = [...thresholds.keys()].some((filter) => filter !== 'non-finite') || this.watch.data().all.length > 0;
    if (must) this.sayOnce();
    return must;
  }

  private sayArrived(iteration: number, loss: number): void {
    this.until = undefined;
    const { recordedLoss, origin } = this.loaded;
    const compared = recordedLoss === undefined ? '' : Object.is(recordedLoss, loss) ? ', to the last bit as in the run' : `; in the run it was ${exact(recordedLoss)}`;
    this.watch.print(`Replayed from iteration ${origin.iteration} to ${iteration}: loss ${exact(loss)}${compared}.`);
  }

  private sayOnce(): void {
    if (!this.said) this.watch.print('What is waited for needs every value of every step, so each iteration is recorded; training goes on more slowly meanwhile.');
    this.said = true;
  }

  /** Conditions over loss, iteration and gradNorm alone are decided here; any other needs the recorded pass. */
  private async anyMayHold(breakpoints: readonly Breakpoint[], result: IterationResult, iteration: number): Promise<boolean> {
    for (const { condition } of breakpoints) {
      if (condition === undefined || condition.trim() === '') return true;
      const parsed = parseExpression(condition);
      if (parsed.kind === 'wrong') return true;
      const [decidable, rest] = parts(parsed.expression);
      // Nothing of the recording is asked for by such parts, so that there need not be one.
      const scope = new Scope(undefined as unknown as Recording, undefined, 1, { iteration, loss: result.loss, gradNorm: result.gradNorm });
      try {
        let holds = true;
        for (const part of decidable) holds &&= truthOf(await evaluate(part, scope), condition);
        if (!holds) continue;
        if (rest > 0 && decidable.length === 0) this.sayOnce();
        return true;
      } catch {
        // The walk says what is wrong with it.
        return true;
      }
    }
    return false;
  }
}

/** The parts joined by `and` that can be decided without a recorded pass, and how many others there are. */
function parts(expression: Expression): readonly [readonly Expression[], number] {
  if (expression.kind === 'binary' && expression.op === 'and') {
    const [left, right] = [parts(expression.left), parts(expression.right)];
    return [[...left[0], ...right[0]], left[1] + right[1]];
  }
  return overTraining(expression) ? [[expression], 0] : [[], 1];
}

/** Whether only `loss`, `iteration` and `gradNorm` are named. */
function overTraining(expression: Expression): boolean {
  if (expression.kind === 'name') return expression.members.length === 0 && !expression.prime && ['loss', 'iteration', 'gradNorm'].includes(expression.name);
  if (expression.kind === 'call' && !['abs', 'min', 'max', 'log', 'exp', 'sqrt'].includes(expression.callee.text)) return false;
  return childrenOf(expression).every(overTraining);
}
