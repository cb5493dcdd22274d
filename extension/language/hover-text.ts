// What hovering a name says: what it is, its shape, its documentation, its parameters.
// Not VS Code's hover (register-language.ts). Invariant: shapes are the checker's; what it does not know is left out.
import { checkCell } from '../../engine/language/check-cell';
import { checkModel } from '../../engine/language/check-model';
import { functionSpecs, isFunction } from '../../engine/language/functions';
import { defaultInitialiser, initialiserSpecs } from '../../engine/language/initialisers';
import type { FoundCell, Program } from '../../engine/language/program';
import { printShape, printSize, sameSize } from '../../engine/language/sizes';
import type { CellSyntax, SourceDocument } from '../../engine/language/tree';
import { argumentDocs, dataDocs, embeddingDocs, lossDocs, poolingDocs, settingDocs } from './describe-data';
import type { Meaning, Occurrence } from './occurrences';

/** A line of the language and sentences in Markdown. */
export interface HoverText {
  readonly code: string;
  readonly text: string;
}

export function hoverText(program: Program, document: SourceDocument, { meaning }: Occurrence): HoverText | undefined {
  switch (meaning.kind) {
    case 'cell':
      return cellHover(meaning.found);
    case 'value':
      return valueHover(document, meaning);
    case 'line':
    case 'source':
      return lineHover(program, document, meaning);
    case 'model':
      return { code: `model ${meaning.model.name.text}`, text: meaning.model.doc };
    case 'function':
      return isFunction(meaning.name) ? { code: `${meaning.name}(${functionSpecs[meaning.name].args.join(', ')}${functionSpecs[meaning.name].many ? ', …' : ''})`, text: functionSpecs[meaning.name].doc } : undefined;
    case 'pooling':
      return { code: `${meaning.name}(layer)`, text: poolingDocs[meaning.name] ?? '' };
    case 'embedding':
      return { code: meaning.name, text: embeddingDocs[meaning.name] ?? '' };
    case 'loss':
      return { code: `${meaning.name}(y)`, text: lossDocs[meaning.name] ?? '' };
    case 'data':
      return dataDocs[meaning.name] === undefined ? undefined : { code: `data ${meaning.name}`, text: dataDocs[meaning.name] ?? '' };
    case 'initialiser':
      return { code: meaning.name, text: initialiserSpecs[meaning.of][meaning.name]?.doc ?? '' };
    case 'setting':
      return settingDocs[meaning.key] === undefined ? undefined : { code: meaning.word === undefined ? meaning.key : `${meaning.key} ${meaning.word}`, text: settingDocs[meaning.key] ?? '' };
    case 'argument': {
      const size = meaning.found?.cell.params.find(({ name }) => name.text === meaning.name);
      if (size !== undefined) return { code: `${meaning.of}(${meaning.name}: …)`, text: `A size of \`${meaning.of}\`.` };
      return argumentDocs[meaning.name] === undefined ? undefined : { code: `${meaning.of}(${meaning.name}: …)`, text: argumentDocs[meaning.name] ?? '' };
    }
  }
}

export function cellHover({ cell, document }: FoundCell): HoverText {
  const { values, states, params, inputs } = checkCell(document, cell);
  const shape = (name: string): string => {
    const known = values.get(name);
    return known === undefined ? name : `${name} ${printShape(known)}`;
  };
  const list = (title: string, names: readonly string[]): string => (names.length === 0 ? '' : `\n\n**${title}** ${names.map((name) => `\`${shape(name)}\``).join(', ')}`);
  const gates = cell.statements.flatMap((statement) => (statement.kind === 'equation' && statement.word === 'gate' ? [statement.name.text] : []));
  return {
    code: `cell ${cell.name.text}(${cell.params.map(({ name }) => name.text).join(', ')})`,
    text: `${cell.doc}${list('Input', inputs.map(({ name }) => name.text))}${list('State', states.map(({ name }) => name.text))}${list('Gates', gates)}${list('Parameters', params.map(({ name }) => name.text))}`,
  };
}

function valueHover(document: SourceDocument, { cell, role, declared, next }: Extract<Meaning, { kind: 'value' }>): HoverText {
  const name = `${declared.text}${next ? "'" : ''}`;
  const { values } = checkCell(document, cell);
  const shape = role === 'size' ? undefined : values.get(name) ?? values.get(declared.text);
  const after = role === 'state' ? (next ? 'The state after the step.' : 'The state before the step.') : role === 'size' ? 'A size; given where the cell is used.' : role === 'input' ? 'What the layer receives at this step.' : '';
  return { code: `${role} ${name}${shape === undefined ? '' : ` ${shape.length === 0 ? 'scalar' : printShape(shape)}`}`, text: [after, docOf(cell, declared.text), role === 'param' ? initial(document, cell, declared.text) : ''].filter((one) => one !== '').join('\n\n') };
}

function docOf(cell: CellSyntax, name: string): string {
  for (const statement of cell.statements) if (statement.kind !== 'output' && statement.kind !== 'update' && statement.name.text === name) return statement.doc;
  return '';
}

function initial(document: SourceDocument, cell: CellSyntax, name: string): string {
  const param = cell.statements.find((statement) => statement.kind === 'param' && statement.name.text === name);
  if (param?.kind !== 'param') return '';
  if (param.init !== undefined) return `Starts as \`${document.source.text.slice(param.init.span.start, param.init.span.end)}\`.`;
  const [rows, columns] = checkCell(document, cell).values.get(name) ?? [];
  const square = rows !== undefined && columns !== undefined && sameSize(rows, columns);
  const chosen = defaultInitialiser(cell, param, square);
  return `Starts as \`${chosen}\` (the default here): ${initialiserSpecs.param[chosen]?.doc ?? ''}`;
}

function lineHover(program: Program, document: SourceDocument, meaning: Extract<Meaning, { kind: 'line' | 'source' }>): HoverText | undefined {
  const facts = checkModel(program, document, meaning.model);
  if (meaning.kind === 'source') {
    const { input } = facts;
    if (input === undefined) return { code: 'x', text: 'What the data give, step by step.' };
    return input.kind === 'tokens' ? { code: `x: token(${printSize(input.vocabulary)})`, text: 'Tokens, one a step.' } : { code: `x [time, ${printSize(input.features)}]`, text: 'Numbers, step by step.' };
  }
  const line = facts.lines.find(({ name }) => name === meaning.declared.text);
  if (line === undefined) return { code: `${meaning.word} ${meaning.declared.text}`, text: '' };
  const code = `${meaning.word} ${line.name} ${line.perStep ? `[time, ${printSize(line.size)}]` : `[${printSize(line.size)}]`}`;
  const what = line.perStep ? 'One value a step.' : 'One value a sequence.';
  if (line.kind !== 'cell') return { code, text: what };
  const params = line.facts.params.map(({ name }) => `\`${line.name}.${name.text} ${printShape(line.facts.values.get(name.text) ?? [])}\``);
  return { code, text: `${what} Cell \`${line.facts.cell.name.text}\`${line.direction === 'forward' ? '' : `, ${line.direction}`}.${params.length === 0 ? '' : `\n\n**Parameters** ${params.join(', ')}`}` };
}
