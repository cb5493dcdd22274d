// The debugger page of the host: opens beside the editor with a debug session, and stays in step with it both ways.
// Not the pass it shows (../debug/shown-pass.ts) and not the picture, which the page draws.
// Invariant: closing the page ends nothing but the page; it asks for moves and hears of them as the editor does.
import * as vscode from 'vscode';
import { Channel } from '../../protocol/channel';
import { debuggerScope, type DebuggerHost, type DebuggerPage as PageContract, type DebuggerView } from '../../protocol/debugger-page';
import { debugType, type CommandId } from '../contributions';
import type { ShownPass } from '../debug/shown-pass';
import { copyLink } from '../links/copy-link';
import { openPagePanel } from './page-panel';
import { savePicture } from './save-picture';

type DebuggerChannel = Channel<DebuggerHost, PageContract>;

const beginCommands: Readonly<Record<'train' | 'debug' | 'example', CommandId>> = { train: 'rnn.trainRnn', debug: 'rnn.debugRnn', example: 'rnn.openExample' };

/** A page that has nothing to show offers what there is to begin. */
export async function begin(what: string): Promise<null> {
  const command = Object.hasOwn(beginCommands, what) ? beginCommands[what as keyof typeof beginCommands] : undefined;
  if (command !== undefined) await vscode.commands.executeCommand(command);
  return null;
}

export class DebuggerPage implements vscode.Disposable {
  private open: { readonly panel: vscode.WebviewPanel; readonly channel: DebuggerChannel } | undefined;
  private readonly subscription: vscode.Disposable;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly pass: ShownPass,
  ) {
    this.subscription = vscode.debug.onDidStartDebugSession((session) => {
      if (session.type === debugType) this.reveal();
    });
  }

  /** Where it stands, for pages that join it. */
  get column(): vscode.ViewColumn | undefined {
    return this.open?.panel.viewColumn;
  }

  dispose(): void {
    this.subscription.dispose();
    this.open?.panel.dispose();
  }

  /** For a person who asked for it: the page comes to the front and has the keyboard. */
  readonly show = (): void => {
    this.reveal();
    this.open?.panel.reveal(undefined, false);
  };

  readonly reveal = (): void => {
    if (this.open !== undefined) {
      this.open.panel.reveal(undefined, true);
      return;
    }
    const { pass } = this;
    const { panel, port } = openPagePanel(this.extensionUri, { page: 'debugger', viewType: 'rnn.debugger', title: 'Visual Debugger' });
    const focus = pass.quiet.join(panel);
    const channel: DebuggerChannel = new Channel(port, debuggerScope, {
      hello: async () => {
        await pass.ready();
        return this.view() ?? null;
      },
      tile: (params) => pass.ask('tile', params),
      evaluate: (params) => pass.ask('evaluate', params),
      flow: (params) => pass.ask('flow', params),
      parts: (params) => pass.ask('parts', params),
      weights: (params) => pass.ask('weights', params),
      weightsPicture: (params) => pass.ask('weightsPicture', params),
      goto: ({ step, pass: which }) => pass.goto(step, which),
      move: ({ how }) => pass.move(how),
      // Every pass is recorded with its gradients.
      runBackward: () => pass.goto(pass.cursor?.step ?? 1, 'backward'),
      compare: ({ with: other }) => pass.compare(other),
      chooseComparison: async () => {
        await vscode.commands.executeCommand('rnn.compareRuns' satisfies CommandId);
        return null;
      },
      chooseSequence: ({ index }) => pass.chooseSequence(index),
      select: (selection) => pass.select(selection),
      toggleBreakpoint: ({ path, line }) => pass.toggleBreakpoint(path, line),
      reveal: ({ path, line }) => pass.reveal(path, line),
      openInspector: async () => {
        await vscode.commands.executeCommand('rnn.openGradientInspector' satisfies CommandId);
        return null;
      },
      savePicture,
      copyLink: async () => {
        await copyLink(pass)();
        return null;
      },
      runAgain: () => pass.runAgain(),
      begin: ({ what }) => begin(what),
    });
    pass.looked('debugger', panel);
    panel.onDidChangeViewState(() => pass.looked('debugger', panel));
    channel.on('choices', (choices) => pass.chose('debugger', choices));
    channel.on('keyboard', ({ has }) => focus.keyboard(has));
    const told = pass.listen({
      view: () => {
        const view = this.view();
        if (view) channel.emit('view', view);
      },
      cursor: () => pass.cursor && channel.emit('cursor', pass.cursor),
      selection: () => channel.emit('selection', pass.selection),
      choices: () => channel.emit('choices', pass.shown('debugger')),
      breakpoints: () => channel.emit('breakpoints', pass.breakpoints()),
      stale: () => channel.emit('stale', { stale: pass.stale }),
      ended: () => channel.emit('ended', { how: pass.over ?? 'ended' }),
    });
    this.open = { panel, channel };
    panel.onDidDispose(() => {
      told.dispose();
      focus.dispose();
      channel.dispose();
      this.open = undefined;
      pass.looked('debugger', { active: false, visible: false });
    });
  };

  private view(): DebuggerView | undefined {
    const { header, cursor, selection, stale, over } = this.pass;
    return header && cursor && { trace: { ...header.trace, stale }, cursor, selection, breakpoints: this.pass.breakpoints(), comparison: this.pass.comparison, shown: this.pass.shown('debugger'), ...(over === undefined ? {} : { over }) };
  }
}
