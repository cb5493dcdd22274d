// The stretch of time that is drawn around what is seen, and the groups of the timeline's SVG that are shifted over it and cut at the cursor.
// Not the layout (../timeline/layout.ts) and not marks: views join their own into these groups.
import { select } from 'd3-selection';
import { must } from '../../must';
import { layerOf } from '../../picture/svg-layer';
import { stepX, stretchOf, type TimelineLayout } from '../timeline/layout';
import type { Cursor } from '../../../protocol/debugger-page';
import type { Derived } from '../derive';

/** The layout of the stretch that is drawn: places count from the first step of all, so that a mark stays where it is whatever the stretch. */
export function drawnLayout(seen: TimelineLayout, { view }: Derived): TimelineLayout {
  const stretch = stretchOf(seen, view.trace.steps);
  return { ...seen, ...stretch, plotWidth: stretch.visible * seen.column, origin: 0 };
}

export function shownSteps(layout: TimelineLayout): readonly number[] {
  return Array.from({ length: layout.visible }, (_, i) => i + layout.first + 1);
}

/** Moves what was drawn by `drawnLayout` to where it is seen. */
export function shiftOf({ first, column }: TimelineLayout): string {
  return `translate(${-first * column} 0)`;
}

/** The group whose content moves as time scrolls, cut at the plot's edges. */
export function stageOf(svg: SVGSVGElement, name: 'plot' | 'axis' = 'plot'): SVGGElement {
  const cut = layerOf(svg, `${name}-cut`).attr('clip-path', `url(#${name}-clip)`).node();
  return must(cut && layerOf(cut, `${name}-stage`).node(), 'a group that was just made is there');
}

export const sides = ['reached', 'beyond'] as const;

/** The two groups of a stage that are cut at the cursor: what is drawn into both changes its look there without being drawn anew. */
export function sideOf(stage: SVGGElement, side: (typeof sides)[number]): SVGGElement {
  return must(layerOf(stage, `side-${side}`).attr('clip-path', `url(#${side}-clip)`).node(), 'a group that was just made is there');
}

/** Moves the border between what the pass has reached and what lies beyond: marks are drawn whole on both sides and cut there. */
export function setReach(svg: SVGSVGElement, drawn: TimelineLayout, { pass, step }: Cursor): void {
  const [left, right] = [stepX(drawn, drawn.first + 1), stepX(drawn, drawn.first + drawn.visible + 1)];
  const border = Math.max(left, Math.min(right, stepX(drawn, pass === 'forward' ? step + 1 : step)));
  const before = { x: left, width: border - left };
  const after = { x: border, width: right - border };
  for (const [name, { x, width }] of [['reached-clip', pass === 'forward' ? before : after], ['beyond-clip', pass === 'forward' ? after : before]] as const) select(svg).select(`#${name} rect`).attr('x', x).attr('width', width).attr('y', 0).attr('height', drawn.height);
}
