// What the session's pass is compared with: chosen, recorded over the same sequence on the same backend, and kept beside it.
// Not the session's own recordings, and not what the pages are told (compared-view.ts).
// Invariant: a recording belongs to one batch and row; when the session reads another sequence it is made again, and what is no longer wanted ends.
import { OperationalError } from '../../../../engine/base/operational-error';
import { Recording } from '../../../../engine/debug/recording';
import type { Model } from '../../../../engine/ir/model';
import type { Program } from '../../../../engine/language/program';
import type { Backend } from '../../../../engine/runtime/backend';
import { recordedTrace } from '../../../../engine/trace/recorded-trace';
import { runTrace } from '../../../../engine/trace/run-trace';
import { TracePrograms } from '../../../../engine/trace/trace-programs';
import type { CompareWith, ComparisonChoice } from '../../../../protocol/comparison';
import type { AdapterHost } from '../host';
import type { Loaded } from '../launch';
import { activeFork, type Fork, type Pass, type Standing } from '../standing';
import { loadOther, type OtherModel } from './other-model';

export interface ComparisonContext {
  readonly standing: () => Standing;
  readonly session: () => { readonly loaded: Loaded; readonly backend: Backend };
  readonly host: () => AdapterHost;
}

export interface Compared {
  readonly id: string;
  readonly label: string;
  readonly origin: string;
  readonly recording: Recording;
  readonly program: Program;
  /** For measurements of it; a fork is measured with the session's own, a trace from a file not at all. */
  readonly programs: TracePrograms | 'own' | undefined;
}

/** Recordings one after another, since a program runs once at a time. */
class Other {
  private latest: { readonly pass: Pass; readonly recording: Promise<Recording> } | undefined;
  private settled: Recording | undefined;
  private readonly recording: TracePrograms;
  readonly measuring: TracePrograms;
  private ended = false;

  constructor(
    readonly id: string,
    readonly choice: CompareWith,
    readonly read: OtherModel,
    backend: Backend,
  ) {
    this.recording = new TracePrograms(backend);
    this.measuring = new TracePrograms(backend);
  }

  /** Of the same batch, row and dropout. */
  of({ pass, recording: own }: Fork): Promise<Recording> {
    if (this.latest !== undefined && sameSequence(this.latest.pass, pass)) return this.latest.recording;
    const before = this.latest?.recording.catch(() => undefined);
    const recording = (async () => {
      await before;
      const { model, weights, recorded } = this.read;
      const cancelled = (): boolean => this.ended || this.latest?.recording !== recording;
      const trace = recorded !== undefined ? await recordedTrace(recorded, model, own.trace, this.recording, this.read.words.replace(/^trace /, '')) : await runTrace(model, weights, pass.batch, this.recording.backend, { programs: this.recording, cancelled, ...(pass.dropoutSeed === undefined ? {} : { dropoutSeed: pass.dropoutSeed }) });
      return (this.settled = new Recording(model, trace, this.measuring, pass.row));
    })();
    this.latest = { pass, recording };
    this.settled = undefined;
    recording.catch(() => {
      if (this.latest?.recording === recording) this.latest = undefined;
    });
    return recording;
  }

  /** When it has been recorded already. */
  ready(pass: Pass): Recording | undefined {
    return this.latest !== undefined && sameSequence(this.latest.pass, pass) ? this.settled : undefined;
  }

  async dispose(): Promise<void> {
    this.ended = true;
    await this.latest?.recording.catch(() => undefined);
    await this.recording.dispose();
    await this.measuring.dispose();
  }
}

const sameSequence = (a: Pass, b: Pass): boolean => a.batch === b.batch && a.row === b.row && a.dropoutSeed === b.dropoutSeed;

export class Comparisons {
  /** `origin` until somebody chooses: a what-if beside the pass that it was made from. */
  private chosen: CompareWith | 'origin' | undefined = 'origin';
  private readonly others = new Map<string, Other>();
  private turn = 0;

  constructor(private readonly context: ComparisonContext) {}

  /** Null leaves the comparison. Throws OperationalError for what is not there or cannot read the sequence; the comparison before then stays. */
  async choose(what: CompareWith | undefined): Promise<void> {
    const turn = ++this.turn;
    if (what?.kind === 'fork' && !this.context.standing().forks.some(({ id }) => id === what.id)) throw new OperationalError('no-fork', `There is no fork ${what.id}.`);
    if (what !== undefined && what.kind !== 'fork') {
      const other = await this.other(what);
      await other.of(activeFork(this.context.standing()));
    }
    // Whoever chose later has the last word.
    if (turn === this.turn) this.chosen = what;
  }

  choices(): readonly ComparisonChoice[] {
    const { forks, active, iteration } = this.context.standing();
    const fresh: CompareWith = { kind: 'fresh' };
    const given = [
      ...forks.filter(({ id }) => id !== active).map(({ id, label }): ComparisonChoice => ({ id: idOf({ kind: 'fork', id }), label, with: { kind: 'fork', id } })),
      ...(iteration > 0 || this.others.has(idOf(fresh)) ? [{ id: idOf(fresh), label: 'fresh weights', with: fresh }] : []),
    ];
    const others = [...this.others.values()].filter(({ choice }) => choice.kind !== 'fresh');
    const labels = others.map((other) => this.labelOf(other));
    return [...given, ...others.map(({ id, choice, read }, place): ComparisonChoice => {
      const label = labels[place] ?? '';
      return { id, label: labels.indexOf(label) === labels.lastIndexOf(label) ? label : `${label}, ${read.words}`, with: choice };
    })];
  }

  /** What is compared now, when it has been recorded. */
  get ready(): Compared | undefined {
    return this.forkCompared() ?? this.otherCompared();
  }

  /** Label of what is still being recorded. */
  get pending(): string | undefined {
    const other = this.chosenOther();
    return other !== undefined && other.ready(activeFork(this.context.standing()).pass) === undefined ? this.labelOf(other) : undefined;
  }

  /** Resolves when what is chosen has been recorded; one that fails is left. */
  async settle(): Promise<void> {
    const other = this.chosenOther();
    if (other === undefined) return;
    try {
      await other.of(activeFork(this.context.standing()));
    } catch (thrown) {
      if (thrown instanceof OperationalError && thrown.code === 'cancelled') return;
      if (this.chosenOther() === other) this.chosen = undefined;
      throw thrown;
    }
  }

  async dispose(): Promise<void> {
    const others = [...this.others.values()];
    this.others.clear();
    this.chosen = undefined;
    await Promise.all(others.map((other) => other.dispose()));
  }

  private async other(what: Exclude<CompareWith, { readonly kind: 'fork' }>): Promise<Other> {
    const id = idOf(what);
    const known = this.others.get(id);
    // A run that goes on has a newer checkpoint by now.
    if (known !== undefined && !(what.kind === 'run' && what.iteration === undefined)) return known;
    const { loaded, backend } = this.context.session();
    const read = await loadOther(what, loaded, this.context.host());
    if (known !== undefined && known.read.iteration === read.iteration) return known;
    const made = new Other(id, what, read, backend);
    this.others.set(id, made);
    await known?.dispose();
    return made;
  }

  private chosenOther(): Other | undefined {
    return this.chosen === undefined || this.chosen === 'origin' ? undefined : this.others.get(idOf(this.chosen));
  }

  private forkCompared(): Compared | undefined {
    const standing = this.context.standing();
    const active = activeFork(standing);
    const wanted = this.chosen === 'origin' ? active.from : this.chosen?.kind === 'fork' ? this.chosen.id : undefined;
    const fork = standing.forks.find(({ id }) => id === wanted && id !== standing.active);
    if (fork === undefined) return undefined;
    const cell = cellName(fork.recording.model);
    return { id: idOf({ kind: 'fork', id: fork.id }), label: fork.id === 0 ? `${cell} as recorded` : `${cell} of fork ${fork.id}`, origin: fork.label, recording: fork.recording, program: this.context.session().loaded.program, programs: 'own' };
  }

  private otherCompared(): Compared | undefined {
    const other = this.chosenOther();
    const recording = other?.ready(activeFork(this.context.standing()).pass);
    return other && recording && { id: other.id, label: this.labelOf(other), origin: other.read.words, recording, program: other.read.program, programs: other.read.recorded === undefined ? other.measuring : undefined };
  }

  /** A noun that tells it from the session's own: by its cell, its size, how far it was trained, where it lies. */
  private labelOf({ choice, read }: Other): string {
    const standing = this.context.standing();
    const own = activeFork(standing).pass.model;
    const cell = cellName(read.model);
    if (cell !== cellName(own)) return cell;
    if (sizes(read.model) !== sizes(own)) return `${cell}(${sizes(read.model)})`;
    if (choice.kind === 'fresh' || read.iteration === 0) return `untrained ${cell}`;
    if (read.iteration !== undefined && read.iteration !== standing.iteration) return `${cell}@${read.iteration}`;
    return choice.kind === 'weights' ? `${cell} of ${choice.path.replace(/^.*[/\\]/, '')}` : `other ${cell}`;
  }
}

export function idOf(what: CompareWith): string {
  switch (what.kind) {
    case 'fork':
      return `fork ${what.id}`;
    case 'run':
      return `run ${what.iteration ?? 'newest'} ${what.path}`;
    case 'weights':
      return `weights ${what.path}`;
    case 'fresh':
      return 'fresh';
  }
}

function statefulLines({ lines }: Model): readonly Extract<Model['lines'][number], { readonly kind: 'step' }>[] {
  return lines.flatMap((line) => (line.kind === 'step' && line.step.states.length > 0 ? [line] : []));
}

function cellName(model: Model): string {
  return statefulLines(model)[0]?.cell?.name ?? model.name;
}

const sizes = (model: Model): string => statefulLines(model).map(({ size }) => size).join(', ');
