// Draws the first block beside the timeline: what comes next (forward), what passes through this step (backward), or why it stopped.
// Not the sentence. Bars stand on one scale within a block.
import { select } from 'd3-selection';
import { button, dressButton } from '../../controls';
import { element, setStyle, setText, show } from '../../elements';
import { showRich } from '../../rich-text';
import type { OutputView } from '../../../protocol/trace-view';
import { difference, number, percent } from '../../theme/numbers';
import { otherExpects } from '../compare/sentences';
import { outputText } from '../output-text';
import { quote, visible } from '../sentences';
import { type Derived, neighbours } from '../derive';
import type { DebuggerState } from '../state';

export interface FirstBlock {
  readonly section: HTMLElement;
  draw(derived: Derived, state: DebuggerState): void;
}

export function firstBlock(act: { goto(step: number): void; reveal(line: number): void }): FirstBlock {
  const title = element('span', 'title');
  const note = element('span', 'note');
  const right = element('span', 'outcome');
  const body = element('div', 'first-body');
  const other = element('p', 'quiet other-expects');
  const section = element('section', 'first-block', element('h2', '', title, note, element('span', 'grow'), right), body, other);
  const back = button(() => act.goto(Number(section.dataset['before'])));
  const fed = button(() => act.reveal(Number(section.dataset['line'])));
  const buttons = element('div', 'choices', back, fed);
  return {
    section,
    draw: (derived, state) => {
      const { stop } = derived.view.cursor;
      setText(right, '');
      right.className = 'outcome';
      const run = state.compared?.run;
      const expects = run && derived.pass === 'forward' && stop?.kind !== 'filter' ? otherExpects(run, derived.view.cursor.step) : undefined;
      show(other, expects !== undefined);
      if (expects) showRich(other, expects);
      if (stop?.kind === 'filter') {
        drawCause(stop, derived);
        return;
      }
      show(buttons, false);
      if (derived.pass === 'forward') drawNext(derived);
      else drawFlow(derived, state);
    },
  };

  function drawCause(stop: Extract<NonNullable<Derived['view']['cursor']['stop']>, { kind: 'filter' }>, derived: Derived): void {
    setText(title, stop.what.replace(/^\w+ is /, '').replace(/^./, (c) => c.toUpperCase()));
    setText(note, `exception filter: ${stop.filter}`);
    const equation = derived.layer.equations.find(({ name }) => name === stop.first.name);
    section.dataset['before'] = String(Math.max(1, stop.first.step - 1));
    section.dataset['line'] = String(equation?.line ?? 1);
    dressButton(back, { label: 'Go back before it', look: 'primary', disabled: stop.first.step <= 1 });
    dressButton(fed, { label: 'What fed it', look: 'secondary', disabled: !equation });
    const { first } = stop;
    body.replaceChildren(
      element('p', '', 'First: ', element('strong', '', first.name), first.unit === undefined ? '' : `, unit u${first.unit}`, `, t = ${first.step}, layer ${first.layer}`, ...(stop.equation === undefined ? [] : [', ', element('code', '', stop.equation)])),
      ...stop.explanation.map((text) => element('p', 'quiet', text)), buttons,
    );
    show(buttons, true);
    show(section, true);
  }

  function drawNext({ view }: Derived): void {
    const { predictions, reads, item, outputs } = view.trace;
    show(section, predictions !== undefined || outputs !== undefined);
    const t = view.cursor.step - 1;
    setText(note, reads.kind === 'tokens' ? `after ${quote(reads.text[t] ?? '')}` : `after t = ${t + 1}`);
    if (!predictions) {
      if (outputs) drawOutput(outputs, t + 1, view.trace.steps);
      return;
    }
    const { top, text, probability, target, targetRank } = predictions;
    const rank = targetRank[t] ?? 0;
    // What is expected is the next token only where the targets are the tokens that follow.
    const follows = reads.kind === 'tokens' && target.some((text, at) => text !== '' && text === reads.text[at + 1]);
    setText(title, follows ? `Next ${item}` : 'Prediction');
    if (!((probability[t * top] ?? NaN) > 0) && !Number.isNaN(probability[t * top])) {
      sayNothing(Array.from({ length: view.trace.steps }, (_, at) => at + 1).filter((step) => (probability[(step - 1) * top] ?? 0) > 0));
      return;
    }
    setText(right, rank === 0 ? '' : rank === 1 ? `✓ target ${quote(target[t] ?? '')}` : `✗ target ${quote(target[t] ?? '')}, rank ${rank}`);
    right.className = `outcome ${rank === 1 ? 'right' : 'wrong'}`;
    const rows = Array.from({ length: Math.min(5, top) }, (_, k) => ({ k, text: text[t * top + k] ?? '', p: probability[t * top + k] ?? NaN, isTarget: rank === k + 1 })).filter(({ p }) => Number.isFinite(p));
    // As wide as the longest of them: bars stand on one line.
    setStyle(body, { '--guess': `${Math.max(2, ...rows.map((row) => row.text.length))}ch` });
    prepare('next');
    select(body).selectAll<HTMLDivElement, (typeof rows)[number]>('div.next-row').data(rows, (row) => row.k).join((enter) => {
      const div = enter.append('div').attr('class', 'next-row');
      div.append('span').attr('class', 'mono guess');
      div.append('span').attr('class', 'bar-mark');
      div.append('span').attr('class', 'p');
      return div;
    }).each(function (row) {
      const [name, bar, p] = [...this.children] as HTMLElement[];
      if (name) setText(name, visible(row.text));
      if (bar) {
        bar.style.width = `calc(${Math.max(0.005, row.p)} * (100% - 68px - var(--guess, 16px)))`;
        bar.classList.toggle('right', row.isTarget);
      }
      if (p) setText(p, percent(row.p));
    });
  }

  /** A step at which the network says nothing, and where it does. */
  function sayNothing(steps: readonly number[]): void {
    prepare('nothing');
    const [only] = steps;
    body.replaceChildren(element('p', 'quiet', only === undefined ? 'None in this sequence.' : steps.length === 1 ? `None at this step: the only one is at t = ${only}.` : 'None at this step.'));
  }

  function drawOutput({ size, values, target }: OutputView, step: number, steps: number): void {
    setText(title, 'Output');
    const said = outputText(values, size, step);
    if (said === undefined) {
      sayNothing(Array.from({ length: steps }, (_, at) => at + 1).filter((other) => outputText(values, size, other) !== undefined));
      return;
    }
    prepare('output');
    const wanted = outputText(target, size, step);
    const off = size === 1 ? (values[step - 1] ?? NaN) - (target[step - 1] ?? NaN) : NaN;
    body.replaceChildren(element('p', '', element('strong', '', said), ...(wanted === undefined ? [] : [`, target ${wanted}`]), ...(Number.isFinite(off) ? [`, off by ${difference(off)}`] : [])));
  }

  function drawFlow(derived: Derived, state: DebuggerState): void {
    const { view, keeps } = derived;
    const t = view.cursor.step - 1;
    show(section, state.flow !== undefined);
    setText(title, 'What passes through this step');
    setText(note, 'norms do not add up');
    prepare('flow');
    const flow = state.flow ?? [];
    const rows = flow.map((f) => ({ f, cells: [{ name: 'leaves', value: f.leaves[t] ?? NaN }, { name: 'sum', value: f.sum[t] ?? NaN }, { name: 'added', value: f.added[t] ?? NaN }, { name: 'arrives', value: f.arrives[t] ?? NaN }] }));
    const top = Math.max(1e-300, ...rows.flatMap(({ cells }) => cells.map(({ value }) => value)).filter(Number.isFinite));
    const { before, after } = neighbours(derived);
    const heads = ['', before === undefined ? 'to the first state' : `leaves to ${before}`, `sum at t = ${t + 1}`, '+ added here', after === undefined ? 'arrives' : `arrives from ${after}`];
    const cells = [
      ...heads.map((text, i) => ({ key: `head ${i}`, className: 'flow-head', text, bar: 0, kind: '' })),
      ...rows.flatMap(({ f, cells: values }) => [
        { key: `${f.state} name`, className: 'flow-name mono', text: `∂L/∂${f.state}`, bar: 0, kind: '' },
        ...values.map(({ name, value }) => ({
          key: `${f.state} ${name}`, className: 'flow-cell', kind: name, bar: Number.isFinite(value) ? value / top : 0,
          text: `${name === 'added' ? `${f.addedBy} ` : ''}${Number.isFinite(value) ? number(value) : 'not finite'}${name === 'leaves' && (f.sum[t] ?? 0) > 0 ? ` ×${number(value / (f.sum[t] ?? NaN))}` : ''}`,
        })),
      ]),
    ];
    select(body).selectAll<HTMLDivElement, (typeof cells)[number]>('div.flow-item').data(cells, (cell) => cell.key).join((enter) => {
      const div = enter.append('div');
      div.append('span').attr('class', 'bar-mark');
      div.append('span').attr('class', 'chevron').text('‹');
      div.append('span').attr('class', 'words');
      return div;
    }).attr('class', (cell) => `flow-item ${cell.className} ${cell.kind}${keeps && cell.key.startsWith(`${keeps.state} `) ? ' kept' : ''}`).each(function (cell) {
      const [bar, chevron, words] = [...this.children] as HTMLElement[];
      if (bar) bar.style.width = cell.kind === '' ? '0' : `${Math.max(1.5, cell.bar * 60)}px`;
      if (bar) show(bar, cell.kind !== '');
      if (chevron) show(chevron, cell.kind !== '' && cell.kind !== 'arrives');
      if (words) setText(words, cell.text);
    });
  }

  /** Rows of another kind are not joined with these. */
  function prepare(kind: string): void {
    if (body.dataset['kind'] === kind && !body.contains(buttons)) return;
    body.dataset['kind'] = kind;
    body.className = `first-body ${kind}-body`;
    body.replaceChildren();
  }
}
