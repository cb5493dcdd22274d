// Which loss reaches which step, of the pass that is shown and of the one it is compared with: computed in the background, told row by row.
// Not the walk (engine/inspect/loss-triangle.ts) and not the picture.
// Invariant: a triangle is computed once a recording; what was stopped keeps its complete rows, and is gone on with only when somebody asks for that.
import { OperationalError } from '../../../../engine/base/operational-error';
import type { Recording } from '../../../../engine/debug/recording';
import { chosenLosses, lossSteps } from '../../../../engine/inspect/loss-steps';
import { LossTriangle, lossTriangle } from '../../../../engine/inspect/loss-triangle';
import type { TracePrograms } from '../../../../engine/trace/trace-programs';
import type { Triangle, TriangleNow, TriangleOf } from '../../../../protocol/inspector-page';
import type { WorkQueue } from './work-queue';

/** So much further an answer is worth its way. */
const worthTelling = 0.02;
/** Kept of those asked for one by one. */
const mostRows = 64;

interface Work {
  readonly triangle: LossTriangle;
  /** How many losses there are in all. */
  readonly of: number;
  state: TriangleNow['state'];
  share: number;
  failed?: OperationalError;
  waiting: (() => void)[];
  /** Of losses that were not chosen, by loss, the last asked for last. */
  readonly rows: Map<number, LossTriangle>;
}

export interface Measured {
  readonly recording: Recording;
  readonly programs: TracePrograms;
}

export interface AskedTriangle {
  readonly of: TriangleOf;
  /** How far the asker knows it to be: the answer comes when it is further, or has ended. */
  readonly share: number;
  /** Rows that the asker has. */
  readonly rows: number;
  readonly goOn: boolean;
}

export class TriangleViews {
  private readonly works = new WeakMap<Recording, Work>();

  /** @param cursor a step (from 0) whose loss is always among those taken. */
  constructor(
    private readonly queue: WorkQueue,
    private readonly cursor: () => number,
  ) {}

  /** @param state `<layer>.<state>`. Throws OperationalError when it cannot be computed. */
  async ask(measured: Measured, state: string, { of, share, rows, goOn }: AskedTriangle): Promise<TriangleNow> {
    const work = this.workOf(measured.recording);
    if (work.state === 'stopped' && (goOn || (work.triangle.rows.length === 0 && work.share === 0))) this.start(work, measured, of);
    while (work.state === 'running' && work.share < share + worthTelling && work.triangle.rows.length <= rows) await new Promise<void>((resolve) => work.waiting.push(resolve));
    if (work.failed) throw work.failed;
    const { triangle } = work;
    const told = { state: work.state, share: work.state === 'running' ? work.share : triangle.share };
    return triangle.rows.length > rows ? { ...told, triangle: partOf(work, state, measured.recording.steps) } : told;
  }

  /** The norms of one loss's gradient (from 0), walked back alone and before what remains of a triangle. Throws OperationalError `cancelled` when a newer row was asked for, or it was stopped. */
  async row({ recording, programs }: Measured, state: string, of: TriangleOf, loss: number): Promise<Float32Array> {
    const { rows } = this.workOf(recording);
    const { model, trace, row: sequence } = recording;
    const found = rows.get(loss) ?? (await this.queue.run(rowKindOf(of), 1, (pace) => lossTriangle(programs, model, trace, sequence, [loss], pace)));
    rows.delete(loss);
    rows.set(loss, found);
    for (const [oldest] of rows) if (rows.size > mostRows) rows.delete(oldest);
    return found.norms.get(state) ?? new Float32Array(recording.steps);
  }

  /** Ends the computation between two steps, that of a row too; nothing happens when they have ended. */
  stop(of: TriangleOf): void {
    this.queue.cancel(kindOf(of));
    this.queue.cancel(rowKindOf(of));
  }

  private workOf(recording: Recording): Work {
    const known = this.works.get(recording);
    if (known) return known;
    const { model, trace, row } = recording;
    const losses = lossSteps(model, trace, row);
    const made: Work = { triangle: new LossTriangle(model, trace, row, chosenLosses(losses, this.cursor())), of: losses.length, state: 'stopped', share: 0, waiting: [], rows: new Map() };
    this.works.set(recording, made);
    return made;
  }

  private start(work: Work, { programs }: Measured, of: TriangleOf): void {
    work.state = 'running';
    work.share = work.triangle.share;
    const wake = (): void => {
      const { waiting } = work;
      work.waiting = [];
      for (const resolve of waiting) resolve();
    };
    const ended = (state: Work['state']): void => {
      work.state = state;
      wake();
    };
    this.queue.run(kindOf(of), 2, (pace) => work.triangle.fill(programs, (share) => {
      work.share = Math.max(work.share, share);
      wake();
      return pace(share);
    })).then(() => ended('complete'), (thrown: unknown) => {
      if (!(thrown instanceof OperationalError && thrown.code === 'cancelled')) work.failed = new OperationalError('triangle', thrown instanceof Error ? thrown.message : String(thrown));
      ended('stopped');
    });
  }
}

function kindOf(of: TriangleOf): string {
  return `triangle of the ${of}`;
}

const rowKindOf = (of: TriangleOf): string => `row of ${kindOf(of)}`;

function partOf({ triangle, of }: Work, state: string, steps: number): Triangle {
  const { rows, losses } = triangle;
  const all = triangle.norms.get(state) ?? new Float32Array(losses.length * steps);
  const norm = new Float32Array(rows.length * steps);
  rows.forEach((row, at) => norm.set(all.subarray(row * steps, (row + 1) * steps), at * steps));
  const there = Int32Array.from(rows, (row) => (losses[row] ?? 0) + 1);
  const reaches = reachedSide(there, norm, steps);
  return { losses: there, chosen: losses.length, of, ...(reaches === undefined ? {} : { reaches }), norm };
}

/** A layer that walks from the end hands a loss to later steps, and one below both directions to all. */
function reachedSide(losses: Int32Array, norm: Float32Array, steps: number): Triangle['reaches'] {
  let [earlier, later] = [false, false];
  losses.forEach((loss, row) => {
    for (let step = 1; step <= steps; step++) {
      if (norm[row * steps + step - 1] === 0) continue;
      earlier ||= step < loss;
      later ||= step > loss;
    }
  });
  return later ? (earlier ? 'all' : 'later') : undefined;
}
