// A recorded pass of a random problem, with what the pages are shown of it. Not a test.
import { defined } from '../../engine/base/invariant';
import { Recording } from '../../engine/debug/recording';
import { compileModel } from '../../engine/ir/compile-model';
import { loadProgram } from '../../engine/language/program';
import type { Backend } from '../../engine/runtime/backend';
import { runTrace } from '../../engine/trace/run-trace';
import { TracePrograms } from '../../engine/trace/trace-programs';
import type { ViewSource } from '../../extension/debug/adapter/views/view-source';
import { type Problem, problemOf } from '../trace/random-problem';

export interface Recorded {
  readonly view: ViewSource;
  readonly recording: Recording;
  readonly problem: Problem;
  readonly programs: TracePrograms;
}

export interface RecordOptions {
  readonly time?: number;
  readonly masked?: boolean;
  readonly batch?: number;
  readonly row?: number;
  readonly dropoutSeed?: number;
  /** Changes the problem before it is recorded. */
  readonly prepare?: (problem: Problem) => void;
}

export async function record(backend: Backend, text: string, { time = 9, masked = false, batch = 1, row = 0, dropoutSeed, prepare }: RecordOptions = {}): Promise<Recorded> {
  const program = loadProgram('test.rnn', text);
  const compiled = compileModel(program);
  const model = defined(compiled.model, compiled.diagnostics.map(({ message }) => message).join('; '));
  const problem = problemOf(model, { seed: 9, batch, time, masked });
  prepare?.(problem);
  const programs = new TracePrograms(backend);
  const trace = await runTrace(model, problem.weights, problem.batch, backend, { programs, keepHanded: true, ...(dropoutSeed === undefined ? {} : { dropoutSeed }) });
  const recording = new Recording(model, trace, programs, row);
  const sequence = { index: 0, label: '#0' };
  return { recording, problem, programs, view: { traceId: 't1', recording, programs, program, data: undefined, sequence, sequences: [sequence], origin: 'test', edits: [], stale: false } };
}

export const modelWith = (layer: string, options: { readonly pool?: boolean } = {}): string =>
  `model M { input x[3] layer r = ${layer} output y = Linear(${options.pool ? 'last(r)' : 'r'}, size: 4) loss crossEntropy(y) }`;
