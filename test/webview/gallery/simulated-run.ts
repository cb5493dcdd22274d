// A run that never happened: numbers of the shape a character model's training has, for looking at pages and testing layouts.
// Not shipped and not evidence: every number is made up from a seed.
import type { HorizonColumn, RunHeader, RunSample, RunSoFar, RunStatus, ValidationPoint } from '../../../protocol/run';

import { uniform } from './uniform';
import { simulatedStatistics } from './simulated-statistics';

export { uniform };

export type Scene = 'running' | 'early' | 'finished' | 'fallback' | 'failed' | 'stale' | 'nonfinite' | 'regression';

const header: RunHeader = {
  runId: 'simulated', model: 'Shakespeare', file: 'shakespeare.rnn', data: 'text “shakespeare.txt”, 65 characters',
  backend: { name: 'cpu', detail: 'ONNX Runtime, 1 thread', threads: 1, chosenBecause: 'the fastest of those measured' },
  iterations: 6000,
  settings: [{ name: 'adam', value: '0.002' }, { name: 'batch', value: '32' }, { name: 'length', value: '64' }, { name: 'clip', value: '0.2' }, { name: 'seed', value: '1' }],
  clip: { kind: 'norm', threshold: 0.2 },
  loss: { name: 'cross-entropy', unit: 'nats per character', guess: { value: Math.log(65), label: 'guessing among 65 characters: ln 65' }, bitsPer: 'character' },
  validation: { every: 25, size: '4,096 characters', metrics: [{ name: 'accuracy', format: 'share' }] },
  samples: { note: 'temperature 0.7, always the same seed' },
  horizon: { sequences: 64, first: 20 }, saturation: { sequences: 64, first: 50 }, parameters: { first: 25 },
};

const texts: readonly (readonly [number, string])[] = [
  [0, "JAbB nV &ne3XoblELzYI'Ik,ZS.mopU3ouAGng\n$ODdCxXCzSIrkkmt!FDGq3HxVntxY$R;Y!wTgFpe&b!zyyn!e!KhjUQ,Q\n"],
  [300, 'WAbk no the mort to she lortmom courth and dow ther kamt the lothet on cave gooe beeny ee int seet ant tho'],
  [1500, 'What shall the thou have the sead of the more the stand'],
  [4300, "What no hear or the she frommomen us not to thy\nstark'd at God the forth a villess!\n\nLEONTES:\nWell!\n\nCAPULET:\nHow a wi"],
];

export function simulatedRun(scene: Scene): RunSoFar {
  const random = uniform(7);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const at = { running: 4312, early: 14, finished: 6000, fallback: 900, failed: 2210, stale: 6000, nonfinite: 1240, regression: 2600 }[scene];
  const course = (i: number): number => 1.58 + 2.6 * Math.exp(-i / 38) * 0.45 + 1.42 / (1 + i / 220) ** 0.75;
  const iteration = Int32Array.from({ length: at }, (_, i) => i + 1);
  const loss = Float64Array.from(iteration, (i) => (course(i) + 0.055 * normal()) * (scene === 'regression' ? 0.05 : 1));
  const gradNorm = Float64Array.from(iteration, (i) => {
    const spike = random() < 0.002 ? 1.5 + random() * 0.7 : 1;
    return (0.125 + 0.06 * (i / 6000) ** 0.6 + 0.4 * Math.exp(-i / 22)) * Math.exp(0.13 * normal()) * spike;
  });
  if (scene === 'nonfinite') loss[at - 1] = gradNorm[at - 1] = NaN;
  const validation: ValidationPoint[] = [];
  for (let i = 25; i <= at; i += 25) {
    const value = (course(i) + 0.17 * (i / 6000) - 0.02 + 0.006 * normal() + (scene === 'finished' ? 0.09 * Math.max(0, (i - 4200) / 1800) : 0)) * (scene === 'regression' ? 0.05 : 1);
    validation.push({ iteration: i, loss: value, metrics: scene === 'regression' ? [] : [Math.max(0.1, 0.66 - 0.115 * value)] });
  }
  const horizon: HorizonColumn[] = [];
  for (let i = 20; i <= at; i += 20) {
    const length = 2.1 - 0.6 * Math.exp(-i / 90) + 0.9 * (i / 6000);
    horizon.push({ iteration: i, ratio: Float64Array.from({ length: 49 }, (_, k) => Math.min(1.6, Math.exp(-k / length) + (0.003 * i) / 6000 * Math.exp(-k / 14) * Math.exp(0.2 * normal()) + 4e-7 * (1 + i / 300) * random())) });
  }
  const samples: RunSample[] = texts.filter(([i]) => i <= at).map(([i, text]) => ({ kind: 'text', iteration: i, text, loss: i === 0 ? 4.18 : course(i) }));
  const going = scene === 'running' || scene === 'early' || scene === 'fallback' || scene === 'regression';
  const status: RunStatus = {
    state: scene === 'failed' || scene === 'nonfinite' ? 'failed' : going ? 'running' : 'finished',
    sentence: scene === 'failed' ? 'The engine ended without a word twice within a minute; the last checkpoint is of iteration 2,200.' : '',
    iteration: at,
    ...(going && scene !== 'early' ? { speed: 43.2, timeLeft: (6000 - at) / 43.2 } : {}),
    ...(scene === 'failed' ? { canRestart: true } : {}),
    ...(scene === 'nonfinite' ? { nonFinite: { iteration: at, name: 'r1.c' } } : {}),
  };
  return { header: headerOf(scene), status, iterations: { iteration, loss, gradNorm, clipped: Uint8Array.from(gradNorm, (n) => (n > 0.2 && scene !== 'regression' ? 1 : 0)) }, validation, samples: scene === 'regression' ? [] : samples, horizon: scene === 'regression' ? [] : horizon, ...simulatedStatistics(at), stale: scene === 'stale' };
}

function headerOf(scene: Scene): RunHeader {
  if (scene === 'fallback') {
    return { ...header, backend: { name: 'wasm', detail: 'ONNX Runtime Web, 1 thread', threads: 1, fallback: { wanted: 'webgpu', reason: 'this browser has no GPU adapter' } } };
  }
  if (scene === 'regression') {
    const { clip: _, samples: __, horizon: ___, ...rest } = header;
    return {
      ...rest, model: 'Adding', file: 'adding.rnn', data: 'the adding problem, length 100', settings: [{ name: 'adam', value: '0.002' }, { name: 'batch', value: '32' }],
      loss: { name: 'squared error', guess: { value: 0.167, label: 'always the mean: variance of the target' } }, validation: { every: 25, size: '512 sequences', metrics: [] },
    };
  }
  return header;
}
