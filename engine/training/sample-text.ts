// Lets a trained character model write.
// Not the drawing of one token (../data/sampling.ts).
// Invariant: the same weights, seed and settings write the same text, so that samples of one run differ by what was learned alone.
import { Random } from '../base/random';
import { sampleToken } from '../data/sampling';
import type { CarriedStates, TrainingProgram } from './program-interface';

export interface SampleSettings {
  /** Tokens to write. */
  readonly length: number;
  readonly temperature: number;
  readonly seed: number;
  /** Text that is read first and not part of the sample; default a line break, or the first token. */
  readonly prime?: string;
}

export const defaultSample = { length: 200, temperature: 0.8 } as const;

/** Undefined when the program cannot run step by step. */
export async function sampleText(program: TrainingProgram, vocabulary: readonly string[], settings: SampleSettings): Promise<string | undefined> {
  if (program.sampleStep === undefined || vocabulary.length === 0) return undefined;
  const random = Random.for(settings.seed, 'sample');
  const primed = [...(settings.prime ?? '\n')].map((character) => vocabulary.indexOf(character)).filter((id) => id >= 0);
  let states: CarriedStates | undefined;
  let text = '';
  let waiting = primed.length > 0 ? primed : [0];
  while (text.length < settings.length) {
    let logits: ArrayLike<number> = [];
    for (const id of waiting) {
      const step = await program.sampleStep(Int32Array.of(id), states);
      states = step.states;
      logits = step.logits.data;
    }
    const token = sampleToken(logits, settings.temperature, random);
    const character = token === undefined ? undefined : vocabulary[token];
    if (token === undefined || character === undefined || character === '') return text;
    text += character;
    waiting = [token];
  }
  return text;
}
