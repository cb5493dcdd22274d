// Keeps the images of lanes between frames, so that a move of the cursor paints nothing anew.
// Not state: everything here can be made again from the state, and is when theme, order or values change.
import type { Theme } from '../../theme/environment';
import { laneDomain } from '../lanes/domain';
import { lanePixels } from '../lanes/raster';
import { rowsOf, unitsPerRow } from '../lanes/rows';
import type { Derived } from '../derive';
import type { Image } from '../../picture/image';

export interface LanePicture {
  readonly full: HTMLCanvasElement;
  readonly faded: HTMLCanvasElement;
  readonly rows: readonly (readonly number[])[];
}

const kept = new Map<string, LanePicture>();
const most = 48;

export function lanePicture(derived: Derived, name: string, height: number, scale: number, theme: Theme, revision: number): LanePicture | undefined {
  const lane = derived.lane(name);
  const header = derived.header(name);
  if (!lane || !header) return undefined;
  const order = derived.order.length === lane.units ? derived.order : Array.from({ length: lane.units }, (_, unit) => unit);
  const per = unitsPerRow(lane.units, height, scale);
  const key = `${derived.view.trace.traceId}/${derived.layerIndex}/${derived.what}/${name}/${theme.kind}/${theme.background.join()}/${revision}/${per}/${hash(order)}`;
  const known = kept.get(key);
  if (known) return known;
  const domain = laneDomain(header, derived.pass);
  const rows = rowsOf(order, per);
  const { full, faded } = lanePixels(lane, { table: theme.palette[domain.palette], entry: domain.entry, rows, how: 'extreme', valid: derived.view.trace.valid, background: theme.background, error: theme.error });
  const made = { full: canvasOf(full), faded: canvasOf(faded), rows };
  if (kept.size >= most) for (const old of [...kept.keys()].slice(0, most / 2)) kept.delete(old);
  kept.set(key, made);
  return made;
}

function canvasOf({ width, height, bytes }: Image): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  if (width > 0 && height > 0) canvas.getContext('2d')?.putImageData(new ImageData(bytes, width, height), 0, 0);
  return canvas;
}

function hash(order: readonly number[]): number {
  let value = 17;
  for (const unit of order) value = (Math.imul(value, 31) + unit) | 0;
  return value;
}
