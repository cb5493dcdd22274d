// Small runs for the tests, said in a few numbers.
import type { HorizonColumn, ParameterColumn, RunHeader, SaturationColumn, ValidationPoint } from '../../../protocol/run';
import { freshRun, withIterations, type RunData } from '../../../webview/training/run-data';

export const header: RunHeader = {
  runId: 'r', model: 'Shakespeare', file: 'lm.rnn', data: 'text, 65 characters',
  backend: { name: 'cpu', detail: 'ONNX Runtime, 1 thread', threads: 1 },
  iterations: 6000, settings: [], clip: { kind: 'norm', threshold: 0.2 },
  loss: { name: 'cross-entropy', unit: 'nats per character', guess: { value: Math.log(65), label: 'guessing among 65 characters: ln 65' }, bitsPer: 'character' },
  validation: { every: 25, size: '4,096 characters', metrics: [{ name: 'accuracy', format: 'share' }] },
};

export function run(change: {
  readonly header?: Partial<RunHeader>;
  readonly loss?: readonly number[];
  readonly gradNorm?: readonly number[];
  readonly validation?: readonly ValidationPoint[];
  readonly horizon?: readonly HorizonColumn[];
  readonly parameters?: readonly ParameterColumn[];
  readonly saturation?: readonly SaturationColumn[];
  readonly status?: Partial<RunData['status']>;
}): RunData {
  const fresh = freshRun({ ...header, ...change.header });
  const loss = change.loss ?? [];
  const norm = change.gradNorm ?? loss.map(() => 0.1);
  const data = withIterations(fresh, {
    iteration: Int32Array.from(loss, (_, i) => i + 1),
    loss: Float64Array.from(loss),
    gradNorm: Float64Array.from(norm),
    clipped: Uint8Array.from(norm, (n) => (n > 0.2 ? 1 : 0)),
  });
  return {
    ...data,
    validation: change.validation ?? [],
    horizon: change.horizon ?? [],
    parameters: change.parameters ?? [],
    saturation: change.saturation ?? [],
    status: { state: 'running', sentence: '', iteration: loss.length, ...change.status },
  };
}

export const points = (...pairs: readonly (readonly [number, number])[]): ValidationPoint[] =>
  pairs.map(([iteration, loss]) => ({ iteration, loss, metrics: [0.5] }));
