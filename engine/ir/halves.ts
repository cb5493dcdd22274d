// The walks over time that a line makes: one, or two for a layer of both directions, each with its own parameters.
// Not the walking (../trace) and not the joining of outputs, which is `[forward; backward]`.
// Invariant: the forward half has the line's plain name; the reverse half of `both` is `<line>.backward`; t is always the input's position.
import type { Line, Model, StepLine } from './model';

export interface Half {
  /** Names of parameters, values and initial states begin with it. */
  readonly prefix: string;
  readonly reversed: boolean;
  /** Where its units begin in the line's output. */
  readonly offset: number;
  readonly size: number;
}

export function halvesOf(line: StepLine): readonly Half[] {
  if (line.direction !== 'both') return [{ prefix: line.name, reversed: line.direction === 'backward', offset: 0, size: line.size }];
  const size = line.size / 2;
  return [
    { prefix: line.name, reversed: false, offset: 0, size },
    { prefix: `${line.name}.backward`, reversed: true, offset: size, size },
  ];
}

/** How many of a line's units, from the first on, were computed walking forwards in time; the rest walked backwards. */
export function forwardUnits(model: Model, name: string): number {
  const line = model.lines.find((candidate: Line) => candidate.name === name);
  if (line?.kind !== 'step') return line?.size ?? Number.POSITIVE_INFINITY;
  if (line.step.states.length > 0) return line.direction === 'forward' ? line.size : line.direction === 'both' ? line.size / 2 : 0;
  // An elementwise line over one layer keeps that layer's halves; anything else mixes units, so they count as forward.
  const [source] = line.inputs;
  const keeps = line.inputs.length === 1 && line.step.params.length === 0 && source !== undefined;
  const below = keeps ? model.lines.find((candidate) => candidate.name === source) : undefined;
  return below?.size === line.size ? forwardUnits(model, below.name) : line.size;
}
