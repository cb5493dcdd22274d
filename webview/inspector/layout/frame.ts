// Where the inspector's pictures stand: leads and triangle side by side, small pictures in a row; below each other and in tabs when narrow.
// Not drawing.
import type { FrameBlock } from '../../waiting';

export interface InspectorFrame {
  readonly form: 'wide' | 'middle' | 'narrow';
  readonly leadWidth: number;
  readonly triangleWidth: number;
  readonly smallWidth: number;
  /** The time axis that both leads share. */
  readonly left: number;
  readonly column: number;
  readonly plotWidth: number;
  readonly first: number;
  readonly visible: number;
  readonly curveHeight: number;
  readonly pathHeight: number;
}

export function inspectorFrame(shownWidth: number, steps: number, cursor: number): InspectorFrame {
  const width = Math.max(320, shownWidth);
  const form = width >= 1100 ? 'wide' : width >= 760 ? 'middle' : 'narrow';
  const leadWidth = form === 'wide' ? width - Math.max(396, Math.min(520, width * 0.333)) - 32 : width - (form === 'narrow' ? 24 : 32);
  const triangleWidth = form === 'wide' ? width - leadWidth - 64 : Math.min(width - 32, 520);
  const smallWidth = form === 'narrow' ? width - 24 : form === 'wide' ? (width - 32 - 72) / 4 : (width - 32 - 24) / 2;
  const left = form === 'narrow' ? 40 : 52;
  const available = leadWidth - left - (form === 'narrow' ? 64 : 92);
  const column = Math.max(3, Math.min(form === 'wide' ? 28 : 14, Math.floor(available / Math.max(1, steps))));
  const visible = Math.max(1, Math.min(steps, Math.floor(available / column)));
  const first = visible >= steps ? 0 : Math.max(0, Math.min(steps - visible, cursor - Math.ceil(visible / 2)));
  return { form, leadWidth, triangleWidth, smallWidth, left, column, plotWidth: visible * column, first, visible, curveHeight: form === 'narrow' ? 170 : width >= 1600 ? 260 : 172, pathHeight: width >= 1600 ? 96 : 72 };
}

/** Where leads and triangle will stand, before anything of the pass is known. */
export function inspectorBlocks(shownWidth: number): readonly FrameBlock[] {
  const { form, leadWidth, triangleWidth, left, plotWidth, curveHeight, pathHeight } = inspectorFrame(shownWidth, 48, 1);
  const edge = form === 'narrow' ? 12 : 16;
  const lead = (y: number, height: number): FrameBlock => ({ x: edge + left, y, width: plotWidth, height });
  const curves = lead(60, curveHeight);
  const paths = lead(curves.y + curveHeight + 110, pathHeight);
  const side = Math.min(triangleWidth, 380) - 40;
  return [curves, paths, form === 'wide' ? { x: leadWidth + 48, y: 60, width: triangleWidth - 40, height: side } : { x: edge + left, y: paths.y + pathHeight + 80, width: side, height: side }];
}

export function stepLeft(frame: InspectorFrame, step: number): number {
  return frame.left + (step - 1 - frame.first) * frame.column;
}

export function stepUnder(frame: InspectorFrame, x: number): number | undefined {
  const column = Math.floor((x - frame.left) / frame.column);
  return column >= 0 && column < frame.visible ? column + frame.first + 1 : undefined;
}
