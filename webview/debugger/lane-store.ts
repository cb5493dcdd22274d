// Lanes put together from tiles: whole columns as they arrive, what is asked for first where the cursor stands.
// Not a network client: it says which tiles are missing and takes those that come.
// Invariant: a lane's arrays never move once made; `have` says which steps are filled.
import type { TraceHeader } from '../../protocol/trace-view';
import { tileSteps, type Tile, type TileRequest } from '../../protocol/tiles';
import type { LaneValues } from './lanes/raster';

export type What = 'value' | 'gradient';

export class LaneStore {
  private readonly lanes = new Map<string, LaneValues>();
  private readonly asked = new Set<string>();

  constructor(readonly trace: TraceHeader) {}

  lane(layer: number, what: What, name: string): LaneValues | undefined {
    return this.lanes.get(`${layer}/${what}/${name}`);
  }

  /** Tiles of a layer, or of some of its lanes, not asked for yet, nearest to the step first; marks them as asked. */
  wanted(layer: number, what: What, step: number, lanes?: readonly string[]): TileRequest[] {
    const count = Math.ceil(this.trace.steps / tileSteps);
    const here = Math.floor((step - 1) / tileSteps);
    const requests: TileRequest[] = [];
    for (const index of Array.from({ length: count }, (_, i) => i).sort((a, b) => Math.abs(a - here) - Math.abs(b - here))) {
      const whole = `${layer}/${what}/${index}`;
      const key = lanes ? `${whole}/${lanes.join()}` : whole;
      if (this.asked.has(key) || this.asked.has(whole)) continue;
      this.asked.add(key);
      requests.push({ traceId: this.trace.traceId, layer, what, level: 1, index, ...(lanes ? { lanes } : {}) });
    }
    return requests;
  }

  /** A request that failed may be made again. */
  forget({ layer, what, index, lanes }: TileRequest): void {
    this.asked.delete(`${layer}/${what}/${index}${lanes ? `/${lanes.join()}` : ''}`);
  }

  take({ request, parts, buffer }: Tile): void {
    const { steps } = this.trace;
    const first = request.index * tileSteps;
    for (const part of parts) {
      const key = `${request.layer}/${request.what}/${part.lane}`;
      const lane = this.lanes.get(key) ?? { values: new Float32Array(steps * part.units).fill(NaN), steps, units: part.units, have: new Uint8Array(steps) };
      this.lanes.set(key, lane);
      const columns = Math.min(part.columns, steps - first);
      const read = decode(part.format, buffer, part.offset, columns * part.units);
      lane.values.set(read, first * part.units);
      lane.have.fill(1, first, first + columns);
    }
  }
}

function decode(format: Tile['parts'][number]['format'], buffer: ArrayBuffer, offset: number, length: number): Float32Array {
  if (format.kind === 'float32') return new Float32Array(buffer, offset, length);
  const { low, high } = format;
  const special: Readonly<Record<number, number>> = { 253: NaN, 254: Infinity, 255: -Infinity };
  return Float32Array.from(new Uint8Array(buffer, offset, length), (byte) => special[byte] ?? low + (byte * (high - low)) / 252);
}
