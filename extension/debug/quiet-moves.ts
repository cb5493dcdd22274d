// Moves that a page asks for leave the keyboard where it is: VS Code stops without turning to its editor, and is then shown the frame without it.
// Not the moves (shown-pass.ts), and not steps of the editor, which go to the line as any debugger's do.
// Invariant: an editor gets no key that was meant for a page; a person who goes to the editor is left there; no view shows an earlier stop.
import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import { messageOf } from '../../engine/base/operational-error';
import { libraryScheme, type StackReadEvent } from '../../protocol/debugger';
import { debugType } from '../contributions';
import { keepFocus, type KeptFocus } from '../pages/keep-focus';
import { columnFor, type Column } from './column-for';

/** Shows the first session that stands still, with its top frame and its line, without the keyboard. The list of sessions in *Call Stack* has it. */
const showFrame = 'workbench.action.debug.focusProcess';

interface Page {
  readonly panel: vscode.WebviewPanel;
  /** As the page itself says. */
  keyboard: boolean;
  /** For stops that turn to the editor. */
  readonly kept: KeptFocus;
}

interface Stop extends StackReadEvent {
  readonly session: vscode.DebugSession;
}

export interface PageFocus extends vscode.Disposable {
  keyboard(has: boolean): void;
}

export class QuietMoves implements vscode.Disposable {
  private readonly pages = new Set<Page>();
  /** Shown once its file comes in sight: a page stands in front of it. */
  private behind: Stop | undefined;
  private waiting: Stop | undefined;
  private working = false;
  /** Another session was shown instead, which stands still too. */
  private refused = false;
  private readonly subscriptions: vscode.Disposable[];

  constructor() {
    const again = (): void => { this.refused = false; };
    this.subscriptions = [
      vscode.debug.onDidReceiveDebugSessionCustomEvent(({ session, event, body }) => {
        if (session.type === debugType && event === 'rnn/stackRead') void this.follow({ session, ...(body as StackReadEvent) });
      }),
      vscode.debug.onDidStartDebugSession((session) => {
        again();
        if (session.type === debugType) void this.showText(session);
      }),
      vscode.debug.onDidTerminateDebugSession((session) => {
        again();
        if (this.behind?.session === session) this.behind = undefined;
      }),
      // VS Code shows a frame by itself at any other stop.
      vscode.debug.onDidChangeActiveStackItem(() => { this.behind = undefined; }),
      vscode.window.onDidChangeTextEditorSelection(({ kind }) => {
        if (kind === vscode.TextEditorSelectionChangeKind.Mouse) for (const { kept } of this.pages) kept.leaves();
      }),
      vscode.window.tabGroups.onDidChangeTabs(() => {
        if (this.behind !== undefined && columns().some(({ shows }) => shows === uriOfSource(this.behind?.path ?? '').toString())) void this.follow(this.behind);
      }),
    ];
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    for (const { kept } of this.pages) kept.dispose();
  }

  join(panel: vscode.WebviewPanel): PageFocus {
    const page: Page = { panel, keyboard: false, kept: keepFocus(panel) };
    this.pages.add(page);
    return {
      keyboard: (has) => { page.keyboard = has; },
      dispose: () => {
        page.kept.dispose();
        this.pages.delete(page);
      },
    };
  }

  /** What goes with a request for a move. */
  asked(): { readonly keepFocus?: true } {
    if (!this.refused) return { keepFocus: true };
    this.takeBack();
    return {};
  }

  /** Before the first stop: VS Code would open a text that is not shown yet in the group that was used last, over a page that stands there. */
  private async showText({ configuration: { program } }: vscode.DebugSession): Promise<void> {
    if (typeof program !== 'string' || !isAbsolute(program)) return;
    const uri = vscode.Uri.file(program);
    const place = this.placeFor(uri);
    if (typeof place !== 'number') return;
    try {
      await vscode.window.showTextDocument(uri, { viewColumn: place, preserveFocus: true, preview: true });
    } catch (thrown) {
      // The session itself says what is wrong with its program.
      console.warn(`The text of the session could not be shown: ${messageOf(thrown)}`);
    }
  }

  /** Where a text covers no page that can be seen. */
  private placeFor(uri: vscode.Uri): ReturnType<typeof columnFor> {
    return columnFor(uri.toString(), columns(), [...this.pages].filter(({ panel }) => panel.visible).map(({ panel }) => panel.viewColumn));
  }

  /** While one frame is being shown, only the newest of those that follow waits. */
  private async follow(stop: Stop): Promise<void> {
    this.waiting = stop;
    if (this.working) return;
    this.working = true;
    try {
      for (let next: Stop | undefined = stop; next !== undefined; next = this.waiting) {
        this.waiting = undefined;
        await this.show(next);
      }
    } finally {
      this.working = false;
    }
  }

  private async show(stop: Stop): Promise<void> {
    const uri = uriOfSource(stop.path);
    const place = this.placeFor(uri);
    try {
      if (place === 'behind') {
        this.behind = stop;
        await stop.session.customRequest('rnn/renew', {});
        return;
      }
      this.behind = undefined;
      const line = new vscode.Position(stop.line - 1, 0);
      if (place !== 'anywhere') await vscode.window.showTextDocument(uri, { viewColumn: place, preserveFocus: true, preview: true, selection: new vscode.Range(line, line) });
      await vscode.commands.executeCommand(showFrame, null);
      // The editor's group is the active one now, though the keyboard is in the page. Turning to the page would cost keys: VS Code takes a twentieth of a second for it.
      if (vscode.debug.activeStackItem?.session.id !== stop.session.id && this.waiting === undefined) await this.stopAgain(stop);
    } catch (thrown) {
      // The session may have ended meanwhile; then there is nothing to show.
      if (vscode.debug.activeDebugSession?.id === stop.session.id) await this.stopAgain(stop, thrown);
    }
  }

  /** As any debugger: VS Code turns to the editor, and the page takes the keyboard back from it. */
  private async stopAgain({ session }: Stop, thrown?: unknown): Promise<void> {
    this.refused = true;
    this.takeBack();
    try {
      await session.customRequest('rnn/stopAgain', {});
    } catch (again) {
      console.warn(`The frame could not be shown: ${messageOf(thrown ?? again)}`);
    }
  }

  private takeBack(): void {
    for (const page of this.pages) if (page.keyboard) page.kept.asks();
  }
}

/** `rnn-library:/lstm.rnn`, or a path. */
function uriOfSource(path: string): vscode.Uri {
  return path.startsWith(`${libraryScheme}:`) ? vscode.Uri.parse(path) : vscode.Uri.file(path);
}

function columns(): readonly Column[] {
  const text = (tab: vscode.Tab | undefined): string | undefined => (tab?.input instanceof vscode.TabInputText ? tab.input.uri.toString() : undefined);
  return vscode.window.tabGroups.all.map(({ viewColumn, activeTab, tabs }) => ({ column: viewColumn, shows: text(activeTab), holds: tabs.flatMap((tab) => text(tab) ?? []) }));
}
