// Lanes as tiles of 256 columns at three levels of detail, all lanes that were asked for in one buffer.
// Not a cache, and nothing of how a tile is drawn.
// Invariant: level 1 is the recording's own float32, so that what is read off it is exact; coarser levels are bytes with a scale.
import { OperationalError } from '../../../../engine/base/operational-error';
import type { Recording } from '../../../../engine/debug/recording';
import { tileSteps, type Tile, type TileLevel, type TilePart, type TileRequest } from '../../../../protocol/tiles';
import { type LaneName, laneNames, type LaneNumbers, laneNumbers } from './lane-numbers';
import { layersOf } from './view-source';

const levels: readonly number[] = [1, 4, 16] satisfies readonly TileLevel[];

/** Where a layer's lanes come from: a recording, or the difference of two. */
export interface LaneSource {
  readonly layer: string;
  readonly lanes: readonly LaneName[];
  readonly steps: number;
  readonly numbers: (what: 'value' | 'gradient', lane: string) => LaneNumbers;
}

/** Throws OperationalError `bad-argument` for a layer, lane, level or tile that there is not. */
export function tileOf(recording: Recording, request: TileRequest): Tile {
  const unit = layersOf(recording)[request.layer];
  if (unit === undefined) throw new OperationalError('bad-argument', `There is no layer ${request.layer}.`);
  return tileFrom({ layer: unit.name, lanes: laneNames(unit), steps: recording.steps, numbers: (what, lane) => laneNumbers(recording, unit, what, lane) }, request);
}

export function tileFrom({ layer, lanes: known, steps, numbers: numbersOf }: LaneSource, request: TileRequest): Tile {
  const { level, index, what } = request;
  const lanes = request.lanes ?? known.map(({ name }) => name);
  const unknown = lanes.find((lane) => !known.some(({ name }) => name === lane));
  if (unknown !== undefined) throw new OperationalError('bad-argument', `${layer} has no lane ${unknown}; it has ${known.map(({ name }) => name).join(', ')}.`);
  const columns = Math.min(tileSteps, Math.ceil(steps / level) - index * tileSteps);
  if (!levels.includes(level) || !Number.isSafeInteger(index) || index < 0 || columns <= 0) throw new OperationalError('bad-argument', `There is no tile ${index} at level ${level}.`);
  const pieces = lanes.map((lane) => {
    const numbers = numbersOf(what, lane);
    const gate = known.find(({ name }) => name === lane)?.kind === 'gate' && what === 'value';
    return { lane, units: numbers.units, values: columnsOf(numbers, level, index * tileSteps, columns, gate ? 0.5 : 0) };
  });
  const offsets: number[] = [];
  let length = 0;
  for (const { values } of pieces) {
    offsets.push(length);
    length += level === 1 ? values.length * 4 : values.length;
  }
  const buffer = new ArrayBuffer(length);
  const parts = pieces.map(({ lane, units, values }, at): TilePart => {
    const offset = offsets[at] ?? 0;
    if (level === 1) {
      new Float32Array(buffer, offset, values.length).set(values);
      return { lane, units, columns, format: { kind: 'float32' }, offset };
    }
    const [low, high] = boundsOf(values);
    writeBytes(new Uint8Array(buffer, offset, values.length), values, low, high);
    return { lane, units, columns, format: { kind: 'uint8', low, high }, offset };
  });
  return { request, parts, buffer };
}

function columnsOf({ data, units }: LaneNumbers, level: number, first: number, columns: number, middle: number): Float32Array {
  if (level === 1) return data.subarray(first * units, (first + columns) * units);
  const steps = data.length / units;
  const result = new Float32Array(columns * units);
  for (let column = 0; column < columns; column++) {
    const from = (first + column) * level;
    for (let unit = 0; unit < units; unit++) {
      let extreme = data[from * units + unit] as number;
      for (let step = from + 1; step < Math.min(from + level, steps); step++) extreme = moreExtreme(extreme, data[step * units + unit] as number, middle);
      result[column * units + unit] = extreme;
    }
  }
  return result;
}

/** NaN before infinite before what is farthest from the middle. */
function moreExtreme(a: number, b: number, middle: number): number {
  if (Number.isNaN(a)) return a;
  if (Number.isNaN(b)) return b;
  return Math.abs(b - middle) > Math.abs(a - middle) ? b : a;
}

function boundsOf(values: Float32Array): readonly [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 0];
}

function writeBytes(bytes: Uint8Array, values: Float32Array, low: number, high: number): void {
  const scale = high > low ? 252 / (high - low) : 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    bytes[i] = Number.isNaN(value) ? 253 : value === Infinity ? 254 : value === -Infinity ? 255 : Math.round((value - low) * scale);
  }
}
