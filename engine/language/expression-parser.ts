// The parser of expressions that stand alone, where words that open a line in a file are ordinary names (`loss > 3`).
// Not the parser of files (services.ts); the grammar is the same.
// Invariant: `and`, `or` and `not` stay operators; positions are those of the text.
import { createDefaultCoreModule, createDefaultSharedCoreModule, DefaultLexer, EmptyFileSystem, inject } from 'langium';
import type { LangiumParser, LexerResult, ParseResult, TokenizeOptions } from 'langium';
import type { Expression } from './generated/ast';
import { RnnGeneratedModule, RnnGeneratedSharedModule } from './generated/module';
import { RnnModule } from './services';

const operatorWords = new Set(['and', 'or', 'not']);

class ExpressionLexer extends DefaultLexer {
  override tokenize(text: string, options?: TokenizeOptions): LexerResult {
    const result = super.tokenize(text, options);
    const name = this.tokenTypes['ID'];
    if (name === undefined) return result;
    for (const token of result.tokens) {
      const opensLine = token.tokenType.name === token.image && /^[a-z]+$/.test(token.image) && !operatorWords.has(token.image);
      if (!opensLine) continue;
      token.tokenType = name;
      if (name.tokenTypeIdx !== undefined) token.tokenTypeIdx = name.tokenTypeIdx;
    }
    return result;
  }
}

let parser: LangiumParser | undefined;

/** Parses `text` from its start as one expression. A parser that threw must be discarded. */
export function parseAsExpression(text: string): ParseResult<Expression> {
  if (parser === undefined) {
    const shared = inject(createDefaultSharedCoreModule(EmptyFileSystem), RnnGeneratedSharedModule);
    const lexer = { parser: { Lexer: (services: ConstructorParameters<typeof DefaultLexer>[0]) => new ExpressionLexer(services) } };
    parser = inject(createDefaultCoreModule({ shared }), RnnGeneratedModule, RnnModule, lexer).parser.LangiumParser;
  }
  try {
    return parser.parse<Expression>(text, { rule: 'Expression' });
  } catch (thrown) {
    parser = undefined;
    throw thrown;
  }
}

/** What follows the expression and is no comment: it belongs to nothing. */
export function restAfter(text: string, parsed: ParseResult<Expression>): { readonly text: string; readonly start: number } | undefined {
  const end = parsed.value.$cstNode?.root.end ?? text.length;
  const rest = /^(\s*)(?!\/\/)(\S+)/.exec(text.slice(end));
  return rest === null ? undefined : { text: rest[2] ?? '', start: end + (rest[1]?.length ?? 0) };
}
