// Draws what each step reads: letters or words where there is room, curves of numbers; and the diamond of a step that was edited.
// Not the words beside them (gutter.ts).
import { layerOf } from '../../picture/svg-layer';
import type { Derived } from '../derive';
import { visible } from '../sentences';
import { longestToken } from '../timeline/token-length';
import { stepX, type TimelineLayout } from '../timeline/layout';
import { drawLetters } from './letters';

export function drawTokens(svg: SVGGElement, layout: TimelineLayout, { view }: Derived, steps: readonly number[]): void {
  const { reads } = view.trace;
  const layer = layerOf(svg, 'tokens');
  const { y } = layout.tokens;
  if (reads.kind === 'numeric') {
    const paths = reads.names.slice(0, 4).map((name, f) => {
      const values = steps.map((s) => reads.values[(s - 1) * reads.names.length + f] ?? NaN);
      const all = Array.from({ length: view.trace.steps }, (_, t) => reads.values[t * reads.names.length + f] ?? NaN).filter(Number.isFinite);
      const [low, high] = [Math.min(...all), Math.max(...all)];
      // A value that is not finite breaks the line: the next one begins it again.
      return { name, d: values.map((v, i) => (Number.isFinite(v) ? `${Number.isFinite(values[i - 1]) ? 'L' : 'M'}${stepX(layout, steps[i] ?? 1) + layout.column / 2},${y + 18 - ((v - low) / (high - low || 1)) * 16}` : '')).join('') };
    });
    layer.selectAll('path').data(paths).join('path').attr('class', (_, i) => `feature feature-${i + 1}`).attr('d', (p) => p.d);
    return;
  }
  const edited = view.trace.edits.map(({ step }) => step).filter((s) => s > layout.first && s <= layout.first + layout.visible);
  layer.selectAll<SVGPathElement, number>('path.edit').data(edited, (s) => s).join('path').attr('class', 'edit')
    .attr('d', (s) => { const x = stepX(layout, s) + layout.column / 2; return `M${x},${y - 6}l3.5,3.5l-3.5,3.5l-3.5,-3.5Z`; });
  // Words are wider than columns: every word start is shown, others as space allows.
  const room = (step: number): boolean => layout.column >= 7 || step === 1 || /\s$/.test(reads.text[step - 2] ?? '');
  const shown = steps.filter((s) => view.trace.valid[s - 1] === 1 && room(s));
  const isWords = longestToken(reads) > 1;
  drawLetters(layer, 'token', shown.map((s) => ({ key: `${s}`, x: stepX(layout, s) + layout.column / 2, y: y + 15, text: fit(visible(reads.text[s - 1] ?? ''), layout.column), className: isWords ? 'word' : '' })));
}

/** As many letters as a column holds; whole words in small columns are cut, seen to be cut where there is room for that, and named in full on hover. */
export function fit(text: string, column: number): string {
  // Words, which are written smaller, keep apart from each other; single letters stand in columns as narrow as they are.
  const room = Math.max(1, Math.floor((column - 3) / 6.62));
  const letters = [...text];
  return letters.length === 1 || letters.length <= room ? text : room < 4 ? letters.slice(0, room).join('') : `${letters.slice(0, room - 1).join('')}…`;
}
