// Sessions of the programs that a trace runs, opened when first needed and kept.
// Not the loops over time (walk-line.ts).
// Invariant: one session per line, number of rows and masking; dispose() releases all of them.
import type { GradientRules } from '../autodiff/gradient-rules';
import { defined } from '../base/invariant';
import type { EmbedLine, LossLine, PoolLine, StepLine } from '../ir/model';
import { emitLoss, emitLookup, emitLookupGradient, emitOneHot, emitPool, emitPoolGradient, type PoolShape } from '../onnx/line-emission';
import { OnnxGraph } from '../onnx/onnx-graph';
import { type AdjointProgram, buildAdjointProgram } from '../onnx/adjoint-program';
import { buildStepProgram, type StepProgram } from '../onnx/step-program';
import type { EditTarget } from '../passes/edit-step';
import type { Backend, Session } from '../runtime/backend';
import type { FloatTensor, Tensor } from '../runtime/tensor';

export interface OpenStep {
  readonly program: StepProgram;
  readonly forward: Session;
  readonly backward: () => Promise<Session>;
  /** Backward without what the step adds to the parameters' gradients. */
  readonly backwardStates: () => Promise<Session>;
}

export interface OpenAdjoint {
  readonly program: AdjointProgram;
  readonly session: Session;
}

export interface StepVariant {
  readonly name: string;
  readonly rules?: GradientRules;
  readonly edits?: readonly EditTarget[];
}

export type Feeds = Readonly<Record<string, Tensor>>;

export class TracePrograms {
  private readonly opened = new Map<string, Promise<Session>>();
  private readonly steps = new Map<string, StepProgram>();
  private readonly adjoints = new Map<string, AdjointProgram>();

  constructor(readonly backend: Backend) {}

  /** @param variant other gradient rules than the usual ones, or values that may be edited, under a name of their own. */
  async step(line: StepLine, rows: number, masked: boolean, variant?: StepVariant): Promise<OpenStep> {
    const [key, built] = this.program(line, rows, masked, variant);
    return {
      program: built,
      forward: await this.session(`${key} forward`, () => built.forwardModel),
      backward: () => this.session(`${key} backward`, () => built.backwardModel),
      backwardStates: () => this.session(`${key} states`, built.stateModel),
    };
  }

  /** Backward alone, over recorded values. @param shared all rows belong to one recorded step. @param inputs those whose gradients are needed. */
  async adjoint(line: StepLine, rows: number, shared: boolean, inputs: ReadonlySet<string>, variant?: StepVariant): Promise<OpenAdjoint> {
    const key = `${line.name} ${rows} ${shared ? 'shared' : 'each'} ${[...inputs].join()} ${variant?.name ?? ''} adjoint`;
    const program = this.adjoints.get(key) ?? buildAdjointProgram(line.step, rows, shared, inputs, variant?.rules, this.backend.lacks);
    this.adjoints.set(key, program);
    return { program, session: await this.session(key, () => program.model) };
  }

  /** What many rows, of whatever steps, add to the parameters' gradients; undefined where no gradient reaches a parameter. */
  async parameterGradients(line: StepLine, rows: number, masked: boolean): Promise<Session | undefined> {
    const [key, { parameterModel }] = this.program(line, rows, masked);
    return parameterModel && this.session(`${key} parameters`, parameterModel);
  }

  private program(line: StepLine, rows: number, masked: boolean, variant?: StepVariant): readonly [string, StepProgram] {
    const key = `${line.name} ${rows} ${masked} ${variant?.name ?? ''}`;
    let program = this.steps.get(key);
    if (!program) {
      program = buildStepProgram(line.step, rows, masked, variant?.rules, variant?.edits, this.backend.lacks);
      this.steps.set(key, program);
    }
    return [key, program];
  }

  /** feeds: `ids` I32 `[rows]`, and `table` for an embedding. */
  async lookup(line: EmbedLine, rows: number, feeds: Feeds): Promise<Float32Array> {
    return this.runOne(`${line.name} ${rows} forward`, feeds, (graph) => {
      const ids = graph.input('ids', 'i32', [rows]);
      const value =
        line.how === 'oneHot' ? emitOneHot(graph, ids, line.vocabulary, rows) : emitLookup(graph, graph.input('table', 'f32', [line.vocabulary, line.size]), ids);
      graph.output('result', value, 'f32', [rows, line.size]);
    });
  }

  /** feeds: `ids`, `cotangent` `[rows, size]`. */
  async lookupGradient(line: EmbedLine, rows: number, feeds: Feeds): Promise<Float32Array> {
    return this.runOne(`${line.name} ${rows} backward`, feeds, (graph) => {
      const ids = graph.input('ids', 'i32', [rows]);
      const cotangent = graph.input('cotangent', 'f32', [rows, line.size]);
      graph.output('result', emitLookupGradient(graph, cotangent, ids, line.vocabulary, line.size, rows), 'f32', [line.vocabulary, line.size]);
    });
  }

  /** feeds: `value`, `forwardRows`, `backwardRows`, `weights`, and `pooled` and `cotangent` for the adjoint. */
  async pool(line: PoolLine, shape: PoolShape, adjoint: boolean, feeds: Feeds): Promise<Float32Array> {
    const { time, batch, size } = shape;
    const key = `${line.name} ${time} ${batch} ${adjoint ? 'backward' : 'forward'}`;
    return this.runOne(key, feeds, (graph) => {
      const value = graph.input('value', 'f32', [time * batch, size]);
      const inputs = {
        forwardRows: graph.input('forwardRows', 'i32', [batch]),
        backwardRows: graph.input('backwardRows', 'i32', [batch]),
        weights: graph.input('weights', 'f32', [time, batch, 1]),
      };
      if (!adjoint) {
        graph.output('result', emitPool(graph, shape, value, inputs), 'f32', [batch, size]);
        return;
      }
      const pooled = graph.input('pooled', 'f32', [batch, size]);
      const cotangent = graph.input('cotangent', 'f32', [batch, size]);
      graph.output('result', emitPoolGradient(graph, shape, value, pooled, cotangent, inputs), 'f32', [time * batch, size]);
    });
  }

  /** feeds: `y`, `target`, `valid` `[rows, 1]`, `scale` `[]`. Gives the un-normalised loss of each row and ∂loss/∂y. */
  async loss(line: LossLine, rows: number, size: number, feeds: Feeds): Promise<{ readonly rowLoss: Float32Array; readonly gradient: Float32Array }> {
    const session = await this.session(`loss ${rows}`, () => {
      const graph = new OnnxGraph();
      const emitted = emitLoss(graph, line.kind, {
        y: graph.input('y', 'f32', [rows, size]),
        target: line.kind === 'crossEntropy' ? graph.input('target', 'i32', [rows]) : graph.input('target', 'f32', [rows, size]),
        valid: graph.input('valid', 'f32', [rows, 1]),
        scale: graph.input('scale', 'f32', []),
        rows,
        size,
        allValid: false,
      });
      graph.output('rowLoss', emitted.rowLoss, 'f32', [rows, 1]);
      graph.output('gradient', emitted.gradient, 'f32', [rows, size]);
      return graph.encode(this.backend.lacks);
    });
    const results = await session.run(feeds);
    return { rowLoss: numbers(results['rowLoss']), gradient: numbers(results['gradient']) };
  }

  async dispose(): Promise<void> {
    const sessions = [...this.opened.values()];
    this.opened.clear();
    for (const session of sessions) await (await session).dispose();
  }

  private async runOne(key: string, feeds: Feeds, emit: (graph: OnnxGraph) => void): Promise<Float32Array> {
    const session = await this.session(key, () => {
      const graph = new OnnxGraph();
      emit(graph);
      return graph.encode(this.backend.lacks);
    });
    return numbers((await session.run(feeds))['result']);
  }

  private session(key: string, model: () => Uint8Array): Promise<Session> {
    let session = this.opened.get(key);
    if (!session) {
      // A session that does not open is not kept: the next call says why again.
      session = this.backend.open(model()).catch((thrown: unknown) => {
        this.opened.delete(key);
        throw thrown;
      });
      this.opened.set(key, session);
    }
    return session;
  }
}

/** The numbers of an output that must be a plain F32 tensor. */
export function numbers(value: unknown): Float32Array {
  const tensor = value as FloatTensor | undefined;
  return defined(tensor?.kind === 'f32' ? tensor.data : undefined, 'the program gives the output as F32');
}
