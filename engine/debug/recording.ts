// One recorded pass of one sequence, read by name and step: what the debugger and its expressions stand on.
// Not a cursor (timeline.ts) and not a computation, except for what only one step needs and nobody asked for before (`part`, Jacobians).
// Invariant: steps count from 1 here; numbers are the trace's own; a recording never changes.
import { defined } from '../base/invariant';
import { OperationalError } from '../base/operational-error';
import { columnAt, feedsOfCopies, isValid, lineValueAt, type RecordedWalk, seedLabel, stateBefore, timeOf, zeroSeeds } from '../inspect/recorded-step';
import { largestSingularValue, spectralRadius } from '../inspect/spectrum';
import { type Jacobian, stepJacobian } from '../inspect/step-jacobian';
import type { Model } from '../ir/model';
import { sizeOf } from '../runtime/tensor';
import type { Trace } from '../trace/trace';
import { numbers, type TracePrograms } from '../trace/trace-programs';
import type { Range } from './statistics';
import { Timeline, type Unit } from './timeline';

export interface Shaped {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export class Recording {
  readonly timeline: Timeline;
  readonly steps: number;
  private readonly parts = new Map<string, Promise<ReadonlyMap<string, Float32Array>>>();

  constructor(
    readonly model: Model,
    readonly trace: Trace,
    private readonly programs: TracePrograms,
    /** Row of the trace's batch. */
    readonly row: number = 0,
  ) {
    this.steps = timeOf(trace);
    this.timeline = new Timeline(model, this.steps);
  }

  isValid(t: number): boolean {
    return t > this.steps || isValid(this.trace, this.row, t - 1);
  }

  /** A line's value: `[size]`. */
  line(name: string, t: number): Shaped {
    const line = defined(this.model.lines.find((candidate) => candidate.name === name), `${name} is a line`);
    return { shape: [line.size], data: lineValueAt({ model: this.model, trace: this.trace, sequence: this.row }, name, t - 1) };
  }

  lineGradient(name: string, t: number): Shaped {
    const line = defined(this.model.lines.find((candidate) => candidate.name === name), `${name} is a line`);
    return { shape: [line.size], data: this.column(`grad/${name}`, line.perStep, t) };
  }

  /** An equation's value, or a state's after the step. */
  named(unit: Unit, name: string, t: number): Shaped {
    return { shape: this.namedShape(unit, name), data: this.column(`value/${unit.name}.${name}`, unit.perStep, t) };
  }

  /** Total ∂loss/∂ an equation's value, or a state's after the step. */
  namedGradient(unit: Unit, name: string, t: number): Shaped {
    return { shape: this.namedShape(unit, name), data: this.column(`grad/${unit.name}.${name}`, unit.perStep, t) };
  }

  /** A state before the step, in the walk's own direction. */
  old(unit: Unit, name: string, t: number): Shaped {
    const { walk, index, shape } = this.state(unit, name);
    return { shape, data: stateBefore(walk, index, t - 1) };
  }

  /** What the step sends back: ∂loss/∂ the state before it. */
  oldGradient(unit: Unit, name: string, t: number): Shaped {
    return { shape: this.state(unit, name).shape, data: this.handedAt(`old/${unit.name}.${name}`, unit.perStep, t) };
  }

  /** What arrives at a state from the step after it in the walk's own direction; zeros at the last. */
  arriving(unit: Unit, name: string, t: number): Shaped {
    const { walk, shape } = this.state(unit, name);
    const next = walk.half.reversed ? t - 1 : t + 1;
    if (next < 1 || next > this.steps) return { shape, data: new Float32Array(sizeOf(shape)) };
    return { shape, data: this.handedAt(`old/${unit.name}.${name}`, unit.perStep, next) };
  }

  /** What arrives at the output from the lines above and the loss. */
  above(unit: Unit, t: number): Shaped {
    const data = this.handedAt(`above/${unit.name}`, unit.perStep, t);
    return { shape: [data.length], data };
  }

  input(unit: Unit, name: string, t: number): Shaped {
    const step = defined(unit.walk, 'the line has inputs').line.step;
    const index = step.inputs.findIndex((input) => input.name === name);
    const source = defined(unit.walk?.line.inputs[index], 'every input is bound');
    return source === 'x' ? this.x(t) : this.line(source, t);
  }

  /** ∂loss/∂ the input through this line alone. */
  inputGradient(unit: Unit, name: string, t: number): Shaped {
    const data = this.handedAt(`in/${unit.name}.${name}`, unit.perStep, t);
    return { shape: [data.length], data };
  }

  /** What the network reads at the step: an id `[]` or features. */
  x(t: number): Shaped {
    const { x } = this.trace.batch;
    const width = x.data.length / (x.dims[0] ?? 1) / this.steps;
    const at = (this.row * this.steps + t - 1) * width;
    const data = Float32Array.from(x.data.subarray(at, at + width));
    return { shape: x.kind === 'i32' ? [] : [width], data };
  }

  xGradient(t: number): Shaped {
    const column = this.trace.columns.get('grad/x');
    if (column === undefined) throw new OperationalError('no-gradient', 'Tokens have no gradient; their embedding has.');
    const data = columnAt(this.trace, 'grad/x', this.row, t - 1);
    return { shape: [data.length], data };
  }

  param(name: string): Shaped {
    const tensor = defined(this.trace.weights.get(name), `the weights hold ${name}`);
    return { shape: tensor.dims, data: tensor.data };
  }

  /** Whole gradient of a parameter, over all steps and the batch. */
  paramGradient(name: string): Shaped {
    const tensor = defined(this.trace.columns.get(`grad/param/${name}`), `the trace holds the gradient of ${name}`);
    return { shape: tensor.dims, data: tensor.data };
  }

  /** What one step of this sequence adds to a parameter's gradient. */
  async part(unit: Unit, param: string, t: number): Promise<Shaped> {
    const spec = defined(unit.walk?.line.step.params.find((candidate) => candidate.name === param), `${param} is a parameter of ${unit.name}`);
    const key = `${unit.name} ${t}`;
    let parts = this.parts.get(key);
    if (parts === undefined) {
      // One step's parts are as large as all parameters: what was looked at before is not kept.
      this.parts.clear();
      parts = this.backwardOf(unit, t);
      this.parts.set(key, parts);
    }
    return { shape: spec.shape, data: (await parts).get(param) ?? new Float32Array(sizeOf(spec.shape)) };
  }

  /** ∂ all new states / ∂ all old states of a layer at a step. */
  jacobian(unit: Unit, t: number): Promise<Jacobian> {
    return stepJacobian(this.programs, this.walkOf(unit), t - 1);
  }

  /** Spectral radius and largest singular value of the step's Jacobian, or of the block of one state. */
  async spectrum(unit: Unit, t: number, state?: string): Promise<{ readonly rho: number; readonly sigma: number }> {
    const whole = await this.jacobian(unit, t);
    const block = state === undefined ? whole : this.block(unit, whole, state);
    return { rho: spectralRadius(block) ?? NaN, sigma: largestSingularValue(block) ?? NaN };
  }

  /** Where an equation's outermost function keeps its values, if it does. */
  rangeOf(unit: Unit, name: string): Range | undefined {
    return rangeOf(unit, name);
  }

  private block(unit: Unit, whole: Jacobian, state: string): Jacobian {
    const { line } = this.walkOf(unit);
    const before = line.step.states.slice(0, line.step.states.findIndex((candidate) => candidate.name === state)).reduce((sum, each) => sum + sizeOf(each.shape), 0);
    const size = sizeOf(this.state(unit, state).shape);
    const data = new Float32Array(size * size);
    for (let i = 0; i < size; i++) data.set(whole.data.subarray((before + i) * whole.size + before, (before + i) * whole.size + before + size), i * size);
    return { size, data };
  }

  private async backwardOf(unit: Unit, t: number): Promise<ReadonlyMap<string, Float32Array>> {
    if (!this.isValid(t) && unit.walk !== undefined && unit.walk.line.step.states.length > 0) return new Map();
    const walk = this.walkOf(unit);
    const open = await this.programs.step(walk.line, 1, false);
    const seeds = zeroSeeds(open);
    const add = (label: string, data: Float32Array): void => {
      const seed = defined(seeds[label], `${label} is a seed`).data;
      data.forEach((value, i) => (seed[i] = (seed[i] ?? 0) + value));
    };
    for (const state of walk.line.step.states) add(seedLabel(open, state.name), this.arriving(unit, state.name, t).data);
    const { outputState } = open.program;
    add(outputState === undefined ? 'seed.output' : seedLabel(open, outputState), this.above(unit, t).data);
    const results = await (await open.backward()).run({ ...feedsOfCopies(walk, open, t - 1), ...seeds });
    return new Map(walk.line.step.params.flatMap((param) => {
      const got = results[`param.grad.${param.name}`];
      return got === undefined ? [] : [[param.name, numbers(got)] as const];
    }));
  }

  private walkOf(unit: Unit): RecordedWalk {
    const { line, half } = defined(unit.walk, `${unit.name} has a cell`);
    return { model: this.model, trace: this.trace, line, half, sequence: this.row };
  }

  private state(unit: Unit, name: string): { readonly walk: RecordedWalk; readonly index: number; readonly shape: readonly number[] } {
    const walk = this.walkOf(unit);
    const index = walk.line.step.states.findIndex((state) => state.name === name);
    return { walk, index, shape: defined(walk.line.step.states[index], `${name} is a state`).shape };
  }

  private namedShape(unit: Unit, name: string): readonly number[] {
    const step = defined(unit.walk, `${unit.name} has a cell`).line.step;
    const id = step.named.find((named) => named.name === name)?.id;
    return [...step.graph.inputs, ...step.graph.equations].find((value) => value.id === id)?.type.shape ?? [];
  }

  private handedAt(key: string, perStep: boolean, t: number): Float32Array {
    return this.at(defined(this.trace.handed?.get(key), `the trace was recorded with ${key}`).data, perStep, t);
  }

  private column(key: string, perStep: boolean, t: number): Float32Array {
    return this.at(defined(this.trace.columns.get(key), `the trace holds ${key}`).data, perStep, t);
  }

  private at(data: Float32Array, perStep: boolean, t: number): Float32Array {
    const rows = this.trace.batch.x.dims[0] ?? 1;
    const width = data.length / rows / (perStep ? this.steps : 1);
    const start = (perStep ? this.row * this.steps + t - 1 : this.row) * width;
    return data.subarray(start, start + width);
  }
}

/** Where an equation's outermost function keeps its values, if it does. */
export function rangeOf(unit: Unit, name: string): Range | undefined {
  const step = unit.walk?.line.step;
  const named = step?.named.find((candidate) => candidate.name === name);
  const kind = step?.graph.equations.find((equation) => equation.id === named?.id)?.op.kind;
  if (kind === 'sigmoid' || kind === 'hardSigmoid' || kind === 'softmax') return [0, 1];
  if (kind === 'tanh' || kind === 'hardTanh' || kind === 'softsign') return [-1, 1];
  return named?.kind === 'gate' ? [0, 1] : undefined;
}
