// Values put over those of the text from outside: `rate=0.01`, `r1.hidden=64`.
// Not a change of the text.
// Invariant: a key that means nothing and a value out of range are errors that name what is known, never ignored.
import { closestName } from '../base/closest-name';
import { OperationalError } from '../base/operational-error';
import { isEmbedding } from '../language/functions';
import type { Program } from '../language/program';
import { numberFault, numberSettings, wordForms } from '../language/settings';
import type { NumberSetting, SettingValues, WordSetting } from '../language/settings';
import type { ModelSyntax } from '../language/tree';

export interface Overrides {
  readonly settings: SettingValues;
  /** `<line>.<argument>` → number. */
  readonly layers: ReadonlyMap<string, number>;
}

export const noOverrides: Overrides = { settings: { numbers: {}, words: {} }, layers: new Map() };

/**
 * Reads `key=value` pairs for one model. Keys: numbers of training (`rate`, `batch`, `epochs`, `iterations`, `clip`, `seed`, …),
 * words (`optimizer=sgd`, `schedule=cosine`, `carry=state`), and any argument of a layer (`r1.hidden`).
 * Throws OperationalError `unknown-setting` or `setting-value`.
 */
export function applySettings(program: Program, model: ModelSyntax, pairs: Iterable<readonly [string, string]>): Overrides {
  const numbers: Partial<Record<NumberSetting, number>> = {};
  const words: Partial<Record<WordSetting, string>> = {};
  const layers = new Map<string, number>();
  const layerKeys = argumentKeys(program, model);
  for (const [key, value] of pairs) {
    if (isNumberSetting(key)) {
      if (key === 'clip' && value === 'none') words.clipKind = 'none';
      else {
        numbers[key] = numberFrom(key, value, (number) => numberFault(key, number));
        if (key === 'clip' && words.clipKind === 'none') delete words.clipKind;
      }
    } else if (Object.hasOwn(wordForms, key)) {
      const form = wordForms[key];
      const known = Object.keys(form?.words ?? {});
      if (form === undefined || !known.includes(value)) throw new OperationalError('setting-value', `\`${key}\` is one of ${known.join(', ')}, not "${value}".`);
      words[form.setting] = value;
    } else if (layerKeys.has(key)) {
      layers.set(key, numberFrom(key, value, (number) => (Number.isFinite(number) ? undefined : 'a number')));
    } else {
      const known = [...Object.keys(numberSettings), ...Object.keys(wordForms).filter((word) => word !== 'clip'), ...layerKeys];
      const near = closestName(key, known);
      throw new OperationalError('unknown-setting', `\`${key}\` is not a setting of this model; there are ${known.join(', ')}.${near === undefined ? '' : ` Did you mean ${near}?`}`);
    }
  }
  return { settings: { numbers, words }, layers };
}

const isNumberSetting = (key: string): key is NumberSetting => Object.hasOwn(numberSettings, key);

function numberFrom(key: string, text: string, fault: (value: number) => string | undefined): number {
  const value = text.trim() === '' ? NaN : Number(text);
  const wanted = Number.isNaN(value) ? 'a number' : fault(value);
  if (wanted !== undefined) throw new OperationalError('setting-value', `\`${key}\` must be ${wanted}; "${text}" was given.`);
  return value;
}

/** `<line>.<argument>` of every line that calls a cell or an embedding directly. */
function argumentKeys(program: Program, model: ModelSyntax): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const line of model.lines) {
    if (line.kind !== 'line' || line.value.kind !== 'call') continue;
    const callee = line.value.callee.text;
    if (isEmbedding(callee) && line.value.args.some((arg) => arg.name?.text === 'size')) keys.add(`${line.name.text}.size`);
    for (const param of program.cell(callee)?.cell.params ?? []) keys.add(`${line.name.text}.${param.name.text}`);
  }
  return keys;
}
