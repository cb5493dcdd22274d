// Prints what was understood of a file: every declaration, with all parentheses of its expressions.
// Not the source's layout. Invariant: precedence can be read off the text without knowing any.
import type { Expression, ModelLine, ModelSyntax, SourceDocument, CellStatement, CellSyntax } from '../engine/language/tree';

export function printDocument(document: SourceDocument): readonly string[] {
  return [
    ...document.imports.map(({ path }) => `import ${JSON.stringify(path)}`),
    ...document.cells.flatMap(printCell),
    ...document.models.flatMap(printModel),
    ...document.trains.flatMap((block) => printTrain(block, '')),
  ];
}

function printCell(cell: CellSyntax): readonly string[] {
  const params = cell.params.map(({ name, value }) => (value === undefined ? name.text : `${name.text} = ${printExpression(value)}`));
  return [`cell ${cell.name.text}(${params.join(', ')})`, ...cell.statements.map((statement) => `  ${printStatement(statement)}`)];
}

function printStatement(statement: CellStatement): string {
  switch (statement.kind) {
    case 'input':
    case 'memory':
      return `${statement.kind} ${statement.name.text}`;
    case 'state':
    case 'param':
      return `${statement.kind} ${statement.name.text}[${statement.dims.map(printExpression).join(', ')}]${statement.init === undefined ? '' : ` = ${statement.init.value ?? statement.init.name.text}${printArguments(statement.init.args)}`}`;
    case 'equation':
      return `${statement.word} ${statement.name.text} = ${printExpression(statement.value)}`;
    case 'update':
      return `${statement.name.text}' = ${printExpression(statement.value)}`;
    case 'output':
      return `output ${printExpression(statement.value)}`;
  }
}

function printModel(model: ModelSyntax): readonly string[] {
  return [`model ${model.name.text}`, ...model.lines.flatMap(printLine)];
}

function printLine(line: ModelLine): readonly string[] {
  switch (line.kind) {
    case 'line':
      return [`  ${line.word} ${line.name.text} = ${printExpression(line.value)}`];
    case 'input':
      return [`  input ${line.name.text}${line.of === undefined ? `[${line.dims.map(printExpression).join(', ')}]` : `: ${printExpression(line.of)}`}`];
    case 'data':
      return [`  data ${printExpression(line.source)}`];
    case 'loss':
      return [`  loss ${printExpression(line.value)}`];
    case 'metric':
      return [`  metric ${line.names.map((name) => name.text).join(', ')}`];
    case 'train':
      return printTrain(line, '  ');
  }
}

function printTrain(block: Extract<ModelLine, { readonly kind: 'train' }>, indent: string): readonly string[] {
  return [`${indent}train`, ...block.settings.map(({ key, word, args, amount }) => `${indent}  ${[key.text, ...(word === undefined ? [] : [`${word.text}${printArguments(args)}`]), ...(amount === undefined ? [] : [String(amount)])].join(' ')}`)];
}

function printArguments(args: Extract<Expression, { readonly kind: 'call' }>['args']): string {
  return args.length === 0 ? '' : `(${args.map(({ name, value }) => `${name === undefined ? '' : `${name.text}: `}${printExpression(value)}`).join(', ')})`;
}

export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return String(expression.value);
    case 'text':
      return JSON.stringify(expression.value);
    case 'name':
      return [expression.name, ...expression.members].join('.') + (expression.prime ? "'" : '');
    case 'call':
      return `${expression.callee.text}${printArguments(expression.args) || '()'}`;
    case 'unary':
      return `(${expression.op}${expression.op === 'not' ? ' ' : ''}${printExpression(expression.operand)})`;
    case 'binary':
      return `(${printExpression(expression.left)} ${expression.op} ${printExpression(expression.right)})`;
    case 'slice':
      return `${printExpression(expression.target)}[${expression.ranges.map(({ from, to, isRange }) => `${from === undefined ? '' : printExpression(from)}${isRange ? ':' : ''}${to === undefined ? '' : printExpression(to)}`).join(', ')}]`;
    case 'at':
      return `${printExpression(expression.target)}@${expression.step}`;
    case 'list':
      return `[${expression.items.map(printExpression).join(', ')}]`;
    case 'missing':
      return '?';
  }
}
