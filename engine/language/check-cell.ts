// Checks one cell: names, order, states, gates, and shapes over its size symbols or over sizes put in.
// Not its lowering (../ir/lower-cell.ts), which may rely on a cell without errors.
// Invariant: never throws; with every size a number, a cell without errors lowers to a graph.
import type { Diagnostic } from '../base/diagnostic';
import type { Span } from '../base/span';
import { libraryTexts } from '../library/library-texts';
import { isBounded } from './bounded-gates';
import type { SizeEnvironment } from './constants';
import { constantOf } from './constants';
import { nearest } from './did-you-mean';
import * as diagnostics from './diagnostics';
import { isPooling, reservedNames } from './functions';
import { inferShape, inferSize, reportUnknownCall, textOf } from './infer-shape';
import type { Shape, ShapeContext } from './infer-shape';
import { checkInitialiser } from './initialisers';
import { printShape, printSize, sameShapes, sizeNumber, symbolSize } from './sizes';
import type { Size } from './sizes';
import type { CellSyntax, Expression, InputDecl, NameExpression, OutputStatement, ParamDecl, SourceDocument, StateDecl, UpdateDecl } from './tree';

export interface CellFacts {
  readonly cell: CellSyntax;
  readonly document: SourceDocument;
  readonly sizes: SizeEnvironment;
  /** Shape of every expression that has one. */
  readonly shapes: ReadonlyMap<Expression, Shape>;
  /** Shape of every declared name; a state's new value as `h'`. */
  readonly values: ReadonlyMap<string, Shape>;
  readonly inputs: readonly InputDecl[];
  readonly memories: readonly string[];
  readonly states: readonly StateDecl[];
  readonly params: readonly ParamDecl[];
  readonly updates: ReadonlyMap<string, UpdateDecl>;
  readonly output: OutputStatement | undefined;
  /** What the layer hands on; undefined when that is wrong. */
  readonly outputShape: Shape | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** The symbol of a memory's number of steps; a person sees it in shapes. */
export const stepsSymbol = (memory: string): string => `${memory}.steps`;

/** `bindings`: sizes of parameters and inputs; what is left out stays a symbol of its own name. */
export function checkCell(document: SourceDocument, cell: CellSyntax, bindings: ReadonlyMap<string, Size> = new Map()): CellFacts {
  return new CellChecker(document, cell, bindings).facts();
}

class CellChecker {
  private readonly diagnostics: Diagnostic[] = [];
  private readonly sizes = new Map<string, Size>();
  private readonly values = new Map<string, Shape | undefined>();
  /** Where each name is declared, whether reached already or not. */
  private readonly places = new Map<string, diagnostics.Declared>();
  private readonly shapes = new Map<Expression, Shape>();
  private readonly defined = new Set<string>();
  private readonly bounded = new Set<string>();
  private readonly used = new Set<string>();
  private readonly updates = new Map<string, UpdateDecl>();
  private output: OutputStatement | undefined;
  private outputShape: Shape | undefined;
  private readonly context: ShapeContext;

  constructor(
    private readonly document: SourceDocument,
    private readonly cell: CellSyntax,
    private readonly bindings: ReadonlyMap<string, Size>,
  ) {
    const memories = cell.statements.flatMap((statement) => (statement.kind === 'memory' ? [stepsSymbol(statement.name.text)] : []));
    this.context = {
      document,
      sizes: this.sizes,
      shapes: this.shapes,
      report: (diagnostic) => void this.diagnostics.push(diagnostic),
      lookup: (name) => this.lookup(name),
      call: (call) => {
        for (const arg of call.args) inferShape(arg.value, this.context);
        if (isPooling(call.callee.text)) this.report(diagnostics.onlyInModel(call.callee.text, call.callee.span));
        else if (libraryTexts.some(({ cells }) => cells.includes(call.callee.text))) this.report(diagnostics.cellInCell(call.callee.text, call.callee.span));
        else reportUnknownCall(call, [], this.context);
        return undefined;
      },
      declarationOf: (name) => (this.ofKind('param').some((param) => param.name.text === name) ? this.places.get(name) : undefined),
      isSteps: (size) => memories.some((symbol) => size.terms.size === 1 && size.terms.get(symbol) === 1),
    };
  }

  facts(): CellFacts {
    this.declare();
    for (const statement of this.cell.statements) {
      if (statement.kind === 'equation') {
        const shape = inferShape(statement.value, this.context);
        this.checkEquation(statement, shape);
        this.set(statement.name.text, shape);
      } else if (statement.kind === 'update') this.checkUpdate(statement);
      else if (statement.kind === 'output') this.checkOutput(statement);
    }
    this.checkWhole();
    const known = [...this.values].flatMap(([name, shape]) => (shape === undefined ? [] : [[name, shape] as const]));
    return {
      cell: this.cell,
      document: this.document,
      sizes: this.sizes,
      shapes: this.shapes,
      values: new Map(known),
      inputs: this.ofKind('input'),
      memories: this.ofKind('memory').map((memory) => memory.name.text),
      states: this.ofKind('state'),
      params: this.ofKind('param'),
      updates: this.updates,
      output: this.output,
      outputShape: this.outputShape,
      diagnostics: this.diagnostics,
    };
  }

  private report(diagnostic: Diagnostic): void {
    this.diagnostics.push(diagnostic);
  }

  private ofKind<K extends CellSyntax['statements'][number]['kind']>(kind: K) {
    return this.cell.statements.filter((statement): statement is Extract<CellSyntax['statements'][number], { readonly kind: K }> => statement.kind === kind);
  }

  private set(name: string, shape: Shape | undefined): void {
    this.values.set(name, shape);
    this.defined.add(name);
  }

  private place(name: string, span: Span): diagnostics.Declared {
    return { name, line: this.document.source.positionAt(span.start).line, span };
  }

  /** A name for the cell; false when it cannot be had. */
  private claim(name: string, span: Span): boolean {
    if (name === '') return false;
    const first = this.places.get(name);
    if (reservedNames.includes(name)) this.report(diagnostics.reservedName(name, span));
    else if (first !== undefined) this.report(diagnostics.duplicateName(name, first, span));
    if (first !== undefined) return false;
    this.places.set(name, this.place(name, span));
    return true;
  }

  /** Declarations first, so that sizes and later definitions are known to every line. */
  private declare(): void {
    for (const param of this.cell.params) {
      if (!this.claim(param.name.text, param.name.span)) continue;
      this.sizes.set(param.name.text, this.bindings.get(param.name.text) ?? symbolSize(param.name.text));
      this.set(param.name.text, []);
      if (param.value !== undefined) {
        const constant = constantOf(param.value, this.sizes);
        if ('fault' in constant && constant.fault.kind !== 'missing') this.report(diagnostics.constantExpected(`The default of \`${param.name.text}\``, param.value.span));
      }
    }
    for (const input of [...this.ofKind('input'), ...this.ofKind('memory')]) {
      const name = input.name.text;
      if (!this.claim(name, input.name.span)) continue;
      const width = this.bindings.get(name) ?? symbolSize(name);
      this.sizes.set(name, width);
      this.set(name, input.kind === 'memory' ? [symbolSize(stepsSymbol(name)), width] : [width]);
    }
    for (const input of this.ofKind('input')) this.checkInputShape(input);
    for (const declared of [...this.ofKind('state'), ...this.ofKind('param')]) {
      if (!this.claim(declared.name.text, declared.name.span)) continue;
      this.set(declared.name.text, this.declaredShape(declared));
      if (declared.init !== undefined) checkInitialiser(declared.kind, declared.init, declared.dims.length, this.sizes, (found) => void this.report(found));
    }
    for (const equation of this.ofKind('equation')) this.claim(equation.name.text, equation.name.span);
  }

  /** `input x[hidden]`: the size is given by the cell, and every use must agree. */
  private checkInputShape(input: InputDecl): void {
    if (input.of !== undefined) this.report(diagnostics.notAnExpression('A kind of token in a cell', input.of.span));
    const [dim, more] = input.dims;
    if (dim === undefined) return;
    if (more !== undefined) return this.report(diagnostics.rankTooHigh(input.name.text, input.dims.length, input.span));
    const size = inferSize(dim, this.context);
    if (size === undefined) return;
    const given = this.bindings.get(input.name.text);
    if (given !== undefined && !sameShapes([size], [given])) {
      const reason = `the cell wants ${printSize(size)} numbers a step and is given ${printSize(given)}.`;
      return this.report(diagnostics.sizeContradiction(textOf(this.document, input.span), reason, [], input.span));
    }
    this.sizes.set(input.name.text, size);
    this.values.set(input.name.text, [size]);
  }

  private declaredShape(declared: StateDecl | ParamDecl): Shape | undefined {
    if (declared.dims.length > 2) {
      this.report(diagnostics.rankTooHigh(declared.name.text, declared.dims.length, declared.span));
      return undefined;
    }
    const shape: Size[] = [];
    for (const dim of declared.dims) {
      const size = inferSize(dim, this.context);
      if (size === undefined) return undefined;
      const value = sizeNumber(size);
      if (value !== undefined && !(Number.isInteger(value) && value >= 1)) {
        this.report(diagnostics.notWhole(`\`${textOf(this.document, dim.span)}\` of \`${declared.name.text}\``, printSize(size), dim.span));
        return undefined;
      }
      shape.push(size);
    }
    return shape;
  }

  private lookup(expression: NameExpression): Shape | undefined {
    const { name, prime, members, span } = expression;
    if (members.length > 0) {
      this.report(diagnostics.onlyInDebugger(`${name}.${members.join('.')}`, span));
      return undefined;
    }
    this.used.add(name);
    const place = this.places.get(name);
    if (place === undefined) {
      const own = [...this.places.keys()];
      this.report(diagnostics.unknownName(name, nearest(name, own), span));
      return undefined;
    }
    if (prime) {
      if (!this.ofKind('state').some((state) => state.name.text === name)) {
        this.report(diagnostics.primeOfNoState(name, span));
        return undefined;
      }
      const update = this.ofKind('update').find((candidate) => candidate.name.text === name);
      if (!this.defined.has(`${name}'`) && update !== undefined) this.report(diagnostics.readBeforeSet(`${name}'`, this.place(name, update.name.span), span));
      // Without an equation the state itself is reported.
      return this.values.get(name);
    }
    if (!this.defined.has(name)) this.report(diagnostics.readBeforeSet(name, place, span));
    return this.values.get(name);
  }

  private checkEquation(statement: Extract<CellSyntax['statements'][number], { readonly kind: 'equation' }>, shape: Shape | undefined): void {
    const bounded = isBounded(statement.value, this.bounded);
    if (bounded && (this.places.get(statement.name.text)?.span.start ?? -1) === statement.name.span.start) this.bounded.add(statement.name.text);
    if (statement.word === 'gate' && !bounded && shape !== undefined) {
      const found = statement.value.kind === 'call' ? statement.value.callee.text : `\`${textOf(this.document, statement.value.span)}\``;
      this.report(diagnostics.gateUnbounded(statement.name.text, found, statement.value.span));
    }
  }

  private checkUpdate(statement: UpdateDecl): void {
    const name = statement.name.text;
    const shape = inferShape(statement.value, this.context);
    const states = this.ofKind('state').map((state) => state.name.text);
    if (!states.includes(name)) {
      if (name !== '') this.report(diagnostics.notAState(name, nearest(name, states), statement.name.span));
      return;
    }
    const first = this.updates.get(name);
    if (first !== undefined) return this.report(diagnostics.stateSetTwice(name, this.place(name, first.name.span), statement.span));
    this.updates.set(name, statement);
    const declared = this.values.get(name);
    this.set(`${name}'`, declared);
    if (shape !== undefined && declared !== undefined && shape.length > 0 && !sameShapes(shape, declared)) {
      const place = this.places.get(name);
      const reason = `${name} is ${printShape(declared)} and its equation gives ${printShape(shape)}`;
      const related = place === undefined ? [] : [{ message: `${name} is declared here.`, span: place.span }];
      this.report(diagnostics.shapeMismatch(`${name}' = ${textOf(this.document, statement.value.span)}`, reason, place === undefined ? '' : ` ${name} is declared in line ${place.line}.`, related, statement.span));
    }
  }

  private checkOutput(statement: OutputStatement): void {
    const shape = inferShape(statement.value, this.context);
    if (this.output !== undefined) return this.report(diagnostics.outputTwice(this.place('output', this.output.span), statement.span));
    this.output = statement;
    this.outputShape = shape;
    const { value } = statement;
    if (value.kind === 'name' && !value.prime && this.ofKind('state').some((state) => state.name.text === value.name)) this.report(diagnostics.outputOldState(value.name, value.span));
    if (shape !== undefined && shape.length > 1) {
      this.outputShape = undefined;
      this.report(diagnostics.shapeMismatch(textOf(this.document, value.span), `this is ${printShape(shape)}; a layer hands on a vector`, '', [], value.span));
    }
  }

  private checkWhole(): void {
    const states = this.ofKind('state');
    for (const state of states) {
      if (!this.updates.has(state.name.text) && state.name.text !== '') {
        const alone = states.filter((other) => other.line.start === state.line.start).length === 1;
        this.report(diagnostics.stateUnset(state.name.text, alone ? state.line : state.span));
      }
    }
    if (this.ofKind('input').length === 0) this.report(diagnostics.inputMissing(this.cell.name.text, this.cell.name.span));
    const [first] = states;
    if (this.output === undefined) {
      if (first === undefined) this.report(diagnostics.outputMissing(this.cell.name.text, this.cell.name.span));
      else {
        this.outputShape = this.values.get(first.name.text);
        if (this.outputShape !== undefined && this.outputShape.length > 1) {
          this.report(diagnostics.shapeMismatch(`${first.name.text}'`, `the first state is ${printShape(this.outputShape)}; a layer hands on a vector. Add \`output …\``, '', [], first.span));
          this.outputShape = undefined;
        }
      }
    }
    for (const param of this.ofKind('param')) if (!this.used.has(param.name.text) && param.name.text !== '') this.report(diagnostics.paramUnused(param.name.text, param.name.span));
  }
}
