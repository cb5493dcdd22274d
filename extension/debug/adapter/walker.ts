// Walks from one stop to the next at which something holds: breakpoints, data breakpoints, exception filters, a line to run to.
// Not the setting of them, and no protocol: it gives the cursor and the cause.
// Invariant: forwards and backwards meet the same stops; a walk from where another ended meets the next one, never the same again.
import { messageOf } from '../../../engine/base/operational-error';
import type { Finding } from '../../../engine/debug/health';
import type { Scope } from '../../../engine/debug/scope';
import { type Cursor, type Level, levels, type Timeline } from '../../../engine/debug/timeline';
import { type Breakpoints, hit, hitTest } from './breakpoints';
import { change, type DataBreakpoints } from './data-breakpoints';
import { activeRecording, scopeAt, type Standing, updatesOf } from './standing';

export type Stop =
  | { readonly kind: 'breakpoint'; readonly cursor: Cursor; readonly ids: readonly number[]; readonly fault?: string; readonly condition?: string }
  | { readonly kind: 'data'; readonly cursor: Cursor; readonly ids: readonly number[]; readonly text: string }
  | { readonly kind: 'exception'; readonly cursor: Cursor; readonly finding: Finding }
  | { readonly kind: 'target'; readonly cursor: Cursor }
  | { readonly kind: 'paused'; readonly cursor: Cursor }
  /** Beyond the last (or first) stop. */
  | { readonly kind: 'end' };

export interface Watched {
  readonly breakpoints: Breakpoints;
  readonly data: DataBreakpoints;
  readonly findings: readonly Finding[];
  readonly log: (text: string) => void;
  readonly interrupted: () => boolean;
  readonly breathe: () => Promise<void>;
  /** Conditions and data breakpoints do not look at padding: nothing of it trains. */
  readonly skipsPadding?: boolean;
  /** Runs to this stop at the latest. */
  readonly target?: (cursor: Cursor) => boolean;
}

/** How many stops are passed before messages are let in. */
const stride = 2000;

export async function walk(standing: Standing, direction: 1 | -1, watched: Watched): Promise<Stop> {
  const recording = activeRecording(standing);
  const { timeline } = recording;
  const count = timeline.count('equation');
  const [start, rank] = keyOf(timeline, standing.cursor);
  const findings = new Map<number, Finding[]>();
  for (const finding of watched.findings) {
    const index = timeline.indexOf(finding.at);
    findings.set(index, [...(findings.get(index) ?? []), finding]);
  }
  const quiet = watched.breakpoints.all.length === 0 && watched.data.all.length === 0 && findings.size === 0 && watched.target === undefined;
  if (quiet) return { kind: 'end' };
  for (let index = start, passed = 0; index >= 0 && index < count; index += direction, passed++) {
    if (passed % stride === stride - 1) {
      await watched.breathe();
      if (watched.interrupted()) return { kind: 'paused', cursor: timeline.at('equation', index) };
    }
    const position = timeline.at('equation', index);
    for (const cursor of standsAt(timeline, position, direction)) {
      const level = rankOf(cursor);
      if (index === start && (direction > 0 ? level <= rank : level >= rank)) continue;
      const stop = await stopAt(standing, cursor, watched, level === lastRank(cursor) ? findings.get(index) : undefined);
      if (stop !== undefined) return stop;
    }
  }
  return { kind: 'end' };
}

/** The levels at which one equation's stop is also a stop, in walking order. */
function standsAt(timeline: Timeline, position: Cursor, direction: 1 | -1): readonly Cursor[] {
  if (position.phase === 'loss' || position.phase === 'update') return [position];
  const above = (['step', 'layer'] as const).map((level) => timeline.withLevel(position, level)).filter((cursor) => cursor.unit === position.unit && cursor.equation === position.equation);
  const stands = [...above, position];
  return direction > 0 ? stands : stands.reverse();
}

function keyOf(timeline: Timeline, cursor: Cursor): readonly [number, number] {
  return [timeline.indexOf({ ...cursor, level: 'equation' }), rankOf(cursor)];
}

const rankOf = ({ level, phase }: Cursor): number => (phase === 'loss' || phase === 'update' ? 0 : levels.indexOf(level));
const lastRank = ({ phase }: Cursor): number => (phase === 'loss' || phase === 'update' ? 0 : levels.indexOf('equation'));

async function stopAt(standing: Standing, cursor: Cursor, watched: Watched, findings: readonly Finding[] | undefined): Promise<Stop | undefined> {
  const isPadding = watched.skipsPadding === true && (cursor.phase === 'forward' || cursor.phase === 'backward') && !activeRecording(standing).isValid(cursor.t);
  const breakpoints = watched.breakpoints.at(cursor).filter(({ condition }) => !isPadding || condition === undefined || condition.trim() === '');
  const scope = breakpoints.length > 0 ? scopeAt(standing, cursor) : undefined;
  const ids: number[] = [];
  let fault: string | undefined;
  let condition: string | undefined;
  for (const breakpoint of breakpoints) {
    const result = await hit(breakpoint, scope as Scope);
    if (result.log !== undefined) watched.log(result.log);
    if (!result.stop) continue;
    ids.push(breakpoint.id);
    fault ??= result.fault;
    condition ??= breakpoint.condition;
  }
  if (ids.length > 0) return { kind: 'breakpoint', cursor, ids, ...(fault === undefined ? {} : { fault }), ...(condition === undefined ? {} : { condition }) };
  const data = cursor.level === 'equation' && !isPadding ? await dataAt(standing, cursor, watched) : undefined;
  if (data !== undefined) return data;
  const [finding] = findings ?? [];
  if (finding !== undefined) return { kind: 'exception', cursor, finding };
  return watched.target?.(cursor) === true ? { kind: 'target', cursor } : undefined;
}

async function dataAt(standing: Standing, cursor: Cursor, { data, log }: Watched): Promise<Stop | undefined> {
  if (data.all.length === 0) return undefined;
  const recording = activeRecording(standing);
  const unit = recording.timeline.unitAt(cursor.unit);
  const label = cursor.phase === 'forward' || cursor.phase === 'backward' ? recording.timeline.equationAt(cursor).label : undefined;
  const earlier = (unit.walk?.half.reversed === true) === (cursor.phase === 'forward') ? cursor.t + 1 : cursor.t - 1;
  for (const breakpoint of data.at(cursor, label, unit.name)) {
    const own = { ...cursor, unit: Math.max(0, recording.timeline.units.findIndex((each) => each.name === breakpoint.unit)) };
    const now = scopeAt(standing, own);
    const before = cursor.phase === 'update' || earlier < 1 || earlier > recording.steps ? undefined : now.at(earlier);
    try {
      const text = await change(breakpoint, now, before, () => updatesOf(standing));
      if (text === undefined) continue;
      breakpoint.hits++;
      if (breakpoint.hitCondition !== undefined && hitTest(breakpoint.hitCondition)?.(breakpoint.hits) === false) continue;
      return { kind: 'data', cursor, ids: [breakpoint.id], text };
    } catch (thrown) {
      log(`The data breakpoint on ${breakpoint.text} cannot be evaluated: ${messageOf(thrown)}`);
    }
  }
  return undefined;
}

/** The level at which a line is run to. */
export function levelOf(kind: 'equation' | 'layer' | 'step' | 'loss' | 'update'): Level {
  return kind === 'layer' || kind === 'step' ? kind : 'equation';
}
