// Draws what the network says: first, an early one, the latest.
// Not the choice of the samples (../chosen-samples.ts); their text is set as text, never as HTML.
import { select } from 'd3-selection';
import { line } from 'd3-shape';
import type { RunSample } from '../../../protocol/run';
import { element } from '../../elements';
import { unreachable } from '../../must';
import { count, number } from '../../theme/numbers';
import { chosenSamples } from '../chosen-samples';
import type { RunData } from '../run-data';

export function drawSamples(host: HTMLElement, run: RunData): void {
  const chosen = chosenSamples(run.samples, run.header.iterations);
  select(host).selectAll<HTMLElement, RunSample>('.sample').data(chosen, (sample) => `${run.header.runId} ${sample.iteration}`).join((enter) =>
    enter.append('div').attr('class', 'sample').each(function (sample) {
      const loss = sample.loss === undefined ? '' : `loss ${number(sample.loss)}`;
      const header = element('header', '', element('span', '', `iteration ${count(sample.iteration)}`), element('span', '', loss));
      this.replaceChildren(header, content(sample));
    }),
  ).order();
}

function content(sample: RunSample): Node {
  switch (sample.kind) {
    case 'text': {
      const text = element('pre', '', sample.text);
      text.tabIndex = 0;
      return text;
    }
    case 'labels':
      return element('pre', '', ...sample.tokens.flatMap(({ text, label, target }) => {
        const right = label === target;
        const word = element('span', right ? 'right' : 'wrong', `${text}/${label}`);
        word.title = right ? 'right' : `wrong: the target is ${target}`;
        return [word, ' '];
      }));
    case 'curve':
      return curve(sample.target, sample.output);
    default:
      return unreachable(sample);
  }
}

function curve(target: Float32Array, output: Float32Array): Node {
  const width = 360;
  const height = 64;
  const all = [...target, ...output].filter(Number.isFinite);
  const low = Math.min(...all);
  const high = Math.max(...all);
  const path = (values: Float32Array): string =>
    line<number>((_, i) => (i / Math.max(1, values.length - 1)) * width, (v) => height - 2 - ((v - low) / (high - low || 1)) * (height - 4)).defined((v) => Number.isFinite(v))(values) ?? '';
  const box = element('div', 'curve');
  const svg = select(box).append('svg').attr('viewBox', `0 0 ${width} ${height}`).attr('width', '100%').attr('role', 'img').attr('aria-label', 'target dashed, output solid');
  svg.append('path').attr('class', 'target').attr('d', path(target));
  svg.append('path').attr('d', path(output));
  return box;
}
