// A link to where a debug session stands, as the query of a URI: file, weights, sequence, step, pass, selection, comparison, and what its pages show.
// Not opening it (visit-link.ts). A link comes from anywhere: what is read here is refused unless every part is as it must be.
// Invariant: what is written reads back as the same state; nothing that is read touches a disk.
import { isAbsolute, normalize } from 'node:path';
import { OperationalError } from '../../engine/base/operational-error';
import type { CompareWith } from '../../protocol/comparison';
import type { DebuggerChoices, InspectorChoices } from '../../protocol/page-choices';

/** A what-if lives in its session alone. */
export type LinkedComparison = Exclude<CompareWith, { readonly kind: 'fork' }>;

export interface LinkedState {
  /** Absolute path of a .rnn file. */
  readonly file: string;
  readonly model?: string;
  /** Absolute paths; a run or weights, not both. */
  readonly run?: string;
  readonly weights?: string;
  readonly inputs?: string;
  /** From 0. */
  readonly sequence: number;
  /** From 1. */
  readonly step: number;
  readonly pass: 'forward' | 'backward';
  /** Layer of the picked units, from 0. */
  readonly layer: number;
  readonly units: readonly number[];
  /** Paths are absolute. */
  readonly compare?: LinkedComparison;
  readonly page: 'debugger' | 'inspector';
  readonly debugger: DebuggerChoices;
  readonly inspector: InspectorChoices;
}

/** Path of the URI. */
export const linkPath = '/debug';

const longest = 8192;
const mostLayers = 1023;
const mostSteps = 10_000_000;
const known = new Set(['file', 'model', 'run', 'weights', 'inputs', 'sequence', 'step', 'pass', 'layer', 'units', 'compare', 'compared', 'iteration', 'page', 'shows', 'order', 'parameters', 'inspects', 'tab', 'triangle', 'form', 'loss']);

export function linkQuery(link: LinkedState): string {
  const { file, model, run, weights, inputs, sequence, step, pass, layer, units, compare, page, debugger: { layer: shows, order, parameters }, inspector: { layer: inspects, tab, triangle, form, loss } } = link;
  const query = new URLSearchParams({ file });
  const put = (parts: Readonly<Record<string, string | number | undefined>>): void => {
    for (const [name, value] of Object.entries(parts)) if (value !== undefined) query.set(name, String(value));
  };
  put({ model, run, weights, inputs, sequence, step, pass });
  if (units.length > 0) put({ layer, units: units.join('.') });
  if (compare !== undefined) put({ compare: compare.kind, compared: 'path' in compare ? compare.path : undefined, iteration: compare.kind === 'run' ? compare.iteration : undefined });
  put({ page: page === 'debugger' ? undefined : page, shows, order, parameters, inspects, tab, triangle, form, loss: loss === null ? 'all' : loss });
  return query.toString();
}

/** Throws OperationalError `bad-link` with what is wrong. */
export function readLink(path: string, query: string): LinkedState {
  if (path !== linkPath) throw bad('it does not point to a debug session');
  if (query.length > longest) throw bad('it is too long');
  const given = new URLSearchParams(query);
  const names = [...given.keys()];
  if (names.some((name) => !known.has(name))) throw bad('it holds something that no link of this extension holds');
  if (new Set(names).size !== names.length) throw bad('it says something twice');
  const file = pathOf(given, 'file');
  if (file === undefined || !file.endsWith('.rnn')) throw bad('its file is not a .rnn file');
  const run = pathOf(given, 'run');
  const weights = pathOf(given, 'weights');
  const inputs = pathOf(given, 'inputs');
  if (run !== undefined && weights !== undefined) throw bad('it names a run and weights; it must be one of them');
  const model = given.get('model') ?? undefined;
  if (model !== undefined && !/^[\p{L}_][\p{L}\p{N}_]{0,127}$/u.test(model)) throw bad('its model is not a name');
  const pass = given.get('pass') ?? 'forward';
  if (pass !== 'forward' && pass !== 'backward') throw bad('its pass is neither forward nor backward');
  const page = given.get('page') ?? 'debugger';
  if (page !== 'debugger' && page !== 'inspector') throw bad('its page is none of a debug session');
  const picked = given.get('units');
  const units = picked === null ? [] : picked.split('.').map((text) => count(text, 'units', 0, 1_000_000));
  if (units.length > 8 || new Set(units).size !== units.length) throw bad('it picks more than eight units, or one twice');
  const compare = comparisonOf(given);
  return {
    file, ...(model === undefined ? {} : { model }), ...(run === undefined ? {} : { run }), ...(weights === undefined ? {} : { weights }), ...(inputs === undefined ? {} : { inputs }),
    sequence: count(given.get('sequence') ?? '0', 'sequence', 0, 2 ** 31 - 1), step: count(given.get('step') ?? '1', 'step', 1, mostSteps), pass,
    layer: count(given.get('layer') ?? '0', 'layer', 0, mostLayers), units, ...(compare === undefined ? {} : { compare }), page, ...choicesOf(given),
  };
}

/** What the pages show: names are theirs, and one that they do not know they leave out. */
function choicesOf(given: URLSearchParams): Pick<LinkedState, 'debugger' | 'inspector'> {
  const layerOf = (name: string): { readonly layer?: number } => {
    const text = given.get(name);
    return text === null ? {} : { layer: count(text, name, 0, mostLayers) };
  };
  const word = <N extends string>(name: N): { readonly [K in N]?: string } => {
    const text = given.get(name);
    if (text !== null && !/^[A-Za-z]{1,32}$/.test(text)) throw bad(`its ${name} is not a word`);
    return (text === null ? {} : { [name]: text }) as { readonly [K in N]?: string };
  };
  const loss = given.get('loss');
  return {
    debugger: { ...layerOf('shows'), ...word('order'), ...word('parameters') },
    inspector: { ...layerOf('inspects'), ...word('tab'), ...word('triangle'), ...word('form'), ...(loss === null ? {} : { loss: loss === 'all' ? null : count(loss, 'loss', 1, mostSteps) }) },
  };
}

function comparisonOf(given: URLSearchParams): LinkedComparison | undefined {
  const kind = given.get('compare');
  const path = pathOf(given, 'compared');
  const iteration = given.get('iteration');
  if (iteration !== null && kind !== 'run') throw bad('it names an iteration of no run');
  switch (kind) {
    case null:
    case 'fresh':
      if (path !== undefined) throw bad('it names what to compare with, and not what that is');
      return kind === null ? undefined : { kind };
    case 'run':
      return { kind, path: needed(path), ...(iteration === null ? {} : { iteration: count(iteration, 'iteration', 1, 2 ** 31 - 1) }) };
    case 'weights':
      return { kind, path: needed(path) };
    default:
      throw bad('what it compares with is neither a run, nor weights, nor fresh weights');
  }
}

function needed(path: string | undefined): string {
  if (path === undefined) throw bad('it does not say what to compare with');
  return path;
}

function pathOf(given: URLSearchParams, name: string): string | undefined {
  const path = given.get(name);
  if (path === null) return undefined;
  // A path that begins with two slashes names another machine: to look whether it is there would already reach out to it.
  if (!isAbsolute(path) || /^[\\/]{2}/.test(path) || /\p{Cc}/u.test(path)) throw bad(`its ${name} is not the path of a file on this machine`);
  return normalize(path);
}

function count(text: string, name: string, low: number, high: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (!(value >= low && value <= high)) throw bad(`its ${name} is not a number from ${low} to ${high}`);
  return value;
}

function bad(reason: string): OperationalError {
  return new OperationalError('bad-link', `The link cannot be opened: ${reason}. Copy it again with "RNN: Copy Link to This State".`);
}
