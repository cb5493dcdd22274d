// Tokens and axis at the top of the page while its lanes scroll beneath: a second, small drawing of the two, with the cursor.
// Not a picture of its own: hidden from screen readers, and empty while the first one is in sight.
import { select } from 'd3-selection';
import { element, show } from '../../elements';
import { layerOf, newSvg } from '../../picture/svg-layer';
import type { Derived } from '../derive';
import type { DebuggerState } from '../state';
import { stepAt, type TimelineLayout } from '../timeline/layout';
import { drawnLayout, shiftOf, shownSteps, stageOf } from './stretch';
import { coverTicks, drawAxis, drawCursor, drawWay } from './timeline';
import { drawTokens } from './tokens';

export interface StuckHead {
  readonly root: HTMLElement;
  draw(layout: TimelineLayout, derived: Derived, state: DebuggerState): void;
}

export const stuckHeight = 46;

/** A click goes to the step, as in the picture itself. */
export function stuckHead(goto: (step: number) => void): StuckHead {
  const svg = newSvg();
  const root = element('div', 'stuck timeline', svg);
  root.setAttribute('aria-hidden', 'true');
  let shown: TimelineLayout | undefined;
  root.addEventListener('click', (event) => {
    const step = shown && stepAt(shown, event.clientX - root.getBoundingClientRect().left);
    if (step !== undefined) goto(step);
  });
  return {
    root,
    draw: (layout, derived, state) => {
      show(root, state.stuck);
      if (!state.stuck) return;
      const { step } = derived.view.cursor;
      const seen: TimelineLayout = { ...layout, height: stuckHeight, tokens: { y: 2, height: 20 }, axis: { y: 21, height: 20 }, cursor: { y: 1, height: stuckHeight - 1 } };
      shown = seen;
      const drawn = drawnLayout(seen, derived);
      select(svg).attr('width', seen.width).attr('height', stuckHeight);
      const stages = [stageOf(svg), stageOf(svg, 'axis')] as const;
      for (const stage of stages) select(stage).attr('transform', shiftOf(seen));
      drawTokens(stages[0], drawn, derived, shownSteps(drawn));
      drawAxis(stages[1], drawn, derived);
      coverTicks(svg, seen, step);
      drawWay(svg, seen, derived, state);
      drawCursor(svg, seen, step);
      const words = [['reads', seen.tokens.y + 15, 'name-word'], ['step t', seen.axis.y + 14, 'note-word']] as const;
      layerOf(svg, 'gutter').selectAll<SVGTextElement, (typeof words)[number]>('text').data(words).join('text').attr('class', ([, , name]) => name).attr('x', 12).attr('y', ([, y]) => y).text(([text]) => text);
    },
  };
}
