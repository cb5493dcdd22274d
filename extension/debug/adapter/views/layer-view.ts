// One layer of a recorded pass as the pages get it: its lanes with their domains, and its equations.
// Not the numbers of the lanes (lane-tiles.ts).
// Invariant: every lane has the name, kind and place of its equation; a domain that follows from the equations is not measured.
import { defined } from '../../../../engine/base/invariant';
import type { SourceText } from '../../../../engine/base/source-text';
import type { Span } from '../../../../engine/base/span';
import { type Bounds, valueBounds } from '../../../../engine/ir/value-bounds';
import type { CellSyntax, EquationDecl, UpdateDecl } from '../../../../engine/language/tree';
import type { Program } from '../../../../engine/language/program';
import { sourceFinder } from '../../../../engine/training/load-model';
import type { EquationView } from '../../../../protocol/cell-view';
import type { LaneHeader, LayerHeader } from '../../../../protocol/trace-view';
import { derivativeTexts } from './derivative-text';
import { commentWords, expressionView, rolesOf, statementText, tokensOf } from './expression-view';
import { firstNonFinite, laneNames, type LaneName, laneNumbers } from './lane-numbers';
import { absoluteQuantile } from './quantile';
import { comesFromAbove } from './state-flow';
import type { LayerUnit, ViewSource } from './view-source';

/** A layer's cell as it was parsed, with its text. */
export interface CellSource {
  readonly cell: CellSyntax;
  readonly source: SourceText;
  readonly statements: readonly (EquationDecl | UpdateDecl)[];
}

export function cellSource(program: Program, { walk }: LayerUnit): CellSource {
  const found = defined(program.cell(defined(walk.line.cell, 'a layer with states calls a cell').name), 'the cell is part of the program');
  const statements = found.cell.statements.filter((statement): statement is EquationDecl | UpdateDecl => statement.kind === 'equation' || statement.kind === 'update');
  return { cell: found.cell, source: found.document.source, statements };
}

export function layerView(view: ViewSource, unit: LayerUnit): LayerHeader {
  const { program } = view;
  const source = cellSource(program, unit);
  const { step } = unit.walk.line;
  const file = source.source.file;
  const bounds = valueBounds(step);
  const sizes = new Map([...step.graph.inputs, ...step.graph.equations].map(({ id, type }) => [id, type.shape.reduce((a, b) => a * b, 1)]));
  return {
    name: unit.name,
    call: callText(program, unit.line.span),
    file: file.replace(/^library:/, '').replace(/^.*[/\\]/, ''),
    path: file,
    reversed: unit.walk.half.reversed,
    lanes: laneNames(unit).map((lane) => laneView(view, unit, lane, source, bounds.get(idOf(unit, lane.name)))),
    equations: equationViews(source, unit, comesFromAbove(view.recording, unit)),
    inputs: step.inputs.map(({ name, id }) => ({ name, size: sizes.get(id) ?? 1 })),
  };
}

function idOf({ walk }: LayerUnit, name: string): number {
  return defined(walk.line.step.named.find((named) => named.name === name), `${name} is an equation`).id;
}

function laneView({ recording }: ViewSource, unit: LayerUnit, { name, kind }: LaneName, source: CellSource, bounds: Bounds | undefined): LaneHeader {
  const values = laneNumbers(recording, unit, 'value', name);
  const words = wordsOf(unit, name, kind, source);
  const nonFinite = firstNonFinite(values, unit.walk.half.reversed);
  return {
    name, kind,
    units: values.units,
    spread: absoluteQuantile(values.data, 0.997),
    gradientSpread: absoluteQuantile(laneNumbers(recording, unit, 'gradient', name).data, 0.995),
    ...(words === undefined ? {} : { words }),
    ...(bounds === undefined || !bounds.every(Number.isFinite) ? {} : { bounds }),
    ...(nonFinite === undefined ? {} : { nonFinite }),
  };
}

function wordsOf({ walk }: LayerUnit, name: string, kind: LaneName['kind'], { source, cell, statements }: CellSource): string | undefined {
  const written = statements.find((statement) => statement.name.text === name);
  const declared = cell.statements.find((statement) => statement.kind === 'state' && statement.name.text === name);
  const doc = (declared?.kind === 'state' ? declared.doc : '') || (written?.doc ?? '');
  const [first = ''] = doc.split('\n');
  if (first !== '' && first.length <= 32) return first.replace(/[.:]$/, '');
  if (kind !== 'state') return written && commentWords(source, written.span);
  const { states, output } = walk.line.step;
  return states.some((state) => state.name === name && state.next === output) ? 'hidden state' : 'cell state';
}

/** `LSTM(e, hidden: 64)` of `layer r1 = LSTM(e, hidden: 64)`. */
function callText(program: Program, span: Span): string {
  const source = sourceFinder(program)(span.file);
  return source === undefined ? '' : statementText(source, span).replace(/^\w+\s+\w+\s*=\s*/, '');
}

function equationViews(cell: CellSource, { walk }: LayerUnit, above: ReadonlyMap<string, string>): readonly EquationView[] {
  const roles = rolesOf(cell.cell);
  const { step } = walk.line;
  const sizes = new Map([...step.graph.inputs, ...step.graph.equations].map(({ id, type }) => [id, type.shape.reduce((a, b) => a * b, 1)]));
  const plain = cell.statements.map((statement) => {
    const text = statementText(cell.source, statement.span);
    const kind = statement.kind === 'update' ? ('state' as const) : statement.word === 'gate' ? ('gate' as const) : ('let' as const);
    return {
      name: statement.name.text, kind, text,
      line: cell.source.positionAt(statement.span.start).line,
      tokens: tokensOf(text, roles),
      expression: expressionView(statement.value, roles, cell.source),
      units: sizes.get(step.named.find((named) => named.name === statement.name.text)?.id ?? -1) ?? 1,
    };
  });
  const derivatives = derivativeTexts(plain, { above, reversed: walk.half.reversed });
  return plain.map((equation, index) => ({ ...equation, derivatives: derivatives[index] ?? [] }));
}
