// What a training under the debugger waits for: the numbers its program must report, and in which sequences of a batch to look closer.
// Not the looking (walker.ts), which has the last word over a recorded pass.
// Invariant: nothing that would stop is missed, but for rounding; what cannot be decided from reported numbers says so and has every iteration recorded.
import { messageOf, OperationalError } from '../../../engine/base/operational-error';
import { type Filter, filterSpecs } from '../../../engine/debug/health';
import { Names } from '../../../engine/debug/names';
import { type Unit, unitForNames } from '../../../engine/debug/timeline';
import { type Condition, type IterationFacts, reported, slack, trainingCondition } from '../../../engine/debug/training-condition';
import { trainingFilter } from '../../../engine/debug/training-filters';
import { Unwatchable, watchExpression, type WatchPlace } from '../../../engine/debug/watch-equations';
import type { Model } from '../../../engine/ir/model';
import { parseExpression } from '../../../engine/language/parse-expression';
import type { StepWatch } from '../../../engine/schedule/watches';
import type { Breakpoint } from './breakpoints';
import type { DataBreakpoint } from './data-breakpoints';
import type { Place } from './source-places';

/** An iteration as its program reports it, with what the batch and the parameters say. */
export interface Reported {
  readonly facts: IterationFacts;
  readonly isValid: (t: number, row: number) => boolean;
  /** A parameter before and after the iteration. */
  readonly parameter: (name: string) => readonly [before: ArrayLike<number>, after: ArrayLike<number>];
}

type RowTest = (reported: Reported, row: number) => boolean;

export interface WaitedFor {
  readonly watches: readonly StepWatch[];
  /** Why every iteration is recorded, a sentence each. */
  readonly notices: readonly string[];
  /** Rows of the batch in which something may stop, ascending. */
  readonly rows: (reported: Reported) => readonly number[];
}

export interface Settings {
  readonly breakpoints: readonly Breakpoint[];
  readonly data: readonly DataBreakpoint[];
  readonly thresholds: ReadonlyMap<Filter, number>;
}

/** @param inParts whether a program holds only a part of a sequence. */
export function waitedFor({ breakpoints, data, thresholds }: Settings, model: Model, units: readonly Unit[], inParts: boolean): WaitedFor {
  const watches = new Map<string, StepWatch>();
  const notices: string[] = [];
  const everyRow: RowTest[] = [];
  const firstRow: RowTest[] = [];
  const placeOf = (unit: Unit | undefined): WatchPlace => ({ names: new Names(units, model, unit ?? unitForNames(units)), units, inParts });
  const compile = (what: string, work: () => { readonly watches: readonly StepWatch[]; readonly test: RowTest; readonly isShared?: boolean }): void => {
    try {
      const { watches: own, test, isShared } = work();
      for (const watch of own) watches.set(watch.label, watch);
      (isShared === true ? firstRow : everyRow).push(test);
    } catch (thrown) {
      // What means nothing stops and says why; what needs more than numbers of single steps is looked for in a recorded pass.
      if (!(thrown instanceof Unwatchable) && !(thrown instanceof OperationalError)) throw thrown;
      everyRow.push(() => true);
      if (thrown instanceof Unwatchable) notices.push(`${what} is decided by recorded passes (${messageOf(thrown)}), so each iteration is recorded; training goes on more slowly meanwhile.`);
    }
  };
  for (const breakpoint of breakpoints) {
    const condition = breakpoint.condition?.trim() ?? '';
    if (condition === '') {
      firstRow.push(() => true);
      if (breakpoint.logMessage !== undefined || breakpoint.hitCondition !== undefined) notices.push(`A breakpoint in line ${breakpoint.line} has no condition, so each iteration is recorded; training goes on more slowly meanwhile.`);
      continue;
    }
    for (const place of breakpoint.places) compile(`The condition \`${condition}\``, () => ({ ...conditionAt(condition, place, placeOf('unit' in place ? units[place.unit] : undefined)) }));
  }
  for (const breakpoint of data) compile(`The data breakpoint on ${breakpoint.text}`, () => dataTest(breakpoint, placeOf(units.find(({ name }) => name === breakpoint.unit))));
  for (const [filter, threshold] of thresholds) {
    if (filter === 'non-finite') everyRow.push(({ facts }) => !Number.isFinite(facts.loss) || !Number.isFinite(facts.gradNorm));
    else compile(`The filter "${filterSpecs[filter].label}"`, () => {
      const { watches: own, mayFind } = trainingFilter(filter, threshold, units);
      return { watches: own, test: ({ facts, isValid }, row) => mayFind(facts, row, (t) => isValid(t, row)) };
    });
  }
  return {
    watches: [...watches.values()],
    notices: [...new Set(notices)],
    rows: (iteration) => {
      const { batch } = iteration.facts;
      const rows = everyRow.length === 0 ? [] : Array.from({ length: batch }, (_, row) => row).filter((row) => everyRow.some((test) => test(iteration, row)));
      return !rows.includes(0) && firstRow.some((test) => test(iteration, 0)) ? [0, ...rows] : rows;
    },
  };
}

/** Decides by recorded passes alone. */
export function everyIteration({ notices }: WaitedFor): WaitedFor {
  return { watches: [], notices, rows: ({ facts }) => Array.from({ length: facts.batch }, (_, row) => row) };
}

function conditionAt(text: string, place: Place, at: WatchPlace): { readonly watches: readonly StepWatch[]; readonly test: RowTest; readonly isShared: boolean } {
  const parsed = parseExpression(text);
  if (parsed.kind === 'wrong') throw new OperationalError('expression', parsed.message);
  const condition = trainingCondition(parsed.expression, text, at);
  const once = place.kind === 'loss' || place.kind === 'update' || ('unit' in place && at.units[place.unit]?.perStep === false);
  return { watches: condition.watches, isShared: condition.isShared, test: once ? (iteration, row) => condition.mayHold(iteration.facts, iteration.facts.steps, row) : anyStep(condition) };
}

function anyStep({ mayHold }: Condition): RowTest {
  return ({ facts, isValid }, row) => {
    for (let t = 1; t <= facts.steps; t++) if (isValid(t, row) && mayHold(facts, t, row)) return true;
    return false;
  };
}

function dataTest({ test, text, resolved, isGradient }: DataBreakpoint, at: WatchPlace): { readonly watches: readonly StepWatch[]; readonly test: RowTest; readonly isShared?: boolean } {
  const condition = (of: string): ReturnType<typeof dataTest> => {
    const parsed = parseExpression(of);
    if (parsed.kind === 'wrong') throw new OperationalError('expression', parsed.message);
    const compiled = trainingCondition(parsed.expression, of, at);
    return { watches: compiled.watches, test: anyStep(compiled) };
  };
  if (test.kind === 'condition') return condition(test.text);
  if (resolved.kind === 'param' && !isGradient) {
    const name = `${resolved.unit.name}.${resolved.name}`;
    return { watches: [], isShared: true, test: ({ parameter }) => {
      const [before, after] = parameter(name);
      for (let i = 0; i < before.length; i++) {
        const [from, to] = [before[i] ?? NaN, after[i] ?? NaN];
        const give = slack * (Math.abs(from) + Math.abs(to));
        if (test.kind === 'nonFinite' ? !Number.isFinite(to) : test.kind === 'changes' ? !(Math.abs(to - from) < test.by - give) : Math.min(from, to) - give <= test.value && test.value <= Math.max(from, to) + give) return true;
      }
      return false;
    } };
  }
  if (test.kind === 'nonFinite') return condition(`not finite(${text})`);
  // There is one gradient of a parameter in a pass, and nothing before it to compare with.
  if (resolved.kind === 'param') return { watches: [], isShared: true, test: () => false };
  const parsed = parseExpression(text);
  if (parsed.kind === 'wrong') throw new OperationalError('expression', parsed.message);
  const watch = watchExpression(parsed.expression, text, at, test.kind === 'crosses' ? { crosses: test.value } : {});
  const change = reported(watch);
  const bound = test.kind === 'changes' ? test.by * (1 - slack) : 0.5;
  return { watches: [watch.watch], test: ({ facts }, row) => {
    for (let t = 2; t <= facts.steps; t++) if (!(change({ facts, t, row }) <= bound)) return true;
    return false;
  } };
}
