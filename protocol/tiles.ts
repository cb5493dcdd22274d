// Lanes of a trace in tiles: 256 steps of all units, at three levels of detail, many lanes in one transferred buffer.
// Not a cache: which tiles are kept and fetched ahead is the page's business.
// Invariant: a part is `[step, unit]`, step-major; its offset is a multiple of its element's size.

export const tileSteps = 256;
/** Steps per column. At levels above 1 a column holds the most extreme value of its steps, not finite before finite. */
export type TileLevel = 1 | 4 | 16;

export interface TileRequest {
  readonly traceId: string;
  readonly layer: number;
  readonly what: 'value' | 'gradient';
  readonly level: TileLevel;
  /** Tile `index` holds columns `256 · index` to `256 · (index + 1)` of its level. */
  readonly index: number;
  /** Names of lanes; all of the layer when left out. */
  readonly lanes?: readonly string[];
}

export interface TilePart {
  readonly lane: string;
  readonly units: number;
  /** Columns in this tile: 256, or fewer at the end. */
  readonly columns: number;
  /** `uint8`: value = low + byte · (high − low) / 252; 253, 254 and 255 are NaN, ∞ and −∞. */
  readonly format: { readonly kind: 'float32' } | { readonly kind: 'uint8'; readonly low: number; readonly high: number };
  /** Bytes from the start of the buffer. */
  readonly offset: number;
}

export interface Tile {
  readonly request: TileRequest;
  readonly parts: readonly TilePart[];
  readonly buffer: ArrayBuffer;
}
