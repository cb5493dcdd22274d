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
import { tooDeepAt } from './nesting';
import { discardParser, rnnParser } from './services';
import type { SourceDocument } from './tree';

export interface Parsed {
  readonly document: SourceDocument;
  readonly diagnostics: readonly Diagnostic[];
}

type ParseResult = ReturnType<LangiumCoreServices['parser']['LangiumParser']['parse']>;
type ParserError = ParseResult['parserErrors'][number];
type Token = ParserError['token'];

/** Parses a file's text. Never throws. */
export function parse(file: string, text: string): Parsed {
  const source = new SourceText(file, text);
  let result: ParseResult;
  try {
    result = rnnParser().parse(text);
  } catch (thrown) {
    // A smaller stack than the limit of nesting.ts was made for; the editor must live on.
    if (!(thrown instanceof RangeError)) throw thrown;
    discardParser();
    return { document: buildTree(new Places(source), {}), diagnostics: [diagnostics.tooDeep({ file, start: 0, end: text.length })] };
  }
  return fromLangium(source, result);
}

/** The tree and diagnostics of what Langium has parsed already (the language server's way in). */
export function fromLangium(source: SourceText, result: ParseResult): Parsed {
  const places = new Places(source);
  const deep = tooDeepAt(source.text);
  if (deep !== undefined) return { document: buildTree(places, {}), diagnostics: [diagnostics.tooDeep({ file: source.file, start: deep, end: deep + 1 })] };
  const root = result.value as Partial<File>;
  const document = buildTree(places, root);
  const found = textDiagnostics(source, result, places);
  const broken = new Set(found.map(({ span }) => source.positionAt(span.start).line));
  found.push(...crowdedLines(source, root, places).filter(({ span }) => !broken.has(source.positionAt(span.start).line)));
  return { document, diagnostics: found };
}

/** What is wrong with the text itself, in our words; `places` has been through the tree. */
function textDiagnostics(source: SourceText, result: ParseResult, places: Places): Diagnostic[] {
  const found = [...lexerErrors(source, result), ...parserErrors(source, result)];
  for (const span of places.primedCalls) found.push(diagnostics.primedCall(span));
  if (places.tooDeep !== undefined) found.push(diagnostics.tooDeep(places.tooDeep));
  return found;
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
    const diagnostic = parserError(source, error);
    const { line } = source.positionAt(diagnostic.span.start);
    if (lines.has(line)) return [];
    lines.add(line);
    return [diagnostic];
  });
}

const isWord = (token: Token): boolean => /^[a-z]+$/.test(token.image) && token.tokenType.name === token.image;

/** What stands where, for a sentence about it. */
interface Found {
  readonly text: string;
  readonly span: Span;
}

/** The wrong token; or, when something is missing at the end of a line, the last token of that line and what follows it. */
function foundBy(source: SourceText, error: ParserError): Found {
  const { token } = error;
  const { file } = source;
  const previous = (error as { readonly previousToken?: Token }).previousToken;
  const end = source.text.trimEnd().length;
  const isEnd = !Number.isFinite(token.startOffset);
  const span = isEnd ? { file, start: end, end } : { file, start: token.startOffset, end: (token.endOffset ?? token.startOffset) + 1 };
  const text = isEnd ? 'the end of the file' : `\`${token.image}\``;
  if (previous === undefined || !Number.isFinite(previous.startOffset)) return { text, span };
  const from = { file, start: previous.startOffset, end: (previous.endOffset ?? previous.startOffset) + 1 };
  const sameLine = source.positionAt(from.start).line === source.positionAt(span.start).line;
  return sameLine ? { text, span } : { text: `${text} after \`${previous.image}\``, span: from };
}

function parserError(source: SourceText, error: ParserError): Diagnostic {
  const { token } = error;
  const { text, span } = foundBy(source, error);
  // Langium marks its rules' names with a character of no width.
  const rules = error.context.ruleStack.map((name) => name.replace(/\u200b/g, ''));
  const rule = rules[rules.length - 1] ?? 'File';
  const expecting = (expected: string): Diagnostic => diagnostics.syntax(text, expected, span);
  if (error.name === 'MismatchedTokenException') {
    const expected = /'(.+?)'(?: but found|$)/.exec(error.message)?.[1] ?? '';
    if (expected === 'EOF') return expecting('`import`, `cell`, `model` or `train`');
    if (expected === 'ID') return isWord(token) ? diagnostics.wordAsName(token.image, foundHere(source, token)) : expecting('a name');
    if (expected === 'TEXT') return expecting('a text in double quotes');
    if (expected === 'NUMBER') return expecting('a number');
    if (expected === '}') return expecting(rules.includes('Cell') ? cellLine : rules.includes('Model') ? modelLine : 'a setting such as `batch 32` or `}`');
    if (expected === "'") return diagnostics.strayName((error as { readonly previousToken?: Token }).previousToken?.image ?? '', span);
    return expecting(`\`${expected}\``);
  }
  if (rule === 'File' || error.name === 'NotAllInputParsedException') return expecting('`import`, `cell`, `model` or `train`');
  if (rule === 'CellStatement') return expecting(cellLine);
  if (rule === 'ModelLine') return expecting(modelLine);
  if (rule.startsWith('Setting')) return expecting('a setting such as `batch 32`');
  if (rule === 'Initialiser') return expecting('an initialiser such as `zeros`');
  return expecting('an expression');
}

const foundHere = (source: SourceText, token: Token): Span => ({ file: source.file, start: token.startOffset, end: (token.endOffset ?? token.startOffset) + 1 });

const cellLine = "a line of a cell (input, state, param, gate, let, output, `name' = …`) or `}`";
const modelLine = 'a line of a model (data, input, embed, layer, let, output, loss, metric, train) or `}`';

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
