// The compared pass's losses as one dashed outline over this pass's bars, on their scale.
// Not drawing: the outline is a path's text. A step without a loss interrupts it.
import type { DebuggerView } from '../../../protocol/debugger-page';
import { stepX, type TimelineLayout } from '../timeline/layout';

/** The largest loss of both passes: what stands at the top of the strip. */
export function lossTop({ trace, comparison }: DebuggerView): number {
  let top = 0;
  for (const values of [trace.loss.values, comparison.compared?.trace.loss.values ?? []]) for (const value of values) if (value > top && value < Infinity) top = value;
  return top || 1;
}

export function lossOutline(values: ArrayLike<number>, top: number, layout: TimelineLayout): string {
  const { y, height } = layout.loss;
  const bottom = y + height;
  let path = '';
  let open = false;
  for (let step = layout.first + 1; step <= layout.first + layout.visible; step++) {
    const value = values[step - 1] ?? NaN;
    const [left, right] = [stepX(layout, step), stepX(layout, step + 1)];
    if (Number.isFinite(value)) {
      path += `${open ? '' : `M${left},${bottom}`}V${bottom - (value / top) * height}H${right}`;
      open = true;
    } else if (open) {
      path += `V${bottom}`;
      open = false;
    }
  }
  return open ? `${path}V${bottom}` : path;
}
