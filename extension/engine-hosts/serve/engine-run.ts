// One run in an engine: opened from a model's text, trained until it ends, told about in events.
// Not the loop (engine/training/trainer.ts) and not a process: whoever serves it owns the engine's life.
// Invariant: whatever ends a run, it is said once by `ended`, and its program and backend are disposed.
import { InvariantError } from '../../../engine/base/invariant';
import { OperationalError, messageOf } from '../../../engine/base/operational-error';
import type { Backend } from '../../../engine/runtime/backend';
import { beginRecord, describeRun, resumeRecord } from '../../../engine/training/open-record';
import { OnnxTrainingProgram } from '../../../engine/training/onnx-training-program';
import { loadModel, sourceFinder } from '../../../engine/training/load-model';
import { boundedValues } from '../../../engine/training/saturation';
import { type TrainingSetup, plannedIterations, train } from '../../../engine/training/trainer';
import { TrainingControl } from '../../../engine/training/training-control';
import type { TrainingEvent } from '../../../engine/training/training-events';
import { freshWeights } from '../../../engine/weights/initialise';
import { writeSafetensors } from '../../../engine/weights/safetensors';
import type { Channel } from '../../../protocol/channel';
import type { EngineHost, EngineOwner, OpenRun, OpenedRun, RunEnded } from '../../../protocol/engine-host';
import { EventBatcher } from './event-batcher';
import { StandBack } from './stand-back';
import type { EnginePlatform } from './platform';
import { runHeader } from './run-header';
import { horizonColumn, parameterColumn, runSample, saturationColumn, validationPoint } from './wire-events';
import { chosenModel, isError, readProgram, wireProblem } from './wire-problems';

export type EngineChannel = Channel<EngineHost, EngineOwner>;

export interface OpenedEngineRun {
  readonly run: EngineRun;
  readonly answer: OpenedRun;
}

/** Answers `wrong` without a run when the text or its data have errors; throws OperationalError for everything else that is not as it must be. */
export async function openEngineRun(asked: OpenRun, platform: EnginePlatform, channel: EngineChannel): Promise<OpenedEngineRun | Extract<OpenedRun, { kind: 'wrong' }>> {
  const program = readProgram(asked);
  const syntax = chosenModel(program, asked.model);
  if (!('lines' in syntax)) return { kind: 'wrong', problems: syntax };
  const { model, source, problems } = await loadModel(program, syntax, platform.files, Object.entries(asked.settings));
  if (model === undefined) return { kind: 'wrong', problems: [...problems].sort((a, b) => Number(isError(b)) - Number(isError(a))).map((problem) => wireProblem(problem, sourceFinder(program))) };
  if (source === undefined) throw new OperationalError('data-none', `Model ${model.name} declares its input on tensors; give it a data line to train it, for example data text("poem.txt").`);
  const { train: settings } = model;
  const plan = source.plan({ batch: settings.batch, carry: settings.carry === 'state', seed: settings.seed });
  const iterations = plannedIterations(model, plan);
  const backend = await platform.openBackend(asked.backend, asked.threads);
  const network = new OnnxTrainingProgram(model, backend, freshWeights(model));
  try {
    const description = describeRun(program, model, source, {
      backend: { name: backend.name, description: backend.description, threads: backend.threads }, settings: asked.settings, iterations, batchesPerEpoch: plan.batchesPerEpoch, started: asked.started,
    });
    const storage = platform.storage(asked.run);
    const { record, resumeFrom, notices } = asked.resume ? await resumeRecord(storage, description, program, model) : await beginRecord(storage, description, program);
    const vocabulary = model.data?.source === 'text' && network.sampleStep !== undefined ? source.vocabulary : undefined;
    const setup: TrainingSetup = {
      model, program: network, plan, backend, record, statistics: true,
      ...(resumeFrom === undefined ? {} : { resumeFrom }),
      ...(vocabulary === undefined ? {} : { vocabulary }),
      ...(asked.validateEvery === undefined ? {} : { validateEvery: asked.validateEvery }),
    };
    const header = runHeader(asked, { model, source, plan, backend, iterations, samples: vocabulary !== undefined, reaches: network.reach !== undefined, saturates: boundedValues(model).length > 0, looksAtParameters: true });
    return { run: new EngineRun(setup, network, backend, platform, channel), answer: { kind: 'opened', header, iteration: resumeFrom?.iteration ?? 0, notices } };
  } catch (thrown) {
    await network.dispose();
    await backend.dispose();
    throw thrown;
  }
}

export class EngineRun {
  private readonly control = new TrainingControl();
  private readonly batcher: EventBatcher;
  private readonly aside: StandBack;
  private waitingForPause: (() => void)[] = [];
  private readonly onEnd: (() => void)[] = [];
  private state: 'opened' | 'going' | 'ended' = 'opened';
  private iteration: number;

  constructor(
    private readonly setup: TrainingSetup,
    private readonly network: OnnxTrainingProgram,
    private readonly backend: Backend,
    private readonly platform: EnginePlatform,
    private readonly channel: EngineChannel,
  ) {
    this.batcher = new EventBatcher(() => platform.now(), (batch) => channel.emit('iterations', batch));
    this.aside = new StandBack(() => platform.now(), (milliseconds) => platform.wait(milliseconds));
    this.iteration = setup.resumeFrom?.iteration ?? 0;
  }

  start(): void {
    if (this.state !== 'opened') throw new InvariantError('a run is started once');
    this.state = 'going';
    void this.train();
  }

  /** Resolves when no further iteration will begin. */
  pause(): Promise<void> {
    if (this.state !== 'going' || this.control.requestedEnd !== undefined) return Promise.resolve();
    this.control.pause();
    return new Promise((resolve) => this.waitingForPause.push(resolve));
  }

  resume(): void {
    this.control.resume();
    this.paused();
  }

  standBack(milliseconds: number): void {
    this.aside.ask(milliseconds);
  }

  stop(): void {
    if (this.state === 'opened') void this.end({ status: 'stopped', iteration: this.iteration, loss: null });
    else this.control.stop();
  }

  checkpoint(): void {
    this.control.checkpoint();
  }

  /** Ends as `stop` does; resolves when the folder holds the last checkpoint. Nothing remains to be waited for when it never started. */
  async leave(): Promise<void> {
    const over = this.state === 'going' ? new Promise<void>((resolve) => this.onEnd.push(resolve)) : Promise.resolve();
    this.stop();
    await over;
  }

  async weights(): Promise<Uint8Array> {
    return writeSafetensors(await this.network.parameters(), {});
  }

  private async train(): Promise<void> {
    let ended: RunEnded;
    try {
      const { status, iteration, loss, reason } = await train({
        ...this.setup,
        control: this.control,
        onEvent: (event) => this.tell(event),
        onCheckpoint: (iteration) => this.channel.emit('checkpoint', { iteration }),
        breathe: async () => {
          await this.platform.breathe();
          await this.aside.rest();
          if (!this.control.isPaused) return;
          this.batcher.flush();
          this.paused();
        },
      });
      ended = { status, iteration, loss: Number.isFinite(loss) ? loss : null, ...(reason === undefined ? {} : { reason }) };
    } catch (thrown) {
      const code = thrown instanceof OperationalError ? thrown.code : 'internal';
      ended = { status: 'error', iteration: this.iteration, loss: null, reason: messageOf(thrown), code };
    }
    await this.end(ended);
  }

  private async end(ended: RunEnded): Promise<void> {
    if (this.state === 'ended') return;
    this.state = 'ended';
    this.batcher.flush();
    this.paused();
    try {
      await this.network.dispose();
      await this.backend.dispose();
    } finally {
      this.channel.emit('ended', ended);
      for (const resolve of this.onEnd.splice(0)) resolve();
    }
  }

  private paused(): void {
    for (const resolve of this.waitingForPause.splice(0)) resolve();
  }

  private tell(event: TrainingEvent): void {
    switch (event.kind) {
      case 'iteration':
        this.iteration = event.iteration;
        this.batcher.add(event);
        return;
      case 'validation':
        this.batcher.flush();
        this.channel.emit('validation', validationPoint(event));
        return;
      case 'sample':
        this.batcher.flush();
        this.channel.emit('sample', runSample(event));
        return;
      case 'horizon':
        this.batcher.flush();
        this.channel.emit('horizon', horizonColumn(event));
        return;
      case 'parameters':
        this.batcher.flush();
        this.channel.emit('parameters', parameterColumn(event));
        return;
      case 'saturation':
        this.batcher.flush();
        this.channel.emit('saturation', saturationColumn(event));
        return;
      case 'done':
        this.batcher.flush();
    }
  }
}
