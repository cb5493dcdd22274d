// The settings of a `train` block: their names, forms and limits, and what a block or an override sets.
// Not their effect (../training) and not the record the engine uses (../ir/train-settings.ts).
// Invariant: one table for the block, its overrides and completion; what is not in it is reported, never ignored.
import type { Diagnostic } from '../base/diagnostic';
import { numberOf } from './constants';
import { nearest } from './did-you-mean';
import * as diagnostics from './diagnostics';
import type { SettingSyntax, TrainBlock } from './tree';

interface NumberRange {
  readonly least: number;
  /** The least itself is not allowed. */
  readonly above?: boolean;
  readonly most?: number;
  readonly below?: boolean;
  readonly whole?: boolean;
  readonly says: string;
}

const positive: NumberRange = { least: 0, above: true, says: 'greater than 0' };
const share: NumberRange = { least: 0, most: 1, below: true, says: 'at least 0 and less than 1' };
const count: NumberRange = { least: 1, whole: true, most: 1_000_000_000, says: 'a whole number from 1' };
const orNone: NumberRange = { least: 0, whole: true, most: 1_000_000_000, says: 'a whole number from 0' };

/** Every number that can be set, under its flat name: also the names for overrides. */
export const numberSettings = {
  rate: positive,
  momentum: share,
  beta1: share,
  beta2: share,
  epsilon: positive,
  warmup: orNone,
  every: count,
  factor: positive,
  batch: count,
  epochs: count,
  iterations: count,
  clip: positive,
  truncate: count,
  seed: { least: 0, whole: true, most: 4_294_967_295, says: 'a whole number from 0 to 4294967295' },
} satisfies Record<string, NumberRange>;

export type NumberSetting = keyof typeof numberSettings;
export type WordSetting = 'optimizer' | 'schedule' | 'clipKind' | 'carry';

/** What a block says, flat; what it does not say is left out. */
export interface SettingValues {
  readonly numbers: Partial<Readonly<Record<NumberSetting, number>>>;
  readonly words: Partial<Readonly<Record<WordSetting, string>>>;
}

interface WordForm {
  readonly setting: WordSetting;
  /** The words and the numbers that may follow them in brackets. */
  readonly words: Readonly<Record<string, readonly NumberSetting[]>>;
  /** The number that follows the word directly, as in `clip norm 1.0`. */
  readonly amount?: NumberSetting;
  readonly example: string;
}

export const wordForms: Readonly<Record<string, WordForm>> = {
  optimizer: { setting: 'optimizer', words: { adam: ['rate', 'beta1', 'beta2', 'epsilon'], sgd: ['rate', 'momentum'] }, example: 'optimizer adam(rate: 0.002)' },
  schedule: { setting: 'schedule', words: { constant: [], cosine: ['warmup'], step: ['every', 'factor'] }, example: 'schedule cosine(warmup: 100)' },
  clip: { setting: 'clipKind', words: { none: [], norm: [], value: [] }, amount: 'clip', example: 'clip norm 1.0' },
  carry: { setting: 'carry', words: { none: [], state: [] }, example: 'carry state' },
};

export const plainSettings: readonly NumberSetting[] = ['batch', 'epochs', 'iterations', 'truncate', 'seed'];
export const settingKeys: readonly string[] = [...Object.keys(wordForms), ...plainSettings];

/** Whether a number is within its setting's limits; the sentence when it is not. */
export function numberFault(setting: NumberSetting, value: number): string | undefined {
  const range: NumberRange = numberSettings[setting];
  const most = range.most ?? Number.MAX_VALUE;
  const fits = value >= range.least && (range.above !== true || value > range.least) && value <= most && (range.below !== true || value < most);
  return fits && Number.isFinite(value) && (range.whole !== true || Number.isInteger(value)) ? undefined : range.says;
}

export interface ReadSettings {
  readonly values: SettingValues;
  readonly diagnostics: readonly Diagnostic[];
}

export function readSettings(block: TrainBlock): ReadSettings {
  const numbers: Partial<Record<NumberSetting, number>> = {};
  const words: Partial<Record<WordSetting, string>> = {};
  const found: Diagnostic[] = [];
  const seen = new Set<string>();

  const setNumber = (setting: NumberSetting, value: number | undefined, span: SettingSyntax['span']): void => {
    if (value === undefined) return void found.push(diagnostics.constantExpected(`\`${setting}\``, span));
    const fault = numberFault(setting, value);
    if (fault === undefined) numbers[setting] = value;
    else found.push(diagnostics.numberOutOfRange(`\`${setting}\``, String(value), fault, span));
  };

  const readWord = (setting: SettingSyntax, form: WordForm): void => {
    const { key, word } = setting;
    if (word === undefined) return void found.push(diagnostics.settingForm(key.text, form.example, setting.span));
    const names = form.words[word.text];
    if (names === undefined || !Object.hasOwn(form.words, word.text)) {
      const known = Object.keys(form.words);
      return void found.push(diagnostics.unknownWord(`a value of \`${key.text}\``, word.text, known, nearest(word.text, known), word.span));
    }
    words[form.setting] = word.text;
    const takesAmount = form.amount !== undefined && word.text !== 'none';
    if (takesAmount !== (setting.amount !== undefined)) found.push(diagnostics.settingForm(key.text, form.example, setting.span));
    else if (form.amount !== undefined && setting.amount !== undefined) setNumber(form.amount, setting.amount, setting.span);
    for (const [index, arg] of setting.args.entries()) {
      const name = arg.name?.text ?? names[index];
      const known = names.find((candidate) => candidate === name);
      if (known === undefined) found.push(diagnostics.unknownArgument(name ?? String(index + 1), word.text, names, name === undefined ? undefined : nearest(name, names), arg.span));
      else if (arg.value.kind !== 'missing') setNumber(known, numberOf(arg.value), arg.value.span);
    }
    if (word.text === 'step') for (const wanted of ['every', 'factor'] as const) if (numbers[wanted] === undefined) found.push(diagnostics.argumentMissing('step', wanted, setting.span));
  };

  for (const setting of block.settings) {
    const key = setting.key.text;
    const plain = plainSettings.find((candidate) => candidate === key);
    const form = Object.hasOwn(wordForms, key) ? wordForms[key] : undefined;
    if (seen.has(key)) found.push(diagnostics.settingTwice(key, setting.span));
    else if (form !== undefined) readWord(setting, form);
    else if (plain === undefined) found.push(diagnostics.unknownSetting(key, settingKeys, nearest(key, settingKeys), setting.key.span));
    else if (setting.word !== undefined || setting.amount === undefined) found.push(diagnostics.settingForm(key, `${key} ${key === 'batch' ? 32 : 1}`, setting.span));
    else setNumber(plain, setting.amount, setting.span);
    seen.add(key);
  }
  return { values: { numbers, words }, diagnostics: found };
}
