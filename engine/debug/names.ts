// What names mean at a place of the model: the layer's own first, then the model's lines, then what the network reads.
// Not their numbers (scope.ts) and not the evaluation (expression.ts).
// Invariant: a name means what it means in the source; an unknown name is an error that offers the nearest.
import { didYouMean } from '../base/closest-name';
import { OperationalError } from '../base/operational-error';
import type { Model } from '../ir/model';
import type { Unit } from './timeline';

export type Resolved =
  | { readonly kind: 'input' | 'old' | 'new' | 'named' | 'param'; readonly unit: Unit; readonly name: string; readonly label: string }
  | { readonly kind: 'line'; readonly name: string; readonly label: string }
  | { readonly kind: 'x'; readonly label: string };

const wrong = (message: string): OperationalError => new OperationalError('expression', message);

export class Names {
  constructor(
    private readonly units: readonly Unit[],
    private readonly model: Model,
    private readonly unit: Unit | undefined,
  ) {}

  /** Throws OperationalError `expression` for a name that means nothing here. */
  resolve(path: readonly string[], prime: boolean): Resolved {
    const name = path.at(-1) ?? '';
    const prefix = path.slice(0, -1).join('.');
    const { units } = this;
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
  known(): readonly string[] {
    const own = this.unit ? namesOf(this.unit) : [];
    const prefixed = this.units.filter((unit) => unit.walk !== undefined).flatMap((unit) => namesOf(unit).map((name) => `${unit.name}.${name}`));
    return [...own, ...this.model.lines.map((line) => line.name), ...(own.includes('x') ? [] : ['x']), 't', 'token', 'loss', 'iteration', 'gradNorm', ...prefixed];
  }

  private line(name: string): Resolved | undefined {
    return this.model.lines.some((line) => line.name === name) ? { kind: 'line', name, label: name } : undefined;
  }

  private unknown(name: string, prime: boolean, unit: Unit | undefined, prefix: string): OperationalError {
    const written = `${prefix}${name}${prime ? '\'' : ''}`;
    if (prime && unit && inUnit(unit, name, false)) return wrong(`\`${prefix}${name}\` is no state, so it has no value after the step; write ${prefix}${name}.`);
    const near = didYouMean(written, this.known());
    return wrong(`\`${written}\` is not known here${unit === undefined ? '' : `, in ${unit.name}`}.${near === '' ? ` There are ${(unit ? namesOf(unit).map((each) => prefix + each) : this.known()).slice(0, 12).join(', ')}.` : near}`);
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
