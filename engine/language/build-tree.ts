// Turns Langium's tree into ours, filling holes where the text is unfinished.
// Not a check: nothing is reported here.
// Invariant: never throws; Langium's properties may be missing whatever their types say, so each is read through `Partially`.
import type { AstNode, CstNode, Reference } from 'langium';
import type { SourceText } from '../base/source-text';
import type { Span } from '../base/span';
import { buildExpressions } from './build-expressions';
import type * as ast from './generated/ast';
import type { CellStatement, CellSyntax, InitialiserSyntax, ModelLine, ModelSyntax, Name, SettingSyntax, SourceDocument, TrainBlock } from './tree';

/** What a node of Langium's is after error recovery: any property may be missing. */
export type Partially<T> = { readonly [K in keyof T]?: T[K] | undefined };

export const list = <T>(items: readonly T[] | undefined): readonly T[] => items ?? [];

/** Spans and names of Langium's nodes in one file. */
export class Places {
  /** Where the text nests too deeply to be followed. */
  tooDeep: Span | undefined;
  /** Calls followed by a prime or a member, which mean nothing. */
  readonly primedCalls: Span[] = [];

  constructor(readonly source: SourceText) {}

  of(node: Partially<AstNode>): Span {
    return this.ofCst(node.$cstNode);
  }

  ofCst(cst: CstNode | undefined): Span {
    const start = cst?.offset ?? 0;
    return { file: this.source.file, start, end: Math.max(start, cst?.end ?? 0) };
  }

  /** A node's name: the first place of `text` inside it. An absent name is an empty one at the node's end. */
  name(text: string | undefined, within: Span): Name {
    if (text === undefined) return { text: '', span: { ...within, start: within.end } };
    const found = this.source.text.indexOf(text, within.start);
    const start = found < 0 || found > within.end ? within.start : found;
    return { text, span: { ...within, start, end: Math.min(start + text.length, Math.max(within.end, start)) } };
  }

  reference(reference: Partially<Reference> | undefined, within: Span): Name {
    const cst = reference?.$refNode;
    return cst === undefined ? this.name(reference?.$refText, within) : { text: reference?.$refText ?? '', span: this.ofCst(cst) };
  }

  /** The text of the `///` lines directly above an offset. */
  doc(start: number): string {
    const lines: string[] = [];
    for (let line = this.source.positionAt(start).line - 1; line >= 1; line--) {
      const match = /^\s*\/\/\/ ?(.*)$/.exec(this.source.lineText(line));
      if (match === null) break;
      lines.unshift(match[1] ?? '');
    }
    return lines.join('\n');
  }
}

export function buildTree(places: Places, root: Partially<ast.File>): SourceDocument {
  const { source } = places;
  const { expression, argument, call } = buildExpressions(places);

  const declared = (node: Partially<AstNode> & { readonly name?: string | undefined }, line: Span) => {
    const span = places.of(node);
    return { name: places.name(node.name, span), span, line, doc: places.doc(span.start) };
  };

  const initialiser = (node: Partially<ast.Initialiser>): InitialiserSyntax => {
    const span = places.of(node);
    return { name: places.name(node.name, span), args: list(node.args).map(argument), span, ...(node.value !== undefined && node.name === undefined ? { value: node.value } : {}) };
  };

  const input = (node: Partially<ast.InputDecl>, line: Span) => ({
    kind: 'input' as const,
    ...declared(node, line),
    dims: list(node.dims).map(expression),
    ...(node.of === undefined ? {} : { of: call(node.of) }),
  });

  const tensorDeclaration = (node: Partially<ast.StateDecl | ast.ParamDecl>, line: Span) => ({
    ...declared(node, line),
    dims: list(node.dims).map(expression),
    ...(node.init === undefined ? {} : { init: initialiser(node.init) }),
  });

  const cellStatement = (node: ast.CellStatement): CellStatement[] => {
    const line = places.of(node);
    switch (node.$type) {
      case 'InputLine':
        return list(node.inputs).map((decl) => input(decl, line));
      case 'MemoryLine':
        return list(node.memories).map((decl) => ({ kind: 'memory', ...declared(decl, line) }));
      case 'StateLine':
        return list(node.states).map((decl) => ({ kind: 'state', ...tensorDeclaration(decl, line) }));
      case 'ParamLine':
        return list(node.params).map((decl) => ({ kind: 'param', ...tensorDeclaration(decl, line) }));
      case 'Equation':
        return [{ kind: 'equation', word: node.kind, ...declared(node, line), name: equationName(node, line), value: expression(node.value) }];
      case 'Update':
        return [{ kind: 'update', name: places.reference(node.state, line), doc: places.doc(line.start), span: line, line, value: expression(node.value) }];
      case 'CellOutput':
        return [{ kind: 'output', value: expression(node.value), span: line }];
      default:
        return [];
    }
  };

  /** Skips the word that opens the line, which may contain the name (`let l = …`). */
  const equationName = (node: { readonly kind?: string; readonly name?: string }, line: Span): Name =>
    places.name(node.name, { ...line, start: Math.min(line.end, line.start + (node.kind?.length ?? 0)) });

  const setting = (node: Partially<ast.Setting>): SettingSyntax => {
    const span = places.of(node);
    const key = places.name(node.key, span);
    const value: Partially<ast.SettingValue> = node.value ?? {};
    const word = value.name === undefined ? undefined : places.name(value.name, { ...span, start: Math.min(span.end, key.span.end) });
    return {
      key,
      args: list(value.args).map(argument),
      span,
      ...(word === undefined ? {} : { word }),
      ...(value.amount === undefined ? {} : { amount: value.amount }),
    };
  };

  const train = (node: Partially<ast.TrainBlock>): TrainBlock => ({ kind: 'train', settings: list(node.settings).map(setting), span: places.of(node) });

  const modelLine = (node: ast.ModelLine): ModelLine[] => {
    const line = places.of(node);
    switch (node.$type) {
      case 'InputLine':
        return list(node.inputs).map((decl) => input(decl, line));
      case 'DataLine':
        return [{ kind: 'data', source: call(node.source), span: line }];
      case 'NamedLine':
        return [{ kind: 'line', word: node.kind, ...declared(node, line), name: equationName(node, line), value: expression(node.value) }];
      case 'LossLine':
        return [{ kind: 'loss', value: expression(node.value), span: line }];
      case 'MetricLine':
        return [{ kind: 'metric', names: list(node.metrics).map((metric) => places.name(metric.name, places.of(metric))), span: line }];
      case 'TrainBlock':
        return [train(node)];
      default:
        return [];
    }
  };

  const block = (word: string, node: Partially<ast.Cell | ast.Model>) => {
    const span = places.of(node);
    return { name: places.name(node.name, { ...span, start: Math.min(span.end, span.start + word.length) }), span, line: span, doc: places.doc(span.start) };
  };

  const cell = (node: Partially<ast.Cell>): CellSyntax => ({
    kind: 'cell',
    ...block('cell', node),
    params: list(node.params).map((param) => ({
      kind: 'cellParam',
      ...declared(param, places.of(param)),
      ...(param.value === undefined ? {} : { value: expression(param.value) }),
    })),
    statements: list(node.statements).flatMap(cellStatement),
  });

  const model = (node: Partially<ast.Model>): ModelSyntax => ({ kind: 'model', ...block('model', node), lines: list(node.lines).flatMap(modelLine) });

  return {
    file: source.file,
    source,
    imports: list(root.imports).map((node) => ({ path: (node.path as string | undefined)?.slice(1, -1) ?? '', span: places.of(node) })),
    cells: list(root.cells).map(cell),
    models: list(root.models).map(model),
    trains: list(root.trains).map(train),
  };
}
