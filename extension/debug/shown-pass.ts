// The recorded pass of the debug session as the pages show it: header, cursor, selection, breakpoints, and questions about it.
// Not the pages (../pages) and not the session: the cursor lives in the adapter, which tells of every move.
// Invariant: one session at a time, the last one that began; what was shown stays when it ends, and questions then are refused.
import * as vscode from 'vscode';
import { OperationalError } from '../../engine/base/operational-error';
import type { CompareWith, Comparison } from '../../protocol/comparison';
import type { CursorEvent } from '../../protocol/debugger';
import type { BreakpointLine, Cursor, Pass, Selection, SessionOver } from '../../protocol/debugger-page';
import type { DebuggerChoices, Given, InspectorChoices } from '../../protocol/page-choices';
import type { ViewHeader, ViewRequests } from '../../protocol/debug-views';
import { debugType } from '../contributions';
import { fileOf, uriOf } from '../language/open-program';
import { QuietMoves } from './quiet-moves';
import { fromJson, toJson } from './adapter/views/binary-json';

/** How long a page that opens waits for the first stop. */
const patience = 5_000;

export type PassPage = 'debugger' | 'inspector';

export interface PassEvents {
  readonly view: () => void;
  readonly cursor: () => void;
  readonly selection: () => void;
  /** Of the pages' choices: a link asks for others. */
  readonly choices: () => void;
  readonly breakpoints: () => void;
  readonly stale: () => void;
  readonly ended: () => void;
}

/** What can be recorded again in another session. */
interface Recordable {
  readonly with: Exclude<CompareWith, { readonly kind: 'fork' }>;
  readonly label: string;
}

export class ShownPass implements vscode.Disposable {
  header: ViewHeader | undefined;
  cursor: Cursor | undefined;
  selection: Selection = { units: [], layer: 0 };
  /** What the pages told, or a link; a page that opens begins with it. */
  choices: { readonly debugger: DebuggerChoices; readonly inspector: InspectorChoices } = { debugger: {}, inspector: {} };
  /** The page that is in front, or was last. */
  front: PassPage = 'debugger';
  private readonly inSight = new Set<PassPage>();
  /** How often a link has given choices. */
  private given = 0;
  stale = false;
  readonly quiet = new QuietMoves();
  /** How the session came to its end; undefined while it goes on. */
  over: SessionOver | undefined;
  /** What the session was started with, and the folder that its paths are relative to; another object for every session. */
  launched: { readonly configuration: vscode.DebugConfiguration; readonly folder: string | undefined } | undefined;
  private session: vscode.DebugSession | undefined;
  /** The one that was shown last, also when it is over: what *Run again* begins once more. */
  private last: vscode.DebugSession | undefined;
  /** The session whose header is here. */
  private headerOf: vscode.DebugSession | undefined;
  /** To be compared with in the session that is to come. */
  private carried: Recordable | undefined;
  /** Label of what is being recorded to be compared with. */
  private recording: string | undefined;
  private readonly listeners = new Set<PassEvents>();
  private readonly subscriptions: vscode.Disposable[];
  /** Rises with every cursor: what comes late is about an older one. */
  private moves = 0;
  private waiting: (() => void)[] = [];

  constructor() {
    this.subscriptions = [
      vscode.debug.onDidStartDebugSession((session) => this.began(session)),
      vscode.debug.onDidTerminateDebugSession((session) => this.ended(session)),
      vscode.debug.onDidReceiveDebugSessionCustomEvent(({ session, event, body }) => {
        if (session.type === debugType && event === 'rnn/cursor') void this.moved(session, body as CursorEvent);
      }),
      vscode.debug.onDidChangeBreakpoints(() => this.tell('breakpoints')),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.changed(document)),
    ];
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.quiet.dispose();
  }

  listen(events: PassEvents): vscode.Disposable {
    this.listeners.add(events);
    return new vscode.Disposable(() => this.listeners.delete(events));
  }

  /** Resolves when there is something to show, or when there will be nothing for now. */
  async ready(): Promise<void> {
    if (this.header !== undefined || this.session === undefined) return;
    await Promise.race([new Promise<void>((resolve) => this.waiting.push(resolve)), new Promise((resolve) => setTimeout(resolve, patience))]);
  }

  /** Throws OperationalError `no-session` when the session has ended, and `view` when the adapter refuses. */
  async ask<N extends keyof ViewRequests>(name: N, params: ViewRequests[N]['params']): Promise<ViewRequests[N]['result']> {
    const answer = (await this.request('rnn/view', { name, params: toJson(params) })) as { readonly result: unknown };
    return fromJson(answer.result) as ViewRequests[N]['result'];
  }

  /** @param from a link has no keyboard to keep: the editor turns to its line */
  async goto(step: number, pass: Pass, from: 'page' | 'link' = 'page'): Promise<null> {
    await this.request('rnn/goto', { step, pass, ...(from === 'page' ? this.quiet.asked() : {}) });
    return null;
  }

  /** Resolves when the cursor stands there and the pages were told, when the session is over, or after a while. */
  async stands(step: number, pass: Pass): Promise<void> {
    const there = (): boolean => this.over !== undefined || (this.cursor?.step === step && this.cursor.pass === pass);
    if (there()) return;
    const ends: vscode.Disposable[] = [];
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (there()) resolve();
      };
      const timer = setTimeout(resolve, patience);
      ends.push(this.listen({ view: look, cursor: look, ended: look, selection: look, choices: look, breakpoints: look, stale: look }), new vscode.Disposable(() => clearTimeout(timer)));
    });
    for (const end of ends) end.dispose();
  }

  async move(how: string): Promise<null> {
    await this.request(how, { threadId: 1, ...this.quiet.asked() });
    return null;
  }

  async chooseSequence(index: number): Promise<null> {
    await this.request('rnn/chooseSequence', { index, ...this.quiet.asked() });
    return null;
  }

  /** What the pages are told of the comparison. */
  get comparison(): Comparison {
    const known = this.header?.comparison ?? { choices: [] };
    return this.recording === undefined ? known : { ...known, pending: this.recording };
  }

  /** Null leaves the comparison. Throws OperationalError `view` when the other cannot be compared; the comparison before then stays. */
  async compare(other: CompareWith | null, label = 'another run'): Promise<null> {
    if (other !== null) {
      this.recording = label;
      this.tell('view');
    }
    try {
      await this.ask('compare', other === null ? {} : { with: other });
    } finally {
      this.recording = undefined;
      if (this.session !== undefined) await this.refresh();
      else this.tell('view');
    }
    return null;
  }

  select(selection: Selection): null {
    this.selection = selection;
    this.tell('selection');
    return null;
  }

  /** What a page is to begin with. */
  shown<P extends PassPage>(page: P): Given<ShownPass['choices'][P]> {
    return { choices: this.choices[page], given: this.given };
  }

  /** What a page shows now, as it told itself. What it told before it had heard of a link is not what the link asks for. */
  chose(page: PassPage, { choices, given }: Given<DebuggerChoices | InspectorChoices>): void {
    if (given !== this.given) return;
    this.choices = { ...this.choices, [page]: choices };
    const { layer } = this.choices.debugger;
    if (page === 'debugger' && layer !== undefined && this.cursor !== undefined) this.cursor = { ...this.cursor, layer };
  }

  /** What the pages are to show. */
  restore(choices: ShownPass['choices']): void {
    this.given += 1;
    const { given } = this;
    this.chose('debugger', { choices: choices.debugger, given });
    this.chose('inspector', { choices: choices.inspector, given });
    this.tell('choices');
  }

  /** A page has come to the front, or another one covers it. */
  looked(page: PassPage, { active, visible }: { readonly active: boolean; readonly visible: boolean }): void {
    if (visible) this.inSight.add(page);
    else this.inSight.delete(page);
    const other = [...this.inSight].find((each) => each !== page);
    if (active || (visible && !this.inSight.has(this.front))) this.front = page;
    else if (!visible && page === this.front && other !== undefined) this.front = other;
  }

  /** The session anew, from what is on the disk now, beside the same other pass; a what-if ends with its session. */
  async runAgain(): Promise<null> {
    const session = this.session ?? this.last;
    if (session === undefined) throw noSession();
    this.carried = this.comparedWith;
    if (session === this.session) await vscode.debug.stopDebugging(session);
    if (!(await vscode.debug.startDebugging(session.workspaceFolder, session.configuration))) this.carried = undefined;
    return null;
  }

  /** What would record the compared pass again; undefined for a what-if, which lives in its session alone. */
  get comparedWith(): Recordable | undefined {
    const { compared, choices } = this.comparison;
    const choice = choices.find(({ id }) => id === compared?.id);
    if (choice === undefined) return undefined;
    const { with: other, label } = choice;
    return other.kind === 'fork' ? undefined : { with: other, label };
  }

  /** Breakpoints of the layers' files. */
  breakpoints(): readonly BreakpointLine[] {
    return vscode.debug.breakpoints.flatMap((breakpoint) => {
      if (!(breakpoint instanceof vscode.SourceBreakpoint)) return [];
      const { uri, range } = breakpoint.location;
      return [{ path: fileOf(uri), line: range.start.line + 1, enabled: breakpoint.enabled }];
    });
  }

  toggleBreakpoint(path: string, line: number): null {
    const present = vscode.debug.breakpoints.filter((each) => each instanceof vscode.SourceBreakpoint && fileOf(each.location.uri) === path && each.location.range.start.line === line - 1);
    if (present.length > 0) vscode.debug.removeBreakpoints(present);
    else vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(new vscode.Location(uriOf(path), new vscode.Position(line - 1, 0)))]);
    return null;
  }

  async reveal(path: string, line: number): Promise<null> {
    const place = new vscode.Position(line - 1, 0);
    await vscode.window.showTextDocument(uriOf(path), { viewColumn: vscode.ViewColumn.One, preserveFocus: true, selection: new vscode.Range(place, place) });
    return null;
  }

  private began(session: vscode.DebugSession): void {
    if (session.type !== debugType) return;
    this.session = this.last = session;
    this.over = undefined;
    this.launched = { configuration: session.configuration, folder: session.workspaceFolder?.uri.fsPath };
    this.stale = false;
  }

  private ended(session: vscode.DebugSession): void {
    if (session !== this.session) return;
    this.session = undefined;
    this.over ??= 'ended';
    this.release();
    this.tell('ended');
  }

  /** Its process was killed; VS Code may have said before that it ended. */
  lost(session: vscode.DebugSession): void {
    if (session !== this.last) return;
    this.over = 'lost';
    this.tell('ended');
  }

  private async moved(session: vscode.DebugSession, { cursor, layer, traceId, compared }: CursorEvent): Promise<void> {
    // The first stop may come before VS Code says that the session has begun.
    if (this.session === undefined) this.began(session);
    if (session !== this.session) return;
    const move = ++this.moves;
    const other = this.header?.trace.traceId !== traceId;
    // A what-if that is gone is compared with no longer.
    const apart = !other && this.recording === undefined && this.header?.comparison.compared?.id !== compared;
    const header = other || apart ? await this.ask('header', {}).catch(() => undefined) : this.header;
    if (header === undefined || move !== this.moves) return;
    const begun = this.headerOf !== session;
    this.headerOf = session;
    this.header = header;
    if (other) this.choices = withoutPass(this.choices);
    const index = header.trace.layers.findIndex(({ name }) => name === layer);
    const { equation, ...rest } = cursor;
    const inside = index >= 0 && equation !== undefined && equation < (header.trace.layers[index]?.equations.length ?? 0);
    // Above the layers the session stands in none: the one that is looked at stays.
    const stands = index >= 0 && (cursor.level === 'layer' || cursor.level === 'equation');
    const before = begun ? 0 : (this.cursor?.layer ?? 0);
    this.cursor = { ...rest, layer: stands ? index : Math.min(before, Math.max(0, header.trace.layers.length - 1)), ...(inside ? { equation } : {}) };
    this.release();
    this.tell(other || apart ? 'view' : 'cursor');
    if (begun) void this.carry(session);
    if (other && header.comparison.pending !== undefined) void this.settle(session);
    const stop = await this.ask('stop', {}).catch(() => null);
    if (stop === null || move !== this.moves) return;
    this.cursor = { ...this.cursor, stop };
    this.tell('cursor');
  }

  private async refresh(): Promise<void> {
    this.header = await this.ask('header', {});
    this.tell('view');
  }

  /** Another sequence is shown: what it is compared with follows. */
  private async settle(session: vscode.DebugSession): Promise<void> {
    try {
      await this.ask('settleComparison', {});
    } catch (thrown) {
      if (session === this.session) void vscode.window.showWarningMessage(thrown instanceof Error ? thrown.message : String(thrown));
    }
    if (session === this.session) await this.refresh().catch(() => undefined);
  }

  /** A session that was run again stands beside what the one before stood beside. */
  private async carry(session: vscode.DebugSession): Promise<void> {
    const { carried } = this;
    this.carried = undefined;
    if (carried === undefined) return;
    try {
      await this.compare(carried.with, carried.label);
    } catch (thrown) {
      if (session === this.session) void vscode.window.showWarningMessage(thrown instanceof Error ? thrown.message : String(thrown));
    }
  }

  private changed(document: vscode.TextDocument): void {
    if (this.stale || this.session === undefined || !document.isDirty || document.uri.scheme !== 'file') return;
    const files = new Set([String(this.session.configuration['program']), ...(this.header?.trace.layers.map(({ path }) => path) ?? [])]);
    if (!files.has(document.uri.fsPath)) return;
    this.stale = true;
    this.tell('stale');
  }

  private tell(what: keyof PassEvents): void {
    for (const listener of this.listeners) listener[what]();
  }

  private release(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }

  private async request(command: string, args: unknown): Promise<unknown> {
    const { session } = this;
    if (session === undefined) throw noSession();
    try {
      return await session.customRequest(command, args);
    } catch (thrown) {
      throw new OperationalError('view', thrown instanceof Error ? thrown.message : String(thrown));
    }
  }
}

/** A loss, a layer, a place in time, a group and a threshold are those of one pass. */
function withoutPass({ debugger: { layer: _, first: __, means: ___, rows: ____, threshold: _____, ...inDebugger }, inspector: { layer: ______, loss: _______, ...inspector } }: ShownPass['choices']): ShownPass['choices'] {
  return { debugger: inDebugger, inspector };
}

function noSession(): OperationalError {
  return new OperationalError('no-session', 'The debug session has ended. Start another one with "RNN: Debug RNN".');
}
