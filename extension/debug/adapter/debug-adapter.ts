// The debug adapter: the table of requests, and the one session behind it.
// Not VS Code's: it speaks the Debug Adapter Protocol over whatever carries bytes. What is walked is behind standing.ts, what runs behind host.ts.
// Invariant: every request is answered; after a request that moves, `stopped` (or `terminated`) follows its answer.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { OperationalError } from '../../../engine/base/operational-error';
import { filterSpecs } from '../../../engine/debug/health';
import type { Cursor } from '../../../engine/debug/timeline';
import type { Backend } from '../../../engine/runtime/backend';
import { libraryTexts } from '../../../engine/library/library-texts';
import { TracePrograms } from '../../../engine/trace/trace-programs';
import { Arguments } from './arguments';
import { capabilities } from './capabilities';
import { completionsFor } from './completions';
import { Connection, type Handler, type Handlers } from './connection';
import { exceptionInfo } from './exception-details';
import { passWords } from './frames';
import { GotoRequests } from './goto-requests';
import type { AdapterHost } from './host';
import { Inspection, type Moment } from './inspection';
import { launchOptions, type LaunchOptions, load, type Loaded, sequenceBatch } from './launch';
import { PageRequests } from './page-requests';
import { QuietStops } from './quiet-stops';
import { cursorEvent, moveNames, requestNames } from './requests';
import { SourcePlaces } from './source-places';
import { activeFork, activeRecording, begin, type Standing } from './standing';
import { StopSettings } from './stop-settings';
import { TrainingUnderDebugger } from './training-under-debugger';
import { PageViews } from './views/page-views';
import { type Stop, walk } from './walker';
import { WhatIf } from './what-if';

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
  private session: Session | undefined;
  private standing: Standing | undefined;
  private places: SourcePlaces | undefined;
  private readonly moment: Moment = { standing: () => this.needStanding(), places: () => this.needPlaces() };
  private readonly inspection: Inspection;
  private readonly stops: StopSettings;
  private readonly jumps: GotoRequests;
  private readonly whatIf: WhatIf;
  private firstLine: 0 | 1 = 1;
  private firstColumn: 0 | 1 = 1;
  private lastStop: Stop | undefined;
  private paused = false;
  private ended = false;
  private readonly quiet = new QuietStops((event, body) => this.connection.event(event, body), new Set(moveNames));
  private readonly pages: PageRequests;
  private readonly views: PageViews;

  /** @param onEnd called once, when the client has gone. */
  constructor(private readonly host: AdapterHost, write: (bytes: Uint8Array) => void, onBug: (text: string) => void, private readonly onEnd: () => void = () => undefined) {
    this.inspection = new Inspection(this.moment, (text, after) => this.pages.command(text, after));
    this.stops = new StopSettings({ places: () => this.places, standing: () => this.standing, model: () => this.session?.loaded.model }, this.inspection);
    this.jumps = new GotoRequests(this.moment, (cursor, reason) => this.goTo(cursor, reason));
    this.whatIf = new WhatIf(this.moment, this.inspection, (said) => {
      this.print('console', said);
      this.refresh();
    });
    this.pages = new PageRequests({ standing: () => this.needStanding(), places: () => this.needPlaces(), moved: (reason, cursor) => this.goTo(cursor, reason), refresh: () => this.refresh(), renew: () => this.connection.event('invalidated', { areas: ['variables'] }), choose: (index) => this.chooseSequence(index), compared: () => this.views.comparedId });
    this.views = new PageViews({ standing: () => this.needStanding(), places: () => this.needPlaces(), session: () => this.needSession(), lastStop: () => this.lastStop, host: () => this.host });
    // What a page asks for may take seconds; the session goes on meanwhile.
    this.connection = new Connection(write, this.quiet.hearing(this.handlers()), new Set(['pause', 'disconnect', 'terminate', 'threads', requestNames.view]), onBug);
  }

  /** For the tests of leaks: how many numbers of variables are alive. */
  get liveHandles(): number {
    return this.inspection.variables.size;
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
      stackTrace: needs((args) => this.inspection.stackTrace(args)),
      scopes: needs((args) => this.inspection.scopes(args)),
      variables: needs(async (args) => ({ variables: await this.inspection.variables.list(args.neededCount('variablesReference'), args.text('filter'), args.count('start'), args.count('count')) })),
      setVariable: needs((args, after) => this.whatIf.setVariable(args, after)),
      setExpression: needs((args, after) => this.whatIf.setExpression(args, after)),
      evaluate: needs((args, after) => this.inspection.evaluate(args, after)),
      completions: needs((args) => ({ targets: completionsFor(args.neededText('text'), args.count('column') ?? 1, this.inspection.scopeOf(args.count('frameId'))) })),
      source: needs((args) => {
        const reference = args.count('sourceReference') ?? args.object('source').count('sourceReference') ?? 0;
        const entry = libraryTexts[reference - 1];
        if (entry === undefined) throw new OperationalError('no-source', `There is no library file ${reference}.`);
        return { content: entry.text, mimeType: 'text/x-rnn' };
      }),
      loadedSources: () => ({ sources: this.loadedSources() }),
      setBreakpoints: needs((args) => this.stops.setBreakpoints(args)),
      breakpointLocations: needs((args) => this.stops.breakpointLocations(args)),
      setFunctionBreakpoints: () => ({ breakpoints: [] }),
      setExceptionBreakpoints: needs((args) => this.stops.setExceptionBreakpoints(args)),
      exceptionInfo: () => {
        if (this.lastStop?.kind !== 'exception') throw new OperationalError('no-exception', 'The session did not stop at an exception.');
        return exceptionInfo(this.lastStop.finding);
      },
      dataBreakpointInfo: needs((args) => this.stops.dataBreakpointInfo(args)),
      setDataBreakpoints: needs((args) => this.stops.setDataBreakpoints(args)),
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
      gotoTargets: needs((args) => this.jumps.gotoTargets(args)),
      goto: needs((args, after) => this.jumps.goto(args, after)),
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
    const backend = await this.host.openBackend(options.backend === 'auto' ? (loaded.backend ?? 'auto') : options.backend, (text) => this.print('console', text));
    const programs = new TracePrograms(backend);
    try {
      if (batch !== undefined) {
        this.standing = await begin({ model: loaded.model, weights: loaded.origin.weights, batch, row: 0, edits: [] }, this.standingOf(options, loaded, programs));
        this.places = new SourcePlaces(loaded.program, loaded.model, activeRecording(this.standing).timeline, this.firstLine, this.firstColumn, this.host.libraryDocument);
      } else this.places = new SourcePlaces(loaded.program, loaded.model, TrainingUnderDebugger.timelineOf(loaded.model, loaded.source), this.firstLine, this.firstColumn, this.host.libraryDocument);
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
    this.stops.forgetHits();
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
    this.inspection.variables.clear();
    this.onEnd();
  }

  private trainingWatch(): ConstructorParameters<typeof TrainingUnderDebugger>[5] {
    return {
      breakpoints: () => this.stops.breakpoints,
      data: () => this.stops.data,
      thresholds: () => this.stops.thresholds,
      findings: (recording) => this.stops.findingsFor(recording),
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
    this.inspection.variables.clear();
    this.quiet.goesOn(thread);
    training.resume();
  }

  /** Whatever happens on the way, the client hears of a stop. */
  private async run(direction: 1 | -1): Promise<void> {
    try {
      await this.walk(direction);
    } catch (thrown) {
      if (!this.ended && this.standing !== undefined) this.stopped('pause');
      throw thrown;
    }
  }

  private async walk(direction: 1 | -1): Promise<void> {
    const standing = this.needStanding();
    this.paused = false;
    const recording = activeRecording(standing);
    const { timeline } = recording;
    const stop = await walk(standing, direction, {
      breakpoints: this.stops.breakpoints, data: this.stops.data, findings: this.stops.findingsFor(recording),
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
    this.quiet.forget(this.inspection);
    this.lastStop = more.lastStop;
    const description = more.lastStop?.kind === 'exception' ? `Paused on ${filterSpecs[more.lastStop.finding.filter].label.toLowerCase()}` : undefined;
    this.quiet.stop({
      reason, threadId: thread, allThreadsStopped: true,
      ...(description === undefined ? {} : { description }),
      ...(text === undefined ? {} : { text }),
      ...(more.ids === undefined ? {} : { hitBreakpointIds: [...more.ids] }),
    });
    this.connection.event(cursorEvent, this.pages.cursor());
  }

  /** Other numbers at the same cursor. */
  private refresh(): void {
    this.inspection.renew();
    this.quiet.refresh(thread);
    this.connection.event(cursorEvent, this.pages.cursor());
  }

  private threadName(): string {
    if (this.standing === undefined) return this.session?.training === undefined ? 'not started' : 'trainer';
    return `${this.standing.words.sequence}: ${passWords(this.standing.cursor)}`;
  }

  private loadedSources(): readonly DebugProtocol.Source[] {
    const { loaded } = this.needSession();
    const places = this.needPlaces();
    const files = new Set([...loaded.program.documents.map((document) => document.file), ...loaded.model.lines.flatMap((line) => (line.kind === 'step' && line.cell !== undefined ? [line.cell.span.file] : []))]);
    return [...files].map((file) => places.source(file));
  }

  private async chooseSequence(index: number): Promise<void> {
    const session = this.needSession();
    const { options, loaded, programs } = session;
    const standing = this.needStanding();
    const cursor = standing.cursor;
    if (session.training !== undefined) {
      const { pass, recording } = activeFork(standing);
      const rows = pass.batch.x.dims[0] ?? 1;
      if (index >= rows) throw new OperationalError('no-sequence', `The batch has ${rows} sequences, from 0; sequence ${index} was asked for.`);
      this.standing = await begin({ ...pass, row: index }, { ...standing, words: { ...standing.words, sequence: standing.words.sequence.replace(/sequence \d+/, `sequence ${index}`) } }, recording.trace);
    } else {
      const other = { ...options, sequence: index };
      this.standing = await begin({ model: loaded.model, weights: loaded.origin.weights, batch: await sequenceBatch(other, loaded, this.host), row: 0, edits: [] }, this.standingOf(other, loaded, programs));
    }
    if (cursor.t <= activeRecording(this.standing).steps) this.standing.cursor = cursor;
    this.quiet.forget(this.inspection);
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
