// Where everything on the timeline stands for a state of the page.
// Not the rules (layout.ts). Kept by the state it was made from: several views ask for it in one frame.
import { comparedWish } from '../compare/compared-lanes';
import type { Derived } from '../derive';
import { layerLanes } from '../lanes/layer-lanes';
import type { DebuggerState } from '../state';
import { timelineLayout, type TimelineLayout } from './layout';
import { longestToken } from './token-length';

const layouts = new WeakMap<DebuggerState, TimelineLayout>();

export function layoutOf(state: DebuggerState, derived: Derived): TimelineLayout {
  const known = layouts.get(state) ?? layoutAnew(state, derived);
  layouts.set(state, known);
  return known;
}

function layoutAnew(state: DebuggerState, derived: Derived): TimelineLayout {
  return timelineLayout({
    pageWidth: state.width, laneHeights: state.laneHeights, layers: layerLanes(derived, state.lanes).map(({ key }) => key), steps: derived.view.trace.steps, layer: derived.layer, pass: derived.pass, first: state.first, zooming: state.zooming,
    ...(state.columnWidth === undefined ? {} : { columnWidth: state.columnWidth }),
    grouped: derived.groups.length > 0, hasPredictions: derived.view.trace.predictions !== undefined, hasOutputs: derived.view.trace.outputs !== undefined, longestToken: longestToken(derived.view.trace.reads), picked: derived.picked.length,
    ...(state.compared ? { compared: comparedWish(state.compared, derived.layerIndex) } : {}),
  });
}
