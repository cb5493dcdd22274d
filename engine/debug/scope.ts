// The numbers behind names at one stop of a recorded pass, and the words that mean something everywhere (`t`, `loss`).
// Not what names mean (names.ts) and not the evaluation (expression.ts).
// Invariant: numbers are the recording's; `h@k` is the state before step k.
import { OperationalError } from '../base/operational-error';
import { Names, type Resolved } from './names';
import type { Recording, Shaped } from './recording';
import type { Range } from './statistics';
import type { Unit } from './timeline';

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
  readonly names: Names;

  constructor(
    readonly recording: Recording,
    readonly unit: Unit | undefined,
    /** From 1 to T. */
    readonly t: number,
    private readonly around: Surroundings,
  ) {
    this.names = new Names(recording.timeline.units, recording.model, unit);
  }

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
    return this.around.vocabulary === undefined ? id : (this.around.vocabulary[id] ?? String(id));
  }

  /** Throws OperationalError `expression` for a name that means nothing here. */
  resolve(path: readonly string[], prime: boolean): Resolved {
    return this.names.resolve(path, prime);
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
}
