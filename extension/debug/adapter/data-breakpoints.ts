// Data breakpoints: a state, gate, gradient or parameter that crosses a value, changes by more than ε, or becomes not finite.
// Not breakpoints on lines.
// Invariant: what is watched is compared with the same thing one stop earlier in the walk's own direction.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { messageOf, OperationalError } from '../../../engine/base/operational-error';
import { noSuchStep, truthOf, wrong } from '../../../engine/debug/expression';
import type { ParameterUpdate } from '../../../engine/debug/optimizer-step';
import type { Names, Resolved } from '../../../engine/debug/names';
import type { Scope } from '../../../engine/debug/scope';
import { exact } from '../../../engine/debug/statistics';
import type { Cursor } from '../../../engine/debug/timeline';
import { parseExpression } from '../../../engine/language/parse-expression';
import { childrenOf, type Expression } from '../../../engine/language/tree';
import type { Arguments } from './arguments';
import { evaluateText, hitTest } from './breakpoints';

/** What is waited for. */
export type Test =
  | { readonly kind: 'changes'; readonly by: number }
  | { readonly kind: 'crosses'; readonly value: number }
  | { readonly kind: 'nonFinite' }
  | { readonly kind: 'condition'; readonly text: string };

export interface DataBreakpoint {
  readonly id: number;
  /** In the scope of `unit`. */
  readonly text: string;
  readonly unit: string | undefined;
  readonly test: Test;
  readonly hitCondition: string | undefined;
  readonly resolved: Resolved;
  readonly isGradient: boolean;
  hits: number;
}

/** `r1|h'[3]`: a layer's name and an expression in its scope. */
export function dataIdOf(names: Names, text: string): string {
  const { resolved } = watched(text, names);
  return `${'unit' in resolved ? resolved.unit.name : ''}|${text}`;
}

/** Throws OperationalError `expression` for what cannot be watched. */
function watched(text: string, names: Names): { readonly resolved: Resolved; readonly isGradient: boolean } {
  const parsed = parseExpression(text);
  if (parsed.kind === 'wrong') throw wrong(parsed.message);
  const found = nameIn(parsed.expression, false);
  if (found === undefined) throw wrong(`\`${text}\` names nothing that changes; watch a state, a gate, a gradient or a parameter.`);
  return { resolved: names.resolve([found.name.name, ...found.name.members], found.name.prime), isGradient: found.isGradient };
}

function nameIn(expression: Expression, isGradient: boolean): { readonly name: Extract<Expression, { readonly kind: 'name' }>; readonly isGradient: boolean } | undefined {
  if (expression.kind === 'name') return { name: expression, isGradient };
  const inside = isGradient || (expression.kind === 'call' && ['grad', 'part'].includes(expression.callee.text));
  for (const child of childrenOf(expression)) {
    const found = nameIn(child, inside);
    if (found) return found;
  }
  return undefined;
}

export class DataBreakpoints {
  private set: readonly DataBreakpoint[] = [];

  get all(): readonly DataBreakpoint[] {
    return this.set;
  }

  forget(): void {
    for (const breakpoint of this.set) breakpoint.hits = 0;
  }

  replace(requests: readonly Arguments[], namesOf: (unit: string | undefined) => Names, freshId: () => number): DebugProtocol.Breakpoint[] {
    const set: DataBreakpoint[] = [];
    const answers = requests.map((request): DebugProtocol.Breakpoint => {
      const id = freshId();
      try {
        const [unit = '', text = ''] = request.neededText('dataId').split('|');
        const { resolved, isGradient } = watched(text, namesOf(unit === '' ? undefined : unit));
        const hitCondition = request.text('hitCondition');
        if (hitCondition !== undefined && hitCondition.trim() !== '' && hitTest(hitCondition) === undefined) throw wrong(`A hit count is 5, >5 or %5, not "${hitCondition}".`);
        set.push({ id, text, unit: unit === '' ? undefined : unit, test: testOf(request.text('condition') ?? ''), hitCondition, resolved, isGradient, hits: 0 });
        return { id, verified: true };
      } catch (thrown) {
        return { id, verified: false, message: messageOf(thrown) };
      }
    });
    this.set = set;
    return answers;
  }

  /** Those whose value has just been computed at a stop of the level of equations. */
  at(cursor: Cursor, label: string | undefined, unit: string): readonly DataBreakpoint[] {
    return this.set.filter(({ resolved, isGradient }) => {
      if (resolved.kind === 'param') return cursor.phase === 'update';
      if (cursor.phase !== (isGradient ? 'backward' : 'forward')) return false;
      if (resolved.kind === 'line' || resolved.kind === 'x') return resolved.label === unit && cursor.equation === 0;
      if (resolved.unit.name !== unit) return false;
      // What comes in stands there before the first equation; what is sent back, after the last of the backward pass.
      return resolved.kind === 'new' || resolved.kind === 'named' ? resolved.label === label : cursor.equation === 0;
    });
  }
}

function testOf(text: string): Test {
  const trimmed = text.trim();
  if (trimmed === '') return { kind: 'changes', by: 0 };
  const changes = /^changes(?: by(?: more than)?)? +([\d.]+(?:e[+-]?\d+)?)$/i.exec(trimmed);
  if (changes) return { kind: 'changes', by: Number(changes[1]) };
  const crosses = /^crosses +(-?[\d.]+(?:e[+-]?\d+)?)$/i.exec(trimmed);
  if (crosses) return { kind: 'crosses', value: Number(crosses[1]) };
  if (/^(becomes )?non-?finite$/i.test(trimmed)) return { kind: 'nonFinite' };
  const parsed = parseExpression(trimmed);
  if (parsed.kind === 'wrong') throw wrong(`A data breakpoint's condition is "crosses 0.5", "changes by 0.1", "non-finite" or an expression. ${parsed.message}`);
  return { kind: 'condition', text: trimmed };
}

/** What happened, if it is what is waited for. `before` is undefined at the first stop of a walk. */
export async function change(breakpoint: DataBreakpoint, now: Scope, before: Scope | undefined, updates: () => readonly ParameterUpdate[]): Promise<string | undefined> {
  const { test, text, resolved } = breakpoint;
  if (resolved.kind === 'param' && !breakpoint.isGradient && test.kind !== 'condition') {
    const update = updates().find(({ parameter }) => parameter === `${resolved.unit.name}.${resolved.name}`);
    return update && compare(test, text, update.value.map((value, i) => value + (update.change[i] ?? 0)), update.value);
  }
  if (test.kind === 'condition') {
    const holds = async (scope: Scope): Promise<boolean> => {
      try {
        return truthOf(await evaluateText(test.text, scope), test.text);
      } catch (thrown) {
        if (thrown instanceof OperationalError && thrown.code === noSuchStep) return false;
        throw thrown;
      }
    };
    return (await holds(now)) && !(before !== undefined && (await holds(before))) ? `${test.text} holds` : undefined;
  }
  const value = (await evaluateText(text, now)).data;
  return compare(test, text, value, before === undefined ? undefined : (await evaluateText(text, before)).data);
}

function compare(test: Exclude<Test, { readonly kind: 'condition' }>, text: string, value: ArrayLike<number>, old: ArrayLike<number> | undefined): string | undefined {
  for (let i = 0; i < value.length; i++) {
    const to = value[i] ?? NaN;
    const from = old?.[i];
    const where = value.length === 1 ? text : `${text}, element ${i},`;
    if (test.kind === 'nonFinite') {
      if (!Number.isFinite(to) && (from === undefined || Number.isFinite(from))) return `${where} became ${exact(to)}`;
    } else if (from !== undefined) {
      if (test.kind === 'changes' && Math.abs(to - from) > test.by) return `${where} changed from ${exact(from)} to ${exact(to)}`;
      if (test.kind === 'crosses' && (from < test.value) !== (to < test.value)) return `${where} crossed ${test.value}: ${exact(from)} to ${exact(to)}`;
    }
  }
  return undefined;
}
