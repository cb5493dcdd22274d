// A compared pass for the gallery: the same cell with other weights, whose values part from step 12 on, or a plain cell with lanes of its own.
// Not shipped, and nothing trained: numbers that look like those of two runs.
import type { ComparedRun, Comparison } from '../../../protocol/comparison';
import type { LaneHeader, TraceHeader } from '../../../protocol/trace-view';
import type { Tile, TileRequest } from '../../../protocol/tiles';
import { uniform } from './simulated-run';

export const parts = 12;

export const choices: Comparison['choices'] = [
  { id: 'fresh', label: 'fresh weights', with: { kind: 'fresh' } },
  { id: 'run 1', label: 'LSTM@500', with: { kind: 'run', path: '/runs/1', iteration: 500 } },
  { id: 'run 2', label: 'RNN', with: { kind: 'run', path: '/runs/2' } },
];

export interface PlayedComparison {
  readonly run: ComparedRun;
  tile(request: TileRequest): Tile | undefined;
}

/** `own` gives this pass's values: where they are not finite, the difference is not. */
export function comparedPass(trace: TraceHeader, scene: string, own: (lane: string, t: number, unit: number) => number | undefined): PlayedComparison | undefined {
  if (scene === 'compareRnn') return played(trace, false);
  if (scene !== 'compareNonfinite') return scene.startsWith('compare') ? played(trace, true) : undefined;
  // The other's c of unit 20 overflows at step 30.
  return played(trace, true, (lane, t, unit) => (lane === 'c' && t === 29 && unit === 20 ? -Infinity : (own(lane, t, unit) ?? 0) * 0));
}

function played(trace: TraceHeader, alike: boolean, broken: (lane: string, t: number, unit: number) => number = () => 0): PlayedComparison {
  const random = uniform(41);
  const { steps, predictions } = trace;
  const values = trace.loss.values.map((loss, t) => (alike && t < parts - 1 ? loss : Math.max(0.02, loss + 1.6 * (random() - 0.35))));
  const finite = values.filter(Number.isFinite);
  const shuffled = predictions && { ...predictions, text: predictions.text.map((text, i) => (Math.floor(i / 5) >= parts - 1 && i % 5 === 0 && random() < 0.5 ? (predictions.text[i + 1] ?? text) : text)) };
  const other: TraceHeader = {
    ...trace, traceId: 't2', model: 'Shakespeare', origin: alike ? 'run 20260101-1200-Shakespeare after iteration 500' : 'run 20260102-0900-Shakespeare after iteration 6000',
    loss: { ...trace.loss, values, mean: finite.reduce((sum, loss) => sum + loss, 0) / finite.length }, ...(shuffled ? { predictions: shuffled } : {}),
    layers: alike ? trace.layers : trace.layers.map((layer) => ({ ...layer, call: 'RNN(e, hidden: 48)', lanes: [{ name: 'h', kind: 'state', words: 'hidden state', units: 48, bounds: [-1, 1], spread: 1, gradientSpread: 0.02 }] })),
  };
  const [layer] = trace.layers;
  const run: ComparedRun = {
    id: alike ? 'run 1' : 'run 2', label: alike ? 'LSTM@500' : 'RNN', origin: other.origin, trace: other, differenceId: 't1 − t2', alike,
    layers: [{ other: 0, lanes: alike ? (layer?.lanes ?? []).map(({ bounds: _, ...lane }): LaneHeader => ({ ...lane, spread: 0.4, gradientSpread: 0.01 })) : [] }],
    ...(alike ? { first: { step: parts, name: 'r1.i', unit: 7, own: 0.8123, other: 0.6401 } } : {}),
  };
  return {
    run,
    tile: (request) => {
      const difference = request.traceId === run.differenceId;
      if (!difference && request.traceId !== other.traceId) return undefined;
      const lanes = difference ? (run.layers[0]?.lanes ?? []) : (other.layers[0]?.lanes ?? []);
      const buffer = new ArrayBuffer(lanes.reduce((sum, { units }) => sum + units, 0) * steps * 4);
      let offset = 0;
      const filled = lanes.map(({ name, units }, place) => {
        const out = new Float32Array(buffer, offset, steps * units);
        const size = request.what === 'value' ? (difference ? 0.4 : 1) : 0.01;
        for (let t = 0; t < steps; t++) {
          const grown = difference ? Math.min(1, Math.max(0, t - parts + 2) / 14) : 1;
          for (let u = 0; u < units; u++) out[t * units + u] = size * grown * Math.sin(0.31 * u + 0.55 * t + place) * Math.cos(0.07 * u * t) + (request.what === 'value' ? broken(name, t, u) : 0);
        }
        const part = { lane: name, units, columns: steps, format: { kind: 'float32' }, offset } as const;
        offset += steps * units * 4;
        return part;
      });
      return { request, parts: filled, buffer };
    },
  };
}
