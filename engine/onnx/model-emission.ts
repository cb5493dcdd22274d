// Emits a whole model over one chunk of steps: every line forwards, the loss, and every line backwards.
// Not the optimizer and not the program's ports for running (training-graph.ts).
// Invariant: parameters come from one vector by the layout; values over time are time-major.
import { defined } from '../base/invariant';
import { forwardUnits, type Half, halvesOf } from '../ir/halves';
import type { EmbedLine, Model, PoolLine, StepLine } from '../ir/model';
import { planSequence, type SequencePlan } from '../schedule/sequence-plan';
import type { StepWatch } from '../schedule/watches';
import { sizeOf } from '../runtime/tensor';
import { type EmittedLoss, emitLoss, emitLookup, emitLookupGradient, emitOneHot, emitPool, emitPoolGradient, type PoolInputs, type PoolShape } from './line-emission';
import type { OnnxGraph } from './onnx-graph';
import { ParameterLayout } from './parameter-layout';
import { concatRows, SequenceEmission, type SequenceGradients } from './sequence-emission';

/** What a chunk looks like; one graph is emitted per shape. */
export interface ChunkShape {
  readonly steps: number;
  readonly batch: number;
  readonly masked: boolean;
  readonly training: boolean;
  readonly maxNodeArity: number;
  /** Operators that the backend has not. */
  readonly lacks?: readonly string[];
  /** How numeric `x` arrives: `[time × batch, features]`, or `[batch, time, features]`, to be turned by the program. */
  readonly x?: 'steps' | 'sequences';
  /** Which targets count: all valid ones, or those that the input `counted` `[rows, 1]` marks. */
  readonly counted?: 'valid' | 'given';
}

export interface ModelPlans {
  readonly model: Model;
  readonly layout: ParameterLayout;
  readonly watches: readonly StepWatch[];
  /** Steps of a block (step-blocks.ts). */
  readonly block: number | undefined;
  readonly plan: (line: StepLine) => SequencePlan;
}

/** @param shape `block`: steps of a block, with forward products taken apart. @param optimised false leaves every equation as the text has it, to compare with. */
export function planModel(model: Model, shape: Pick<ChunkShape, 'masked' | 'training'> & { readonly block?: number | undefined }, optimised = true, watches: readonly StepWatch[] = []): ModelPlans {
  const plans = new Map<string, SequencePlan>();
  const layout = new ParameterLayout();
  for (const line of model.lines) {
    if (line.kind === 'embed' && line.how === 'embedding') layout.place(`${line.name}.W`, [line.vocabulary, line.size]);
    if (line.kind !== 'step') continue;
    const own = watches.filter((watch) => watch.line === line.name);
    const plan = planSequence(line.step, { masked: shape.masked, backward: shape.training, optimised, apart: shape.block !== undefined, watches: own });
    // The layout must not depend on the shape: it is that of the plain, joined training plan.
    const usual = shape.training && !shape.masked && shape.block === undefined && own.length === 0 ? plan : planSequence(line.step, { masked: false, backward: true, optimised });
    plans.set(line.name, plan);
    for (const half of halvesOf(line)) {
      layout.placePlan(half.prefix, usual);
      for (const state of line.step.states) if (state.initial.kind === 'learned') layout.place(`${half.prefix}.initial.${state.name}`, state.shape);
    }
  }
  return { model, layout, watches, block: shape.block, plan: (line) => defined(plans.get(line.name), `line ${line.name} was planned`) };
}

interface WalkedHalf {
  readonly half: Half;
  readonly emission: SequenceEmission;
  gradients?: SequenceGradients;
}

export class ModelEmission {
  private readonly values = new Map<string, string>();
  private readonly cotangents = new Map<string, string>();
  private readonly walks = new Map<string, readonly WalkedHalf[]>();
  private readonly embedGradients = new Map<string, string>();
  /** Last states by `<prefix>.<state>`. */
  readonly finals = new Map<string, string>();
  /** Cotangents of the initial states by `<prefix>.<state>`. */
  readonly initialGradients = new Map<string, string>();

  constructor(
    private readonly graph: OnnxGraph,
    private readonly plans: ModelPlans,
    private readonly shape: ChunkShape,
    private readonly parameters: string,
  ) {}

  private get rows(): number {
    return this.shape.steps * this.shape.batch;
  }

  /** Emits every line; returns the name of each line's value. */
  forward(): ReadonlyMap<string, string> {
    const { model } = this.plans;
    const { graph, rows } = this;
    if (model.input.kind === 'numeric') this.values.set('x', this.numericInput(model.input.features));
    else graph.input('x', 'i32', [rows]);
    if (this.shape.masked) graph.input('mask', 'f32', [rows, 1]);
    for (const line of model.lines) {
      if (line.kind === 'embed') this.values.set(line.name, this.embed(line));
      else if (line.kind === 'pool') this.values.set(line.name, this.pool(line));
      else this.values.set(line.name, this.walk(line));
    }
    return this.values;
  }

  loss(): EmittedLoss {
    const { model } = this.plans;
    const size = this.sizeOf(model.loss.of);
    const rows = model.target.perStep ? this.rows : this.shape.batch;
    return emitLoss(this.graph, model.loss.kind, {
      y: this.valueOf(model.loss.of),
      target: model.loss.kind === 'crossEntropy' ? this.graph.input('y', 'i32', [rows]) : this.graph.input('y', 'f32', [rows, size]),
      valid: this.shape.counted === 'given' ? this.graph.input('counted', 'f32', [rows, 1]) : 'mask',
      scale: this.graph.input('scale', 'f32', []),
      rows,
      size,
      allValid: this.shape.counted !== 'given' && (!this.shape.masked || !model.target.perStep),
    });
  }

  /** Walks every line backwards. @param final cotangent of a last state by `<prefix>.<state>`, when the sequence goes on. */
  backward(lossGradient: string, final: (key: string) => string | undefined, wantInitial: boolean): void {
    const { model } = this.plans;
    this.addTo(model.loss.of, lossGradient);
    for (const line of [...model.lines].reverse()) {
      const arriving = this.cotangents.get(line.name);
      if (line.kind === 'step') this.walkBack(line, arriving, final, wantInitial);
      else if (arriving === undefined) continue;
      else if (line.kind === 'pool') this.addTo(line.of, emitPoolGradient(this.graph, this.poolShape(line), this.valueOf(line.of), this.valueOf(line.name), arriving, this.poolInputs(line)));
      else if (line.how === 'embedding') this.embedGradients.set(`${line.name}.W`, emitLookupGradient(this.graph, arriving, 'x', line.vocabulary, line.size, this.rows));
    }
  }

  /** Reduced watches after the backward pass: by label and half, with the dimensions of each. */
  watches(): readonly { readonly name: string; readonly value: string; readonly dims: readonly number[] }[] {
    const { graph, rows } = this;
    const { steps, batch, masked } = this.shape;
    return [...this.walks].flatMap(([line, walks]) =>
      walks.flatMap(({ half, emission }) =>
        this.plans.watches
          .filter((watch) => watch.line === line)
          .map((watch, index) => {
            const name = half.prefix === line ? watch.label : `${watch.label} (backward)`;
            const each = emission.over(defined(this.plans.plan(stepLine(this.plans.model, line)).pair.results.watches[index], 'every watch has a value'));
            const spread = watch.change === true ? this.changeOver(each) : graph.node('Expand', [each, graph.indices([rows, 1])]);
            const counted = masked ? graph.node('Mul', [spread, 'mask']) : spread;
            if (watch.reduce === 'none') return { name, value: graph.node('Reshape', [counted, graph.indices([steps, batch])]), dims: [steps, batch] };
            if (watch.reduce === 'any') return { name, value: graph.node('ReduceMax', [counted], { keepdims: { int: 0 } }), dims: [] };
            const byStep = graph.node('Reshape', [counted, graph.indices([steps, batch])]);
            return { name, value: graph.node('ReduceL2', [byStep], { axes: { ints: [1] }, keepdims: { int: 0 } }), dims: [steps] };
          }),
      ),
    );
  }

  /** Largest difference of an element from the step before, `[rows, 1]`. */
  private changeOver(value: string): string {
    const { graph, rows } = this;
    const { steps, batch } = this.shape;
    const first = graph.node('Expand', [graph.scalar(0), graph.indices([batch, 1])]);
    if (steps === 1) return first;
    const flat = graph.node('Reshape', [value, graph.indices([rows, -1])]);
    const stretch = (start: number, end: number): string => graph.node('Slice', [flat, graph.indices([start]), graph.indices([end]), graph.indices([0])]);
    const difference = graph.node('Abs', [graph.node('Sub', [stretch(batch, rows), stretch(0, rows - batch)])]);
    return graph.node('Concat', [first, graph.node('ReduceMax', [difference], { axes: { ints: [1] }, keepdims: { int: 1 } })], { axis: { int: 0 } });
  }

  /** A stretch of the parameter vector as a tensor. */
  parameter(names: readonly string[], dims: readonly number[]): string | undefined {
    const stretch = this.plans.layout.stretch(names);
    if (!stretch) return undefined;
    const { graph } = this;
    const piece = graph.node('Slice', [this.parameters, graph.indices([stretch.start]), graph.indices([stretch.end]), graph.indices([0])]);
    return dims.length === 1 ? piece : graph.node('Reshape', [piece, graph.indices(dims)]);
  }

  private numericInput(features: number): string {
    const { graph, rows } = this;
    const { steps, batch } = this.shape;
    if (this.shape.x !== 'sequences') return graph.input('x', 'f32', [rows, features]);
    const turned = graph.node('Transpose', [graph.input('x', 'f32', [batch, steps, features])], { perm: { ints: [1, 0, 2] } });
    return graph.node('Reshape', [turned, graph.indices([rows, features])]);
  }

  private embed(line: EmbedLine): string {
    if (line.how === 'oneHot') return emitOneHot(this.graph, 'x', line.vocabulary, this.rows);
    return emitLookup(this.graph, defined(this.parameter([`${line.name}.W`], [line.vocabulary, line.size]), 'the table has a place'), 'x');
  }

  private walk(line: StepLine): string {
    const recurrent = line.step.states.length > 0;
    const { graph } = this;
    const plan = this.plans.plan(line);
    const rows = line.perStep ? this.rows : this.shape.batch;
    const steps = recurrent ? this.shape.steps : 1;
    const walked = halvesOf(line).map((half): WalkedHalf & { readonly output: string } => {
      const { step } = plan.pair;
      const emission = new SequenceEmission({
        graph,
        plan,
        steps,
        batch: rows / steps,
        reversed: half.reversed,
        maxNodeArity: this.shape.maxNodeArity,
        block: this.plans.block,
        inputs: line.inputs.map((name) => this.valueOf(name)),
        parameters: (names, type) => this.parameter(names.map((name) => `${half.prefix}.${name}`), type.shape),
        mask: plan.mask === undefined ? undefined : 'mask',
        dropouts: step.dropouts.map((dropout, index) => graph.input(`dropout/${half.prefix}.${index}`, 'f32', [rows, ...dropout.shape])),
        initial: step.states.map((state) => this.initial(half, state.name, state.shape, state.initial.kind === 'learned')),
      });
      const { output, finals } = emission.forward();
      step.states.forEach((state, index) => this.finals.set(`${half.prefix}.${state.name}`, finals[index] as string));
      return { half, emission, output };
    });
    this.walks.set(line.name, walked);
    const outputs = walked.map((walk) => walk.output);
    return outputs.length === 1 ? (outputs[0] as string) : graph.node('Concat', outputs, { axis: { int: 1 } });
  }

  /** A given initial state is an input; a learned one is a parameter where the sequence starts (`fresh` is 1 and what is given is 0). */
  private initial(half: Half, state: string, shape: readonly number[], learned: boolean): string {
    const { graph } = this;
    const dims = shape.length === 0 ? [this.shape.batch, 1] : [this.shape.batch, ...shape];
    const given = graph.input(`initial/${half.prefix}.${state}`, 'f32', dims);
    if (!learned) return given;
    const parameter = defined(this.parameter([`${half.prefix}.initial.${state}`], shape.length === 0 ? [1] : shape), 'a learned state has a place');
    return graph.node('Add', [given, graph.node('Mul', [parameter, graph.input(`fresh/${half.prefix}.${state}`, 'f32', [])])]);
  }

  private walkBack(line: StepLine, arriving: string | undefined, final: (key: string) => string | undefined, wantInitial: boolean): void {
    const walks = defined(this.walks.get(line.name), 'the line was walked');
    const { graph } = this;
    for (const walk of walks) {
      const { half } = walk;
      const { states } = line.step;
      const own =
        arriving === undefined || half.size === line.size
          ? arriving
          : graph.node('Slice', [arriving, graph.indices([half.offset]), graph.indices([half.offset + half.size]), graph.indices([1])]);
      const learned = states.some((state) => state.initial.kind === 'learned');
      const gradients = walk.emission.backward(own, states.map((state) => final(`${half.prefix}.${state.name}`)), wantInitial || learned);
      walk.gradients = gradients;
      states.forEach((state, index) => {
        const gradient = gradients.initial[index];
        if (gradient !== undefined) this.initialGradients.set(`${half.prefix}.${state.name}`, gradient);
      });
      line.inputs.forEach((name, index) => {
        const gradient = gradients.inputs[index];
        if (gradient !== undefined) this.addTo(name, gradient);
      });
    }
  }

  /** Every parameter's gradient, joined in the layout's order; what was computed joined stays joined. */
  gradientVector(): string {
    const { graph } = this;
    const found = new Map<string, { readonly emission: SequenceEmission; readonly id: number | undefined }>();
    for (const [name, walks] of this.walks) {
      const line = stepLine(this.plans.model, name);
      for (const { half, emission, gradients } of walks) {
        line.step.params.forEach((param, index) => found.set(`${half.prefix}.${param.name}`, { emission, id: gradients?.parameter(index) }));
      }
    }
    const pieces: string[] = [];
    const flat = (name: string): string => graph.node('Reshape', [name, graph.indices([-1])]);
    const { entries } = this.plans.layout;
    for (let i = 0; i < entries.length; i++) {
      const entry = defined(entries[i], 'index is in range');
      const gradient = found.get(entry.name);
      if (gradient?.id === undefined) {
        pieces.push(this.otherGradient(entry.name, entry.shape, flat));
        continue;
      }
      const run = joinedRun(entries.slice(i).map((each) => found.get(each.name)));
      if (run) {
        pieces.push(flat(gradient.emission.over(run.base)));
        i += run.count - 1;
      } else pieces.push(flat(gradient.emission.over(gradient.id)));
    }
    return pieces.length === 1 ? (pieces[0] as string) : concatRows(graph, pieces, this.shape.maxNodeArity);
  }

  private otherGradient(name: string, shape: readonly number[], flat: (name: string) => string): string {
    const { graph } = this;
    const embedded = this.embedGradients.get(name);
    if (embedded !== undefined) return flat(embedded);
    const key = name.replace(/\.initial\.([^.]+)$/, '.$1');
    const initial = key === name ? undefined : this.initialGradients.get(key);
    if (initial !== undefined) return flat(graph.node('Mul', [graph.node('ReduceSum', [initial, graph.indices([0])], { keepdims: { int: 0 } }), `fresh/${key}`]));
    return graph.node('Expand', [graph.scalar(0), graph.indices([sizeOf(shape)])]);
  }

  private pool(line: PoolLine): string {
    return emitPool(this.graph, this.poolShape(line), this.valueOf(line.of), this.poolInputs(line));
  }

  private poolShape(line: PoolLine): PoolShape {
    const split = Math.min(forwardUnits(this.plans.model, line.of), line.size);
    return { how: line.how, time: this.shape.steps, batch: this.shape.batch, size: line.size, split };
  }

  private readonly poolPorts = new Map<string, PoolInputs>();

  private poolInputs(line: PoolLine): PoolInputs {
    let ports = this.poolPorts.get(line.name);
    if (!ports) {
      const { batch, steps } = this.shape;
      ports = {
        forwardRows: this.graph.input(`pool/${line.name}.forwardRows`, 'i32', [batch]),
        backwardRows: this.graph.input(`pool/${line.name}.backwardRows`, 'i32', [batch]),
        weights: this.graph.input(`pool/${line.name}.weights`, 'f32', [steps, batch, 1]),
      };
      this.poolPorts.set(line.name, ports);
    }
    return ports;
  }

  private addTo(name: string, cotangent: string): void {
    const held = this.cotangents.get(name);
    this.cotangents.set(name, held === undefined ? cotangent : this.graph.node('Add', [held, cotangent]));
  }

  private valueOf(name: string): string {
    return defined(this.values.get(name), `${name} was emitted before it is used`);
  }

  private sizeOf(name: string): number {
    return defined(this.plans.model.lines.find((line) => line.name === name), `line ${name} is in the model`).size;
  }
}

function stepLine(model: Model, name: string): StepLine {
  return defined(model.lines.find((line): line is StepLine => line.name === name && line.kind === 'step'), `${name} is a step line`);
}

/** The longest run of gradients that are slices, in order and without gap, of the whole of one value. */
function joinedRun(gradients: readonly ({ readonly emission: SequenceEmission; readonly id: number | undefined } | undefined)[]): { readonly base: number; readonly count: number } | undefined {
  const [first] = gradients;
  let base: number | undefined;
  let offset = 0;
  for (const [index, gradient] of gradients.entries()) {
    if (gradient?.id === undefined || gradient.emission !== first?.emission) return undefined;
    const equation = gradient.emission.equation(gradient.id);
    if (equation?.op.kind !== 'slice' || equation.op.axis !== 0 || equation.op.start !== offset) return undefined;
    if (base === undefined) base = equation.args[0];
    else if (equation.args[0] !== base) return undefined;
    offset = equation.op.end;
    if (base !== undefined && gradient.emission.typeOf(base).shape[0] === offset) return { base, count: index + 1 };
  }
  return undefined;
}

