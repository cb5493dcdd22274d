// The training page of the host: opens it once, gives it a run, brings it to the front when asked again.
// Not a run: `ShownRun` is what a run offers to be shown; without one the page says how to begin.
// Invariant: closing the page ends nothing but the page; opening it again shows the run so far.
import * as vscode from 'vscode';
import { Channel, type Handlers } from '../../protocol/channel';
import { type Beginning, trainingScope, type TrainingHost, type TrainingPage as PageContract } from '../../protocol/training-page';
import { OperationalError } from '../../engine/base/operational-error';
import type { CommandId } from '../contributions';
import { type PagePanel, openPagePanel } from './page-panel';
import { savePicture } from './save-picture';

type TrainingChannel = Channel<TrainingHost, PageContract>;
type RunRequests = Omit<Handlers<TrainingHost>, 'begin' | 'savePicture'>;

/** What a run offers to a page: answers to its requests, and the channel to tell changes to. */
export interface ShownRun extends RunRequests {
  /** Called when a page shows this run; what is returned is disposed when it no longer does. */
  readonly show: (channel: TrainingChannel) => vscode.Disposable;
}

const beginCommands: Readonly<Record<Beginning, CommandId>> = { train: 'rnn.trainRnn', debug: 'rnn.debugRnn', run: 'rnn.openRun', example: 'rnn.openExample' };

/** VS Code knows the page by it when it restores a window. */
export const trainingViewType = 'rnn.training';

const noRun = () => {
  throw new OperationalError('no-run', 'There is no run to do this with. Start one with "RNN: Train RNN".');
};
const withoutRun: RunRequests = { hello: () => null, pause: noRun, resume: noRun, stop: noRun, restart: noRun, runAgain: noRun, debugIteration: noRun, revealSettings: noRun, lookAtParameters: noRun, cancelLook: noRun, parameterNumbers: noRun };

export interface TrainingPageOptions {
  /** Of the tab; default `Training`. */
  readonly title?: string;
  /** The page carries an engine: `attach` is given every panel that is opened, and what it returns is disposed with the panel. */
  readonly attach?: (page: PagePanel) => vscode.Disposable;
}

export class TrainingPage implements vscode.Disposable {
  private open: { readonly panel: vscode.WebviewPanel; readonly channel: TrainingChannel } | undefined;
  private run: ShownRun | undefined;
  private shown: vscode.Disposable | undefined;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly options: TrainingPageOptions = {},
  ) {}

  get isOpen(): boolean {
    return this.open !== undefined;
  }

  /** Shows a run, or, without one, the run that was shown last; in the panel that VS Code restored, if there is one. */
  reveal(run: ShownRun | undefined = this.run, restored?: vscode.WebviewPanel): void {
    if (run !== this.run) {
      this.run = run;
      this.connect();
    }
    if (this.open === undefined) this.openPanel(restored);
    else {
      // One page a run: the one that is open.
      restored?.dispose();
      this.open.panel.reveal(undefined, true);
    }
  }

  dispose(): void {
    this.open?.panel.dispose();
  }

  private openPanel(restored?: vscode.WebviewPanel): void {
    const { title = 'Training', attach } = this.options;
    const page = openPagePanel(this.extensionUri, { page: 'training', viewType: trainingViewType, title, engine: attach !== undefined }, restored);
    const { panel, port } = page;
    const attached = attach?.(page);
    const current = () => this.run ?? withoutRun;
    const channel: TrainingChannel = new Channel(port, trainingScope, {
      hello: (params, transfer) => current().hello(params, transfer),
      pause: (params, transfer) => current().pause(params, transfer),
      resume: (params, transfer) => current().resume(params, transfer),
      stop: (params, transfer) => current().stop(params, transfer),
      restart: (params, transfer) => current().restart(params, transfer),
      runAgain: (params, transfer) => current().runAgain(params, transfer),
      debugIteration: (params, transfer) => current().debugIteration(params, transfer),
      revealSettings: (params, transfer) => current().revealSettings(params, transfer),
      lookAtParameters: (params, transfer) => current().lookAtParameters(params, transfer),
      cancelLook: (params, transfer) => current().cancelLook(params, transfer),
      parameterNumbers: (params, transfer) => current().parameterNumbers(params, transfer),
      savePicture,
      begin: async ({ what }) => {
        const command = beginCommands[what];
        if (command === undefined) throw new OperationalError('unknown-request', `The page asked to begin ${String(what)}, which there is not.`);
        await vscode.commands.executeCommand(command);
        return null;
      },
    });
    this.open = { panel, channel };
    panel.onDidDispose(() => {
      this.shown?.dispose();
      this.shown = undefined;
      channel.dispose();
      this.open = undefined;
      attached?.dispose();
    });
    this.connect();
  }

  /** Lets the run tell its changes to the open page, and the one before no longer. */
  private connect(): void {
    this.shown?.dispose();
    this.shown = this.open === undefined ? undefined : this.run?.show(this.open.channel);
  }
}
