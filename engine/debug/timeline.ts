// The stops of one recorded pass, in order: forwards through time, the loss, backwards through time, the update.
// Not the values at a stop (recording.ts) and not a cursor's history: stepping back is the stop before, whatever led here.
// Invariant: for each level there is one list of stops; next and step back are its neighbours; positions are canonical for their level.
import { defined } from '../base/invariant';
import type { Span } from '../base/span';
import { type Half, halvesOf } from '../ir/halves';
import type { Line, Model, StepLine } from '../ir/model';
import type { NamedValue } from '../ir/step-graph';

export const levels = ['sequence', 'step', 'layer', 'equation'] as const;
export type Level = (typeof levels)[number];
export type Phase = 'forward' | 'loss' | 'backward' | 'update';

/** What a line of a cell (or of the model, where it has no cell) computes. */
export interface UnitEquation {
  /** Without the prime. */
  readonly name: string;
  /** As a person writes it: `h'`, `f`. */
  readonly label: string;
  /** 'output': what a cell hands on, without a name of its own; 'line': a line of the model without a cell. */
  readonly kind: NamedValue['kind'] | 'output' | 'line';
  readonly span: Span;
  /** Key of its column without `value/`. */
  readonly column: string;
}

/** A line of the model, or one direction of it: what the level of layers stops at. */
export interface Unit {
  readonly line: Line;
  /** Set for lines with a cell. */
  readonly walk?: { readonly line: StepLine; readonly half: Half };
  /** `r1`, `r1.backward`. */
  readonly name: string;
  readonly equations: readonly UnitEquation[];
  /** False after pooling: the line is computed once, after the last step. */
  readonly perStep: boolean;
}

export interface Position {
  readonly phase: Phase;
  /** From 1 to T; T + 1 for lines after pooling, at the loss and at the update. */
  readonly t: number;
  /** Index into `units`. */
  readonly unit: number;
  readonly equation: number;
}

export interface Cursor extends Position {
  readonly level: Level;
}

export function unitsOf(model: Model): readonly Unit[] {
  return model.lines.flatMap((line): readonly Unit[] => {
    if (line.kind !== 'step' || line.cell === undefined) {
      const equation: UnitEquation = { name: line.name, label: line.name, kind: 'line', span: line.span, column: line.name };
      const [half] = line.kind === 'step' ? halvesOf(line) : [];
      return [{ line, name: line.name, equations: [equation], perStep: line.perStep, ...(line.kind === 'step' && half ? { walk: { line, half } } : {}) }];
    }
    return halvesOf(line).map((half) => ({ line, walk: { line, half }, name: half.prefix, equations: equationsOf(line, half), perStep: line.perStep }));
  });
}

/** Whose names are meant where no layer is looked at: the first with a state. */
export function unitForNames(units: readonly Unit[]): Unit | undefined {
  return units.find((candidate) => (candidate.walk?.line.step.states.length ?? 0) > 0) ?? units.find((candidate) => candidate.walk !== undefined);
}

function equationsOf(line: StepLine, half: Half): readonly UnitEquation[] {
  const { step } = line;
  const named = step.named.map((value): UnitEquation => ({
    name: value.name,
    label: value.kind === 'state' ? `${value.name}'` : value.name,
    kind: value.kind,
    span: value.span,
    column: `${half.prefix}.${value.name}`,
  }));
  const known = new Set([...step.named.map((value) => value.id), ...step.states.flatMap((state) => [state.old, state.next])]);
  if (known.has(step.output) && named.length > 0) return named;
  return [...named, { name: line.name, label: 'output', kind: 'output', span: step.outputSpan, column: line.name }];
}

export class Timeline {
  readonly units: readonly Unit[];
  private readonly perStep: readonly number[];
  private readonly tail: readonly number[];
  /** Of each level's stops: how many lie in one step, and after the last. */
  private readonly counts: Readonly<Record<'step' | 'layer' | 'equation', { readonly perStep: number; readonly tail: number }>>;
  private readonly slots: Readonly<Record<'step' | 'layer' | 'equation', { readonly perStep: readonly Slot[]; readonly tail: readonly Slot[] }>>;

  constructor(model: Model, readonly steps: number) {
    this.units = unitsOf(model);
    const indices = this.units.map((_, index) => index);
    this.perStep = indices.filter((index) => this.unitAt(index).perStep);
    this.tail = indices.filter((index) => !this.unitAt(index).perStep);
    const slots = (units: readonly number[], level: 'layer' | 'equation'): readonly Slot[] =>
      units.flatMap((unit) => (level === 'layer' ? [{ unit, equation: 0 }] : this.unitAt(unit).equations.map((_, equation) => ({ unit, equation }))));
    const first = (units: readonly number[]): readonly Slot[] => units.slice(0, 1).map((unit) => ({ unit, equation: 0 }));
    this.slots = {
      step: { perStep: first(this.perStep), tail: first(this.tail) },
      layer: { perStep: slots(this.perStep, 'layer'), tail: slots(this.tail, 'layer') },
      equation: { perStep: slots(this.perStep, 'equation'), tail: slots(this.tail, 'equation') },
    };
    const count = (level: 'step' | 'layer' | 'equation') => ({ perStep: this.slots[level].perStep.length, tail: this.slots[level].tail.length });
    this.counts = { step: count('step'), layer: count('layer'), equation: count('equation') };
  }

  unitAt(index: number): Unit {
    return defined(this.units[index], `unit ${index} exists`);
  }

  equationAt(position: Position): UnitEquation {
    return defined(this.unitAt(position.unit).equations[position.equation], 'the equation exists');
  }

  get entry(): Cursor {
    return this.at('sequence', 0);
  }

  /** Number of stops at a level; the last is the update. */
  count(level: Level): number {
    if (level === 'sequence') return 4;
    const { perStep, tail } = this.counts[level];
    return 2 * (perStep * this.steps + tail) + 2;
  }

  at(level: Level, index: number): Cursor {
    const last = { t: this.steps + 1, unit: this.units.length - 1, equation: 0, level };
    if (level === 'sequence') {
      if (index === 0) return { ...this.at('step', 0), level };
      if (index === 2) return { ...this.at('step', this.half('step') + 1), level };
      return { ...last, phase: index === 1 ? 'loss' : 'update' };
    }
    const half = this.half(level);
    if (index === half) return { ...last, phase: 'loss' };
    if (index === 2 * half + 1) return { ...last, phase: 'update' };
    const backward = index > half;
    // The backward pass is the forward pass's list from its end.
    const place = backward ? 2 * half - index : index;
    const { perStep } = this.counts[level];
    const inSteps = perStep * this.steps;
    const t = place < inSteps ? Math.floor(place / perStep) + 1 : this.steps + 1;
    const list = place < inSteps ? this.slots[level].perStep : this.slots[level].tail;
    const slot = defined(list[place < inSteps ? place % perStep : place - inSteps], 'the stop exists');
    // At the levels above equations a backward stop stands at what the backward pass meets first.
    const stand = backward ? this.lastWithin(level, slot, place < inSteps) : slot;
    return { phase: backward ? 'backward' : 'forward', t, unit: stand.unit, equation: stand.equation, level };
  }

  indexOf(cursor: Cursor): number {
    const { level, phase } = cursor;
    if (level === 'sequence') return { forward: 0, loss: 1, backward: 2, update: 3 }[phase];
    const half = this.half(level);
    if (phase === 'loss') return half;
    if (phase === 'update') return 2 * half + 1;
    const { perStep } = this.counts[level];
    const inSteps = cursor.t <= this.steps;
    const list = inSteps ? this.slots[level].perStep : this.slots[level].tail;
    const within = level === 'step' ? 0 : list.findIndex((slot) => slot.unit === cursor.unit && (level === 'layer' || slot.equation === cursor.equation));
    const place = (inSteps ? (cursor.t - 1) * perStep : this.steps * perStep) + Math.max(0, within);
    return phase === 'forward' ? place : 2 * half - place;
  }

  /** The neighbour at the cursor's level, or undefined beyond either end. */
  move(cursor: Cursor, by: 1 | -1): Cursor | undefined {
    const index = this.indexOf(cursor) + by;
    return index < 0 || index >= this.count(cursor.level) ? undefined : this.at(cursor.level, index);
  }

  /** One level deeper: what this stop consists of, its first part in the pass's own direction. */
  stepIn(cursor: Cursor): Cursor {
    const next = levels[levels.indexOf(cursor.level) + 1];
    if (next === undefined) return cursor;
    const deeper = this.withLevel(cursor, next);
    if (next !== 'equation' || this.unitAt(cursor.unit).line.kind === 'pool' || cursor.phase === 'loss' || cursor.phase === 'update') return deeper;
    // A line without a cell has nothing to step into: go on to the first one of this step that has.
    const order = cursor.phase === 'forward' ? this.perStep : [...this.perStep].reverse();
    const from = order.indexOf(cursor.unit);
    if (from < 0 || this.hasCell(cursor.unit)) return deeper;
    const into = order.slice(from).find((unit) => this.hasCell(unit));
    return into === undefined ? deeper : this.withLevel({ ...cursor, unit: into }, next);
  }

  stepOut(cursor: Cursor): Cursor {
    const above = levels[levels.indexOf(cursor.level) - 1];
    return above === undefined ? cursor : this.withLevel(cursor, above);
  }

  /** The stop of a level that holds this position. */
  withLevel(position: Position, level: Level): Cursor {
    if (level === 'equation' && (position.phase === 'forward' || position.phase === 'backward')) {
      const count = this.unitAt(position.unit).equations.length;
      return { ...position, equation: position.phase === 'backward' ? count - 1 : 0, level };
    }
    return this.at(level, this.indexOf({ ...position, level }));
  }

  /** The stop of one equation (or line) at one step. */
  stopAt(phase: 'forward' | 'backward', t: number, unit: number, equation: number, level: Level = 'equation'): Cursor {
    return this.at(level, this.indexOf({ phase, t: this.unitAt(unit).perStep ? t : this.steps + 1, unit, equation, level }));
  }

  private hasCell(unit: number): boolean {
    const { line } = this.unitAt(unit);
    return line.kind === 'step' && line.cell !== undefined;
  }

  private half(level: 'step' | 'layer' | 'equation'): number {
    const { perStep, tail } = this.counts[level];
    return perStep * this.steps + tail;
  }

  private lastWithin(level: 'step' | 'layer' | 'equation', slot: Slot, inSteps: boolean): Slot {
    if (level === 'equation') return slot;
    const unit = level === 'layer' ? slot.unit : defined((inSteps ? this.perStep : this.tail).at(-1), 'a step has units');
    return { unit, equation: this.unitAt(unit).equations.length - 1 };
  }
}

interface Slot {
  readonly unit: number;
  readonly equation: number;
}
