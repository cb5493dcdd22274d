// The training loop: batches in order, one iteration each, validation, samples, checkpoints, and an event for everything that happened.
// Not the computing (program-interface.ts), not the files (run-record.ts), no clock.
// Invariant: a run that is stopped and resumed from a checkpoint gives the same events and the same numbers as one that was not.
import { Random } from '../base/random';
import { type BatchPlan, type DataPosition, firstPosition, positionAfter } from '../data/data-source';
import type { Model } from '../ir/model';
import { type FloatTensor, sizeOf } from '../runtime/tensor';
import { parameterList } from '../weights/parameter-list';
import { type Checkpoint, checkOptimizer } from './checkpoint';
import { validate } from './evaluation';
import { horizonInterval, horizonOf, horizonSequences } from './horizon';
import type { CarriedStates, IterationResult, TrainingProgram } from './program-interface';
import type { RunRecord } from './run-record';
import { defaultSample, sampleText } from './sample-text';
import { parameterStatistics, statisticsInterval } from './parameter-statistics';
import { Saturation } from './saturation';
import { rateAt } from './schedule';
import { TrainingControl } from './training-control';
import type { TrainingEvent } from './training-events';

export interface TrainingSetup {
  readonly model: Model;
  /** Holds the run's first parameters, unless `resumeFrom` brings others. */
  readonly program: TrainingProgram;
  readonly plan: BatchPlan;
  readonly backend: { readonly name: string; readonly threads: number };
  /** Where the run is kept; left out = nowhere. */
  readonly record?: RunRecord;
  readonly resumeFrom?: Checkpoint;
  /** Text of each token id, when samples are wanted. */
  readonly vocabulary?: readonly string[];
  readonly control?: TrainingControl;
  /** Iterations between two validations (and checkpoints); default `validationInterval(plan)`. */
  readonly validateEvery?: number;
  /** Measures how far back the gradient reaches and what is saturated, at most a twentieth of the time, and what the updates do to the parameters, at most a fiftieth. */
  readonly statistics?: boolean;
  /** Iterations between two looks at the parameters; default `statisticsInterval`. */
  readonly statisticsEvery?: number;
  readonly onEvent?: (event: TrainingEvent) => void;
  /** Called when a checkpoint is whole on the disk. */
  readonly onCheckpoint?: (iteration: number) => void;
  /** Awaited between iterations, so that the host hears of signals and messages. */
  readonly breathe?: () => Promise<void>;
}

export interface TrainingOutcome {
  readonly status: 'finished' | 'stopped' | 'cancelled' | 'failed';
  /** Iterations done. */
  readonly iteration: number;
  readonly loss: number;
  /** A sentence, when it failed. */
  readonly reason?: string;
}

/** How many iterations a training of this model on this plan has. */
export function plannedIterations(model: Model, plan: BatchPlan): number {
  return model.train.iterations ?? model.train.epochs * plan.batchesPerEpoch;
}

/** A tenth of an epoch, at least 25 iterations, and so many that validating takes no more than about a tenth of the time (a forward pass is a third of an iteration). */
export function validationInterval(plan: BatchPlan): number {
  return Math.max(25, Math.ceil(plan.batchesPerEpoch / 10), 4 * plan.validationBatches);
}

/** Iterations between two looks at the parameters. */
export function lookInterval(model: Model, plan: BatchPlan): number {
  const [sequences = 1, steps = 1] = plan.batchAt(firstPosition).batch.x.dims;
  const parameters = parameterList(model).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return statisticsInterval(plannedIterations(model, plan), sequences * steps, parameters);
}

/** Trains to the end, to a stop, or to a number that is not finite. Throws OperationalError when the backend or the disk fails; the last checkpoint is then whole. */
export async function train(setup: TrainingSetup): Promise<TrainingOutcome> {
  return new Training(setup).run();
}

class Training {
  private readonly control: TrainingControl;
  private readonly total: number;
  private readonly interval: number;
  private readonly random: Random;
  private iteration: number;
  private loss: number;
  private position: DataPosition;
  private carry: CarriedStates | undefined;
  private checkpointed: number | undefined;
  /** Iterations between two looks at the parameters; undefined = none. */
  private readonly statisticsInterval: number | undefined;
  /** Whether everything that is due after `iteration` has been reported. */
  private looked: boolean;

  constructor(private readonly setup: TrainingSetup) {
    const { model, plan, resumeFrom } = setup;
    this.control = setup.control ?? new TrainingControl();
    this.total = plannedIterations(model, plan);
    this.interval = setup.validateEvery ?? validationInterval(plan);
    this.random = resumeFrom ? new Random(resumeFrom.random) : Random.for(model.train.seed, 'dropout');
    this.iteration = resumeFrom?.iteration ?? 0;
    this.loss = resumeFrom?.loss ?? NaN;
    this.position = resumeFrom?.position ?? firstPosition;
    this.carry = resumeFrom?.carry;
    this.checkpointed = resumeFrom?.iteration;
    this.looked = resumeFrom?.looked ?? true;
    this.statisticsInterval = setup.statistics === true ? setup.statisticsEvery ?? lookInterval(model, plan) : undefined;
  }

  async run(): Promise<TrainingOutcome> {
    const { program, resumeFrom } = this.setup;
    if (resumeFrom) {
      checkOptimizer(await program.optimizerState(), resumeFrom);
      await program.setParameters(resumeFrom.parameters);
      await program.setOptimizerState(resumeFrom.optimizer);
      // It was stopped between an iteration and the validation due after it.
      if (!resumeFrom.looked) {
        if (!(await this.look())) return this.endEarly();
        this.checkpointed = undefined;
        await this.checkpoint();
      }
    } else await this.checkpoint();
    while (this.iteration < this.total) {
      if (await this.ended()) return this.endEarly();
      if (this.control.takeCheckpoint()) await this.checkpoint();
      const failure = await this.iterate();
      if (failure !== undefined) return this.fail(failure);
      this.looked = this.iteration !== this.total && this.iteration % this.interval !== 0;
      if (!this.looked) {
        if (!(await this.look())) return this.endEarly();
        await this.checkpoint();
      }
    }
    return this.finish('finished');
  }

  private async iterate(): Promise<IterationResult | undefined> {
    const { model, program, plan } = this.setup;
    const { batch, continues } = plan.batchAt(this.position);
    const carry = continues && model.train.carry === 'state' ? this.carry : undefined;
    const before = this.random.state;
    const weights = this.statisticsInterval !== undefined && (this.iteration + 1) % this.statisticsInterval === 0 ? await program.parameters() : undefined;
    const result = await program.iterate(batch, {
      rate: rateAt(model.train, this.iteration + 1, this.total),
      iteration: this.iteration + 1,
      dropoutSeed: this.random.uint32(),
      ...(carry === undefined ? {} : { carry }),
    });
    const sound = Number.isFinite(result.loss) && Number.isFinite(result.gradNorm) && result.nonFinite === 0;
    await this.report({
      kind: 'iteration',
      iteration: this.iteration + 1,
      loss: result.loss,
      gradNorm: result.gradNorm,
      clipped: result.clipped,
      ...(sound ? {} : { nonFinite: Math.max(1, result.nonFinite) }),
    });
    if (!sound) {
      await this.checkpointBefore(new Random(before), carry);
      return result;
    }
    if (weights !== undefined) await this.report({ kind: 'parameters', iteration: this.iteration + 1, tensors: parameterStatistics(weights, await program.parameters()) });
    this.iteration += 1;
    this.loss = result.loss;
    this.position = positionAfter(this.position, plan);
    this.carry = result.carry;
    return undefined;
  }

  /** Validates and samples; false when the end was asked for meanwhile. */
  private async look(): Promise<boolean> {
    const { model, program, plan, vocabulary } = this.setup;
    const result = await validate(program, plan, model.train.carry === 'state', () => this.ended());
    if (this.control.requestedEnd !== undefined) return false;
    if (result !== undefined) {
      await this.report({ kind: 'validation', iteration: this.iteration, validationLoss: result.loss, ...(result.accuracy === undefined ? {} : { accuracy: result.accuracy }) });
    }
    const text = vocabulary && (await sampleText(program, vocabulary, { ...defaultSample, seed: model.train.seed }));
    if (text !== undefined) await this.report({ kind: 'sample', iteration: this.iteration, text });
    await this.observe();
    this.looked = true;
    return true;
  }

  /** A column of the horizon map and one of the saturation, on the first sequences of the validation split. */
  private async observe(): Promise<void> {
    const { model, program, plan, statistics } = this.setup;
    const spacing = horizonInterval(model.train.batch, this.interval);
    if (statistics !== true || !program.observe || plan.validationBatches === 0 || this.iteration % spacing !== 0) return;
    const norms: FloatTensor[] = [];
    const saturation = new Saturation(model);
    let sequences = 0;
    for (let index = 0; index < plan.validationBatches && sequences < horizonSequences; index++) {
      const { batch } = plan.validationBatch(index);
      const { reach, shares } = await program.observe(batch);
      if (reach) norms.push(reach);
      saturation.add(batch, shares);
      sequences += batch.x.dims[0] ?? 0;
    }
    if (norms.length > 0) await this.report({ kind: 'horizon', iteration: this.iteration, ratio: Array.from(horizonOf(norms)) });
    const values = saturation.shares();
    if (values.length > 0) await this.report({ kind: 'saturation', iteration: this.iteration, values });
  }

  private async ended(): Promise<boolean> {
    await this.setup.breathe?.();
    await this.control.whilePaused();
    return this.control.requestedEnd !== undefined;
  }

  private async endEarly(): Promise<TrainingOutcome> {
    if (this.control.requestedEnd === 'cancel') return this.finish('cancelled');
    await this.checkpoint();
    return this.finish('stopped');
  }

  private async finish(status: 'finished' | 'stopped' | 'cancelled'): Promise<TrainingOutcome> {
    const { record } = this.setup;
    await this.report({ kind: 'done', iteration: this.iteration, loss: this.loss, run: record?.path ?? '' });
    await record?.describe({ ...record.description, status: status === 'finished' ? 'finished' : 'stopped', iteration: this.iteration });
    return { status, iteration: this.iteration, loss: this.loss };
  }

  private async fail(result: IterationResult): Promise<TrainingOutcome> {
    const { record } = this.setup;
    const kept = record === undefined || this.checkpointed === undefined ? '' : ` The run is kept as it was after iteration ${this.checkpointed}.`;
    const reason = `In iteration ${this.iteration + 1} ${whatWasNotFinite(result)}, so training stopped.${kept} Try a lower rate or clip norm 1.0.`;
    await record?.describe({ ...record.description, status: 'failed', iteration: this.iteration, reason });
    return { status: 'failed', iteration: this.iteration, loss: this.loss, reason };
  }

  private async report(event: TrainingEvent): Promise<void> {
    await this.setup.record?.record(event);
    this.setup.onEvent?.(event);
  }

  private async checkpoint(): Promise<void> {
    if (this.checkpointed === this.iteration) return;
    await this.write(this.random, this.carry);
  }

  /** A program leaves its parameters as they were when an iteration goes wrong; only if they are sound is there something to keep. */
  private async checkpointBefore(random: Random, carry: CarriedStates | undefined): Promise<void> {
    if (this.checkpointed === this.iteration) return;
    const tensors = [...(await this.setup.program.parameters()).values(), ...(await this.setup.program.optimizerState()).values()];
    if (tensors.every((tensor) => tensor.data.every(Number.isFinite))) await this.write(random, carry ?? this.carry);
  }

  private async write(random: Random, carry: CarriedStates | undefined): Promise<void> {
    const { record, program, backend } = this.setup;
    this.checkpointed = this.iteration;
    await record?.checkpoint({
      iteration: this.iteration,
      loss: this.loss,
      parameters: await program.parameters(),
      optimizer: await program.optimizerState(),
      carry,
      position: this.position,
      looked: this.looked,
      random: random.state,
      backend: backend.name,
      threads: backend.threads,
    });
    this.setup.onCheckpoint?.(this.iteration);
  }
}

function whatWasNotFinite({ loss, gradNorm, nonFinite }: IterationResult): string {
  if (!Number.isFinite(loss)) return `the loss became ${loss}`;
  return Number.isFinite(gradNorm) ? `${nonFinite} numbers became infinite or NaN` : `the norm of the gradients became ${gradNorm}`;
}
