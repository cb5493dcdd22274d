// One run as its host sees it: an engine found and owned, everything it told, its state, and its restart after a death.
// Not VS Code's view of it (shown-run.ts, status-bar.ts) and not the engine. It knows no `vscode`.
// Invariant: a dead engine is replaced once, and the run goes on from its last checkpoint, with a sentence; the second death ends it.
import { RequestError } from '../../protocol/channel';
import type { EngineBackend, FormerRun, OpenRun, OpenedRun, RunEnded } from '../../protocol/engine-host';
import type { HorizonColumn, BackendInUse, IterationBatch, ParameterColumn, RunHeader, RunSample, RunSoFar, RunStatus, SaturationColumn, ValidationPoint } from '../../protocol/run';
import { type BackendWanted, type FoundEngine, type StartEngine, chooseEngine } from './choose-engine';
import type { EngineLink } from './engine-link';
import { RunHistory } from './run-history';
import { Speed } from './speed';

export type RunRequest = Omit<OpenRun, 'backend' | 'resume'> & { readonly wanted: BackendWanted };

export type RunChange =
  | { readonly kind: 'header'; readonly header: RunHeader }
  | { readonly kind: 'iterations'; readonly batch: IterationBatch }
  | { readonly kind: 'validation'; readonly point: ValidationPoint }
  | { readonly kind: 'sample'; readonly sample: RunSample }
  | { readonly kind: 'horizon'; readonly column: HorizonColumn }
  | { readonly kind: 'parameters'; readonly column: ParameterColumn }
  | { readonly kind: 'saturation'; readonly column: SaturationColumn }
  | { readonly kind: 'status'; readonly status: RunStatus }
  | { readonly kind: 'stale'; readonly stale: boolean }
  /** Something happened that a person should hear of even if no page is open. */
  | { readonly kind: 'notice'; readonly sentence: string };

type Opened = Extract<OpenedRun, { kind: 'opened' }>;
export type ReadRun = Extract<FormerRun, { kind: 'read' }>;

/** Milliseconds between two statuses while iterations arrive. */
const statusPause = 200;

/** An engine in a page dies with it, without a word: milliseconds that may be lost. */
const checkpointPause = 10_000;

export class TrainingRun {
  readonly history = new RunHistory();
  private readonly listeners = new Set<(change: RunChange) => void>();
  private readonly speed = new Speed();
  private link: EngineLink | undefined;
  private backend: EngineBackend | undefined;
  private why: Pick<BackendInUse, 'chosenBecause' | 'fallback'> = {};
  private header: RunHeader | undefined;
  private state: RunStatus['state'] = 'starting';
  private sentence = '';
  private nonFinite: RunStatus['nonFinite'];
  private resumable = false;
  private deaths = 0;
  private lastStatus = -Infinity;
  private checkpointed = 0;
  private askedCheckpoint = -Infinity;
  private isStale = false;
  private readonly endings: ((status: RunStatus) => void)[] = [];

  constructor(
    readonly request: RunRequest,
    private readonly start: StartEngine,
    private readonly now: () => number,
  ) {}

  /** Finds an engine and opens the run on it; with problems nothing has begun. Throws RequestError (`cancelled` by the signal, and then nothing has begun either). */
  async begin(signal?: AbortSignal): Promise<OpenedRun> {
    const found = await this.find(this.request.wanted, false, signal);
    if (found.result.kind === 'wrong') {
      found.link.close();
      return found.result;
    }
    this.why = found.why;
    await this.own(found.link, found.backend, found.result);
    return found.result;
  }

  /** Takes over what a run's folder tells of it; nothing trains until `restart`. */
  adopt({ header, status, iteration, reason, iterations, validation, samples, horizon, parameters, saturation }: ReadRun): void {
    this.header = header;
    this.backend = header.backend.name;
    this.history.append(iterations);
    Object.assign(this.history, { validation, samples, horizon, parameters, saturation });
    this.checkpointed = iteration;
    this.resumable = status === 'stopped' || status === 'running';
    if (status === 'failed' && iterations.iteration.length > 0) this.nonFinite = this.firstNonFinite();
    this.become(status === 'running' ? 'stopped' : status, status === 'running' ? 'This run has no end on the disk: it was cut off, unless it still trains elsewhere. It can go on from its last checkpoint.' : (reason ?? ''));
  }

  /** Goes on from the last checkpoint after the run was stopped or its engine lost. */
  async restart(): Promise<void> {
    if (this.going) throw new RequestError('run-going', 'This run is going on.');
    this.deaths = 0;
    await this.takeUp('');
  }

  get going(): boolean {
    return this.state === 'starting' || this.state === 'running' || this.state === 'paused';
  }

  get status(): RunStatus {
    const perSecond = this.state === 'running' ? this.speed.perSecond : undefined;
    const iteration = this.history.last?.iteration ?? 0;
    const left = (this.header?.iterations ?? iteration) - iteration;
    return {
      state: this.state, sentence: this.sentence, iteration,
      ...(perSecond === undefined || perSecond === 0 ? {} : { speed: perSecond, timeLeft: left / perSecond }),
      ...(this.nonFinite === undefined ? {} : { nonFinite: this.nonFinite }),
      ...(this.resumable ? { canRestart: true } : {}),
    };
  }

  /** Undefined until the run was opened. */
  get soFar(): RunSoFar | undefined {
    const { header, history } = this;
    return header && { header, status: this.status, iterations: history.iterations(), validation: history.validation, samples: history.samples, horizon: history.horizon, parameters: history.parameters, saturation: history.saturation, stale: this.isStale };
  }

  /** What a line can say of it, without a copy of all it measured; the header is undefined until the run was opened. */
  get glance(): { readonly header: RunHeader | undefined; readonly status: RunStatus; readonly loss: number | undefined } {
    return { header: this.header, status: this.status, loss: this.history.last?.loss };
  }

  /** Iterations that a checkpoint holds. */
  get kept(): number {
    return this.checkpointed;
  }

  /** Undefined before it was opened. */
  get backendInUse(): EngineBackend | undefined {
    return this.backend;
  }

  onChange(listener: (change: RunChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Resolves when the run has come to an end, of whatever kind. */
  ended(): Promise<RunStatus> {
    return this.going ? new Promise((resolve) => this.endings.push(resolve)) : Promise.resolve(this.status);
  }

  async pause(): Promise<void> {
    if (this.state !== 'running') return;
    await this.engine.channel.request('pause', {});
    // It may have ended instead.
    if (this.state === 'running') this.become('paused');
    this.speed.forget();
  }

  /** Somebody types beside it. */
  standBack(milliseconds: number): void {
    // An engine that has just died or ended has nothing to leave, and says so elsewhere.
    if (this.state === 'running') this.link?.channel.request('standBack', { milliseconds }).catch(() => undefined);
  }

  async resume(): Promise<void> {
    if (this.state !== 'paused') return;
    await this.engine.channel.request('resume', {});
    this.become('running');
  }

  /** Ends after the iteration under way, with a checkpoint. */
  async stop(): Promise<void> {
    if (this.going && this.link !== undefined) await this.link.channel.request('stop', {});
  }

  async checkpoint(): Promise<void> {
    if (this.state === 'running') await this.engine.channel.request('checkpoint', {});
  }

  setStale(stale: boolean): void {
    if (stale === this.isStale) return;
    this.isStale = stale;
    this.tell({ kind: 'stale', stale });
  }

  /** The engine is gone on purpose (its page was closed): nothing is restarted. */
  lose(sentence: string): void {
    if (!this.going) return;
    this.link?.close();
    this.link = undefined;
    this.resumable = true;
    this.become('stopped', sentence);
  }

  private get engine(): EngineLink {
    if (this.link === undefined) throw new RequestError('run-ended', 'This run has no engine any more.');
    return this.link;
  }

  private async own(link: EngineLink, backend: EngineBackend, opened: Opened, sentence = ''): Promise<void> {
    this.link = link;
    this.backend = backend;
    const before = this.header;
    this.header = { ...opened.header, backend: { ...opened.header.backend, ...this.why } };
    const { channel } = link;
    channel.on('iterations', (batch) => this.measured(batch));
    channel.on('validation', (point) => {
      this.history.addValidation(point);
      this.tell({ kind: 'validation', point });
    });
    channel.on('sample', (sample) => {
      this.history.addSample(sample);
      this.tell({ kind: 'sample', sample });
    });
    channel.on('horizon', (column) => {
      this.history.addHorizon(column);
      this.tell({ kind: 'horizon', column });
    });
    channel.on('parameters', (column) => {
      this.history.addParameters(column);
      this.tell({ kind: 'parameters', column });
    });
    channel.on('saturation', (column) => {
      this.history.addSaturation(column);
      this.tell({ kind: 'saturation', column });
    });
    channel.on('checkpoint', ({ iteration }) => { this.checkpointed = iteration; });
    channel.on('ended', (ended) => this.hasEnded(ended));
    void link.died.then((reason) => this.engineDied(link, reason));
    this.resumable = false;
    this.history.rewind(opened.iteration);
    if (JSON.stringify(before) !== JSON.stringify(this.header)) this.tellAnew(this.header);
    await channel.request('start', {});
    const notices = [sentence, ...opened.notices].filter((one) => one !== '').join(' ');
    this.become('running', notices);
    if (notices !== '') this.tell({ kind: 'notice', sentence: notices });
  }

  private measured(batch: IterationBatch): void {
    this.history.append(batch);
    this.speed.add(this.now(), this.history.last?.iteration ?? 0);
    this.tell({ kind: 'iterations', batch });
    if (this.now() - this.lastStatus >= statusPause) this.tellStatus();
    if (this.backend !== 'webgpu' || this.now() - this.askedCheckpoint < checkpointPause) return;
    this.askedCheckpoint = this.now();
    // An engine that has gone meanwhile says so by its death.
    this.checkpoint().catch(() => undefined);
  }

  private hasEnded(ended: RunEnded): void {
    const failed = ended.status === 'failed' || ended.status === 'error';
    this.link?.close();
    this.link = undefined;
    if (ended.status === 'failed') this.nonFinite = this.firstNonFinite();
    this.resumable = ended.status === 'stopped' || ended.status === 'error';
    this.become(failed ? 'failed' : ended.status === 'finished' ? 'finished' : 'stopped', ended.reason ?? '');
  }

  private engineDied(link: EngineLink, reason: string): void {
    if (link !== this.link) return;
    this.link = undefined;
    this.deaths += 1;
    if (this.deaths > 1) {
      this.resumable = true;
      this.become('failed', `The engine was lost twice (${reason}); the run is kept as it was after iteration ${this.checkpointed}.`);
      return;
    }
    void this.takeUp(reason);
  }

  /** A run fails at its first number that is not finite, so that it is the last. */
  private firstNonFinite(): RunStatus['nonFinite'] {
    const { last } = this.history;
    return last && { iteration: last.iteration, name: Number.isFinite(last.loss) ? 'the gradient' : 'loss' };
  }

  private find(wanted: BackendWanted, resume: boolean, signal?: AbortSignal): Promise<FoundEngine<OpenedRun>> {
    const { wanted: _, ...asked } = this.request;
    return chooseEngine(wanted, this.start, (link, backend) => link.channel.request('open', { ...asked, ...onBackend(backend, asked.threads), resume }), signal);
  }

  /** Opens the run again from its last checkpoint, on the same backend where it is there. */
  private async takeUp(reason: string): Promise<void> {
    const wasPaused = this.state === 'paused';
    this.nonFinite = undefined;
    this.resumable = false;
    this.speed.forget();
    this.become('starting', reason === '' ? '' : `The engine was lost (${reason}); going on from the last checkpoint.`);
    let link: EngineLink | undefined;
    try {
      const found = await this.find(this.backend ?? this.request.wanted, true);
      const { link: fresh, backend, result: opened } = found;
      link = fresh;
      if (opened.kind === 'wrong') throw new Error(opened.problems[0]?.message ?? 'the model cannot be read any more');
      if (backend !== this.backend) this.why = found.why;
      await this.own(fresh, backend, opened, reason === '' ? '' : `The engine was lost (${reason}) and started again; the run went on from iteration ${opened.iteration}.`);
      if (wasPaused) await this.pause();
    } catch (thrown) {
      link?.close();
      this.link = undefined;
      this.resumable = true;
      this.become('failed', `The run could not go on: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    }
  }

  /** A header begins everything anew for who listens: what was measured follows it. */
  private tellAnew(header: RunHeader): void {
    this.tell({ kind: 'header', header });
    const { history } = this;
    if (history.last !== undefined) this.tell({ kind: 'iterations', batch: history.iterations() });
    for (const point of history.validation) this.tell({ kind: 'validation', point });
    for (const sample of history.samples) this.tell({ kind: 'sample', sample });
    for (const column of history.horizon) this.tell({ kind: 'horizon', column });
    for (const column of history.parameters) this.tell({ kind: 'parameters', column });
    for (const column of history.saturation) this.tell({ kind: 'saturation', column });
  }

  private become(state: RunStatus['state'], sentence = this.sentence): void {
    this.state = state;
    this.sentence = sentence;
    this.tellStatus();
    if (!this.going) for (const resolve of this.endings.splice(0)) resolve(this.status);
  }

  private tellStatus(): void {
    this.lastStatus = this.now();
    this.tell({ kind: 'status', status: this.status });
  }

  private tell(change: RunChange): void {
    for (const listener of this.listeners) listener(change);
  }
}

/** Threads are the native backend's: a page and a worker have one. */
function onBackend(backend: EngineBackend, threads: number): Pick<OpenRun, 'backend' | 'threads'> {
  return { backend, threads: backend === 'cpu' ? threads : 1 };
}
