// From text to tree: Langium's parser, its errors said in our words, and what the layout tells.
// Not a check of meaning (see check.ts).
// Invariant: never throws, for any text; what was understood is always returned.
import type { LangiumCoreServices } from 'langium';
import type { Diagnostic } from '../base/diagnostic';
import { SourceText } from '../base/source-text';
import type { Span } from '../base/span';
import { buildTree, Places } from './build-tree';
import * as diagnostics from './diagnostics';
import type { Cell, File, Model } from './generated/ast';
import { rnnParser } from './services';
import type { SourceDocument } from './tree';

export interface Parsed {
  readonly document: SourceDocument;
  readonly diagnostics: readonly Diagnostic[];
}

type ParseResult = ReturnType<LangiumCoreServices['parser']['LangiumParser']['parse']>;
type ParserError = ParseResult['parserErrors'][number];

/** Parses a file's text. Never throws. */
export function parse(file: string, text: string): Parsed {
  const source = new SourceText(file, text);
  let result: ParseResult;
  try {
    result = rnnParser().parse(text);
  } catch (thrown) {
    // The parser is recursive: thousands of open brackets exhaust the stack, which must not end the editor.
    if (!(thrown instanceof RangeError)) throw thrown;
    const whole = { file, start: 0, end: text.length };
    return { document: buildTree(new Places(source), {}), diagnostics: [diagnostics.tooDeep(whole)] };
  }
  return fromLangium(source, result);
}

/** The tree and diagnostics of what Langium has parsed already (the language server's way in). */
export function fromLangium(source: SourceText, result: ParseResult): Parsed {
  const places = new Places(source);
  const root = result.value as Partial<File>;
  const document = buildTree(places, root);
  const found: Diagnostic[] = [...lexerErrors(source, result), ...parserErrors(source, result), ...crowdedLines(source, root, places)];
  if (places.tooDeep !== undefined) found.push(diagnostics.tooDeep(places.tooDeep));
  return { document, diagnostics: found };
}

function lexerErrors(source: SourceText, result: ParseResult): Diagnostic[] {
  return result.lexerErrors.map((error) => {
    const start = Math.max(0, error.offset);
    const span = { file: source.file, start, end: start + error.length };
    const text = source.text.slice(span.start, span.end);
    return text.startsWith('"') ? diagnostics.unclosedText(span) : diagnostics.unexpectedCharacter(text, span);
  });
}

/** One error a line: what follows on the same line is most often its echo. */
function parserErrors(source: SourceText, result: ParseResult): Diagnostic[] {
  const lines = new Set<number>();
  for (const error of result.lexerErrors) lines.add(source.positionAt(Math.max(0, error.offset)).line);
  return result.parserErrors.flatMap((error) => {
    const span = spanOf(source, error);
    const { line } = source.positionAt(span.start);
    if (lines.has(line)) return [];
    lines.add(line);
    return [parserError(error, span)];
  });
}

function spanOf(source: SourceText, error: ParserError): Span {
  const end = source.text.trimEnd().length;
  const { startOffset, endOffset } = error.token;
  if (!Number.isFinite(startOffset)) return { file: source.file, start: end, end };
  return { file: source.file, start: startOffset, end: (endOffset ?? startOffset) + 1 };
}

const isWord = (token: ParserError['token']): boolean => /^[a-z]+$/.test(token.image) && token.tokenType.name === token.image;

function parserError(error: ParserError, span: Span): Diagnostic {
  const { token } = error;
  const found = token.image === '' ? 'the end of the file' : `\`${token.image}\``;
  const rules = error.context.ruleStack;
  const rule = rules[rules.length - 1] ?? 'File';
  if (error.name === 'MismatchedTokenException') {
    const expected = /'(.+)'/.exec(error.message)?.[1] ?? '';
    if (expected === 'ID') return isWord(token) ? diagnostics.wordAsName(token.image, span) : diagnostics.syntax(found, 'a name', span);
    if (expected === 'TEXT') return diagnostics.syntax(found, 'a text in double quotes', span);
    if (expected === 'NUMBER') return diagnostics.syntax(found, 'a number', span);
    if (expected === '}') return diagnostics.syntax(found, rules.includes('Cell') ? `a line of a cell (${cellWords}, \`name' = …\`) or \`}\`` : 'a line or `}`', span);
    if (expected === "'") return diagnostics.syntax(found, "`'` (a line that opens with a state's name is `name' = …`)", span);
    return diagnostics.syntax(found, `\`${expected}\``, span);
  }
  if (rule === 'File' || error.name === 'NotAllInputParsedException') return diagnostics.syntax(found, '`import`, `cell`, `model` or `train`', span);
  if (rule === 'CellStatement') return diagnostics.syntax(found, `a line of a cell (${cellWords}, \`name' = …\`)`, span);
  if (rule === 'ModelLine') return diagnostics.syntax(found, 'a line of a model (data, input, embed, layer, let, output, loss, metric, train)', span);
  if (rule === 'Setting' || rule === 'SettingKey' || rule === 'SettingValue') return diagnostics.syntax(found, 'a setting such as `batch 32`', span);
  if (/^(Initialiser)$/.test(rule)) return diagnostics.syntax(found, 'an initialiser such as `zeros`', span);
  if (isWord(token)) return diagnostics.syntax(`the word ${found}, which opens a line,`, 'an expression', span);
  return diagnostics.syntax(found, 'an expression', span);
}

const cellWords = 'input, state, param, gate, let, output';

/** Two equations on one line: a breakpoint could not tell them apart. */
function crowdedLines(source: SourceText, root: Partial<File>, places: Places): Diagnostic[] {
  const blocks: readonly Partial<Cell | Model>[] = [...(root.cells ?? []), ...(root.models ?? [])];
  return blocks.flatMap((block) => {
    const found: Diagnostic[] = [];
    let before: number | undefined;
    const nodes = (block as Partial<Cell>).statements ?? (block as Partial<Model>).lines ?? [];
    for (const node of nodes) {
      const isEquation = node.$type === 'Equation' || node.$type === 'Update' || node.$type === 'NamedLine';
      const span = places.of(node);
      const { line } = source.positionAt(span.start);
      if (isEquation && before === line) found.push(diagnostics.twoEquationsOneLine(span));
      before = isEquation ? source.positionAt(span.end).line : undefined;
    }
    return found;
  });
}
