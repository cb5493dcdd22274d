// The path of the gradient as stacked columns: shares of the summed norms, the highway at the bottom.
// Not heights of norms: parts cancel, and a stack would exceed the total.
import type { PathShares } from '../../../protocol/inspector-page';
import { shareAt } from '../sentences';
import { stepLeft, type InspectorFrame } from './frame';

export interface PathRect {
  readonly step: number;
  readonly path: number;
  readonly name: string;
  readonly share: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PathLayout {
  readonly rects: readonly PathRect[];
  /** Names at the last column, pushed apart by the view. */
  readonly labels: readonly { readonly path: number; readonly name: string; readonly y: number }[];
}

export function pathLayout(paths: PathShares, frame: InspectorFrame): PathLayout {
  const height = frame.pathHeight;
  const rects: PathRect[] = [];
  let last: PathRect[] = [];
  for (let step = frame.first + 1; step <= frame.first + frame.visible; step++) {
    let top = height;
    const column: PathRect[] = [];
    paths.paths.forEach(({ name, norm }, path) => {
      const share = shareAt(paths, norm, step);
      if (!Number.isFinite(share)) return;
      const h = share * height;
      top -= h;
      column.push({ step, path, name, share, x: stepLeft(frame, step), y: top, width: Math.max(1, frame.column - (frame.column > 5 ? 1 : 0)), height: h });
    });
    rects.push(...column);
    if (column.length > 0) last = column;
  }
  return { rects, labels: last.map(({ path, name, y, height: h }) => ({ path, name, y: y + h / 2 })) };
}
