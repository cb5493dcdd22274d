// Draws the legend under the lanes: palettes with their sign convention, symbols, hatch, fade, row order.
// Always there, so that no picture needs another explanation.
import { dressDropdown, dropdown } from '../../controls';
import { element, setText, show } from '../../elements';
import { showImage } from '../../picture/pixels';
import { alikeChoices, type Group } from '../lanes/clusters';
import type { OrderName } from '../lanes/order';
import { laneDomain } from '../lanes/domain';
import { fadeTable, knownBrokenSteps } from '../lanes/raster';
import { unitsPerRow } from '../lanes/rows';
import { type Derived, shownUnits } from '../derive';
import type { DebuggerState } from '../state';
import type { TimelineLayout } from '../timeline/layout';
import { groupList } from './group-list';

export interface Legend {
  readonly root: HTMLElement;
  draw(derived: Derived, state: DebuggerState, layout: TimelineLayout): void;
}

const orders: readonly { readonly value: OrderName; readonly label: string }[] = [
  { value: 'similar', label: 'similar units together' },
  { value: 'groups', label: 'groups that act alike' },
  { value: 'index', label: 'by index' },
  { value: 'halfLife', label: 'by half-life' },
  { value: 'activity', label: 'by activity (how much it moves)' },
  { value: 'mean', label: 'by mean' },
  { value: 'cursor', label: 'by value at the cursor' },
];

export interface LegendActions {
  order(order: OrderName): void;
  alike(correlation: number): void;
  group(group: Group, only: boolean): void;
}

export function legend(act: LegendActions): Legend {
  const item = (sign: Node | string, title: Node | string, note: Node | string): HTMLElement => element('div', 'legend-item', element('div', 'sign', sign), element('div', '', element('div', 'legend-title', title), element('div', 'note', note)));
  const signed = element('canvas');
  const gate = element('canvas');
  const signedTitle = element('span');
  const signedNote = element('span');
  const symbols = element('span');
  const masked = element('span');
  const hatch = element('div', 'hatch-sample');
  const faded = element('canvas', 'faded-sample');
  const rows = element('div', 'legend-title');
  const differenceNote = element('span');
  const signedToo = element('canvas');
  const differenceItem = item(signedToo, 'this − other', differenceNote);
  const order = dropdown('Order of rows', (value) => act.order(value as OrderName));
  const alike = dropdown('Units are alike from this correlation on', (value) => act.alike(Number(value)));
  const groups = groupList(act.group);
  const gateItem = item(gate, 'gate', '0 closed, 1 open');
  const root = element(
    'div', 'legend',
    item(signed, signedTitle, signedNote), gateItem, differenceItem, item('× ±I', 'NaN, infinite', symbols), item(hatch, 'masked', masked), item(faded, 'faded', 'not reached'),
    element('div', 'legend-item', element('div', '', rows, element('div', 'row-choices', order, alike))), groups.root,
  );
  return {
    root,
    draw: (derived, state, layout) => {
      const backward = derived.pass === 'backward';
      showImage(signed, bar(state.theme.palette.signed));
      showImage(signedToo, bar(state.theme.palette.signed));
      showImage(gate, bar(state.theme.palette.gate));
      showImage(faded, bar(fadeTable(state.theme.palette.signed, state.theme.background)));
      const per = Math.max(1, ...layout.lanes.map(({ name, height }) => unitsPerRow(shownUnits(derived, derived.header(name)?.units ?? 0).length, height, state.scale)));
      const part = derived.zoom ? `${derived.zoom.to - derived.zoom.from} of ${derived.order.length} units, ` : '';
      setText(rows, per > 1 ? `rows: ${part}${state.rowValue === 'extreme' ? 'most extreme' : 'mean'} of up to ${per}` : `rows: ${part}one a unit in every lane`);
      show(gateItem, derived.layer.lanes.some((lane) => laneDomain(lane, derived.pass).palette === 'gate'));
      setText(signedTitle, backward ? 'gradient, √ scale' : 'signed value');
      setText(signedNote, backward ? 'orange: raising it raises the loss' : 'blue −, orange +');
      const run = state.compared?.run;
      show(differenceItem, run !== undefined && (run.layers[derived.layerIndex]?.lanes.length ?? 0) > 0);
      setText(differenceNote, run ? `orange: larger here than in the ${run.label}` : '');
      const { valid, steps } = derived.view.trace;
      const broken = new Set<number>();
      for (const { name } of derived.layer.lanes) {
        const lane = derived.lane(name);
        if (!lane) continue;
        const found = knownBrokenSteps(lane, valid);
        for (const step of [...found.whole, ...found.some.keys()]) broken.add(step);
      }
      const usable = valid.reduce((sum, v) => sum + v, 0);
      setText(symbols, broken.size === 0 ? 'none here' : `${broken.size} of ${usable} steps`);
      setText(masked, usable === steps ? 'no step here' : `${steps - usable} of ${steps} steps`);
      dressDropdown(order, orders.filter(({ value }) => value !== 'halfLife' || derived.keeps !== undefined), state.order);
      show(alike, state.order === 'groups');
      dressDropdown(alike, alikeChoices.map((value) => ({ value: String(value), label: `alike from r = ${value}` })), String(state.alike));
      groups.draw(derived, state);
    },
  };
}

function bar(table: Uint8Array): { width: number; height: number; bytes: Uint8ClampedArray<ArrayBuffer> } {
  const bytes = new Uint8ClampedArray(256 * 4);
  for (let i = 0; i < 256; i++) bytes.set([table[3 * i] ?? 0, table[3 * i + 1] ?? 0, table[3 * i + 2] ?? 0, 255], 4 * i);
  return { width: 256, height: 1, bytes };
}
