// A link to where a debug session stands, as the query of a URI: file, weights, sequence, step, pass, selection, comparison, and what its pages show.
// Not opening it (visit-link.ts). A link comes from anywhere: what is read here is refused unless every part is as it must be.
// Invariant: what is written reads back as the same state; nothing that is read touches a disk.
// Parts that this version does not know are not looked at: a newer one may have written them, and nothing is done with them.
import { isAbsolute, normalize } from 'node:path';
import type { CompareWith } from '../../protocol/comparison';
import { bad, count, counts, mostLayers, mostSteps, mostUnits } from './link-parts';
import { readShown, type Shown, shownParts, writeShown } from './shown-text';

/** A what-if lives in its session alone. */
export type LinkedComparison = Exclude<CompareWith, { readonly kind: 'fork' }>;

export interface LinkedState extends Shown {
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
  /** The one that was in front. */
  readonly page: 'debugger' | 'inspector';
}

/** Path of the URI. */
export const linkPath = '/debug';

const longest = 16_384;
const known = new Set(['file', 'model', 'run', 'weights', 'inputs', 'sequence', 'step', 'pass', 'layer', 'units', 'compare', 'compared', 'iteration', 'page', ...shownParts]);

export function linkQuery(link: LinkedState): string {
  const { file, model, run, weights, inputs, sequence, step, pass, layer, units, compare, page } = link;
  const query = new URLSearchParams({ file });
  const put = (parts: Readonly<Record<string, string | number | undefined>>): void => {
    for (const [name, value] of Object.entries(parts)) if (value !== undefined) query.set(name, String(value));
  };
  put({ model, run, weights, inputs, sequence, step, pass });
  if (units.length > 0) put({ layer, units: units.join('.') });
  if (compare !== undefined) put({ compare: compare.kind, compared: 'path' in compare ? compare.path : undefined, iteration: compare.kind === 'run' ? compare.iteration : undefined });
  put({ page: page === 'debugger' ? undefined : page, ...writeShown(link) });
  return query.toString();
}

/** Throws OperationalError `bad-link` with what is wrong. */
export function readLink(path: string, query: string): LinkedState {
  if (path !== linkPath) throw bad('it does not point to a debug session');
  if (query.length > longest) throw bad('it is too long');
  const given = new URLSearchParams(query);
  const names = [...given.keys()];
  if (names.some((name, i) => known.has(name) && names.indexOf(name) !== i)) throw bad('it says something twice');
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
  const units = picked === null ? [] : counts(picked, 'units', 8, mostUnits);
  const compare = comparisonOf(given);
  return {
    file, ...(model === undefined ? {} : { model }), ...(run === undefined ? {} : { run }), ...(weights === undefined ? {} : { weights }), ...(inputs === undefined ? {} : { inputs }),
    sequence: count(given.get('sequence') ?? '0', 'sequence', 0, 2 ** 31 - 1), step: count(given.get('step') ?? '1', 'step', 1, mostSteps), pass,
    layer: count(given.get('layer') ?? '0', 'layer', 0, mostLayers), units, ...(compare === undefined ? {} : { compare }), page, ...readShown(given),
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
