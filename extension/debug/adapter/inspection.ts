// What there is to see where the session stands: the stack, scopes, variables, and expressions.
// Not the moves: a move tells this to forget what it has numbered.
// Invariant: numbers of frames and variables of an earlier stop are refused, never taken for others; over stops that keep the focus they go on (quiet-stops.ts).
import type { DebugProtocol } from '@vscode/debugprotocol';
import { OperationalError } from '../../../engine/base/operational-error';
import { type Numbers, short, statisticsOf } from '../../../engine/debug/statistics';
import type { Arguments } from './arguments';
import { evaluateText, resultText } from './breakpoints';
import { type Frame, framesOf, toStackFrame } from './frames';
import { scopeNames, scopeNodes } from './scopes';
import type { SourcePlaces } from './source-places';
import { scopeAt, type Standing, updatesOf } from './standing';
import { numbersNode, VariableStore } from './variable-store';

/** Where the session stands; both throw OperationalError while it does not. */
export interface Moment {
  readonly standing: () => Standing;
  readonly places: () => SourcePlaces;
}

export class Inspection {
  readonly variables = new VariableStore();
  private generation = 0;
  private frames: readonly Frame[] = [];

  /** @param command the console's own commands; undefined for an expression. */
  constructor(private readonly moment: Moment, private readonly command: (text: string, after: (work: () => void) => void) => Promise<string | undefined>) {}

  forget(): void {
    this.variables.clear();
    this.generation++;
    this.frames = [];
  }

  /** Other numbers at the same stop, or at one that keeps the focus: what was numbered keeps its numbers, so that an open tree of variables stays open. */
  renew(): void {
    this.frames = [];
  }

  stackTrace(args: Arguments): DebugProtocol.StackTraceResponse['body'] {
    const standing = this.moment.standing();
    const places = this.moment.places();
    if (this.frames.length === 0) this.frames = framesOf(standing, places);
    const start = args.count('startFrame') ?? 0;
    const levels = args.count('levels') ?? 0;
    const all = this.frames.map((frame, index) => toStackFrame(frame, this.generation * 10 + index, places));
    return { stackFrames: all.slice(start, levels === 0 ? undefined : start + levels), totalFrames: all.length };
  }

  private frame(id: number | undefined): Frame | undefined {
    if (this.frames.length === 0) this.frames = framesOf(this.moment.standing(), this.moment.places());
    if (id === undefined) return this.frames[0];
    const frame = Math.floor(id / 10) === this.generation ? this.frames[id % 10] : undefined;
    if (frame === undefined) throw new OperationalError('stale-frame', 'This frame belongs to an earlier stop; ask for the stack again.');
    return frame;
  }

  scopes(args: Arguments): DebugProtocol.ScopesResponse['body'] {
    const id = args.neededCount('frameId');
    const standing = this.moment.standing();
    const frame = this.frame(id);
    const level = frame === undefined || frame.level === 'iteration' ? 'sequence' : frame.level;
    const context = (): Parameters<typeof scopeNodes>[1] => {
      const now = this.moment.standing();
      return { scope: scopeAt(now, now.cursor, level), cursor: now.cursor, level, update: () => updatesOf(now) };
    };
    return {
      scopes: scopeNames.map((name) => ({
        name, expensive: name === 'Statistics' || (name === 'Gradients' && standing.cursor.phase === 'forward'),
        presentationHint: name === 'Inputs' ? 'arguments' : name === 'State' ? 'locals' : name.toLowerCase(),
        variablesReference: this.variables.reference({ name, value: '', children: async (start, count) => (await scopeNodes(name, context())).slice(start, start + count) }, `${id}/${name}`),
      })),
    };
  }

  scopeOf(frameId: number | undefined): ReturnType<typeof scopeAt> {
    const standing = this.moment.standing();
    const frame = this.frame(frameId);
    return scopeAt(standing, standing.cursor, frame === undefined || frame.level === 'iteration' ? 'sequence' : frame.level);
  }

  async evaluate(args: Arguments, after: (work: () => void) => void): Promise<unknown> {
    const text = args.neededText('expression');
    const context = args.text('context');
    const command = context === 'repl' ? await this.command(text, after) : undefined;
    if (command !== undefined) return { result: command, variablesReference: 0 };
    const scope = this.scopeOf(args.count('frameId'));
    const value = await evaluateText(text, scope);
    const node = value.shape.length === 0 ? undefined : numbersNode(text, value.shape, value.data, { evaluateName: text });
    const chart = context === 'hover' && node !== undefined ? ` ${bars(value.data)} ${spread(value.data)}` : '';
    return {
      result: `${resultText(value, scope)}${chart}`, variablesReference: node === undefined ? 0 : this.variables.reference(node, `evaluate/${args.count('frameId') ?? ''}/${text}`),
      ...(node?.indexed === undefined ? {} : { indexedVariables: node.indexed }),
    };
  }
}

/** What a summary leaves out: the smallest and the largest finite number, and their standard deviation. */
function spread(data: Numbers): string {
  const { min, max, std } = statisticsOf(data);
  return Number.isNaN(min) ? '' : `${short(min)}…${short(max)} std ${short(std)}`;
}

/** Eight levels of height, at most 24 columns, as many as a hover has room for: a chart in a line of text. */
export function bars(data: ArrayLike<number>): string {
  const columns = Math.min(24, data.length);
  const values = Array.from({ length: columns }, (_, i) => data[Math.floor((i * data.length) / columns)] ?? NaN);
  const finite = values.filter(Number.isFinite);
  const low = Math.min(...finite, 0);
  const high = Math.max(...finite, 0);
  return values.map((value) => (Number.isFinite(value) ? '▁▂▃▄▅▆▇█'[Math.min(7, Math.floor(((value - low) / (high - low || 1)) * 8))] ?? '▁' : '×')).join('');
}
