// Every name of a file with what it means there: what hover, definition and colours are read from.
// Not a check: a name that means nothing has no occurrence, and the checker has said so.
// Invariant: never throws, for any text; occurrences are in the order of the text and do not overlap.
import type { Span } from '../../engine/base/span';
import { embeddings, isFunction, isPooling } from '../../engine/language/functions';
import { initialiserSpecs } from '../../engine/language/initialisers';
import { lossNames } from '../../engine/language/model-lines';
import type { FoundCell, Program } from '../../engine/language/program';
import type { Argument, CellSyntax, Expression, InitialiserSyntax, ModelSyntax, Name, SettingSyntax, SourceDocument, TrainBlock } from '../../engine/language/tree';

export type CellName = 'input' | 'memory' | 'state' | 'param' | 'gate' | 'let' | 'attention' | 'size';

export type Meaning =
  | { readonly kind: 'cell'; readonly found: FoundCell }
  | { readonly kind: 'model'; readonly model: ModelSyntax }
  /** A name of a cell; `next`: a state's new value. */
  | { readonly kind: 'value'; readonly cell: CellSyntax; readonly role: CellName; readonly declared: Name; readonly next: boolean }
  | { readonly kind: 'line'; readonly model: ModelSyntax; readonly word: string; readonly declared: Name }
  /** What the data give: `x`. */
  | { readonly kind: 'source'; readonly model: ModelSyntax; readonly declared: Span }
  | { readonly kind: 'function' | 'pooling' | 'embedding' | 'loss' | 'data'; readonly name: string }
  | { readonly kind: 'argument'; readonly of: string; readonly name: string; readonly found: FoundCell | undefined }
  | { readonly kind: 'initialiser'; readonly of: 'param' | 'state'; readonly name: string }
  | { readonly kind: 'setting'; readonly key: string; readonly word?: string };

export interface Occurrence {
  readonly span: Span;
  readonly meaning: Meaning;
  readonly declares: boolean;
}

/** Of the main file. */
export function occurrencesOf(program: Program, document: SourceDocument = program.main): readonly Occurrence[] {
  const found: Occurrence[] = [];
  const add = (span: Span, meaning: Meaning, declares = false): void => {
    if (span.end > span.start) found.push({ span, meaning, declares });
  };
  for (const cell of document.cells) cellOccurrences(cell, document, program, add);
  for (const model of document.models) modelOccurrences(model, program, add);
  for (const block of document.trains) settingOccurrences(block, add);
  found.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  return found.filter(({ span }, place) => span.start >= (found[place - 1]?.span.end ?? 0));
}

export function occurrenceAt(occurrences: readonly Occurrence[], offset: number): Occurrence | undefined {
  return occurrences.find(({ span }) => span.start <= offset && offset <= span.end);
}

type Add = (span: Span, meaning: Meaning, declares?: boolean) => void;

function cellOccurrences(cell: CellSyntax, document: SourceDocument, program: Program, add: Add): void {
  add(cell.name.span, { kind: 'cell', found: { cell, document } }, true);
  const names = new Map<string, { readonly role: CellName; readonly declared: Name }>();
  for (const { name } of cell.params) names.set(name.text, { role: 'size', declared: name });
  for (const statement of cell.statements) {
    if (statement.kind === 'output' || statement.kind === 'update') continue;
    const role = statement.kind === 'equation' ? statement.word : statement.kind;
    if (!names.has(statement.name.text)) names.set(statement.name.text, { role, declared: statement.name });
  }
  const value = (text: string, next: boolean): Meaning | undefined => {
    const known = names.get(text);
    return known && { kind: 'value', cell, ...known, next };
  };
  const declare = (name: Name, next = false): void => {
    const meaning = value(name.text, next);
    if (meaning !== undefined) add(name.span, meaning, true);
  };
  const walk = (expression: Expression): void => walkExpression(expression, program, add, (name, prime) => value(name, prime));
  for (const param of cell.params) {
    declare(param.name);
    if (param.value !== undefined) walk(param.value);
  }
  for (const statement of cell.statements) {
    if (statement.kind === 'output') walk(statement.value);
    else {
      declare(statement.name, statement.kind === 'update');
      if (statement.kind === 'equation' || statement.kind === 'update') walk(statement.value);
      else if (statement.kind !== 'memory') statement.dims.forEach(walk);
      if ((statement.kind === 'state' || statement.kind === 'param') && statement.init !== undefined) initialiser(statement.kind, statement.init, walk, add);
    }
  }
}

function initialiser(of: 'param' | 'state', { name, args }: InitialiserSyntax, walk: (expression: Expression) => void, add: Add): void {
  if (Object.hasOwn(initialiserSpecs[of], name.text)) add(name.span, { kind: 'initialiser', of, name: name.text });
  for (const arg of args) walk(arg.value);
}

function modelOccurrences(model: ModelSyntax, program: Program, add: Add): void {
  add(model.name.span, { kind: 'model', model }, true);
  const source = model.lines.find((line) => line.kind === 'data' || line.kind === 'input');
  const meaning = (name: string): Meaning | undefined => {
    for (const line of model.lines) if (line.kind === 'line' && line.name.text === name) return { kind: 'line', model, word: line.word, declared: line.name };
    return source !== undefined && ['x', 'source', 'previous', 'target'].includes(name) ? { kind: 'source', model, declared: source.kind === 'input' ? source.name.span : source.span } : undefined;
  };
  const walk = (expression: Expression): void => walkExpression(expression, program, add, meaning);
  for (const line of model.lines) {
    switch (line.kind) {
      case 'line':
        add(line.name.span, { kind: 'line', model, word: line.word, declared: line.name }, true);
        walk(line.value);
        break;
      case 'data':
        add(line.source.callee.span, { kind: 'data', name: line.source.callee.text });
        for (const arg of line.source.args) if (arg.name !== undefined) add(arg.name.span, { kind: 'argument', of: line.source.callee.text, name: arg.name.text, found: undefined });
        break;
      case 'input':
        add(line.name.span, { kind: 'source', model, declared: line.name.span }, true);
        break;
      case 'loss':
        walk(line.value);
        break;
      case 'train':
        settingOccurrences(line, add);
        break;
      case 'metric':
    }
  }
}

function settingOccurrences(block: TrainBlock, add: Add): void {
  const one = ({ key, word, args }: SettingSyntax): void => {
    add(key.span, { kind: 'setting', key: key.text });
    if (word !== undefined) add(word.span, { kind: 'setting', key: key.text, word: word.text });
    for (const { name } of args) if (name !== undefined) add(name.span, { kind: 'argument', of: word?.text ?? key.text, name: name.text, found: undefined });
  };
  block.settings.forEach(one);
}

function walkExpression(expression: Expression, program: Program, add: Add, meaning: (name: string, prime: boolean) => Meaning | undefined): void {
  const walk = (part: Expression): void => walkExpression(part, program, add, meaning);
  const argument = (of: string, found: FoundCell | undefined) => (arg: Argument): void => {
    if (arg.name !== undefined) add(arg.name.span, { kind: 'argument', of, name: arg.name.text, found });
    walk(arg.value);
  };
  switch (expression.kind) {
    case 'name': {
      const known = meaning(expression.name, expression.prime);
      const { file, start } = expression.span;
      if (known !== undefined) add({ file, start, end: start + expression.name.length + (expression.prime ? 1 : 0) }, known);
      return;
    }
    case 'call': {
      const { text, span } = expression.callee;
      const found = program.cell(text);
      if ((lossNames as readonly string[]).includes(text)) add(span, { kind: 'loss', name: text });
      else if ((embeddings as readonly string[]).includes(text)) add(span, { kind: 'embedding', name: text });
      else if (isFunction(text)) add(span, { kind: 'function', name: text });
      else if (isPooling(text)) add(span, { kind: 'pooling', name: text });
      else if (found !== undefined) add(span, { kind: 'cell', found });
      expression.args.forEach(argument(text, found));
      return;
    }
    case 'unary':
      return walk(expression.operand);
    case 'binary':
      walk(expression.left);
      return walk(expression.right);
    case 'slice':
      walk(expression.target);
      for (const { from, to } of expression.ranges) {
        if (from !== undefined) walk(from);
        if (to !== undefined) walk(to);
      }
      return;
    case 'at':
      return walk(expression.target);
    case 'list':
      return expression.items.forEach(walk);
    default:
  }
}
