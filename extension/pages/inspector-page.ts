// The gradient inspector of the host: opens beside the editor, shows the pass that the debug session stands in.
// Not the measurements, which the debug adapter makes, and not the picture.
// Invariant: it shares the cursor with the debugger page and the editor; closing it ends nothing but the page.
import * as vscode from 'vscode';
import { Channel } from '../../protocol/channel';
import { inspectorScope, type InspectorHost, type InspectorPage as PageContract, type InspectorView } from '../../protocol/inspector-page';
import type { CommandId } from '../contributions';
import type { ShownPass } from '../debug/shown-pass';
import { begin } from './debugger-page';
import { copyLink } from '../links/copy-link';
import { openPagePanel } from './page-panel';
import { savePicture } from './save-picture';

type InspectorChannel = Channel<InspectorHost, PageContract>;

export class InspectorPage implements vscode.Disposable {
  private open: { readonly panel: vscode.WebviewPanel; readonly channel: InspectorChannel } | undefined;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly pass: ShownPass,
    /** Column of the page that it joins as a tab. */
    private readonly beside: () => vscode.ViewColumn | undefined,
  ) {}

  dispose(): void {
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
    const column = this.beside();
    const { panel, port } = openPagePanel(this.extensionUri, { page: 'inspector', viewType: 'rnn.inspector', title: 'Gradient Inspector', ...(column === undefined ? {} : { column }) });
    const focus = pass.quiet.join(panel);
    const channel: InspectorChannel = new Channel(port, inspectorScope, {
      hello: async () => {
        await pass.ready();
        return this.view() ?? null;
      },
      curves: (params) => pass.ask('curves', params),
      paths: (params) => pass.ask('paths', params),
      factors: (params) => pass.ask('factors', params),
      triangle: (params) => pass.ask('triangle', params),
      triangleRow: (params) => pass.ask('triangleRow', params),
      stopTriangle: (params) => pass.ask('stopTriangle', params),
      spectrum: (params) => pass.ask('spectrum', params),
      radii: (params) => pass.ask('radii', params),
      parameters: (params) => pass.ask('parameters', params),
      saturation: (params) => pass.ask('saturation', params),
      horizon: (params) => pass.ask('horizon', params),
      goto: ({ step }) => pass.goto(step, pass.cursor?.pass ?? 'backward'),
      compare: ({ with: other }) => pass.compare(other),
      chooseComparison: async () => {
        await vscode.commands.executeCommand('rnn.compareRuns' satisfies CommandId);
        return null;
      },
      chooseSequence: ({ index }) => pass.chooseSequence(index),
      runBackward: () => pass.goto(pass.cursor?.step ?? 1, 'backward'),
      openDebugger: async () => {
        await vscode.commands.executeCommand('rnn.openVisualDebugger' satisfies CommandId);
        return null;
      },
      runAgain: () => pass.runAgain(),
      savePicture,
      copyLink: async () => {
        await copyLink(pass)();
        return null;
      },
      begin: ({ what }) => begin(what),
    });
    pass.looked('inspector', panel);
    panel.onDidChangeViewState(() => pass.looked('inspector', panel));
    channel.on('choices', (choices) => pass.chose('inspector', choices));
    channel.on('keyboard', ({ has }) => focus.keyboard(has));
    const told = pass.listen({
      view: () => {
        const view = this.view();
        if (view) channel.emit('view', view);
      },
      cursor: () => pass.cursor && channel.emit('cursor', pass.cursor),
      selection: () => undefined,
      choices: () => channel.emit('choices', pass.shown('inspector')),
      breakpoints: () => undefined,
      stale: () => channel.emit('stale', { stale: pass.stale }),
      ended: () => channel.emit('ended', { how: pass.over ?? 'ended' }),
    });
    this.open = { panel, channel };
    panel.onDidDispose(() => {
      told.dispose();
      focus.dispose();
      channel.dispose();
      this.open = undefined;
      pass.looked('inspector', { active: false, visible: false });
    });
  };

  private view(): InspectorView | undefined {
    const { header, cursor, stale, over } = this.pass;
    if (!header || !cursor) return undefined;
    const { trace, label, neededLag } = header;
    const { choices, compared, pending } = this.pass.comparison;
    return { trace: { ...trace, stale }, cursor, ...(over === undefined ? {} : { over }), label, choices, shown: this.pass.shown('inspector'), ...(neededLag === undefined ? {} : { neededLag }), ...(compared === undefined ? {} : { compared: { id: compared.id, label: compared.label } }), ...(pending === undefined ? {} : { pending }) };
  }
}
