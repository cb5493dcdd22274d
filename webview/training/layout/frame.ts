// Where things stand on the training page: one iteration axis for all pictures, narrow and wide.
// Not the drawing. Narrow (beside an editor, about 600 px) is the form to design for; wide is the enlarged one.
// Invariant: the axis runs to the end of training, so that what is empty is what is still to come.
import { scaleLinear } from 'd3-scale';
import type { FrameBlock } from '../../waiting';

export interface Frame {
  readonly wide: boolean;
  /** Width of the pictures' column, in CSS pixels. */
  readonly width: number;
  /** The plots' left and right edges within that column. */
  readonly left: number;
  readonly right: number;
  readonly lossHeight: number;
  readonly normHeight: number;
  readonly horizonHeight: number;
}

/** What the left column holds besides the loss picture: headings, two pictures, the axis. */
const besidesLoss = 434;

/** The column beside the pictures: as wide as its table needs. */
const sideWidth = 424;

/** Below this the page scrolls sideways; a hidden page reports no width at all. */
const narrowest = 320;

export function frame(shownWidth: number, pageHeight: number): Frame {
  const pageWidth = Math.max(narrowest, shownWidth);
  const wide = pageWidth >= 1000;
  const right = wide ? sideWidth : 0;
  const width = Math.floor(pageWidth - right - (wide ? 32 : 24));
  const normHeight = wide ? 112 : 88;
  const horizonHeight = wide ? 152 : 112;
  const lossHeight = wide ? Math.max(220, Math.min(460, pageHeight - 82 - besidesLoss)) : 216;
  return { wide, width, left: wide ? 52 : 40, right: width - (wide ? 8 : 4), lossHeight, normHeight, horizonHeight };
}

/** Where the pictures will stand, and what is beside them, before anything of the run is known. */
export function trainingBlocks({ wide, width, left, right, lossHeight, normHeight, horizonHeight }: Frame, pageWidth: number): readonly FrameBlock[] {
  const edge = wide ? 16 : 12;
  let y = 32;
  const pictures = [lossHeight, normHeight, horizonHeight].map((height): FrameBlock => {
    const block = { x: edge + left, y, width: right - left, height };
    y += height + 36;
    return block;
  });
  const beside = width + 2 * edge + 16;
  return wide ? [...pictures, ...[0, 1].map((i) => ({ x: beside, y: 32 + i * 200, width: Math.max(0, pageWidth - beside - 16), height: 160 }))] : pictures;
}

export interface IterationAxis {
  readonly total: number;
  readonly left: number;
  readonly right: number;
  readonly ticks: readonly number[];
}

export function iterationAxis(total: number, { left, right }: Frame): IterationAxis {
  const end = Math.max(1, total);
  const ticks = scaleLinear([0, end], [left, right]).ticks(Math.max(2, Math.floor((right - left) / 110)));
  return { total: end, left, right, ticks: ticks.filter((tick) => Number.isInteger(tick)) };
}

export function placeOf(axis: IterationAxis, iteration: number): number {
  return axis.left + ((axis.right - axis.left) * iteration) / axis.total;
}

/** The iteration under a pixel, within the run. */
export function iterationAt(axis: IterationAxis, x: number): number {
  const part = (x - axis.left) / (axis.right - axis.left);
  return Math.round(Math.min(1, Math.max(0, part)) * axis.total);
}

/** Ticks whose label would touch the label of where we stand are left out. */
export function clearTicks(axis: IterationAxis, now: number, clear = 44): readonly number[] {
  const standing = placeOf(axis, now);
  return axis.ticks.filter((tick) => Math.abs(placeOf(axis, tick) - standing) >= clear);
}
