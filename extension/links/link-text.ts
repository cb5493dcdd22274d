// A link to where a debug session stands, as the query of a URI: file, weights, sequence, step, pass, selection.
// Not opening it (visit-link.ts). A link comes from anywhere: what is read here is refused unless every part is as it must be.
// Invariant: what is written reads back as the same state; nothing that is read touches a disk.
import { isAbsolute, normalize } from 'node:path';
import { OperationalError } from '../../engine/base/operational-error';

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
}

/** Path of the URI. */
export const linkPath = '/debug';

const longest = 8192;
const known = new Set(['file', 'model', 'run', 'weights', 'inputs', 'sequence', 'step', 'pass', 'layer', 'units']);

export function linkQuery({ file, model, run, weights, inputs, sequence, step, pass, layer, units }: LinkedState): string {
  const query = new URLSearchParams({ file });
  for (const [name, value] of Object.entries({ model, run, weights, inputs })) if (value !== undefined) query.set(name, value);
  query.set('sequence', String(sequence));
  query.set('step', String(step));
  query.set('pass', pass);
  if (units.length > 0) {
    query.set('layer', String(layer));
    query.set('units', units.join('.'));
  }
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
  const picked = given.get('units');
  const units = picked === null ? [] : picked.split('.').map((text) => count(text, 'units', 0, 1_000_000));
  if (units.length > 8 || new Set(units).size !== units.length) throw bad('it picks more than eight units, or one twice');
  return {
    file, ...(model === undefined ? {} : { model }), ...(run === undefined ? {} : { run }), ...(weights === undefined ? {} : { weights }), ...(inputs === undefined ? {} : { inputs }),
    sequence: count(given.get('sequence') ?? '0', 'sequence', 0, 2 ** 31 - 1), step: count(given.get('step') ?? '1', 'step', 1, 10_000_000), pass,
    layer: count(given.get('layer') ?? '0', 'layer', 0, 1023), units,
  };
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
