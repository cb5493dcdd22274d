// Traces that an engine recorded and keeps, to be read by column.
// Not their meaning (engine/trace). Invariant: a trace stays until it is forgotten; a column is copied out, never lent.
import { OperationalError } from '../../../engine/base/operational-error';
import { batchFromTensors } from '../../../engine/data/batch-file';
import { runTrace } from '../../../engine/trace/run-trace';
import type { Trace } from '../../../engine/trace/trace';
import { parametersOf } from '../../../engine/training/checkpoint';
import { loadModel, sourceFinder } from '../../../engine/training/load-model';
import { freshWeights } from '../../../engine/weights/initialise';
import { readSafetensors } from '../../../engine/weights/safetensors';
import { checkWeights } from '../../../engine/weights/weight-check';
import type { Problem, TraceRecorded, TraceRequest } from '../../../protocol/engine-host';
import type { EnginePlatform } from './platform';
import { chosenModel, readProgram, wireProblem } from './wire-problems';

export class EngineTraces {
  private readonly kept = new Map<number, Trace>();
  private last = 0;

  constructor(private readonly platform: EnginePlatform) {}

  async record(asked: TraceRequest): Promise<{ readonly kind: 'recorded'; readonly trace: TraceRecorded } | { readonly kind: 'wrong'; readonly problems: readonly Problem[] }> {
    const program = readProgram(asked);
    const syntax = chosenModel(program, asked.model);
    if (!('lines' in syntax)) return { kind: 'wrong', problems: syntax };
    const { model, problems } = await loadModel(program, syntax, this.platform.files);
    if (model === undefined) return { kind: 'wrong', problems: problems.map((problem) => wireProblem(problem, sourceFinder(program))) };
    const weights = asked.weights === undefined ? freshWeights(model) : checkWeights(model, parametersOf(readSafetensors(asked.weights, 'weights').tensors), 'weights');
    const batch = batchFromTensors(readSafetensors(asked.inputs, 'inputs').tensors, 'inputs');
    const backend = await this.platform.openBackend(asked.backend, asked.threads);
    try {
      const trace = await runTrace(model, weights, batch, backend, asked.dropoutSeed === undefined ? {} : { dropoutSeed: asked.dropoutSeed });
      const traceId = ++this.last;
      this.kept.set(traceId, trace);
      const columns = [...trace.columns].map(([name, { dims }]) => ({ name, dims }));
      return { kind: 'recorded', trace: { traceId, loss: Number.isFinite(trace.loss) ? trace.loss : null, columns } };
    } finally {
      await backend.dispose();
    }
  }

  column(traceId: number, name: string, start = 0, end?: number): Float32Array {
    const trace = this.kept.get(traceId);
    if (trace === undefined) throw new OperationalError('trace-unknown', `There is no trace ${traceId} in this engine.`);
    const column = trace.columns.get(name);
    if (column === undefined) throw new OperationalError('column-unknown', `The trace has no column ${name}.`);
    return column.data.slice(start, end);
  }

  forget(traceId: number): void {
    this.kept.delete(traceId);
  }
}
