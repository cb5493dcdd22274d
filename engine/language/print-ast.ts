// Prints a tree back as text with every bracket that precedence implies: `unroll print --stage ast`, and the tests of precedence.
// Not a formatter: comments and layout are lost.
// Invariant: what it prints parses to the same tree.
import type { Argument, CellStatement, CellSyntax, Expression, InitialiserSyntax, ModelLine, ModelSyntax, Range, SettingSyntax, SourceDocument, TrainBlock } from './tree';

/** `r * U @ h` prints as `(r * (U @ h))`. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return String(expression.value);
    case 'text':
      return `"${expression.value}"`;
    case 'name':
      return [expression.name, ...expression.members].join('.') + (expression.prime ? "'" : '');
    case 'call':
      return `${expression.callee.text}(${printArguments(expression.args)})`;
    case 'unary':
      return `(${expression.op}${expression.op === 'not' ? ' ' : ''}${printExpression(expression.operand)})`;
    case 'binary':
      return `(${printExpression(expression.left)} ${expression.op} ${printExpression(expression.right)})`;
    case 'slice':
      return `${printExpression(expression.target)}[${expression.ranges.map(printRange).join(', ')}]`;
    case 'at':
      return `${printExpression(expression.target)}@${expression.step}`;
    case 'list':
      return `[${expression.items.map(printExpression).join(', ')}]`;
    case 'missing':
      return '…';
  }
}

const printRange = ({ from, to, isRange }: Range): string =>
  `${from === undefined ? '' : printExpression(from)}${isRange ? ':' : ''}${to === undefined ? '' : printExpression(to)}`;

const printArguments = (args: readonly Argument[]): string => args.map(({ name, value }) => `${name === undefined ? '' : `${name.text}: `}${printExpression(value)}`).join(', ');

const printDims = (dims: readonly Expression[]): string => (dims.length === 0 ? '' : `[${dims.map(printExpression).join(', ')}]`);

function printInit(init: InitialiserSyntax | undefined): string {
  if (init === undefined) return '';
  if (init.value !== undefined) return ` = ${init.value}`;
  return ` = ${init.name.text}${init.args.length === 0 ? '' : `(${printArguments(init.args)})`}`;
}

function printSetting({ key, word, args, amount }: SettingSyntax): string {
  const brackets = args.length === 0 ? '' : `(${printArguments(args)})`;
  return [key.text, word === undefined ? '' : word.text + brackets, amount === undefined ? '' : String(amount)].filter((part) => part !== '').join(' ');
}

function printTrain(block: TrainBlock, indent: string): string[] {
  return [`${indent}train {`, ...block.settings.map((setting) => `${indent}  ${printSetting(setting)}`), `${indent}}`];
}

function printStatement(statement: CellStatement): string {
  switch (statement.kind) {
    case 'input':
      return `input ${statement.name.text}${printDims(statement.dims)}`;
    case 'memory':
      return `memory ${statement.name.text}`;
    case 'state':
    case 'param':
      return `${statement.kind} ${statement.name.text}${printDims(statement.dims)}${printInit(statement.init)}`;
    case 'equation':
      return `${statement.word} ${statement.name.text} = ${printExpression(statement.value)}`;
    case 'update':
      return `${statement.name.text}' = ${printExpression(statement.value)}`;
    case 'output':
      return `output ${printExpression(statement.value)}`;
  }
}

function printLine(line: ModelLine): string[] {
  switch (line.kind) {
    case 'input':
      return [`  input ${line.name.text}${printDims(line.dims)}${line.of === undefined ? '' : `: ${printExpression(line.of)}`}`];
    case 'line':
      return [`  ${line.word} ${line.name.text} = ${printExpression(line.value)}`];
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

function printCell(cell: CellSyntax): string[] {
  const params = cell.params.map(({ name, value }) => `${name.text}${value === undefined ? '' : ` = ${printExpression(value)}`}`);
  return [`cell ${cell.name.text}(${params.join(', ')}) {`, ...cell.statements.map((statement) => `  ${printStatement(statement)}`), '}'];
}

const printModel = (model: ModelSyntax): string[] => [`model ${model.name.text} {`, ...model.lines.flatMap(printLine), '}'];

/** The whole file, one declaration a line. */
export function printAst(document: SourceDocument): string {
  const blocks = [
    ...document.imports.map(({ path }) => [`import "${path}"`]),
    ...document.cells.map(printCell),
    ...document.models.map(printModel),
    ...document.trains.map((block) => printTrain(block, '')),
  ];
  return blocks.map((lines) => `${lines.join('\n')}\n`).join('\n');
}
