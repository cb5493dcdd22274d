// The debug adapter: the table of requests, and the one session behind it.
// Not VS Code's: it speaks the Debug Adapter Protocol over whatever carries bytes. What is walked is behind standing.ts, what runs behind host.ts.
// Invariant: every request is answered; after a request that moves, `stopped` (or `terminated`) follows its answer.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { OperationalError, messageOf } from '../../../engine/base/operational-error';
import { type Filter, filters, filterSpecs, type Finding, findingsOf } from '../../../engine/debug/health';
import type { Recording } from '../../../engine/debug/recording';
import type { Cursor } from '../../../engine/debug/timeline';
import type { Backend } from '../../../engine/runtime/backend';
import { libraryTexts } from '../../../engine/library/library-texts';
import { TracePrograms } from '../../../engine/trace/trace-programs';
import { Arguments } from './arguments';
import { Breakpoints, evaluateText, resultText } from './breakpoints';
import { capabilities } from './capabilities';
import { completionsFor } from './completions';
import { Connection, type Handler, type Handlers } from './connection';
import { DataBreakpoints, dataIdOf } from './data-breakpoints';
import { exceptionInfo } from './exception-details';
import { type Frame, framesOf, passWords, toStackFrame } from './frames';
import type { AdapterHost } from './host';
import { launchOptions, type LaunchOptions, load, type Loaded, sequenceBatch } from './launch';
import { PageRequests } from './page-requests';
import { cursorEvent, requestNames } from './requests';
import { scopeNames, scopeNodes } from './scopes';
import { SourcePlaces } from './source-places';
import { activeFork, activeRecording, begin, fork, scopeAt, type Standing, updatesOf } from './standing';
import { TrainingUnderDebugger } from './training-under-debugger';
import { numbersNode, VariableStore } from './variable-store';
import { PageViews } from './views/page-views';
import { type Stop, walk } from './walker';

/** The thread of the sequence, and of the trainer while it runs. */
const thread = 1;

interface Session {
  readonly options: LaunchOptions;
  readonly loaded: Loaded;
  readonly backend: Backend;
  readonly programs: TracePrograms;
  readonly training?: TrainingUnderDebugger;
}

export class DebugAdapter {
  readonly connection: Connection;
  readonly variables = new VariableStore();
  private session: Session | undefined;
  private standing: Standing | undefined;
  private places: SourcePlaces | undefined;
  private breakpoints = new Breakpoints();
  private data = new DataBreakpoints();
  private thresholds = new Map<Filter, number>([['non-finite', 0]]);
  private readonly findings = new WeakMap<Recording, { readonly key: string; readonly findings: readonly Finding[] }>();
  private firstLine: 0 | 1 = 1;
  private firstColumn: 0 | 1 = 1;
  private generation = 0;
  private frames: readonly Frame[] = [];
  private lastStop: Stop | undefined;
  private paused = false;
  private ended = false;
  private readonly pages: PageRequests;
  private readonly views: PageViews;

  /** @param onEnd called once, when the client has gone. */
  constructor(private readonly host: AdapterHost, write: (bytes: Uint8Array) => void, onBug: (text: string) => void, private readonly onEnd: () => void = () => undefined) {
    this.pages = new PageRequests({ standing: () => this.needStanding(), places: () => this.needPlaces(), moved: (reason, cursor) => this.goTo(cursor, reason), refresh: () => this.refresh(), choose: (index) => this.chooseSequence(index) });
    this.views = new PageViews({ standing: () => this.needStanding(), places: () => this.needPlaces(), session: () => this.needSession(), lastStop: () => this.lastStop, breathe: () => this.host.breathe() });
    // What a page asks for may take seconds; the session goes on meanwhile.
    this.connection = new Connection(write, this.handlers(), new Set(['pause', 'disconnect', 'terminate', 'threads', requestNames.view]), onBug);
  }

  /** For the tests of leaks: how many numbers of variables are alive. */
  get liveHandles(): number {
    return this.variables.size;
  }

  /** The client has gone without a word. */
  close(): Promise<void> {
    return this.end();
  }

  private handlers(): Handlers {
    const needs = (work: (args: Arguments, after: Parameters<Handler>[1]) => unknown): Handler => (args, after) => work(new Arguments(args), after);
    return {
      initialize: needs((args) => {
        this.firstLine = args.flag('linesStartAt1') === false ? 0 : 1;
        this.firstColumn = args.flag('columnsStartAt1') === false ? 0 : 1;
        return capabilities;
      }),
      launch: (args) => this.launch(args),
      attach: () => {
        throw new OperationalError('no-attach', 'There is nothing to attach to; launch a model with "request": "launch".');
      },
      configurationDone: needs((_args, after) => {
        this.needSession();
        after(() => this.start());
      }),
      disconnect: () => this.end(),
      terminate: needs((_args, after) => after(async () => {
        await this.end();
        this.connection.event('terminated');
      })),
      restart: needs((_args, after) => {
        this.needSession();
        after(() => this.restart());
      }),
      threads: () => ({ threads: [{ id: thread, name: this.threadName() }] }),
      stackTrace: needs((args) => this.stackTrace(args)),
      scopes: needs((args) => this.scopes(args)),
      variables: needs(async (args) => ({ variables: await this.variables.list(args.neededCount('variablesReference'), args.text('filter'), args.count('start'), args.count('count')) })),
      setVariable: needs((args, after) => this.setVariable(args, after)),
      setExpression: needs((args, after) => this.setExpression(args, after)),
      evaluate: needs((args, after) => this.evaluate(args, after)),
      completions: needs((args) => ({ targets: completionsFor(args.neededText('text'), args.count('column') ?? 1, this.scopeOf(args.count('frameId'))) })),
      source: needs((args) => {
        const reference = args.count('sourceReference') ?? args.object('source').count('sourceReference') ?? 0;
        const entry = libraryTexts[reference - 1];
        if (entry === undefined) throw new OperationalError('no-source', `There is no library file ${reference}.`);
        return { content: entry.text, mimeType: 'text/x-rnn' };
      }),
      loadedSources: () => ({ sources: this.loadedSources() }),
      setBreakpoints: needs((args) => this.setBreakpoints(args)),
      breakpointLocations: needs((args) => this.breakpointLocations(args)),
      setFunctionBreakpoints: () => ({ breakpoints: [] }),
      setExceptionBreakpoints: needs((args) => this.setExceptionBreakpoints(args)),
      exceptionInfo: () => {
        if (this.lastStop?.kind !== 'exception') throw new OperationalError('no-exception', 'The session did not stop at an exception.');
        return exceptionInfo(this.lastStop.finding);
      },
      dataBreakpointInfo: needs((args) => this.dataBreakpointInfo(args)),
      setDataBreakpoints: needs((args) => {
        const standing = this.standing;
        if (standing === undefined) return { breakpoints: args.list('breakpoints').map(() => ({ id: this.breakpoints.freshId(), verified: false, message: 'Nothing is recorded yet.' })) };
        const recording = activeRecording(standing);
        return { breakpoints: this.data.replace(args.list('breakpoints'), (unit) => scopeAt(standing, { phase: 'forward', level: unit === undefined ? 'step' : 'equation', t: 1, unit: Math.max(0, recording.timeline.units.findIndex((each) => each.name === unit)), equation: 0 }), () => this.breakpoints.freshId()) };
      }),
      next: needs((_args, after) => this.step(1, after)),
      stepBack: needs((_args, after) => this.step(-1, after)),
      stepIn: needs((_args, after) => this.level('stepIn', after)),
      stepOut: needs((_args, after) => this.level('stepOut', after)),
      continue: needs((_args, after) => {
        this.needSession();
        if (this.standing === undefined) this.needStanding();
        after(() => this.run(1));
        return { allThreadsContinued: true };
      }),
      reverseContinue: needs((_args, after) => {
        this.needStanding();
        after(() => this.run(-1));
      }),
      pause: () => {
        this.paused = true;
        this.session?.training?.pause();
      },
      gotoTargets: needs((args) => this.gotoTargets(args)),
      goto: needs((args, after) => this.gotoTarget(args, after)),
      ...this.pages.handlers(),
      ...this.views.handlers(),
    };
  }

  private async launch(args: unknown): Promise<void> {
    if (this.session !== undefined) throw new OperationalError('launched', 'This session has its program already; restart it or begin another one.');
    const given = launchOptions(args);
    const options: LaunchOptions = { ...given, program: this.host.absolute(given.program), ...Object.fromEntries((['weights', 'run', 'inputs'] as const).flatMap((key) => (given[key] === undefined ? [] : [[key, this.host.absolute(given[key])]]))) };
    const loaded = await load(options, this.host);
    for (const notice of loaded.notices) this.print('console', notice);
    const batch = options.pass === 'sequence' ? await sequenceBatch(options, loaded, this.host) : undefined;
    const backend = await this.host.openBackend(options.backend, (text) => this.print('console', text));
    const programs = new TracePrograms(backend);
    try {
      if (batch !== undefined) {
        this.standing = await begin({ model: loaded.model, weights: loaded.origin.weights, batch, row: 0, edits: [] }, this.standingOf(options, loaded, programs));
        this.places = new SourcePlaces(loaded.program, loaded.model, activeRecording(this.standing).timeline, this.firstLine, this.firstColumn);
      } else this.places = new SourcePlaces(loaded.program, loaded.model, TrainingUnderDebugger.timelineOf(loaded.model, loaded.source), this.firstLine, this.firstColumn);
      const training = options.pass === 'train' ? new TrainingUnderDebugger(options, loaded, backend, programs, this.host, this.trainingWatch()) : undefined;
      this.session = { options, loaded, backend, programs, ...(training === undefined ? {} : { training }) };
    } catch (thrown) {
      await programs.dispose();
      await backend.dispose();
      throw thrown;
    }
    this.print('console', `${loaded.model.name}: ${loaded.origin.words}; backend ${backend.name}: ${backend.description}`);
    this.connection.event('initialized');
  }

  private standingOf({ sequence }: LaunchOptions, { origin, source }: Loaded, programs: TracePrograms): Pick<Standing, 'words' | 'past' | 'iteration' | 'vocabulary' | 'programs'> {
    return {
      programs,
      vocabulary: source?.vocabulary,
      iteration: origin.iteration,
      words: { sequence: `sequence ${sequence}`, weights: origin.words },
      past: { iteration: origin.iteration, ...(origin.optimizer === undefined ? {} : { slots: origin.optimizer }) },
    };
  }

  private start(): Promise<void> | void {
    const session = this.needSession();
    if (session.training !== undefined) return session.training.start();
    return session.options.stopOnEntry ? this.stopped('entry') : this.run(1);
  }

  private async restart(): Promise<void> {
    const session = this.needSession();
    this.breakpoints.forget();
    this.data.forget();
    if (session.training !== undefined) return session.training.restart();
    const standing = this.needStanding();
    standing.active = 0;
    standing.forks.splice(1);
    standing.cursor = activeRecording(standing).timeline.entry;
    return session.options.stopOnEntry ? this.stopped('entry') : this.run(1);
  }

  private async end(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    this.paused = true;
    await this.session?.training?.end();
    await this.views.dispose();
    await this.session?.programs.dispose();
    await this.session?.backend.dispose();
    this.standing = undefined;
    this.variables.clear();
    this.onEnd();
  }

  private trainingWatch(): ConstructorParameters<typeof TrainingUnderDebugger>[5] {
    return {
      breakpoints: () => this.breakpoints,
      data: () => this.data,
      thresholds: () => this.thresholds,
      findings: (recording) => this.findingsFor(recording),
      print: (text) => this.print('stdout', text),
      stand: (standing, stop) => {
        this.standing = standing;
        return stop === undefined ? this.stopped('pause') : this.arrive(stop);
      },
      ended: (text) => {
        this.standing = undefined;
        this.print('console', text);
        this.connection.event('terminated');
      },
    };
  }

  // ---- moves

  private step(by: 1 | -1, after: (work: () => Promise<void> | void) => void): void {
    const standing = this.needStanding();
    const next = activeRecording(standing).timeline.move(standing.cursor, by);
    if (next === undefined && by < 0) {
      after(() => this.stopped('entry', 'This is where the pass begins.'));
      return;
    }
    after(() => (next === undefined ? this.leave() : this.goTo(next, 'step')));
  }

  private level(how: 'stepIn' | 'stepOut', after: (work: () => Promise<void> | void) => void): void {
    const standing = this.needStanding();
    const cursor = activeRecording(standing).timeline[how](standing.cursor);
    after(() => this.goTo(cursor, 'step'));
  }

  /** Beyond the update: the pass is over; a training goes on. */
  private leave(): Promise<void> | void {
    const training = this.session?.training;
    if (training !== undefined) return this.resumeTraining(training);
    this.connection.event('terminated');
  }

  private resumeTraining(training: TrainingUnderDebugger): void {
    this.standing = undefined;
    this.variables.clear();
    this.connection.event('continued', { threadId: thread, allThreadsContinued: true });
    training.resume();
  }

  private async run(direction: 1 | -1): Promise<void> {
    const standing = this.needStanding();
    this.paused = false;
    const recording = activeRecording(standing);
    const { timeline } = recording;
    const stop = await walk(standing, direction, {
      breakpoints: this.breakpoints, data: this.data, findings: this.findingsFor(recording),
      log: (text) => this.print('console', text), interrupted: () => this.paused, breathe: () => this.host.breathe(),
    });
    if (this.ended) return;
    if (stop.kind !== 'end') return this.arrive(stop);
    if (direction < 0) {
      standing.cursor = timeline.entry;
      return this.stopped('entry', 'The pass begins here; nothing before it holds.');
    }
    if (this.session?.training !== undefined) return this.resumeTraining(this.session.training);
    if (standing.cursor.phase === 'update') return this.leave();
    standing.cursor = timeline.at(standing.cursor.level, timeline.count(standing.cursor.level) - 1);
    return this.stopped('pause', 'The pass is over; go back, or continue to end the session.');
  }

  private arrive(stop: Exclude<Stop, { readonly kind: 'end' }>): void {
    this.needStanding().cursor = stop.cursor;
    const more = { lastStop: stop };
    switch (stop.kind) {
      case 'breakpoint':
        if (stop.fault !== undefined) this.print('stderr', stop.fault);
        return this.stopped('breakpoint', undefined, { ...more, ids: stop.ids });
      case 'data':
        return this.stopped('data breakpoint', stop.text, { ...more, ids: stop.ids });
      case 'exception':
        return this.stopped('exception', stop.finding.what, more);
      case 'target':
        return this.stopped('goto', undefined, more);
      case 'paused':
        return this.stopped('pause', undefined, more);
    }
  }

  private goTo(cursor: Cursor, reason: string): void {
    this.needStanding().cursor = cursor;
    this.stopped(reason);
  }

  private stopped(reason: string, text?: string, more: { readonly lastStop?: Stop; readonly ids?: readonly number[] } = {}): void {
    this.forget();
    this.lastStop = more.lastStop;
    const description = more.lastStop?.kind === 'exception' ? `Paused on ${filterSpecs[more.lastStop.finding.filter].label.toLowerCase()}` : undefined;
    this.connection.event('stopped', {
      reason, threadId: thread, allThreadsStopped: true,
      ...(description === undefined ? {} : { description }),
      ...(text === undefined ? {} : { text }),
      ...(more.ids === undefined ? {} : { hitBreakpointIds: more.ids }),
    });
    this.connection.event(cursorEvent, this.pages.cursor());
  }

  private forget(): void {
    this.variables.clear();
    this.generation++;
    this.frames = [];
  }

  /** Other numbers at the same cursor. */
  private refresh(): void {
    this.forget();
    this.connection.event('invalidated', { areas: ['all'] });
    this.connection.event(cursorEvent, this.pages.cursor());
  }

  // ---- what there is to see

  private threadName(): string {
    if (this.standing === undefined) return this.session?.training === undefined ? 'not started' : 'trainer';
    return `${this.standing.words.sequence}: ${passWords(this.standing.cursor)}`;
  }

  private stackTrace(args: Arguments): DebugProtocol.StackTraceResponse['body'] {
    const standing = this.needStanding();
    const places = this.needPlaces();
    if (this.frames.length === 0) this.frames = framesOf(standing, places);
    const start = args.count('startFrame') ?? 0;
    const levels = args.count('levels') ?? 0;
    const all = this.frames.map((frame, index) => toStackFrame(frame, this.generation * 10 + index, places));
    return { stackFrames: all.slice(start, levels === 0 ? undefined : start + levels), totalFrames: all.length };
  }

  private frame(id: number | undefined): Frame | undefined {
    if (this.frames.length === 0) this.frames = framesOf(this.needStanding(), this.needPlaces());
    if (id === undefined) return this.frames[0];
    const frame = Math.floor(id / 10) === this.generation ? this.frames[id % 10] : undefined;
    if (frame === undefined) throw new OperationalError('stale-frame', 'This frame belongs to an earlier stop; ask for the stack again.');
    return frame;
  }

  private scopes(args: Arguments): DebugProtocol.ScopesResponse['body'] {
    const id = args.neededCount('frameId');
    const standing = this.needStanding();
    const frame = this.frame(id);
    const level = frame === undefined || frame.level === 'iteration' ? 'sequence' : frame.level;
    const scope = scopeAt(standing, standing.cursor, level);
    return {
      scopes: scopeNames.map((name) => ({
        name, expensive: name === 'Statistics' || (name === 'Gradients' && standing.cursor.phase === 'forward'),
        presentationHint: name === 'Inputs' ? 'arguments' : name === 'State' ? 'locals' : name.toLowerCase(),
        variablesReference: this.variables.reference({ name, value: '', children: async (start, count) => (await scopeNodes(name, { scope, cursor: standing.cursor, level, update: () => updatesOf(standing) })).slice(start, start + count) }, `${id}/${name}`),
      })),
    };
  }

  private scopeOf(frameId: number | undefined): ReturnType<typeof scopeAt> {
    const standing = this.needStanding();
    const frame = this.frame(frameId);
    return scopeAt(standing, standing.cursor, frame === undefined || frame.level === 'iteration' ? 'sequence' : frame.level);
  }

  private async evaluate(args: Arguments, after: (work: () => void) => void): Promise<unknown> {
    const text = args.neededText('expression');
    const context = args.text('context');
    const command = context === 'repl' ? this.pages.command(text, after) : undefined;
    if (command !== undefined) return { result: command, variablesReference: 0 };
    const scope = this.scopeOf(args.count('frameId'));
    const value = await evaluateText(text, scope);
    const node = value.shape.length === 0 ? undefined : numbersNode(text, value.shape, value.data, { evaluateName: text });
    const chart = context === 'hover' && node !== undefined ? ` ${bars(value.data)}` : '';
    return {
      result: `${resultText(value, scope)}${chart}`, variablesReference: node === undefined ? 0 : this.variables.reference(node, `evaluate/${args.count('frameId') ?? ''}/${text}`),
      ...(node?.indexed === undefined ? {} : { indexedVariables: node.indexed }),
    };
  }

  private loadedSources(): readonly DebugProtocol.Source[] {
    const { loaded } = this.needSession();
    const places = this.needPlaces();
    const files = new Set([...loaded.program.documents.map((document) => document.file), ...loaded.model.lines.flatMap((line) => (line.kind === 'step' && line.cell !== undefined ? [line.cell.span.file] : []))]);
    return [...files].map((file) => places.source(file));
  }

  // ---- what stops

  private setBreakpoints(args: Arguments): DebugProtocol.SetBreakpointsResponse['body'] {
    const source = args.object('source');
    const requests = args.list('breakpoints');
    const file = this.places?.fileOf(source.text('path'), source.count('sourceReference'));
    if (this.places === undefined || file === undefined) {
      const message = this.places === undefined ? 'Breakpoints are set once the program is loaded.' : `${source.text('path') ?? 'This file'} has no part in model ${this.session?.loaded.model.name ?? ''}.`;
      return { breakpoints: requests.map((request) => ({ id: this.breakpoints.freshId(), verified: false, line: request.count('line') ?? 1, message })) };
    }
    return { breakpoints: this.breakpoints.set(file, requests, this.places) };
  }

  private breakpointLocations(args: Arguments): DebugProtocol.BreakpointLocationsResponse['body'] {
    const source = args.object('source');
    const file = this.places?.fileOf(source.text('path'), source.count('sourceReference'));
    const from = args.neededCount('line');
    const to = args.count('endLine') ?? from;
    const lines = file === undefined ? [] : this.needPlaces().linesOf(file);
    return { breakpoints: lines.filter((line) => line >= from && line <= to).map((line) => ({ line })) };
  }

  private setExceptionBreakpoints(args: Arguments): { readonly breakpoints: readonly DebugProtocol.Breakpoint[] } {
    const options = [...args.texts('filters').map((filter) => ({ filter, condition: undefined as string | undefined })), ...args.list('filterOptions').map((option) => ({ filter: option.neededText('filterId'), condition: option.text('condition') }))];
    const thresholds = new Map<Filter, number>();
    const breakpoints = options.map(({ filter, condition }): DebugProtocol.Breakpoint => {
      const known = filters.find((candidate) => candidate === filter);
      if (known === undefined) return { verified: false, message: `There is no filter "${filter}"; there are ${filters.join(', ')}.` };
      const usual = filterSpecs[known].threshold?.usual ?? 0;
      const threshold = condition === undefined || condition.trim() === '' ? usual : Number(condition.replace(/^\s*[<>]=?\s*/, ''));
      if (!Number.isFinite(threshold)) return { verified: false, message: `The threshold is a number such as ${usual}, not "${condition ?? ''}".` };
      thresholds.set(known, threshold);
      return { verified: true };
    });
    this.thresholds = thresholds;
    return { breakpoints };
  }

  private findingsFor(recording: Recording): readonly Finding[] {
    const key = JSON.stringify([...this.thresholds]);
    const known = this.findings.get(recording);
    if (known?.key === key) return known.findings;
    const findings = this.thresholds.size === 0 ? [] : findingsOf(recording, this.thresholds);
    this.findings.set(recording, { key, findings });
    return findings;
  }

  private async dataBreakpointInfo(args: Arguments): Promise<DebugProtocol.DataBreakpointInfoResponse['body']> {
    const name = args.neededText('name');
    try {
      const reference = args.count('variablesReference') ?? 0;
      const node = reference === 0 ? undefined : await this.variables.child(reference, name);
      const text = reference === 0 ? name : node?.evaluateName;
      if (text === undefined) return { dataId: null, description: `${name} cannot be watched; states, gates, gradients and parameters can.` };
      const scope = this.scopeOf(args.count('frameId'));
      return { dataId: dataIdOf(scope, text), description: `${text} changes, or its condition: crosses 0.5, changes by 0.1, non-finite, or an expression`, accessTypes: ['write'], canPersist: true };
    } catch (thrown) {
      return { dataId: null, description: messageOf(thrown) };
    }
  }

  // ---- going to a line

  private gotoTargets(args: Arguments): DebugProtocol.GotoTargetsResponse['body'] {
    const source = args.object('source');
    const places = this.needPlaces();
    const standing = this.needStanding();
    const file = places.fileOf(source.text('path'), source.count('sourceReference'));
    const nearest = file === undefined ? undefined : places.placesAt(file, args.neededCount('line'));
    const { timeline } = activeRecording(standing);
    const targets = (nearest?.places ?? []).map((place): DebugProtocol.GotoTarget => {
      const id = place.kind === 'equation' ? 1000 + place.unit * 1000 + place.equation : place.kind === 'layer' ? 500 + place.unit : place.kind === 'step' ? 1 : place.kind === 'loss' ? 2 : 3;
      const label = place.kind === 'equation' || place.kind === 'layer' ? `${timeline.unitAt(place.unit).name}${place.kind === 'equation' ? `.${timeline.unitAt(place.unit).equations[place.equation]?.label ?? ''}` : ''} at step ${Math.min(standing.cursor.t, activeRecording(standing).steps)}` : place.kind;
      return { id, label, line: nearest?.line ?? 1 };
    });
    return { targets };
  }

  private gotoTarget(args: Arguments, after: (work: () => void) => void): void {
    const id = args.neededCount('targetId');
    const standing = this.needStanding();
    const { timeline, steps } = activeRecording(standing);
    const { cursor } = standing;
    const phase = cursor.phase === 'backward' || cursor.phase === 'update' ? 'backward' : 'forward';
    const t = Math.min(cursor.t, steps);
    const unit = id >= 1000 ? Math.floor(id / 1000) - 1 : id - 500;
    const wrongTarget = new OperationalError('no-target', 'There is no such target; ask for gotoTargets again.');
    if (id === 2 || id === 3) after(() => this.goTo(timeline.at('equation', id === 2 ? timeline.indexOf({ ...cursor, phase: 'loss', level: 'equation' }) : timeline.count('equation') - 1), 'goto'));
    else if (id === 1) after(() => this.goTo(timeline.withLevel(timeline.stopAt(phase, t, timeline.units.findIndex((each) => each.perStep), 0), 'step'), 'goto'));
    else if (timeline.units[unit] === undefined || (id >= 1000 && timeline.unitAt(unit).equations[id % 1000] === undefined)) throw wrongTarget;
    else if (id >= 1000) after(() => this.goTo(timeline.stopAt(phase, t, unit, id % 1000), 'goto'));
    else after(() => this.goTo(timeline.stopAt(phase, t, unit, 0, 'layer'), 'goto'));
  }

  // ---- what-if

  private async setVariable(args: Arguments, after: (work: () => void) => void): Promise<unknown> {
    const node = await this.variables.child(args.neededCount('variablesReference'), args.neededText('name'));
    if (node.editable === undefined) throw new OperationalError('not-editable', `${node.name} cannot be set; states, gates, equations, parameters and inputs can.`);
    const said = await this.fork(node.editable, args.neededText('value'), undefined, after);
    return { value: said.value, variablesReference: 0 };
  }

  private async setExpression(args: Arguments, after: (work: () => void) => void): Promise<unknown> {
    const scope = this.scopeOf(args.count('frameId'));
    const text = args.neededText('expression');
    const target = /^([^[\]]*)\[\s*(\d+)\s*\]$/.exec(text.trim());
    const { named } = await evaluateText(target?.[1] ?? text, scope);
    if (named === undefined) throw new OperationalError('not-editable', `\`${text}\` cannot be set; a state, gate, equation, parameter or input can, or one element of it.`);
    const size = scope.value(named).data.length;
    if (target !== null && Number(target[2]) >= size) throw new OperationalError('expression', `Index ${target[2] ?? ''} is outside 0…${size - 1}.`);
    const said = await this.fork({ resolved: named, t: scope.t, ...(target === null ? {} : { element: Number(target[2]) }) }, args.neededText('value'), args.count('frameId'), after);
    return { value: said.value };
  }

  private async fork(editable: Parameters<typeof fork>[1], value: string, frameId: number | undefined, after: (work: () => void) => void): Promise<{ readonly value: string }> {
    const standing = this.needStanding();
    const wanted = await evaluateText(value, this.scopeOf(frameId));
    if (wanted.text !== undefined) throw new OperationalError('expression', 'A number was expected, not a text.');
    const said = await fork(standing, editable, Array.from(wanted.data));
    after(() => {
      this.print('console', said);
      this.refresh();
    });
    return { value: resultText(wanted) };
  }

  private async chooseSequence(index: number): Promise<void> {
    const session = this.needSession();
    const { options, loaded, programs } = session;
    const standing = this.needStanding();
    const cursor = standing.cursor;
    if (session.training !== undefined) {
      const { pass } = activeFork(standing);
      const rows = pass.batch.x.dims[0] ?? 1;
      if (index >= rows) throw new OperationalError('no-sequence', `The batch has ${rows} sequences, from 0; sequence ${index} was asked for.`);
      this.standing = await begin({ ...pass, row: index }, { ...standing, words: { ...standing.words, sequence: standing.words.sequence.replace(/sequence \d+/, `sequence ${index}`) } });
    } else {
      const other = { ...options, sequence: index };
      this.standing = await begin({ model: loaded.model, weights: loaded.origin.weights, batch: await sequenceBatch(other, loaded, this.host), row: 0, edits: [] }, this.standingOf(other, loaded, programs));
    }
    if (cursor.t <= activeRecording(this.standing).steps) this.standing.cursor = cursor;
  }

  private print(category: 'console' | 'stdout' | 'stderr', text: string): void {
    this.connection.event('output', { category, output: `${text}\n` });
  }

  private needSession(): Session {
    if (this.session === undefined) throw new OperationalError('not-launched', 'Nothing is launched yet.');
    return this.session;
  }

  private needPlaces(): SourcePlaces {
    if (this.places === undefined) throw new OperationalError('not-launched', 'Nothing is launched yet.');
    return this.places;
  }

  private needStanding(): Standing {
    if (this.standing === undefined) throw new OperationalError('running', this.session?.training === undefined ? 'Nothing is launched yet.' : 'The training is running; pause it first.');
    return this.standing;
  }
}

/** Eight levels of height, at most 32 columns: a chart in a line of text. */
export function bars(data: ArrayLike<number>): string {
  const columns = Math.min(32, data.length);
  const values = Array.from({ length: columns }, (_, i) => data[Math.floor((i * data.length) / columns)] ?? NaN);
  const finite = values.filter(Number.isFinite);
  const low = Math.min(...finite, 0);
  const high = Math.max(...finite, 0);
  return values.map((value) => (Number.isFinite(value) ? '▁▂▃▄▅▆▇█'[Math.min(7, Math.floor(((value - low) / (high - low || 1)) * 8))] ?? '▁' : '×')).join('');
}
