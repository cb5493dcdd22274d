// What names mean at one stop: the layer's own first, then the model's lines, then the words of every expression.
// Not the evaluation (expression.ts).
// Invariant: a name means what it means in the source; `h@k` is the state before step k; an unknown name is an error that offers the nearest.
import { didYouMean } from '../base/closest-name';
import { OperationalError } from '../base/operational-error';
import type { Recording, Shaped } from './recording';
import type { Range } from './statistics';
import type { Unit } from './timeline';

export type Resolved =
  | { readonly kind: 'input' | 'old' | 'new' | 'named' | 'param'; readonly unit: Unit; readonly name: string; readonly label: string }
  | { readonly kind: 'line'; readonly name: string; readonly label: string }
  | { readonly kind: 'x'; readonly label: string };

/** Words that mean something everywhere. */
export interface Surroundings {
  readonly iteration: number;
  readonly loss: number;
  readonly gradNorm: number;
  /** Text of each token id. */
  readonly vocabulary?: readonly string[];
}

const wrong = (message: string): OperationalError => new OperationalError('expression', message);

export class Scope {
  constructor(
    readonly recording: Recording,
    readonly unit: Unit | undefined,
    /** From 1 to T. */
    readonly t: number,
    private readonly around: Surroundings,
  ) {}

  get steps(): number {
    return this.recording.steps;
  }

  at(t: number): Scope {
    return t === this.t ? this : new Scope(this.recording, this.unit, t, this.around);
  }

  special(name: string): number | string | undefined {
    if (name === 't') return this.t;
    if (name === 'loss') return this.around.loss;
    if (name === 'iteration') return this.around.iteration;
    if (name === 'gradNorm') return this.around.gradNorm;
    if (name !== 'token') return undefined;
    if (this.recording.model.input.kind !== 'tokens') throw wrong('This model reads numbers, not tokens; x is what it reads.');
    const id = this.recording.x(this.t).data[0] ?? 0;
    return this.around.vocabulary?.[id] ?? id;
  }

  /** Throws OperationalError `expression` for a name that means nothing here. */
  resolve(path: readonly string[], prime: boolean): Resolved {
    const name = path.at(-1) ?? '';
    const prefix = path.slice(0, -1).join('.');
    const { units } = this.recording.timeline;
    if (prefix !== '') {
      const unit = units.find((candidate) => candidate.name === prefix);
      const found = unit && inUnit(unit, name, prime);
      if (found) return found;
      const line = prime ? undefined : this.line(path.join('.'));
      if (line) return line;
      if (unit === undefined) throw wrong(`There is no layer \`${prefix}\`.${didYouMean(prefix, units.map((candidate) => candidate.name))}`);
      throw this.unknown(name, prime, unit, `${prefix}.`);
    }
    const found = this.unit && inUnit(this.unit, name, prime);
    if (found) return found;
    const line = prime ? undefined : this.line(name);
    if (line) return line;
    if (name === 'x' && !prime) return { kind: 'x', label: 'x' };
    throw this.unknown(name, prime, this.unit, '');
  }

  /** What can be named here, as it is written. */
  names(): readonly string[] {
    const own = this.unit ? namesOf(this.unit) : [];
    const others = this.recording.timeline.units.filter((unit) => unit !== this.unit && unit.walk !== undefined).flatMap((unit) => namesOf(unit).map((name) => `${unit.name}.${name}`));
    return [...own, ...this.recording.model.lines.map((line) => line.name), ...(own.includes('x') ? [] : ['x']), 't', 'token', 'loss', 'iteration', 'gradNorm', ...others];
  }

  value(resolved: Resolved): Shaped {
    const { recording, t } = this;
    switch (resolved.kind) {
      case 'input':
        return recording.input(resolved.unit, resolved.name, t);
      case 'old':
        return recording.old(resolved.unit, resolved.name, t);
      case 'new':
      case 'named':
        return recording.named(resolved.unit, resolved.name, t);
      case 'param':
        return recording.param(`${resolved.unit.name}.${resolved.name}`);
      case 'line':
        return recording.line(resolved.name, t);
      case 'x':
        return recording.x(t);
    }
  }

  gradient(resolved: Resolved): Shaped {
    const { recording, t } = this;
    switch (resolved.kind) {
      case 'input':
        return recording.inputGradient(resolved.unit, resolved.name, t);
      case 'old':
        return recording.oldGradient(resolved.unit, resolved.name, t);
      case 'new':
      case 'named':
        return recording.namedGradient(resolved.unit, resolved.name, t);
      case 'param':
        return recording.paramGradient(`${resolved.unit.name}.${resolved.name}`);
      case 'line':
        return recording.lineGradient(resolved.name, t);
      case 'x':
        return recording.xGradient(t);
    }
  }

  part(resolved: Extract<Resolved, { readonly unit: Unit }>): Promise<Shaped> {
    return this.recording.part(resolved.unit, resolved.name, this.t);
  }

  range(resolved: Resolved): Range | undefined {
    return 'unit' in resolved && (resolved.kind === 'named' || resolved.kind === 'new') ? this.recording.rangeOf(resolved.unit, resolved.name) : undefined;
  }

  spectrum(resolved: Resolved | undefined): Promise<{ readonly rho: number; readonly sigma: number }> {
    const unit = resolved !== undefined && 'unit' in resolved ? resolved.unit : this.unit;
    if (unit?.walk === undefined || unit.walk.line.step.states.length === 0) throw wrong('rho and sigma are about a layer with states; step into one, or name a state such as rho(r1.h).');
    return this.recording.spectrum(unit, this.t, resolved !== undefined && 'name' in resolved ? resolved.name : undefined);
  }

  private line(name: string): Resolved | undefined {
    return this.recording.model.lines.some((line) => line.name === name) ? { kind: 'line', name, label: name } : undefined;
  }

  private unknown(name: string, prime: boolean, unit: Unit | undefined, prefix: string): OperationalError {
    const written = `${prefix}${name}${prime ? '\'' : ''}`;
    if (prime && unit && inUnit(unit, name, false)) return wrong(`\`${prefix}${name}\` is no state, so it has no value after the step; write ${prefix}${name}.`);
    const near = didYouMean(written, this.names());
    return wrong(`\`${written}\` is not known here${unit === undefined ? '' : `, in ${unit.name}`}.${near === '' ? ` There are ${(unit ? namesOf(unit).map((each) => prefix + each) : this.names()).slice(0, 12).join(', ')}.` : near}`);
  }
}

export function inUnit(unit: Unit, name: string, prime: boolean): Resolved | undefined {
  const step = unit.walk?.line.step;
  if (step === undefined) return undefined;
  const found = (kind: 'input' | 'old' | 'new' | 'named' | 'param'): Resolved => ({ kind, unit, name, label: prime ? `${name}'` : name });
  if (step.states.some((state) => state.name === name)) return found(prime ? 'new' : 'old');
  if (prime) return undefined;
  if (step.inputs.some((input) => input.name === name)) return found('input');
  if (step.named.some((named) => named.name === name && named.kind !== 'state')) return found('named');
  if (step.params.some((param) => param.name === name)) return found('param');
  return undefined;
}

function namesOf(unit: Unit): readonly string[] {
  const step = unit.walk?.line.step;
  if (step === undefined) return [];
  return [
    ...step.inputs.map((input) => input.name),
    ...step.states.flatMap((state) => [state.name, `${state.name}'`]),
    ...step.named.filter((named) => named.kind !== 'state').map((named) => named.name),
    ...step.params.map((param) => param.name),
  ];
}
