// The runs of this window and the commands on them: train, pause, resume, stop, open the page.
// Not a run (training-run.ts) and not its page. Invariant: a run goes on whether or not its page is open; nothing has begun when a command failed.
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { unusedRunFolder } from '../../cli/files/fresh-run-folder';
import { OperationalError } from '../../engine/base/operational-error';
import { RequestError } from '../../protocol/channel';
import { contextKeys, settingsSection, type BackendChoice } from '../contributions';
import type { CommandHandler } from '../commands';
import type { PagePanel } from '../pages/page-panel';
import { TrainingPage } from '../pages/training-page';
import { report } from '../report';
import { chooseModelName, findSource, readArguments } from './model-source';
import { startCpuEngine, startWasmEngine } from './node-engines';
import { PageCarrier } from './page-engine';
import { showProgress } from './run-progress';
import { sayProblems } from './say-problems';
import { debugIteration } from './debug-iteration';
import { revealSettings } from './reveal-settings';
import { shownRun } from './shown-run';
import { TrainingStatusBar } from './status-bar';
import { TrainingRun, type RunRequest } from './training-run';

const purpose = 'Train RNN';

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
  private readonly dist: string;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.dist = vscode.Uri.joinPath(extensionUri, 'dist').fsPath;
    this.emptyPage = new TrainingPage(extensionUri);
    this.subscriptions = vscode.Disposable.from(this.bar, this.emptyPage, vscode.workspace.onDidChangeTextDocument(({ document }) => this.mark(document)));
  }

  readonly train: CommandHandler = async (...args) => {
    const { uri, model } = readArguments(args);
    const source = await findSource(uri, purpose);
    if (source === undefined) return;
    if (!vscode.workspace.isTrusted) throw new OperationalError('not-trusted', 'Training writes runs beside the model, which a restricted window does not allow. Trust this folder first.');
    const chosen = await chooseModelName(source, model, purpose);
    if (chosen === undefined) return;
    const settings = vscode.workspace.getConfiguration(settingsSection, source.document.uri);
    // A file without a model is left to the engine to explain.
    const name = chosen.model ?? source.program.main.models[0]?.name.text;
    const request: RunRequest = {
      ...source.text, ...(name === undefined ? {} : { model: name }), runId: randomUUID(), run: unusedRunFolder(source.text.file, name ?? 'model', Date.now(), '/'),
      wanted: settings.get<BackendChoice>('backend', 'auto'), threads: Math.max(1, settings.get<number>('threads', 1)), settings: {}, started: new Date().toISOString(),
    };
    await this.begin(request, source.document.uri);
  };

  readonly pause: CommandHandler = () => this.withRun((run) => run.status.state === 'running', 'pause', (run) => run.pause());
  readonly resume: CommandHandler = () => this.withRun((run) => run.status.state === 'paused', 'resume', (run) => run.resume());
  readonly stop: CommandHandler = () => this.withRun((run) => run.going, 'stop', (run) => run.stop());

  readonly openPage: CommandHandler = async () => {
    const known = await this.choose(this.runs, 'Open Training Page');
    if (known !== undefined) known.page.reveal();
    else if (this.runs.length === 0) this.emptyPage.reveal();
  };

  /** Ends every run with a checkpoint, as far as there is time. */
  async stopAll(): Promise<void> {
    const going = this.runs.filter(({ run }) => run.going);
    await Promise.all(going.map(async ({ run }) => {
      await run.stop();
      await run.ended();
    }));
  }

  dispose(): void {
    for (const { run, page } of this.runs) {
      run.lose('The window was closed.');
      page.dispose();
    }
    this.subscriptions.dispose();
  }

  private async begin(request: RunRequest, file: vscode.Uri): Promise<void> {
    let carrier: PageCarrier | undefined;
    const onPage = request.wanted === 'webgpu';
    const attach = (panel: PagePanel): vscode.Disposable => {
      const carried = (carrier = new PageCarrier(panel, this.extensionUri));
      return { dispose: () => {
        if (run.backendInUse === 'webgpu') run.lose(`The page that trained ${request.model ?? 'it'} was closed; the run is kept as it was after iteration ${run.kept}.`);
        carried.dispose();
      } };
    };
    const page = new TrainingPage(this.extensionUri, {
      title: `Training ${request.model ?? ''}`.trim(),
      ...(onPage ? { attach } : {}),
    });
    const run = new TrainingRun(request, (backend) => {
      if (backend === 'cpu') return startCpuEngine(this.dist);
      if (backend === 'wasm') return startWasmEngine(this.dist);
      if (!page.isOpen) page.reveal();
      return carrier?.start() ?? Promise.reject(new RequestError('backend-missing', 'it has no page to run in'));
    }, () => performance.now());
    const show = (opening: Promise<unknown>) => page.reveal(shownRun(run, opening, {
      runAgain: async () => { await vscode.commands.executeCommand('rnn.trainRnn', file, request.model); },
      revealSettings: () => revealSettings(file, request.model),
      debugIteration: (iteration) => debugIteration(file, request, iteration),
    }));
    const { promise, resolve } = deferred();
    try {
      // A page that carries the engine must be there first.
      if (onPage) show(promise);
      const opened = await run.begin();
      if (opened.kind === 'wrong') {
        page.dispose();
        return void sayProblems(opened.problems, this.log);
      }
      resolve();
      if (!onPage) show(promise);
      this.add({ run, page, file });
    } catch (thrown) {
      page.dispose();
      throw thrown;
    }
    const { model, backend } = run.soFar?.header ?? {};
    this.log.info(`${model}: training on ${backend?.name} (${backend?.detail}), run ${request.run}`);
    if (backend?.fallback !== undefined) void vscode.window.showWarningMessage(`Training on ${backend.name} instead of ${backend.fallback.wanted}: ${backend.fallback.reason}.`);
    showProgress(run);
  }

  private add(known: KnownRun): void {
    const { run } = known;
    this.emptyPage.dispose();
    this.runs.push(known);
    run.onChange((change) => {
      if (change.kind === 'notice') void vscode.window.showWarningMessage(change.sentence);
      if (change.kind === 'status') {
        this.bar.draw(run);
        this.tellContext();
        if (change.status.state === 'failed') void this.sayFailure(known);
        if (change.status.state === 'stopped' && change.status.sentence !== '') void this.offerRestart(run);
      }
    });
    this.bar.draw(run);
    this.tellContext();
  }

  private async sayFailure({ run, page }: KnownRun): Promise<void> {
    const open = 'Open Training Page';
    const answer = await vscode.window.showErrorMessage(run.status.sentence, open);
    if (answer === open) page.reveal();
  }

  private async offerRestart(run: TrainingRun): Promise<void> {
    const goOn = 'Go On';
    if ((await vscode.window.showWarningMessage(run.status.sentence, goOn)) === goOn && !run.going) await run.restart();
  }

  private async withRun(fits: (run: TrainingRun) => boolean, what: string, act: (run: TrainingRun) => Promise<void>): Promise<void> {
    const fitting = this.runs.filter(({ run }) => fits(run));
    if (fitting.length === 0) throw new OperationalError('no-run', `There is no run to ${what}.`);
    const known = await this.choose(fitting, `${what[0]?.toUpperCase() ?? ''}${what.slice(1)} Training`);
    if (known !== undefined) await act(known.run);
  }

  /** The only one, or the one that is picked; the newest first. */
  private async choose(runs: readonly KnownRun[], title: string): Promise<KnownRun | undefined> {
    if (runs.length < 2) return runs[0];
    const picked = await vscode.window.showQuickPick([...runs].reverse().map((known) => {
      const { status, soFar } = { status: known.run.status, soFar: known.run.soFar };
      return { label: soFar?.header.model ?? '', description: `${status.state}, iteration ${status.iteration}`, detail: known.run.request.run, known };
    }), { title, placeHolder: 'Which run?' });
    return picked?.known;
  }

  private mark(document: vscode.TextDocument): void {
    for (const { run, file } of this.runs) if (document.uri.toString() === file.toString()) run.setStale(document.getText() !== run.request.text);
  }

  private tellContext(): void {
    void vscode.commands.executeCommand('setContext', contextKeys.training, this.runs.some(({ run }) => run.going)).then(undefined, (thrown: unknown) => report(thrown, 'setContext', this.log));
  }
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => { resolve = done; });
  return { promise, resolve };
}
