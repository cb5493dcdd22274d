// From a random program's text to its model; what does not compile is reported with its text.
// Not a test.
import { compileModel } from '../../engine/ir/compile-model';
import type { Model } from '../../engine/ir/model';
import { SourceText } from '../../engine/base/source-text';
import { loadProgram } from '../../engine/language/program';
import type { RandomProgram } from './random-cell';

/** The model of a random program. Throws with the diagnostics and the text when there is an error. */
export function compileRandom({ text }: RandomProgram, file = 'random.rnn'): Model {
  const { model, diagnostics } = compileModel(loadProgram(file, text));
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (model && errors.length === 0) return model;
  const source = new SourceText(file, text);
  const lines = errors.map(({ code, message, span }) => `${source.positionAt(span.start).line}:${source.positionAt(span.start).column} ${code} ${message}`);
  throw new Error(`${lines.join('\n')}\n${text}`);
}
