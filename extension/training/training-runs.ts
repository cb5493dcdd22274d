// The runs of this window and the commands on them: train, open a former one, pause, resume, stop, open the page.
// Not a run (training-run.ts) and not its page. Invariant: a run goes on whether or not its page is open; nothing has begun when a command failed.
import { rm } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import * as vscode from 'vscode';
import { unusedRunFolder } from '../../cli/files/fresh-run-folder';
import { OperationalError } from '../../engine/base/operational-error';
import { RequestError } from '../../protocol/channel';
import { contextKeys, settingsSection, type BackendChoice } from '../contributions';
import type { CommandHandler } from '../commands';
import type { PagePanel } from '../pages/page-panel';
import { TrainingPage, trainingViewType } from '../pages/training-page';
import { report } from '../report';
import { readOpenOrDisk } from '../language/open-program';
import { type RunOnDisk, chooseFormerRun, modelOfRun, readRun } from './former-runs';
import { InterruptedRuns } from './interrupted-runs';
import { chooseModelName, findSource, readArguments } from './model-source';
import { startCpuEngine, startWasmEngine } from './node-engines';
import { ParameterView } from './parameter-view';
import { PageCarrier } from './page-engine';
import { showPreparing } from './run-progress';
import { sayProblems } from './say-problems';
import { debugIteration } from './debug-iteration';
import { revealSettings } from './reveal-settings';
import { shownRun } from './shown-run';
import { TrainingStatusBar } from './status-bar';
import { TrainingRun, type RunRequest } from './training-run';

const purpose = 'Train RNN';
const openPurpose = 'Open Run';
/** Milliseconds after a key in which training stands back. */
const roomFor = 1_000;

interface KnownRun {
  readonly run: TrainingRun;
  readonly page: TrainingPage;
  readonly file: vscode.Uri;
}

export class TrainingRuns implements vscode.Disposable {
  private readonly runs: KnownRun[] = [];
  private readonly bar = new TrainingStatusBar();
  private readonly emptyPage: TrainingPage;
  private readonly subscriptions: vscode.Disposable;
  private readonly interrupted: InterruptedRuns;
  private readonly dist: string;
  private readonly reading = new Map<string, Promise<KnownRun>>();
  private closing = false;
  private madeRoom = -Infinity;
  private toldGoing = '';

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly log: vscode.LogOutputChannel,
    storage: vscode.Uri,
  ) {
    this.dist = vscode.Uri.joinPath(extensionUri, 'dist').fsPath;
    this.emptyPage = new TrainingPage(extensionUri);
    this.subscriptions = vscode.Disposable.from(this.bar, this.emptyPage, vscode.window.registerWebviewPanelSerializer(trainingViewType, { deserializeWebviewPanel: (panel, state) => this.restore(panel, state) }), vscode.workspace.onDidChangeTextDocument(({ document }) => {
      this.mark(document);
      this.makeRoom(document);
    }));
    this.interrupted = new InterruptedRuns(storage.fsPath, process.pid);
    void this.interrupted.take().then((folders) => Promise.all(folders.map((folder) => this.offerInterrupted(folder))), (thrown: unknown) => report(thrown, openPurpose, log));
  }

  readonly train: CommandHandler = async (...args) => {
    const { uri, model } = readArguments(args);
    const source = await findSource(uri, purpose);
    if (source === undefined) return;
    mustBeTrusted();
    const chosen = await chooseModelName(source, model, purpose);
    if (chosen === undefined) return;
    const settings = vscode.workspace.getConfiguration(settingsSection, source.document.uri);
    // A file without a model is left to the engine to explain.
    const name = chosen.model ?? source.program.main.models[0]?.name.text;
    const run = unusedRunFolder(source.text.file, name ?? 'model', Date.now(), '/');
    const request: RunRequest = {
      ...source.text, ...(name === undefined ? {} : { model: name }), runId: run, run,
      wanted: settings.get<BackendChoice>('backend', 'auto'), threads: Math.max(1, settings.get<number>('threads', 1)), settings: {}, started: new Date().toISOString(),
    };
    await this.begin(request, source.document.uri);
  };

  /** Shows a run from its folder, to be looked at or gone on with; without a folder it asks which. */
  readonly openRun: CommandHandler = async (folder) => {
    const found = typeof folder === 'string' ? readRun(folder) : await chooseFormerRun(openPurpose);
    if (found !== undefined) await this.show(found);
  };

  readonly pause: CommandHandler = () => this.withRun((run) => run.status.state === 'running', 'pause', (run) => run.pause());
  /** One that is paused; when none is, one that was stopped or lost. */
  readonly resume: CommandHandler = () => (this.runs.some(({ run }) => run.status.state === 'paused')
    ? this.withRun((run) => run.status.state === 'paused', 'resume', (run) => run.resume())
    : this.withRun((run) => run.status.canRestart === true, 'resume', (run) => run.restart()));
  readonly stop: CommandHandler = () => this.withRun((run) => run.going, 'stop', (run) => run.stop());

  /** Of the runs that go on, or else of those that have ended. */
  readonly openPage: CommandHandler = async () => {
    const going = this.runs.filter(({ run }) => run.going);
    const known = await this.choose(going.length > 0 ? going : this.runs, 'Open Training Page');
    if (known !== undefined) known.page.reveal();
    else if (this.runs.length === 0) this.emptyPage.reveal();
  };

  /** Ends every run with a checkpoint, as far as there is time; called before `dispose`, which then lets them end. */
  async stopAll(): Promise<void> {
    this.closing = true;
    const going = this.runs.filter(({ run }) => run.going);
    await Promise.all(going.map(async ({ run }) => {
      await run.stop();
      await run.ended();
    }));
  }

  dispose(): void {
    // When the window closes, its runs are ending by `stopAll`, and VS Code keeps the pages for the next window.
    for (const { run, page } of this.closing ? [] : this.runs) {
      run.lose('The window was closed.');
      page.dispose();
    }
    this.subscriptions.dispose();
  }

  private async begin(request: RunRequest, file: vscode.Uri): Promise<void> {
    const preparing = showPreparing(`Preparing to train ${request.model ?? 'the model'}`);
    const onPage = request.wanted === 'webgpu';
    const { run, page, reveal } = this.make(request, file, onPage);
    const { promise, resolve } = deferred();
    try {
      // A page that carries the engine must be there first.
      if (onPage) reveal(promise);
      const opened = await run.begin(preparing.signal);
      if (opened.kind === 'wrong') {
        page.dispose();
        preparing.done();
        return void sayProblems(opened.problems, this.log);
      }
      resolve();
      if (!onPage) reveal(promise);
      this.add({ run, page, file });
    } catch (thrown) {
      page.dispose();
      preparing.done();
      if (!preparing.signal.aborted) throw thrown;
      // Nothing was trained: what the engine may have begun to write is of no use to anyone.
      await rm(request.run, { recursive: true, force: true, maxRetries: 3 });
      return;
    }
    preparing.signal.addEventListener('abort', () => void run.stop().catch((thrown: unknown) => report(thrown, purpose, this.log)));
    const forget = run.onChange(({ kind }) => {
      if (kind !== 'iterations' && run.going) return;
      preparing.done();
      forget();
    });
    const { model, backend } = run.glance.header ?? {};
    this.log.info(`${model}: training on ${backend?.name} (${backend?.detail}), run ${request.run}`);
    if (backend?.fallback !== undefined) void vscode.window.showWarningMessage(`Training on ${backend.name} instead of ${backend.fallback.wanted}: ${backend.fallback.reason}.`);
  }

  /** A page that was open when the window was reloaded, with the run that it showed. */
  private async restore(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const folder = typeof state === 'object' && state !== null && 'run' in state ? state.run : undefined;
    if (typeof folder !== 'string') return this.emptyPage.reveal(undefined, panel);
    try {
      await this.show(await whenEnded(folder), panel);
    } catch (thrown) {
      panel.dispose();
      void report(thrown, openPurpose, this.log);
    }
  }

  /** Once, however often it is asked for at a time. */
  private async show(found: RunOnDisk, restored?: vscode.WebviewPanel): Promise<KnownRun> {
    const known = this.runs.find(({ run }) => run.request.run === found.folder) ?? this.reading.get(found.folder);
    if (known !== undefined) {
      const { page } = await known;
      page.reveal(undefined, restored);
      return known;
    }
    const read = this.read(found, restored).finally(() => this.reading.delete(found.folder));
    this.reading.set(found.folder, read);
    return read;
  }

  private async read(found: RunOnDisk, restored: vscode.WebviewPanel | undefined): Promise<KnownRun> {
    const { description, folder } = found;
    const text = modelOfRun(found);
    const file = vscode.Uri.file(text.file);
    const engine = startWasmEngine(this.dist);
    const read = await Promise.race([
      engine.channel.request('readFormerRun', { ...text, runId: folder, run: folder }),
      engine.died.then((why) => Promise.reject(new OperationalError('engine-lost', `The run could not be read: ${why}.`))),
    ]).finally(() => engine.close());
    if (read.kind === 'wrong') throw new OperationalError('bad-run', `The run of ${description.model} cannot be shown: ${read.problems[0]?.message ?? 'its model cannot be read'}`);
    const { name, threads } = read.header.backend;
    const made = this.make({ ...text, runId: folder, run: folder, wanted: name, threads, settings: description.settings, started: description.started }, file, name === 'webgpu');
    const { run, page } = made;
    run.adopt(read);
    run.setStale(readOpenOrDisk(text.file) !== text.text);
    const opened = { run, page, file };
    this.add(opened);
    made.reveal(Promise.resolve(), restored);
    return opened;
  }

  /** A run that has not begun, with the page that will show it; `carries`: the page can carry its engine. */
  private make(request: RunRequest, file: vscode.Uri, carries: boolean): { readonly run: TrainingRun; readonly page: TrainingPage; readonly reveal: (opened: Promise<unknown>, restored?: vscode.WebviewPanel) => void } {
    let carrier: PageCarrier | undefined;
    const attach = (panel: PagePanel): vscode.Disposable => {
      const carried = (carrier = new PageCarrier(panel, this.extensionUri));
      return { dispose: () => {
        if (run.backendInUse === 'webgpu') run.lose(`The page that trained ${request.model ?? 'it'} was closed; the run is kept as it was after iteration ${run.kept}.`);
        carried.dispose();
      } };
    };
    const page = new TrainingPage(this.extensionUri, {
      title: `Training ${request.model ?? ''}`.trim(),
      ...(carries ? { attach } : {}),
    });
    const run = new TrainingRun(request, (backend) => {
      mustBeTrusted();
      if (backend === 'cpu') return startCpuEngine(this.dist);
      if (backend === 'wasm') return startWasmEngine(this.dist);
      if (!page.isOpen) page.reveal();
      return carrier?.start() ?? Promise.reject(new RequestError('backend-missing', 'it has no page to run in'));
    }, () => performance.now());
    const parameters = new ParameterView(run, (backend) => (backend === 'cpu' ? startCpuEngine(this.dist) : startWasmEngine(this.dist)));
    return {
      run, page,
      reveal: (opened, restored) => page.reveal(shownRun(run, opened, {
        runAgain: async () => { await vscode.commands.executeCommand('rnn.trainRnn', file, request.model); },
        revealSettings: () => revealSettings(file, request.model),
        debugIteration: (iteration) => debugIteration(file, request, iteration),
      }, parameters), restored),
    };
  }

  private add(known: KnownRun): void {
    const { run } = known;
    this.emptyPage.dispose();
    this.runs.push(known);
    const hasNews = (): void => {
      this.bar.draw(this.runs.map((one) => one.run), run);
      this.tellContext();
    };
    run.onChange((change) => {
      if (change.kind === 'notice') void vscode.window.showWarningMessage(change.sentence);
      if (change.kind !== 'status') return;
      hasNews();
      if (change.status.state === 'failed') void this.sayFailure(known);
      if (change.status.state === 'stopped' && change.status.sentence !== '') void this.offerRestart(run);
    });
    hasNews();
  }

  private async sayFailure({ run, page }: KnownRun): Promise<void> {
    const open = 'Open Training Page';
    const answer = await vscode.window.showErrorMessage(run.status.sentence, open);
    if (answer === open) page.reveal();
  }

  /** Of a run that ended with the window before this one. */
  private async offerInterrupted(folder: string): Promise<void> {
    const open = 'Open';
    const goOn = 'Go On';
    try {
      const found = await whenEnded(folder);
      const { model, status, iteration } = found.description;
      if (status === 'finished' || status === 'failed') return;
      const kept = status === 'stopped' ? `it is kept as it was after iteration ${iteration}` : 'its last checkpoint is kept';
      const answer = await vscode.window.showInformationMessage(`The training of ${model} ended with the window; ${kept}.`, goOn, open);
      if (answer === undefined) return;
      const { run } = await this.show(found);
      if (answer === goOn && !run.going) await run.restart();
    } catch (thrown) {
      void report(thrown, openPurpose, this.log);
    }
  }

  private async offerRestart(run: TrainingRun): Promise<void> {
    const goOn = 'Go On';
    if ((await vscode.window.showWarningMessage(run.status.sentence, goOn)) === goOn && !run.going) await run.restart();
  }

  private async withRun(fits: (run: TrainingRun) => boolean, what: string, act: (run: TrainingRun) => Promise<void>): Promise<void> {
    const fitting = this.runs.filter(({ run }) => fits(run));
    if (fitting.length === 0) throw new OperationalError('no-run', `There is no run to ${what}.${what === 'resume' ? ' Open a former one with "RNN: Open Run…".' : ''}`);
    const known = await this.choose(fitting, `${what[0]?.toUpperCase() ?? ''}${what.slice(1)} Training`);
    if (known !== undefined) await act(known.run);
  }

  /** The only one, or the one that is picked; the newest first. */
  private async choose(runs: readonly KnownRun[], title: string): Promise<KnownRun | undefined> {
    if (runs.length < 2) return runs[0];
    const picked = await vscode.window.showQuickPick([...runs].reverse().map((known) => {
      const { status, header } = known.run.glance;
      return { label: header?.model ?? '', description: `${status.state}, iteration ${status.iteration}`, detail: known.run.request.run, known };
    }), { title, placeHolder: 'Which run?' });
    return picked?.known;
  }

  /** Whoever types has the processor first; several keys are one message. */
  private makeRoom(document: vscode.TextDocument): void {
    const now = Date.now();
    if (document !== vscode.window.activeTextEditor?.document || now - this.madeRoom < roomFor / 4) return;
    this.madeRoom = now;
    for (const { run } of this.runs) run.standBack(roomFor);
  }

  private mark(document: vscode.TextDocument): void {
    for (const { run, file } of this.runs) if (document.uri.toString() === file.toString()) run.setStale(document.getText() !== run.request.text);
  }

  private tellContext(): void {
    const going = this.runs.filter(({ run }) => run.going).map(({ run }) => run.request.run);
    if (going.join() === this.toldGoing) return;
    this.toldGoing = going.join();
    // What ends because the window closes is what the next window asks about.
    if (!this.closing) this.interrupted.remember(going);
    void vscode.commands.executeCommand('setContext', contextKeys.training, going.length > 0).then(undefined, (thrown: unknown) => report(thrown, 'setContext', this.log));
  }
}

/** The window before may still be writing the last checkpoint. */
async function whenEnded(folder: string): Promise<RunOnDisk> {
  for (let waited = 0; waited < 10; waited++) {
    const found = readRun(folder);
    if (found.description.status !== 'running') return found;
    await setTimeout(500);
  }
  return readRun(folder);
}

function mustBeTrusted(): void {
  if (!vscode.workspace.isTrusted) throw new OperationalError('not-trusted', 'Training writes runs beside the model, which a restricted window does not allow. Trust this folder first.');
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => { resolve = done; });
  return { promise, resolve };
}
