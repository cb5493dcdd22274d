// A cell with places: what the rules of placing give and what drawing, labels and pointing read.
// Not the rules (place.ts, place-closely.ts).
import type { CellEdge, CellNode } from './graph';

export interface PlacedNode extends CellNode {
  readonly column: number;
  /** Left edge and middle of the strip. */
  readonly x: number;
  readonly y: number;
}

export interface PlacedEdge extends CellEdge {
  readonly highway: boolean;
  /** From the source's right edge (or bottom) to the target's left edge (or top). */
  readonly points: readonly (readonly [number, number])[];
  readonly vertical: boolean;
}

export interface PlacedCell {
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
  readonly width: number;
  readonly height: number;
  readonly strip: number;
  /** From column to column; 0 with one column. */
  readonly pitch: number;
  /** By which rules it is placed: rows as high as their words, or with air. */
  readonly close: boolean;
}

/** Narrowest strip, and narrowest gap between columns. */
export const leastStrip = 28;
export const leastGap = 14;
const widestStrip = 64;
const usualGap = 28;

/** Width of a strip and distance of columns, so that they fill the room. */
export function columnWidths(count: number, room: number): { readonly strip: number; readonly pitch: number } {
  // A pixel for the frame of the last strip.
  const width = room - 1;
  const strip = Math.max(leastStrip, Math.min(widestStrip, Math.floor((width - (count - 1) * usualGap) / count)));
  return { strip, pitch: count > 1 ? Math.max(strip + leastGap, (width - strip) / (count - 1)) : 0 };
}
