// The requests that keep a page in step with the debugger, and the console's own commands.
// Not a page: answers are plain data (protocol/debugger.ts), and moves go the way every move goes.
// Invariant: whoever asks for a move hears of it by the event `rnn/cursor`.
import { OperationalError } from '../../../engine/base/operational-error';
import { exact } from '../../../engine/debug/statistics';
import type { Cursor } from '../../../engine/debug/timeline';
import type { ColumnView, CursorEvent, ForkView } from '../../../protocol/debugger';
import { Arguments } from './arguments';
import type { Handlers } from './connection';
import { inlineValues } from './inline-values';
import { requestNames } from './requests';
import type { SourcePlaces } from './source-places';
import { activeRecording, type Standing } from './standing';
import { traceIdOf } from './views/view-source';

export interface PageContext {
  readonly standing: () => Standing;
  readonly places: () => SourcePlaces;
  readonly moved: (reason: string, cursor: Cursor) => void;
  /** Variables that are shown are to be asked for anew. */
  readonly renew: () => void;
  /** Other numbers at the same cursor. */
  readonly refresh: () => void;
  readonly choose: (index: number) => Promise<void>;
  /** Id of the pass that is compared. */
  readonly compared: () => string | undefined;
}

export class PageRequests {
  constructor(private readonly context: PageContext) {}

  handlers(): Handlers {
    return {
      [requestNames.cursor]: () => this.cursor(),
      [requestNames.goto]: (args, after) => {
        const cursor = this.target(new Arguments(args));
        after(() => this.context.moved('goto', cursor));
        return this.view(cursor);
      },
      [requestNames.forks]: () => ({ forks: this.forks() }),
      [requestNames.chooseFork]: (args, after) => {
        this.choose(new Arguments(args).neededCount('id'));
        after(() => this.context.refresh());
        return { forks: this.forks() };
      },
      [requestNames.chooseSequence]: async (args, after) => {
        await this.context.choose(new Arguments(args).neededCount('index'));
        after(() => this.context.refresh());
        return this.cursor();
      },
      [requestNames.renew]: (_args, after) => after(() => this.context.renew()),
      [requestNames.stopAgain]: (_args, after) => {
        const { cursor } = this.context.standing();
        after(() => this.context.moved('goto', cursor));
      },
      [requestNames.values]: (args) => ({ columns: new Arguments(args).texts('names').map((name) => this.column(name)) }),
      [requestNames.inlineValues]: (args) => {
        const places = this.context.places();
        const file = places.fileOf(new Arguments(args).neededText('path'), undefined);
        return { values: file === undefined ? [] : inlineValues(this.context.standing(), places, file) };
      },
    };
  }

  cursor(): CursorEvent {
    return this.view(this.context.standing().cursor);
  }

  /** A command of the console: `:forks`, `:fork 1`, `:leave`, `:sequence 3`, `:step 5`, `:step 5 backward`. Undefined for an expression. */
  async command(text: string, after: (work: () => void) => void): Promise<string | undefined> {
    if (!text.trim().startsWith(':')) return undefined;
    const [word, argument, pass] = text.trim().split(/\s+/);
    const count = (): number => {
      if (argument !== undefined && /^\d+$/.test(argument)) return Number(argument);
      throw new OperationalError('no-number', `${word ?? ''} takes a number, for example ${word ?? ''} 1.`);
    };
    switch (word) {
      case ':forks':
        return this.forksText();
      case ':fork':
      case ':leave': {
        const id = word === ':leave' ? 0 : count();
        this.choose(id);
        after(() => this.context.refresh());
        return id === 0 ? 'The pass as recorded.' : this.forksText();
      }
      case ':sequence':
        await this.context.choose(count());
        after(() => this.context.refresh());
        return `${this.context.standing().words.sequence}.`;
      case ':step': {
        const cursor = this.target(new Arguments({ step: count(), ...(pass === undefined ? {} : { pass }) }));
        after(() => this.context.moved('goto', cursor));
        return `Step ${cursor.t}, ${cursor.phase} pass.`;
      }
      default:
        throw new OperationalError('no-command', `There is no command ${word ?? ''}; there are :forks, :fork 1, :leave, :sequence 3, :step 5 and :step 5 backward.`);
    }
  }

  private choose(id: number): void {
    const standing = this.context.standing();
    if (!standing.forks.some((fork) => fork.id === id)) throw new OperationalError('no-fork', `There is no fork ${id}; ${standing.forks.length === 1 ? 'none has been made' : `there are 0 (as recorded) to ${standing.forks.length - 1}`}.`);
    standing.active = id;
  }

  private forks(): readonly ForkView[] {
    const { forks, active } = this.context.standing();
    return forks.map(({ id, label, from, recording }) => ({ id, label, from: from ?? null, loss: recording.trace.loss, active: id === active }));
  }

  private forksText(): string {
    return this.forks().map(({ id, label, loss, active }) => `${active ? '→' : ' '} ${id}  loss ${exact(loss)}  ${label}`).join('\n');
  }

  private view(cursor: Cursor): CursorEvent {
    const standing = this.context.standing();
    const recording = activeRecording(standing);
    const unit = recording.timeline.unitAt(cursor.unit);
    const backward = cursor.phase === 'backward' || cursor.phase === 'update';
    const compared = this.context.compared();
    const atEquation = cursor.level === 'equation' && (cursor.phase === 'forward' || cursor.phase === 'backward');
    return {
      cursor: { pass: backward ? 'backward' : 'forward', step: Math.min(cursor.t, recording.steps), level: cursor.level, layer: cursor.unit, ...(atEquation ? { equation: cursor.equation } : {}) },
      phase: cursor.phase, steps: recording.steps, layer: unit.name, ...(atEquation ? { equation: recording.timeline.equationAt(cursor).label } : {}),
      fork: standing.active, loss: recording.trace.loss, traceId: traceIdOf(recording), ...(compared === undefined ? {} : { compared }),
    };
  }

  private target(args: Arguments): Cursor {
    const standing = this.context.standing();
    const { timeline, steps } = activeRecording(standing);
    const step = args.neededCount('step');
    if (step < 1 || step > steps) throw new OperationalError('no-step', `Step ${step} is outside 1…${steps}.`);
    const phase = args.word('pass', ['forward', 'backward']) ?? 'forward';
    const layer = args.text('layer');
    if (layer === undefined) {
      const first = timeline.units.findIndex((each) => each.perStep);
      return timeline.withLevel(timeline.stopAt(phase, step, first, 0), standing.cursor.level === 'sequence' ? 'step' : standing.cursor.level);
    }
    const unit = timeline.units.findIndex((each) => each.name === layer);
    if (unit < 0) throw new OperationalError('no-layer', `There is no layer ${layer}; there are ${timeline.units.map((each) => each.name).join(', ')}.`);
    const equation = args.text('equation');
    if (equation === undefined) return timeline.stopAt(phase, step, unit, 0, 'layer');
    const number = timeline.unitAt(unit).equations.findIndex((each) => each.label === equation || each.name === equation);
    if (number < 0) throw new OperationalError('no-equation', `Layer ${layer} has no equation ${equation}.`);
    return timeline.stopAt(phase, step, unit, number);
  }

  private column(name: string): ColumnView {
    const recording = activeRecording(this.context.standing());
    const { trace, row } = recording;
    const column = trace.columns.get(name);
    if (column === undefined) throw new OperationalError('no-column', `The trace has no ${name}; its names are as in a trace file, for example value/r1.h.`);
    const shared = name === 'loss' || name.startsWith('grad/param/');
    const rows = shared ? 1 : trace.batch.x.dims[0] ?? 1;
    const size = column.data.length / rows;
    const data = column.data.slice(shared ? 0 : row * size, shared ? size : (row + 1) * size);
    return { name, dims: shared ? column.dims : column.dims.slice(1), data: base64(new Uint8Array(data.buffer)) };
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
