// What a training reports while it runs: the lines of `metrics.jsonl` and of `--json`.
// Not a page's messages: the host converts.
// Invariant: an event is plain data and one JSON object; numbers that are not finite are written as null.
import type { ParameterStatistics } from './parameter-statistics';
import type { SaturatedShare } from './saturation';

export interface IterationEvent {
  readonly kind: 'iteration';
  /** From 1. */
  readonly iteration: number;
  readonly loss: number;
  /** Before clipping. */
  readonly gradNorm: number;
  readonly clipped: boolean;
  /** How many numbers were not finite; left out when all were. */
  readonly nonFinite?: number;
}

export interface ValidationEvent {
  readonly kind: 'validation';
  readonly iteration: number;
  readonly validationLoss: number;
  /** Share of the valid targets that were right; only for classes. */
  readonly accuracy?: number;
}

export interface SampleEvent {
  readonly kind: 'sample';
  readonly iteration: number;
  readonly text: string;
}

/** How far back the gradient reaches (horizon.ts); only where a page wants it. */
export interface HorizonEvent {
  readonly kind: 'horizon';
  readonly iteration: number;
  /** For k = 0, 1, … steps back. */
  readonly ratio: readonly number[];
}

/** What the iteration did to the parameters (parameter-statistics.ts); only where a page wants it. */
export interface ParametersEvent {
  readonly kind: 'parameters';
  readonly iteration: number;
  readonly tensors: readonly ParameterStatistics[];
}

/** How saturated the bounded values are (saturation.ts); only where a page wants it. */
export interface SaturationEvent {
  readonly kind: 'saturation';
  readonly iteration: number;
  readonly values: readonly SaturatedShare[];
}

export interface DoneEvent {
  readonly kind: 'done';
  readonly iteration: number;
  /** Of the last iteration. */
  readonly loss: number;
  /** The run's folder. */
  readonly run: string;
}

export type TrainingEvent = IterationEvent | ValidationEvent | SampleEvent | HorizonEvent | ParametersEvent | SaturationEvent | DoneEvent;

export function eventLine(event: TrainingEvent): string {
  return `${JSON.stringify(event)}\n`;
}

/** The events of a metrics file; a last line that was cut off in writing is left out, as is anything that is no event. */
export function readEventLines(text: string): readonly TrainingEvent[] {
  return text.split('\n').flatMap((line): readonly TrainingEvent[] => {
    const event = parseEvent(line);
    return event === undefined ? [] : [event];
  });
}

const kinds: readonly string[] = ['iteration', 'validation', 'sample', 'horizon', 'parameters', 'saturation', 'done'];

function parseEvent(line: string): TrainingEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('kind' in value) || !('iteration' in value)) return undefined;
  if (typeof value.kind !== 'string' || !kinds.includes(value.kind) || typeof value.iteration !== 'number') return undefined;
  if ((value.kind === 'parameters' && !isList(value, 'tensors')) || (value.kind === 'saturation' && !isList(value, 'values'))) return undefined;
  const numbers = Object.entries(value).map(([key, entry]: [string, unknown]) => [key, entry === null ? NaN : entry] as const);
  // The kind and the iteration are checked; the rest is what eventLine wrote, and a reader treats every number as possibly not finite.
  return Object.fromEntries(numbers) as unknown as TrainingEvent;
}

function isList(value: object, key: string): boolean {
  return Array.isArray((value as Readonly<Record<string, unknown>>)[key]);
}
