// Lanes put together from tiles: as recorded near the cursor; of a long trace, bytes for sixteen steps at a time elsewhere, until the cursor comes near.
// Not a network client: it says which tiles are missing and takes those that come.
// Invariant: a lane's arrays never move once made; `have` says which steps are filled and how, and what is as recorded is never overwritten.
import type { TraceHeader } from '../../protocol/trace-view';
import { tileSteps, type Tile, type TileRequest } from '../../protocol/tiles';
import { type LaneValues, presence } from './lanes/raster';

export type What = 'value' | 'gradient';

/** Tiles on either side of the cursor's own that are fetched as recorded: a trace of a thousand steps is so from end to end. */
const near = 3;
/** Steps a column elsewhere. */
const coarse = 16;

export class LaneStore {
  private readonly lanes = new Map<string, LaneValues>();
  private readonly asked = new Set<string>();
  /** Places from which nothing is missing: every frame asks. */
  private readonly settled = new Set<string>();

  constructor(readonly trace: TraceHeader) {}

  lane(layer: number, what: What, name: string): LaneValues | undefined {
    return this.lanes.get(`${layer}/${what}/${name}`);
  }

  /** Tiles of a layer, or of some of its lanes, not asked for yet, nearest to the step first; marks them as asked. */
  wanted(layer: number, what: What, step: number, lanes?: readonly string[]): TileRequest[] {
    const count = Math.ceil(this.trace.steps / tileSteps);
    const here = Math.floor((step - 1) / tileSteps);
    const place = `${layer}/${what}/${here}/${lanes?.join() ?? ''}`;
    if (this.settled.has(place)) return [];
    const requests: TileRequest[] = [];
    for (const index of Array.from({ length: count }, (_, i) => i).sort((a, b) => Math.abs(a - here) - Math.abs(b - here))) {
      const request: TileRequest = { traceId: this.trace.traceId, layer, what, level: 1, index, ...(lanes ? { lanes } : {}) };
      const far: TileRequest = { ...request, level: coarse, index: Math.floor(index / coarse) };
      if (this.isAsked(request) || (Math.abs(index - here) > near && this.isAsked(far))) continue;
      const chosen = Math.abs(index - here) > near ? far : request;
      this.asked.add(keyOf(chosen));
      requests.push(chosen);
    }
    if (requests.length === 0) this.settled.add(place);
    return requests;
  }

  /** Tiles that give what of some lanes is not here as recorded, of the whole trace; not marked as asked. */
  missing(layer: number, what: What, lanes: readonly string[]): TileRequest[] {
    const count = Math.ceil(this.trace.steps / tileSteps);
    return Array.from({ length: count }, (_, index) => index).flatMap((index) => {
      const lacking = lanes.filter((name) => {
        const have = this.lane(layer, what, name)?.have.subarray(index * tileSteps, (index + 1) * tileSteps);
        return have === undefined || have.some((how) => how !== presence.exact);
      });
      return lacking.length === 0 ? [] : [{ traceId: this.trace.traceId, layer, what, level: 1, index, lanes: lacking }];
    });
  }

  /** As itself, or with all lanes of the layer. */
  private isAsked({ lanes, ...whole }: TileRequest): boolean {
    return this.asked.has(keyOf(whole)) || (lanes !== undefined && this.asked.has(keyOf({ ...whole, lanes })));
  }

  /** A request that failed may be made again. */
  forget(request: TileRequest): void {
    this.asked.delete(keyOf(request));
    this.settled.clear();
  }

  take({ request, parts, buffer }: Tile): void {
    const { steps } = this.trace;
    const { level } = request;
    const first = request.index * tileSteps * level;
    for (const part of parts) {
      const { units } = part;
      const key = `${request.layer}/${request.what}/${part.lane}`;
      const lane = this.lanes.get(key) ?? { values: new Float32Array(steps * units).fill(NaN), steps, units, have: new Uint8Array(steps) };
      this.lanes.set(key, lane);
      const columns = Math.min(part.columns, Math.ceil((steps - first) / level));
      const read = decode(part.format, buffer, part.offset, columns * units);
      if (level === 1) {
        lane.values.set(read, first * units);
        lane.have.fill(presence.exact, first, first + columns);
        continue;
      }
      for (let step = first; step < Math.min(steps, first + columns * level); step++) {
        if (lane.have[step] === presence.exact) continue;
        const column = Math.floor((step - first) / level) * units;
        lane.values.set(read.subarray(column, column + units), step * units);
        lane.have[step] = presence.coarse;
      }
    }
  }
}

const keyOf = ({ layer, what, level, index, lanes }: TileRequest): string => `${layer}/${what}/${level}/${index}${lanes ? `/${lanes.join()}` : ''}`;

function decode(format: Tile['parts'][number]['format'], buffer: ArrayBuffer, offset: number, length: number): Float32Array {
  if (format.kind === 'float32') return new Float32Array(buffer, offset, length);
  const { low, high } = format;
  const special: Readonly<Record<number, number>> = { 253: NaN, 254: Infinity, 255: -Infinity };
  return Float32Array.from(new Uint8Array(buffer, offset, length), (byte) => special[byte] ?? low + (byte * (high - low)) / 252);
}
