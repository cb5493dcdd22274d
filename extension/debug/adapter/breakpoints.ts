// Breakpoints on equations, layers, time steps, the loss and the update: what is set, and whether one holds at a stop.
// Not the walking (walker.ts).
// Invariant: a condition that cannot be evaluated stops and says why, so that it is never silently never met; `h@t-1` has no value at the
// first step, and a condition over it does not hold there.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { messageOf, OperationalError } from '../../../engine/base/operational-error';
import { noSuchStep, type Evaluated, evaluate, truthOf, wrong } from '../../../engine/debug/expression';
import type { Scope } from '../../../engine/debug/scope';
import { exact, summaryOf } from '../../../engine/debug/statistics';
import { parseExpression } from '../../../engine/language/parse-expression';
import type { Cursor } from '../../../engine/debug/timeline';
import type { Arguments } from './arguments';
import type { Place, SourcePlaces } from './source-places';

export interface Breakpoint {
  readonly id: number;
  readonly line: number;
  readonly places: readonly Place[];
  readonly condition: string | undefined;
  readonly hitCondition: string | undefined;
  readonly logMessage: string | undefined;
  hits: number;
}

export interface Hit {
  readonly stop: boolean;
  readonly log?: string;
  /** Why the condition could not be evaluated. */
  readonly fault?: string;
}

export class Breakpoints {
  private readonly byFile = new Map<string, readonly Breakpoint[]>();
  private next = 1;

  freshId(): number {
    return this.next++;
  }

  /** Replaces those of one file, as the protocol wants. */
  set(file: string, requests: readonly Arguments[], places: SourcePlaces): DebugProtocol.Breakpoint[] {
    const set: Breakpoint[] = [];
    const before = this.byFile.get(file) ?? [];
    const answers = requests.map((request): DebugProtocol.Breakpoint => {
      const line = request.neededCount('line');
      const id = this.freshId();
      const nearest = places.placesAt(file, line);
      const source = places.source(file);
      if (nearest === undefined) return { id, verified: false, source, line, message: 'No equation, layer, loss or data line stands here or below.' };
      const condition = request.text('condition');
      const hitCondition = request.text('hitCondition');
      const logMessage = request.text('logMessage');
      const fault = faultOf(condition, hitCondition, logMessage);
      if (fault !== undefined) return { id, verified: false, source, line: nearest.line, message: fault };
      const same = before.find((old) => old.line === nearest.line && old.condition === condition && old.hitCondition === hitCondition);
      set.push({ id, line: nearest.line, places: nearest.places, condition, hitCondition, logMessage, hits: same?.hits ?? 0 });
      return { id, verified: true, source, line: nearest.line };
    });
    this.byFile.set(file, set);
    return answers;
  }

  get all(): readonly Breakpoint[] {
    return [...this.byFile.values()].flat();
  }

  /** A restart counts anew. */
  forget(): void {
    for (const breakpoint of this.all) breakpoint.hits = 0;
  }

  at(cursor: Cursor): readonly Breakpoint[] {
    return this.all.filter((breakpoint) => breakpoint.places.some((place) => standsOn(place, cursor)));
  }
}

function standsOn(place: Place, cursor: Cursor): boolean {
  switch (place.kind) {
    case 'equation':
      return cursor.level === 'equation' && isPass(cursor) && cursor.unit === place.unit && cursor.equation === place.equation;
    case 'layer':
      return cursor.level === 'layer' && isPass(cursor) && cursor.unit === place.unit;
    case 'step':
      return cursor.level === 'step' && isPass(cursor);
    case 'loss':
    case 'update':
      return cursor.phase === place.kind;
  }
}

const isPass = ({ phase }: Cursor): boolean => phase === 'forward' || phase === 'backward';

function faultOf(condition: string | undefined, hitCondition: string | undefined, logMessage: string | undefined): string | undefined {
  if (condition !== undefined && condition.trim() !== '') {
    const parsed = parseExpression(condition);
    if (parsed.kind === 'wrong') return parsed.message;
  }
  if (hitCondition !== undefined && hitCondition.trim() !== '' && hitTest(hitCondition) === undefined) return `A hit count is 5, >5 or %5, not "${hitCondition}".`;
  for (const part of templateParts(logMessage ?? '')) {
    if (part.kind !== 'expression') continue;
    const parsed = parseExpression(part.text);
    if (parsed.kind === 'wrong') return `In {${part.text}}: ${parsed.message}`;
  }
  return undefined;
}

/** `5`: the fifth hit; `>5`, `>=5`, `<5`, `<=5`, `==5`; `%5`: every fifth. */
export function hitTest(text: string): ((hits: number) => boolean) | undefined {
  const match = /^\s*(==?|>=?|<=?|%)?\s*(\d+)\s*$/.exec(text);
  if (match === null) return undefined;
  const count = Number(match[2]);
  if (match[1] === '%' && count === 0) return undefined;
  const tests: Readonly<Record<string, (hits: number) => boolean>> = {
    '>': (hits) => hits > count, '>=': (hits) => hits >= count, '<': (hits) => hits < count, '<=': (hits) => hits <= count, '%': (hits) => hits % count === 0,
  };
  return tests[match[1] ?? ''] ?? ((hits) => hits === count);
}

/** Evaluates a breakpoint at a stop and counts the hit. */
export async function hit(breakpoint: Breakpoint, scope: Scope): Promise<Hit> {
  const { condition, hitCondition, logMessage } = breakpoint;
  if (condition !== undefined && condition.trim() !== '') {
    try {
      if (!truthOf(await evaluateText(condition, scope), condition)) return { stop: false };
    } catch (thrown) {
      if (thrown instanceof OperationalError && thrown.code === noSuchStep) return { stop: false };
      return { stop: true, fault: `The condition \`${condition}\` cannot be evaluated: ${messageOf(thrown)}` };
    }
  }
  breakpoint.hits++;
  if (hitCondition !== undefined && hitTest(hitCondition)?.(breakpoint.hits) === false) return { stop: false };
  return logMessage === undefined || logMessage === '' ? { stop: true } : { stop: false, log: await logText(logMessage, scope) };
}

/** Throws OperationalError `expression`. */
export async function evaluateText(text: string, scope: Scope): Promise<Evaluated> {
  const parsed = parseExpression(text);
  if (parsed.kind === 'wrong') throw wrong(parsed.message);
  return evaluate(parsed.expression, scope);
}

export function resultText(value: Evaluated, scope?: Scope): string {
  if (value.text !== undefined) return JSON.stringify(value.text);
  const range = value.named === undefined ? undefined : scope?.range(value.named);
  return value.shape.length === 0 ? exact(value.data[0] ?? NaN) : summaryOf(value.data, value.shape, range);
}

type TemplatePart = { readonly kind: 'text' | 'expression'; readonly text: string };

function templateParts(template: string): readonly TemplatePart[] {
  return template.split(/(\{[^{}]*\})/).filter((part) => part !== '').map((part): TemplatePart => (part.startsWith('{') && part.endsWith('}') ? { kind: 'expression', text: part.slice(1, -1) } : { kind: 'text', text: part }));
}

async function logText(template: string, scope: Scope): Promise<string> {
  const parts: string[] = [];
  for (const part of templateParts(template)) {
    if (part.kind === 'text') parts.push(part.text);
    else {
      try {
        parts.push(resultText(await evaluateText(part.text, scope), scope));
      } catch (thrown) {
        parts.push(`{${part.text}: ${messageOf(thrown)}}`);
      }
    }
  }
  return parts.join('');
}
