// One factory per diagnostic: its stable code and its sentence.
// Not the conditions under which they are given (check-*.ts).
// Invariant: codes never change; a sentence says what was found, what was expected, and names a near word where there is one.
import type { Diagnostic, RelatedPlace } from '../base/diagnostic';
import type { Span } from '../base/span';

function error(code: string, message: string, span: Span, more: { readonly related?: readonly RelatedPlace[]; readonly suggestion?: string } = {}): Diagnostic {
  return { code, severity: 'error', message, span, ...more };
}

function warning(code: string, message: string, span: Span, more: { readonly suggestion?: string } = {}): Diagnostic {
  return { code, severity: 'warning', message, span, ...more };
}

/** " Did you mean sigmoid?", and the suggestion for a quick fix. */
function meant(near: string | undefined): { readonly text: string; readonly fix: { readonly suggestion?: string } } {
  return near === undefined ? { text: '', fix: {} } : { text: ` Did you mean ${near}?`, fix: { suggestion: near } };
}

const all = (words: readonly string[]): string => words.join(', ');
const quoted = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(', ');

/** A declaration and its line, for sentences that point back to it. */
export interface Declared {
  readonly name: string;
  readonly line: number;
  readonly span: Span;
}

// ---- text

export const syntax = (found: string, expected: string, span: Span): Diagnostic => error('syntax', `Found ${found} where ${expected} was expected.`, span);
export const strayName = (name: string, span: Span): Diagnostic =>
  error('syntax', `A line that opens with a name gives a state its next value, \`${name}' = …\`; any other equation opens with \`let\` or \`gate\`.`, span);
export const primedCall = (span: Span): Diagnostic => error('syntax', 'Only a name has a prime or members; a call has neither.', span);
export const unexpectedCharacter = (text: string, span: Span): Diagnostic => error('unexpected-character', `\`${text}\` is not part of the language.`, span);
export const unclosedText = (span: Span): Diagnostic => error('unclosed-text', 'This text has no closing `"` on its line.', span);
export const tooDeep = (span: Span): Diagnostic => error('too-deep', 'This is nested too deeply to be read; name its parts with `let`.', span);
export const wordAsName = (word: string, span: Span): Diagnostic => error('reserved-name', `\`${word}\` opens a line and cannot be a name.`, span);
export const reservedName = (name: string, span: Span): Diagnostic =>
  error('reserved-name', `\`${name}\` has a meaning of its own in the debugger and cannot be declared.`, span);
export const nameOfData = (name: string, span: Span): Diagnostic => error('reserved-name', `\`${name}\` is what the data give; a line of the model needs another name.`, span);
export const unknownData = (name: string, known: readonly string[], near: string | undefined, span: Span): Diagnostic => {
  const { text, fix } = meant(near);
  return error('unknown-data', `\`${name}\` is not a kind of data; there are ${all(known)}.${text}`, span, fix);
};
export const twoEquationsOneLine = (span: Span): Diagnostic =>
  warning('two-equations-one-line', 'Two equations on one line: a breakpoint could not tell them apart. Put this one on a line of its own.', span);

// ---- names

export const unknownFunction = (name: string, near: string | undefined, span: Span): Diagnostic => {
  const { text, fix } = meant(near);
  return error('unknown-name', `\`${name}\` is not a function.${text}`, span, fix);
};
export const onlyInDebugger = (name: string, span: Span): Diagnostic => error('only-in-debugger', `\`${name}\` belongs to the debugger's expressions and cannot be computed here.`, span);
export const onlyInModel = (name: string, span: Span): Diagnostic => error('unknown-name', `\`${name}\` pools a layer over its time steps; only a model can do that, a cell sees one step.`, span);
export const unknownName = (name: string, near: string | undefined, span: Span): Diagnostic => {
  const { text, fix } = meant(near);
  return error('unknown-name', `\`${name}\` is not declared.${text}`, span, fix);
};
export const unknownSize = (name: string, near: string | undefined, span: Span): Diagnostic => {
  const { text, fix } = meant(near);
  return error('unknown-name', `\`${name}\` is not a size: a size is a parameter of the cell or the name of an input.${text}`, span, fix);
};
export const unknownCell = (name: string, near: string | undefined, span: Span): Diagnostic => {
  const { text, fix } = meant(near);
  return error('unknown-name', `\`${name}\` is neither a cell nor a function.${text}`, span, fix);
};
export const unknownArgument = (name: string, callee: string, known: readonly string[], near: string | undefined, span: Span): Diagnostic => {
  const { text, fix } = meant(near);
  return error('unknown-argument', `\`${callee}\` has no argument \`${name}\`${known.length === 0 ? '' : `; it takes ${all(known)}`}.${text}`, span, fix);
};
export const unknownWord = (what: string, name: string, known: readonly string[], near: string | undefined, span: Span): Diagnostic => {
  const { text, fix } = meant(near);
  return error('unknown-name', `\`${name}\` is not ${what}; there are ${all(known)}.${text}`, span, fix);
};
export const duplicateName = (name: string, first: Declared, span: Span): Diagnostic =>
  error('duplicate-name', `\`${name}\` is already declared in line ${first.line}.`, span, { related: [{ message: `\`${name}\` is declared here first.`, span: first.span }] });
export const readBeforeSet = (name: string, definition: Declared, span: Span): Diagnostic =>
  error('read-before-set', `\`${name}\` is used here and defined in line ${definition.line}; equations run from top to bottom.`, span, {
    related: [{ message: `\`${name}\` is defined here.`, span: definition.span }],
  });
export const primeOfNoState = (name: string, span: Span): Diagnostic => error('prime-of-no-state', `\`${name}'\`: only a state has a value after the step, and \`${name}\` is not one.`, span);
export const cellInCell = (name: string, span: Span): Diagnostic => error('cell-in-cell', `\`${name}\` is a cell; a cell is used by a layer of a model, not inside another cell.`, span);

// ---- cells

export const stateUnset = (name: string, span: Span): Diagnostic => error('state-unset', `State \`${name}\` has no equation. Add \`${name}' = …\`.`, span);
export const stateSetTwice = (name: string, first: Declared, span: Span): Diagnostic =>
  error('state-set-twice', `\`${name}'\` is already defined in line ${first.line}; a state has one equation.`, span, { related: [{ message: `\`${name}'\` is defined here first.`, span: first.span }] });
export const notAState = (name: string, near: string | undefined, span: Span): Diagnostic => {
  const { text, fix } = meant(near);
  return error('unknown-name', `\`${name}\` is not a state of this cell, so it has no next value.${text}`, span, fix);
};
export const inputMissing = (cell: string, span: Span): Diagnostic => error('input-missing', `Cell \`${cell}\` has no input. Add \`input x\`.`, span);
export const outputMissing = (cell: string, span: Span): Diagnostic => error('output-missing', `Cell \`${cell}\` has no state, so it must say what it hands on. Add \`output …\`.`, span);
export const outputTwice = (first: Declared, span: Span): Diagnostic =>
  error('output-twice', `The output is already given in line ${first.line}.`, span, { related: [{ message: 'The first output.', span: first.span }] });
export const outputOldState = (name: string, span: Span): Diagnostic =>
  warning('output-old-state', `\`${name}\` is the state before the step; a layer most often hands on \`${name}'\`, the value after it.`, span, { suggestion: `${name}'` });
export const gateUnbounded = (name: string, found: string, span: Span): Diagnostic =>
  warning('gate-unbounded', `Gate \`${name}\` ends in ${found}, whose values are not bounded; a gate ends in sigmoid, tanh, softmax, hardSigmoid or clip. Otherwise write \`let\`.`, span);
export const paramUnused = (name: string, span: Span): Diagnostic => warning('param-unused', `Parameter \`${name}\` is used in no equation.`, span);
export const rankTooHigh = (name: string, rank: number, span: Span): Diagnostic => error('rank-too-high', `\`${name}\` has ${rank} sizes; a value is a scalar, a vector or a matrix.`, span);
export const notYet = (what: string, span: Span): Diagnostic => error('not-yet', `${what} can be read but not run yet.`, span);

// ---- shapes

export const shapeMismatch = (text: string, reason: string, more: string, related: readonly RelatedPlace[], span: Span): Diagnostic =>
  error('shape-mismatch', `\`${text}\`: ${reason}.${more}`, span, { related });
export const wrongCount = (callee: string, expected: string, found: number, span: Span): Diagnostic =>
  error('argument-count', `\`${callee}\` takes ${expected}, not ${found}.`, span);
export const constantExpected = (what: string, span: Span): Diagnostic => error('constant-expected', `${what} must be a number that is known before training.`, span);
export const numberOutOfRange = (what: string, found: string, expected: string, span: Span): Diagnostic => error('number-out-of-range', `${what} is ${found}; it must be ${expected}.`, span);
export const notWhole = (what: string, found: string, span: Span, related: readonly RelatedPlace[] = []): Diagnostic =>
  error('size-not-whole', `The size ${what} is ${found}; a size is a whole number from 1.`, span, { related });
export const sliceOutside = (text: string, length: string, span: Span): Diagnostic =>
  error('slice-outside', `\`${text}\` does not lie within the ${length} elements it cuts; \`a:b\` counts from 0 and excludes b.`, span);
export const textAsValue = (span: Span): Diagnostic => error('text-as-value', 'A text is not a value; numbers, names and functions are.', span);
export const notAnExpression = (what: string, span: Span): Diagnostic => error('not-a-value', `${what} is not a value.`, span);
export const comparisonChain = (span: Span): Diagnostic => error('comparison-chain', 'Comparisons do not chain; write `a < b and b < c`.', span);

// ---- models

export const argumentMissing = (callee: string, name: string, span: Span): Diagnostic => error('argument-missing', `\`${callee}\` needs \`${name}: …\`.`, span);
export const argumentTwice = (name: string, span: Span): Diagnostic => error('argument-twice', `\`${name}\` is given twice.`, span);
export const lineMissing = (model: string, line: string, example: string, span: Span): Diagnostic => error('line-missing', `Model \`${model}\` has no \`${line}\` line. Add \`${example}\`.`, span);
export const lineTwice = (line: string, first: Declared, span: Span): Diagnostic =>
  error('line-twice', `A model has one \`${line}\` line; the first one is line ${first.line}.`, span, { related: [{ message: 'The first one.', span: first.span }] });
export const tokensNotNumbers = (name: string, span: Span): Diagnostic =>
  error('tokens-not-numbers', `\`${name}\` holds tokens, not numbers; embed them first: \`embed e = Embedding(${name}, size: 32)\`.`, span);
export const numbersNotTokens = (name: string, span: Span): Diagnostic => error('numbers-not-tokens', `\`${name}\` holds numbers, not tokens, and cannot be embedded; use it as it is.`, span);
export const mixedTime = (text: string, pooled: string, stepped: string, span: Span): Diagnostic =>
  error('mixed-time', `\`${text}\`: ${pooled} has one value a sequence and ${stepped} one a step. Pool ${stepped} first, for example last(${stepped}).`, span);
export const alreadyPooled = (name: string, span: Span): Diagnostic => error('already-pooled', `\`${name}\` has one value a sequence already; there are no steps to pool.`, span);
export const directionStateless = (cell: string, span: Span): Diagnostic => error('direction-stateless', `\`${cell}\` has no state, so a direction means nothing to it.`, span);
export const layerOfPooled = (cell: string, name: string, span: Span): Diagnostic =>
  error('no-steps', `\`${cell}\` walks over time steps, and \`${name}\` has one value a sequence.`, span);
export const sizeContradiction = (text: string, reason: string, related: readonly RelatedPlace[], span: Span): Diagnostic =>
  error('size-contradiction', `\`${text}\`: ${reason}`, span, { related });
export const sizeUnsolved = (cell: string, param: string, span: Span): Diagnostic =>
  error('argument-missing', `\`${cell}\` needs \`${param}: …\`; it follows from nothing else here.`, span);
export const layerWord = (word: string, should: string, reason: string, span: Span): Diagnostic => error('wrong-word', `\`${word}\` cannot open this line: ${reason}. Write \`${should}\`.`, span, { suggestion: should });
export const targetMismatch = (message: string, span: Span): Diagnostic => error('target-mismatch', message, span);
export const modelTooLarge = (what: string, elements: number, most: number, span: Span): Diagnostic =>
  error('model-too-large', `${what} has ${elements} elements; at most ${most} are allowed.`, span);

// ---- files and settings

export const importNotFound = (path: string, span: Span): Diagnostic => error('import-not-found', `"${path}" was not found beside this file.`, span);
export const modelAmbiguous = (names: readonly string[], span: Span): Diagnostic => error('model-ambiguous', `The file has several models; name one of ${all(names)}.`, span);
export const modelUnknown = (name: string, names: readonly string[], near: string | undefined, span: Span): Diagnostic =>
  error('model-unknown', `There is no model \`${name}\`; ${names.length === 0 ? 'the file has none' : `there are ${all(names)}`}.${meant(near).text}`, span);
export const noModel = (span: Span): Diagnostic => error('model-missing', 'The file has no model. Add `model Name { … }`.', span);
export const unknownSetting = (key: string, known: readonly string[], near: string | undefined, span: Span): Diagnostic => {
  const { text, fix } = meant(near);
  return error('unknown-setting', `\`${key}\` is not a setting; there are ${all(known)}.${text}`, span, fix);
};
export const settingTwice = (key: string, span: Span): Diagnostic => error('setting-twice', `\`${key}\` is set twice in this block.`, span);
export const settingForm = (key: string, example: string, span: Span): Diagnostic => error('setting-form', `\`${key}\` is written like \`${example}\`.`, span);
export const inputForm = (span: Span): Diagnostic => error('input-form', `A model's input says what it is: ${quoted(['input x[5]'])} for numbers, ${quoted(['input x: token(65)'])} for tokens.`, span);
export const inputName = (name: string, span: Span): Diagnostic => error('input-name', `A model's input is called \`x\`, not \`${name}\`.`, span, { suggestion: 'x' });
export const builtInName = (name: string, span: Span): Diagnostic => error('reserved-name', `\`${name}\` is a function of the language and cannot name a cell.`, span);
export const dataUnknown = (model: string, span: Span): Diagnostic =>
  error('data-unknown', `Model \`${model}\` cannot be built before its data are read, for they give its sizes.`, span);
