// Where the timeline's blocks will stand, before anything of the pass is known: those of a usual cell, by the timeline's own rules.
// Not a picture: it has no name and no number, and is gone once there is one.
import type { LaneHeader, LayerHeader } from '../../../protocol/trace-view';
import type { FrameBlock } from '../../waiting';
import { timelineLayout } from '../timeline/layout';

const lanes = Array.from({ length: 6 }, (_, i): LaneHeader => ({ name: `lane ${i}`, kind: i < 2 ? 'state' : 'gate', units: 64, spread: 1 }));
const usual: LayerHeader = { name: '', call: '', file: '', path: '', reversed: false, lanes, equations: [], inputs: [] };
const gap = 12;

export function timelineFrame(pageWidth: number): readonly FrameBlock[] {
  const { left, plotWidth, width, sideWidth, loss, predictions, axis, lanes: blocks, lines, cursor } = timelineLayout({ pageWidth, steps: 48, layer: usual, pass: 'forward', first: 0, hasPredictions: true, picked: 3 });
  const across = ({ y, height }: { readonly y: number; readonly height: number }): FrameBlock => ({ x: left, y, width: plotWidth, height });
  const end = cursor.y + cursor.height;
  // Beside the timeline: what comes next, the cell, the equations.
  const beside = sideWidth === 0 ? [] : [0, 1, 2].map((i) => ({ x: width + gap, y: 8 + (i * end) / 3, width: sideWidth - 2 * gap, height: end / 3 - gap }));
  return [across(loss), across(predictions), { ...across(axis), height: 1, y: axis.y + axis.height }, ...[...blocks, lines].map(across), ...beside];
}
