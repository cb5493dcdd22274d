// A lane's values as one tile, for a page's store of lanes.
// Not a trace: one layer, one lane, as recorded, up to a tile's length.
import type { Tile } from '../../../protocol/tiles';

export function laneOf(layer: number, lane: string, steps: number, units: number, value: (step: number, unit: number) => number): Tile {
  const values = Float32Array.from({ length: steps * units }, (_, at) => value(Math.floor(at / units) + 1, at % units));
  return { request: { traceId: 't1', layer, what: 'value', level: 1, index: 0 }, parts: [{ lane, units, columns: steps, format: { kind: 'float32' }, offset: 0 }], buffer: values.buffer as ArrayBuffer };
}
