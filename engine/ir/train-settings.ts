// The record of training settings that a model carries: what its block says, over the file's block, over the defaults.
// Not the reading of blocks (../language/settings.ts).
// Invariant: every field is set; a number is within the limits of the language's table.
import type { Span } from '../base/span';
import type { SettingValues } from '../language/settings';
import type { Optimizer, Schedule, TrainSettings } from './model';

/** Adam's as its authors and PyTorch give them (Kingma & Ba 2015). */
const defaults = { rate: 0.001, momentum: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, warmup: 0, batch: 32, epochs: 1, seed: 1 };

/** Later values win, setting by setting. An optimizer or schedule of another kind forgets the numbers of the one it replaces. */
export function combineSettings(all: readonly SettingValues[]): SettingValues {
  let numbers: SettingValues['numbers'] = {};
  let words: SettingValues['words'] = {};
  for (const next of all) {
    const kept = { ...numbers };
    if (next.words.optimizer !== undefined && next.words.optimizer !== words.optimizer) for (const key of ['rate', 'momentum', 'beta1', 'beta2', 'epsilon'] as const) delete kept[key];
    if (next.words.schedule !== undefined && next.words.schedule !== words.schedule) for (const key of ['warmup', 'every', 'factor'] as const) delete kept[key];
    numbers = { ...kept, ...next.numbers };
    const { clipKind, ...others } = words;
    // A threshold alone means the kind that was there; after `none` it means clipping by norm.
    const unclipped = clipKind === 'none' && next.numbers.clip !== undefined;
    words = { ...(unclipped || clipKind === undefined ? others : words), ...next.words };
  }
  return { numbers, words };
}

export function trainSettings({ numbers, words }: SettingValues, span?: Span): TrainSettings {
  const n = { ...defaults, ...numbers };
  const optimizer: Optimizer =
    words.optimizer === 'sgd'
      ? { kind: 'sgd', rate: n.rate, momentum: n.momentum }
      : { kind: 'adam', rate: n.rate, beta1: n.beta1, beta2: n.beta2, epsilon: n.epsilon };
  const schedule: Schedule =
    words.schedule === 'cosine'
      ? { kind: 'cosine', warmup: n.warmup }
      : words.schedule === 'step'
        ? { kind: 'step', every: n.every ?? 1, factor: n.factor ?? 1 }
        : { kind: 'constant' };
  const threshold = n.clip;
  const clipKind = words.clipKind ?? (threshold === undefined ? 'none' : 'norm');
  return {
    optimizer,
    schedule,
    batch: n.batch,
    epochs: n.epochs,
    clip: clipKind === 'none' || threshold === undefined ? { kind: 'none' } : { kind: clipKind === 'value' ? 'value' : 'norm', threshold },
    carry: words.carry === 'state' ? 'state' : 'none',
    seed: n.seed,
    ...(n.iterations === undefined ? {} : { iterations: n.iterations }),
    ...(n.truncate === undefined ? {} : { truncate: n.truncate }),
    ...(span === undefined ? {} : { span }),
  };
}
