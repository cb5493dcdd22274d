// Draws the cell's source lines with their numbers: breakpoints, colours of the language, strips, and what picked units make of them.
// Not an editor. Clicking the gutter asks for a breakpoint; clicking the line shows it in the editor.
import { select } from 'd3-selection';
import type { EquationView } from '../../../protocol/cell-view';
import { element, setText } from '../../elements';
import { fixed, number } from '../../theme/numbers';
import { showImage } from '../../picture/pixels';
import { partOfUnit } from '../cell/pointing';
import { type Derived, stripOrder } from '../derive';
import { summary } from '../lanes/statistics';
import { strip } from '../lanes/strip';
import { numbersPutIn } from '../numbers-put-in';
import type { DebuggerState } from '../state';
import { stepKey } from '../state';
import { nodeColors } from './cell';

export interface EquationsBlock {
  readonly section: HTMLElement;
  readonly list: HTMLElement;
  /** The lines with their strips and values. */
  draw(derived: Derived, state: DebuggerState): void;
  /** What picked units make of them: apart, so that a frame need not draw both. */
  drawUnits(derived: Derived, state: DebuggerState): void;
}

export interface EquationActions {
  toggleBreakpoint(line: number): void;
  reveal(line: number): void;
}

export function equationsBlock(act: EquationActions): EquationsBlock {
  const note = element('span', 'note');
  const right = element('span', 'note');
  const list = element('div', 'equations');
  const section = element('section', 'equations-block', element('h2', '', element('span', 'title', 'Equations'), note, element('span', 'grow'), right), list);
  return {
    section, list,
    draw: (derived, state) => {
      const backward = derived.pass === 'backward';
      setText(note, derived.layer.file);
      setText(right, backward ? 'gradient of each name, ‖·‖' : 'value of each name, mean or ‖·‖');
      const { cursor, breakpoints } = derived.view;
      const stopped = cursor.level === 'equation' ? cursor.equation : undefined;
      select(list).selectAll<HTMLDivElement, EquationView>('div.equation').data([...derived.layer.equations], (equation) => `${derived.layer.path}:${equation.line}`).join((enter) => {
        const div = enter.append('div').attr('class', 'equation');
        const head = div.append('div').attr('class', 'head');
        head.append('button').attr('class', 'breakpoint').on('click', (_, e) => act.toggleBreakpoint(e.line));
        head.append('span').attr('class', 'line-number').text((e) => e.line);
        head.append('code').attr('class', 'source').each(function (e) {
          this.replaceChildren(...colored(e));
        }).attr('tabindex', 0).attr('role', 'button').attr('aria-label', (e) => `Line ${e.line}: ${e.text}. Show it in the editor`).on('click', (_, e) => act.reveal(e.line)).on('keydown', (event: KeyboardEvent, e) => {
          if (event.key !== 'Enter' && event.key !== ' ') return;
          event.preventDefault();
          event.stopPropagation();
          act.reveal(e.line);
        });
        const place = head.append('span').attr('class', 'strip-place');
        place.append('canvas').attr('class', 'strip');
        place.append('span').attr('class', 'ticks');
        place.append('i').attr('class', 'unit-cross').attr('hidden', '');
        head.append('span').attr('class', 'value');
        div.append('div').attr('class', 'derivatives');
        div.append('div').attr('class', 'units');
        return div;
      }).order().classed('stopped', (_, i) => stopped === i).classed('not-run', (_, i) => stopped !== undefined && (backward ? i < stopped : i > stopped)).each(function (equation) {
        const find = <E extends HTMLElement>(name: string): E | null => this.querySelector<E>(`.${name}`);
        const set = breakpoints.find(({ path, line }) => path === derived.layer.path && line === equation.line);
        const dot = find<HTMLButtonElement>('breakpoint');
        dot?.classList.toggle('set', set !== undefined);
        dot?.classList.toggle('disabled', set?.enabled === false);
        dot?.setAttribute('aria-label', `${set ? 'Remove' : 'Set'} breakpoint in line ${equation.line}`);
        dot?.setAttribute('aria-pressed', String(set !== undefined));
        const id = equation.kind === 'state' ? `${equation.name}'` : equation.name;
        const values = derived.at(id);
        const canvas = find<HTMLCanvasElement>('strip');
        if (canvas) {
          canvas.hidden = !values;
          const { table, entry } = nodeColors(id, derived, state);
          const strips = find('strip-place');
          if (strips) strips.dataset['node'] = id;
          drawTicks(find('ticks'), derived, values?.length ?? 0);
          if (values) showImage(canvas, strip(values, derived.order, Math.floor(64 * state.scale), table, entry, state.theme.error));
        }
        const { broken, mean, norm } = values ? summary(values) : {};
        const value = equation.kind === 'gate' && !backward ? mean : norm;
        const worth = find('value');
        if (worth) {
          setText(worth, broken?.replace(/ of \d+$/, '').replace('infinite', 'inf') ?? (value === undefined ? '' : number(value)));
          worth.classList.toggle('broken-word', broken !== undefined);
        }
        select(find('derivatives')).selectAll('code').data(backward ? [...equation.derivatives] : []).join('code').text(String);
      });
    },
    drawUnits: (derived, state) => {
      select(list).selectAll<HTMLDivElement, EquationView>('div.equation').each(function (equation) {
        drawUnits(this.querySelector<HTMLElement>('.units'), equation, derived, state);
      });
    },
  };
}

/** A tick under the cell of each picked unit, as in the cell's picture. */
function drawTicks(host: HTMLElement | null, derived: Derived, units: number): void {
  const order = stripOrder(derived, units);
  const ticks = units === derived.order.length ? derived.picked.slice(0, 8).flatMap((unit, i) => { const part = partOfUnit(unit, order); return part === undefined ? [] : [{ i, part }]; }) : [];
  select(host).selectAll<HTMLElement, (typeof ticks)[number]>('i').data(ticks).join('i').attr('class', ({ i }) => `picked-${(i % 3) + 1}`).style('left', ({ part }) => `${100 * part}%`);
}

function drawUnits(host: HTMLElement | null, equation: EquationView, derived: Derived, state: DebuggerState): void {
  if (!host) return;
  const rows = derived.picked.slice(0, 8).flatMap((unit, i) => {
    const text = derived.pass === 'forward' ? forwardText(equation, derived, unit) : backwardText(equation, derived, state, unit);
    return text === undefined ? [] : [{ unit, i, ...text }];
  });
  select(host).selectAll<HTMLDivElement, (typeof rows)[number]>('div').data(rows, (row) => row.unit).join((enter) => {
    const div = enter.append('div');
    for (const name of ['unit', 'result', 'formula']) div.append('span').attr('class', name);
    return div;
  }).each(function (row) {
    const [unit, result, formula] = [...this.children] as HTMLElement[];
    if (unit) {
      setText(unit, `u${row.unit}`);
      unit.className = `unit picked-${(row.i % 3) + 1}`;
    }
    if (result) setText(result, row.result);
    if (formula) setText(formula, row.formula);
  });
}

function forwardText(equation: EquationView, derived: Derived, unit: number): { result: string; formula: string } | undefined {
  const id = equation.kind === 'state' ? `${equation.name}'` : equation.name;
  const value = derived.at(id)?.[unit];
  const formula = numbersPutIn(equation.expression, (text) => derived.at(text)?.[unit]);
  return value === undefined || formula === undefined ? undefined : { result: fixed(value, 2), formula: `= ${formula}` };
}

/** The parts that were added up to a state's gradient. */
function backwardText(equation: EquationView, derived: Derived, state: DebuggerState, unit: number): { result: string; formula: string } | undefined {
  if (equation.kind !== 'state' || state.step?.key !== stepKey(derived.view)) return undefined;
  const parts = state.step.parts.get(equation.name);
  const total = derived.at(`${equation.name}'`)?.[unit];
  const arrives = parts?.arrives[unit];
  const added = parts?.added[unit];
  if (total === undefined || arrives === undefined || added === undefined) return undefined;
  const by = state.flow?.find((flow) => flow.state === equation.name)?.addedBy ?? '';
  const sign = added < 0 ? '−' : '+';
  return { result: number(total), formula: `= ${number(arrives)} from t${derived.layer.reversed ? '−' : '+'}1 ${sign} ${number(Math.abs(added))} ${by.replace(/^from /, 'through ')}` };
}

/** The line's text with the language's colours. */
function colored({ text, tokens }: EquationView): Node[] {
  const nodes: Node[] = [];
  let at = 0;
  for (const { start, end, kind } of [...tokens].sort((a, b) => a.start - b.start)) {
    if (start < at) continue;
    nodes.push(document.createTextNode(text.slice(at, start)), element('span', `token-${kind}`, text.slice(start, end)));
    at = end;
  }
  nodes.push(document.createTextNode(text.slice(at)));
  return nodes;
}
