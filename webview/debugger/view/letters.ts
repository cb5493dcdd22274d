// Writes letters over steps: those of a row and a look in one text, each at its own place; what is more than one plain letter in a text of its own.
// Not words beside the lanes (gutter.ts). A browser lays out a text with a hundred places faster than a hundred texts.
// Invariant: every letter stands in the middle of its place, whatever stands beside it.
import type { SvgLayer } from '../../picture/svg-layer';

export interface Letter {
  /** Of the letter itself, the same while it is drawn. */
  readonly key: string;
  /** Its middle and its line. */
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly className: string;
}

interface Line {
  readonly key: string;
  readonly y: number;
  readonly className: string;
  x: string;
  text: string;
}

/** Printed by itself whatever its neighbours are: not a space, not a mark over another letter, no script that is joined or runs to the left. */
const plain = /^[!-~¡-ɏΑ-ωА-я␀-␦⏎⇥]$/u;

/** @param name the class that all of them have. */
export function drawLetters(layer: SvgLayer, name: string, letters: readonly Letter[]): void {
  const lines = new Map<string, Line>();
  for (const { key, x, y, text, className } of letters) {
    const shared = plain.test(text) ? `${className} ${y}` : `= ${key}`;
    const line = lines.get(shared) ?? { key: shared, y, className, x: '', text: '' };
    line.x += line.x === '' ? x : ` ${x}`;
    line.text += text;
    lines.set(shared, line);
  }
  layer.selectAll<SVGTextElement, Line>(`text.${name}`).data([...lines.values()], ({ key }) => key).join('text').attr('class', ({ className }) => `${name}${className === '' ? '' : ` ${className}`}`)
    .attr('x', ({ x }) => x).attr('y', ({ y }) => y).text(({ text }) => text);
}
