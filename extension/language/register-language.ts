// The language in the editor: hover, definition, completion, outline, colours and problems, connected to VS Code.
// Not what they say: each is a function of a program beside this file. Nothing here runs a model.
// Invariant: every provider answers from the document's present text.
import * as vscode from 'vscode';
import type { Span } from '../../engine/base/span';
import { languageId } from '../contributions';
import { type Completion, type CompletionKind, completionsAt } from './completions';
import { dataHover } from './data-hover';
import { hoverText } from './hover-text';
import { type Meaning, type Occurrence, occurrenceAt, occurrencesOf } from './occurrences';
import { libraryScheme } from '../../protocol/debugger';
import { libraryProvider, programOfDocument, uriOf } from './open-program';
import { type OutlineEntry, outlineOf } from './outline';
import { underlineWhileTyping } from './problems-while-typing';
import { declaredAt } from './references';
import { registerNames } from './register-names';
import { libraryDocument } from '../../engine/language/program';

const selector: vscode.DocumentSelector = { language: languageId };

export function registerLanguage(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(libraryScheme, libraryProvider),
    underlineWhileTyping(),
    registerNames(),
    vscode.languages.registerHoverProvider(selector, { provideHover: (document, position) => hover(document, position) }),
    vscode.languages.registerDefinitionProvider(selector, { provideDefinition: (document, position) => definition(document, position) }),
    vscode.languages.registerCompletionItemProvider(selector, { provideCompletionItems: (document, position) => completionsAt(programOfDocument(document), document.offsetAt(position)).map(item) }, '(', ':', ' '),
    vscode.languages.registerDocumentSymbolProvider(selector, { provideDocumentSymbols: (document) => outlineOf(programOfDocument(document).main).map((entry) => symbol(document, entry)) }),
    vscode.languages.registerDocumentSemanticTokensProvider(selector, { provideDocumentSemanticTokens: (document) => tokens(document) }, legend),
  );
}

const rangeOf = (document: vscode.TextDocument, { start, end }: Span): vscode.Range => new vscode.Range(document.positionAt(start), document.positionAt(end));

function at(document: vscode.TextDocument, position: vscode.Position): Occurrence | undefined {
  return occurrenceAt(occurrencesOf(programOfDocument(document)), document.offsetAt(position));
}

async function hover(document: vscode.TextDocument, position: vscode.Position): Promise<vscode.Hover | undefined> {
  const occurrence = at(document, position);
  const program = programOfDocument(document);
  const text = occurrence && hoverText(program, program.main, occurrence);
  if (occurrence === undefined || text === undefined) return undefined;
  // No command links and no HTML: documentation comes from files.
  const data = occurrence.meaning.kind === 'data' ? await dataHover(program, occurrence.span.start) : undefined;
  const parts = [new vscode.MarkdownString().appendCodeblock(text.code, languageId), new vscode.MarkdownString(text.text), ...(data === undefined ? [] : [new vscode.MarkdownString(data)])];
  return new vscode.Hover(parts, rangeOf(document, occurrence.span));
}

function definition(document: vscode.TextDocument, position: vscode.Position): vscode.Location | undefined {
  const occurrence = at(document, position);
  const span = occurrence && declaredAt(occurrence.meaning);
  if (span === undefined) return undefined;
  const program = programOfDocument(document);
  const source = (program.documents.find(({ file }) => file === span.file) ?? libraryDocument(span.file))?.source;
  const start = source?.positionAt(span.start);
  const end = source?.positionAt(span.end);
  if (start === undefined || end === undefined) return undefined;
  const uri = span.file === program.main.file ? document.uri : uriOf(span.file);
  return new vscode.Location(uri, new vscode.Range(start.line - 1, start.column - 1, end.line - 1, end.column - 1));
}

const itemKinds: Readonly<Record<CompletionKind, vscode.CompletionItemKind>> = {
  keyword: vscode.CompletionItemKind.Keyword, cell: vscode.CompletionItemKind.Class, function: vscode.CompletionItemKind.Function, value: vscode.CompletionItemKind.Variable,
  state: vscode.CompletionItemKind.Field, param: vscode.CompletionItemKind.Constant, argument: vscode.CompletionItemKind.Property, setting: vscode.CompletionItemKind.Property, word: vscode.CompletionItemKind.EnumMember,
};

function item({ label, kind, doc, insert }: Completion): vscode.CompletionItem {
  const made = new vscode.CompletionItem(label, itemKinds[kind]);
  if (doc !== undefined) made.documentation = new vscode.MarkdownString(doc);
  if (insert !== undefined) made.insertText = insert.includes('$0') ? new vscode.SnippetString(insert) : insert;
  return made;
}

const symbolKinds: Readonly<Record<OutlineEntry['kind'], vscode.SymbolKind>> = {
  cell: vscode.SymbolKind.Class, model: vscode.SymbolKind.Module, param: vscode.SymbolKind.Constant, state: vscode.SymbolKind.Field, input: vscode.SymbolKind.Variable,
  equation: vscode.SymbolKind.Function, line: vscode.SymbolKind.Variable, train: vscode.SymbolKind.Object,
};

function symbol(document: vscode.TextDocument, { name, detail, kind, span, nameSpan, children }: OutlineEntry): vscode.DocumentSymbol {
  const made = new vscode.DocumentSymbol(name, detail, symbolKinds[kind], rangeOf(document, span), rangeOf(document, nameSpan));
  made.children = children.map((child) => symbol(document, child));
  return made;
}

const tokenTypes = ['class', 'function', 'parameter', 'variable', 'property', 'enumMember', 'namespace'] as const;
const tokenModifiers = ['declaration', 'defaultLibrary', 'readonly'] as const;
const legend = new vscode.SemanticTokensLegend([...tokenTypes], [...tokenModifiers]);

function tokens(document: vscode.TextDocument): vscode.SemanticTokens {
  const builder = new vscode.SemanticTokensBuilder(legend);
  for (const { span, meaning, declares } of occurrencesOf(programOfDocument(document))) {
    const kind = tokenOf(meaning);
    if (kind !== undefined) builder.push(rangeOf(document, span), kind.type, [...kind.modifiers, ...(declares ? ['declaration'] : [])]);
  }
  return builder.build();
}

function tokenOf(meaning: Meaning): { readonly type: (typeof tokenTypes)[number]; readonly modifiers: readonly string[] } | undefined {
  switch (meaning.kind) {
    case 'cell':
      return { type: 'class', modifiers: meaning.found.document.file.startsWith('library:') ? ['defaultLibrary'] : [] };
    case 'model':
      return { type: 'namespace', modifiers: [] };
    case 'value':
      return meaning.role === 'param' ? { type: 'parameter', modifiers: [] } : meaning.role === 'state' ? { type: 'property', modifiers: [] } : { type: 'variable', modifiers: meaning.role === 'size' ? ['readonly'] : [] };
    case 'line':
    case 'source':
      return { type: 'variable', modifiers: [] };
    case 'function':
    case 'pooling':
    case 'embedding':
    case 'loss':
    case 'data':
      return { type: 'function', modifiers: ['defaultLibrary'] };
    case 'initialiser':
      return { type: 'enumMember', modifiers: [] };
    default:
      return undefined;
  }
}
