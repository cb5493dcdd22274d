// What the pages showed, as parts of a link: layer, order, zoom, scroll, threshold, groups, weights, the inspector's loss and pictures.
// Not whether a page has such a lane or an order of that name: it leaves out what it does not know.
// Invariant: what is written reads back as the same choices; what is not within its bounds is refused.
import type { ChosenThreshold, DebuggerChoices, InspectorChoices } from '../../protocol/page-choices';
import { bad, count, counts, decimal, isName, isWord, mostLayers, mostSteps, mostUnits } from './link-parts';

export interface Shown {
  readonly debugger: DebuggerChoices;
  readonly inspector: InspectorChoices;
}

const mostGroups = 64;
const mostHeights = 16;
const widest = 512;

export const shownParts: readonly string[] = [
  'shows', 'order', 'alike', 'means', 'parameters', 'weightsOf', 'weightsRows', 'column', 'first', 'rows', 'heights', 'lines', 'row', 'threshold', 'in', 'on', 'off', 'took', 'picks',
  'inspects', 'tab', 'triangle', 'form', 'loss',
];

/** What no link may hold is left out, so that every link that is written can be read. */
export function writeShown({ debugger: chosen, inspector: { layer: inspects, tab, triangle, form, loss } }: Shown): Readonly<Record<string, string | number | undefined>> {
  const { layer: shows, order, alike, means = [], parameters, weights, weightsRows, column, first, rows, heights = {}, lines, rowValue, threshold, noPicks } = chosen;
  const named = Object.entries(heights).filter(([name]) => isName(name)).slice(0, mostHeights);
  const within = threshold !== undefined && lines !== undefined && isName(lines) ? threshold : undefined;
  return {
    shows, order, alike, means: means.length > 0 ? means.slice(0, mostGroups).join('.') : undefined, parameters, weightsOf: nameOr(weights), weightsRows, column, first,
    rows: rows && `${rows.from}.${rows.to}`, heights: named.length > 0 ? named.map(([name, height]) => `${name}:${height}`).join(',') : undefined, lines: nameOr(lines), row: rowValue,
    threshold: within?.value, in: within?.pass, on: within && `${within.from}.${within.to}`, off: within?.margin, took: within?.picked ? 'yes' : undefined, picks: noPicks ? 'none' : undefined,
    inspects, tab, triangle, form, loss: loss === null ? 'all' : loss,
  };
}

/** Throws OperationalError `bad-link`. */
export function readShown(given: URLSearchParams): Shown {
  /** A part that is there, as what it says. */
  const part = <K extends string, V>(key: K, name: string, read: (text: string) => V): { readonly [N in K]?: V } => {
    const text = given.get(name);
    return (text === null ? {} : { [key]: read(text) }) as { readonly [N in K]?: V };
  };
  const number = <K extends string>(key: K, name: string, low: number, high: number): { readonly [N in K]?: number } => part(key, name, (text) => count(text, name, low, high));
  const checked = <K extends string>(key: K, name: string, is: (text: string) => boolean, what: string): { readonly [N in K]?: string } => part(key, name, (text) => {
    if (!is(text)) throw bad(`its ${name} is not a ${what}`);
    return text;
  });
  const word = <K extends string>(key: K, name: string = key): { readonly [N in K]?: string } => checked(key, name, isWord, 'word');
  const name = <K extends string>(key: K, from: string = key): { readonly [N in K]?: string } => checked(key, from, isName, 'name');
  const threshold = thresholdOf(given);
  return {
    debugger: {
      ...number('layer', 'shows', 0, mostLayers), ...word('order'), ...part('alike', 'alike', (text) => correlation(text)), ...part('means', 'means', (text) => counts(text, 'groups', mostGroups, mostUnits)),
      ...word('parameters'), ...name('weights', 'weightsOf'), ...word('weightsRows'), ...number('column', 'column', 1, widest), ...number('first', 'first', 1, mostSteps),
      ...part('rows', 'rows', (text) => stretch(text, 'rows', 0, mostUnits)), ...part('heights', 'heights', heightsOf), ...name('lines'), ...word('rowValue', 'row'),
      ...(threshold ? { threshold } : {}), ...part('noPicks', 'picks', (text) => {
        if (text !== 'none') throw bad('its picks are neither left out nor none');
        return true as const;
      }),
    },
    inspector: { ...number('layer', 'inspects', 0, mostLayers), ...word('tab'), ...word('triangle'), ...word('form'), ...part('loss', 'loss', (text) => (text === 'all' ? null : count(text, 'loss', 1, mostSteps))) },
  };
}

function nameOr(text: string | undefined): string | undefined {
  return text !== undefined && isName(text) ? text : undefined;
}

function correlation(text: string): number {
  const value = decimal(text, 'alike');
  if (value < 0 || value > 1) throw bad('its alike is not a correlation from 0 to 1');
  return value;
}

function stretch(text: string, name: string, low: number, high: number): { readonly from: number; readonly to: number } {
  const [from = '', to = '', ...more] = text.split('.');
  const found = { from: count(from, name, low, high), to: count(to, name, low, high) };
  if (more.length > 0 || found.to < found.from) throw bad(`its ${name} end before they begin`);
  return found;
}

function heightsOf(text: string): Readonly<Record<string, number>> {
  const found = text.split(',').map((part) => {
    const [name = '', height = '', ...more] = part.split(':');
    if (!isName(name) || more.length > 0) throw bad('its heights are not of lanes');
    return [name, count(height, 'height', 1, 10_000)] as const;
  });
  if (found.length > mostHeights || new Set(found.map(([name]) => name)).size !== found.length) throw bad(`its heights are of more than ${mostHeights} lanes, or of one twice`);
  return Object.fromEntries(found);
}

function thresholdOf(given: URLSearchParams): ChosenThreshold | undefined {
  const [value, pass, on, off] = ['threshold', 'in', 'on', 'off'].map((name) => given.get(name) ?? undefined);
  if (value === undefined && pass === undefined && on === undefined && off === undefined) return undefined;
  if (value === undefined || on === undefined || off === undefined || given.get('lines') === null || (pass !== 'forward' && pass !== 'backward')) throw bad('its threshold is not whole');
  const took = given.get('took');
  if (took !== null && took !== 'yes') throw bad('it does not say whether its threshold has picked');
  return { pass, value: decimal(value, 'threshold'), ...stretch(on, 'steps', 1, mostSteps), margin: count(off, 'margin', 0, 1000), picked: took === 'yes' };
}
