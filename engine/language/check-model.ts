// Checks one model: its lines, what each hands on, and that the cells it uses fit where they stand.
// Not its lowering (../ir/lower-model.ts).
// Invariant: never throws; works without data (sizes stay symbols); with the data's shapes and no errors, every size is a number.
import type { Diagnostic } from '../base/diagnostic';
import type { Span } from '../base/span';
import { numberOf } from './constants';
import { nearest } from './did-you-mean';
import * as diagnostics from './diagnostics';
import { embeddings, isEmbedding, isFunction, isPooling, reservedNames } from './functions';
import { checkLayerCall } from './check-layer';
import type { LayerCall } from './check-layer';
import { inferShape, orderedArguments, reportUnknownCall, textOf } from './infer-shape';
import type { ShapeContext } from './infer-shape';
import type { DataFact, InputFact, KnownShapes, LossFact, ModelFacts, PlannedLine } from './model-facts';
import { largestSize, readData, readInput, readLoss } from './model-lines';
import type { LineReader } from './model-lines';
import type { Program } from './program';
import { readSettings } from './settings';
import { numberSize, printShape, symbolSize } from './sizes';
import type { Size } from './sizes';
import type { CallExpression, Expression, ModelSyntax, NamedLine, NameExpression, SourceDocument } from './tree';

/** Sources whose names for their data are not `x`; models on them can be read but not run yet. */
const twoSequenceSources: readonly string[] = ['pairs'];

export function checkModel(program: Program, document: SourceDocument, model: ModelSyntax, known: KnownShapes = {}): ModelFacts {
  return new ModelChecker(program, document, model, known).facts();
}

/** A line as others see it while the model is walked. */
interface LineFact {
  readonly size: Size | undefined;
  readonly perStep: boolean;
  readonly declared: diagnostics.Declared;
}

class ModelChecker {
  private readonly diagnostics: Diagnostic[] = [];
  private readonly planned: PlannedLine[] = [];
  private readonly found = new Map<string, LineFact>();
  private readonly later = new Map<string, diagnostics.Declared>();
  private input: InputFact | undefined;
  private inputDeclared = false;
  private readonly lossOf: string | undefined;
  private readonly reader: LineReader;

  constructor(
    private readonly program: Program,
    private readonly document: SourceDocument,
    private readonly model: ModelSyntax,
    private readonly known: KnownShapes,
  ) {
    this.reader = { document, report: (found) => void this.diagnostics.push(found) };
    for (const line of this.named()) if (!this.later.has(line.name.text)) this.later.set(line.name.text, this.place(line.name.text, line.name.span));
    const loss = this.ofKind('loss')[0]?.value;
    const of = loss?.kind === 'call' ? loss.args[0]?.value : undefined;
    this.lossOf = of?.kind === 'name' ? of.name : undefined;
  }

  facts(): ModelFacts {
    const data = this.data();
    this.declareInput(data);
    const blocked = data !== undefined && twoSequenceSources.includes(data.source);
    if (blocked) this.report(diagnostics.notYet('A model of two sequences', data.span));
    else for (const line of this.named()) this.line(line);
    const loss = blocked ? undefined : this.loss();
    const blocks = this.ofKind('train');
    for (const block of blocks) this.diagnostics.push(...readSettings(block).diagnostics);
    const firstInput = this.ofKind('data')[0] ?? this.ofKind('input')[0];
    return {
      model: this.model,
      document: this.document,
      lines: this.planned,
      loss,
      data,
      input: this.input,
      inputSpan: firstInput === undefined ? this.model.name.span : firstInput.kind === 'data' ? firstInput.span : firstInput.line,
      metrics: this.ofKind('metric').flatMap((line) => line.names.map((name) => name.text)),
      settings: blocks.flatMap((block) => block.settings),
      diagnostics: this.diagnostics,
    };
  }

  private report(diagnostic: Diagnostic): void {
    this.diagnostics.push(diagnostic);
  }

  private ofKind<K extends ModelSyntax['lines'][number]['kind']>(kind: K) {
    return this.model.lines.filter((line): line is Extract<ModelSyntax['lines'][number], { readonly kind: K }> => line.kind === kind);
  }

  private named(): readonly NamedLine[] {
    return this.ofKind('line');
  }

  private place(name: string, span: Span): diagnostics.Declared {
    return { name, line: this.document.source.positionAt(span.start).line, span };
  }

  // ---- input and data

  private data(): DataFact | undefined {
    const [first, second] = this.ofKind('data');
    if (second !== undefined && first !== undefined) this.report(diagnostics.lineTwice('data', this.place('data', first.span), second.span));
    const declared = this.ofKind('input')[0];
    if (first !== undefined && declared !== undefined) {
      const [earlier, later] = first.span.start < declared.line.start ? [first.span, declared.line] : [declared.line, first.span];
      this.report(diagnostics.lineTwice('data` or `input', this.place('data', earlier), later));
    }
    return first === undefined ? undefined : readData(first, this.reader);
  }

  private declareInput(data: DataFact | undefined): void {
    const given = this.known.input;
    if (given !== undefined) this.input = given.kind === 'tokens' ? { kind: 'tokens', vocabulary: numberSize(given.vocabulary) } : { kind: 'numeric', features: numberSize(given.features) };
    const [declared, another] = this.ofKind('input');
    if (declared !== undefined && another !== undefined) this.report(diagnostics.lineTwice('input', this.place('input', declared.line), another.line));
    if (declared === undefined) {
      if (data === undefined) this.report(diagnostics.lineMissing(this.model.name.text, 'data', 'data text("file.txt", unit: char, length: 64)', this.model.name.span));
      return;
    }
    this.inputDeclared = true;
    if (declared.name.text !== 'x' && declared.name.text !== '') this.report(diagnostics.inputName(declared.name.text, declared.name.span));
    this.input ??= readInput(declared, this.reader);
  }

  private tokens(name: NameExpression): Size | undefined {
    if (this.input?.kind === 'numeric') {
      this.report(diagnostics.numbersNotTokens(name.name, name.span));
      return undefined;
    }
    if (this.input === undefined && !this.inputDeclared) this.input = { kind: 'tokens', vocabulary: symbolSize('vocabulary') };
    return this.input?.vocabulary;
  }

  private features(name: NameExpression): Size | undefined {
    if (this.input?.kind === 'tokens') {
      this.report(diagnostics.tokensNotNumbers(name.name, name.span));
      return undefined;
    }
    if (this.input === undefined && !this.inputDeclared) this.input = { kind: 'numeric', features: symbolSize('features') };
    return this.input?.features;
  }

  // ---- lines

  private line(line: NamedLine): void {
    const name = line.name.text;
    const first = this.found.get(name)?.declared;
    if (reservedNames.includes(name)) this.report(diagnostics.reservedName(name, line.name.span));
    else if (name === 'x' || name === 'target') this.report(diagnostics.nameOfData(name, line.name.span));
    else if (first !== undefined) this.report(diagnostics.duplicateName(name, first, line.name.span));
    const namer = new Namer(name);
    const planned = this.plan(line.value, name, line.word, line.span, namer);
    this.checkWord(line, planned);
    if (name === '' || first !== undefined) return;
    this.found.set(name, { size: planned?.size, perStep: planned?.perStep ?? true, declared: this.place(name, line.name.span) });
    if (planned !== undefined && !this.planned.includes(planned)) this.planned.push(planned);
  }

  private checkWord(line: NamedLine, planned: PlannedLine | undefined): void {
    if (planned === undefined) return;
    const span = { ...line.span, end: line.span.start + line.word.length };
    if (line.word === 'embed' && planned.kind !== 'embed') this.report(diagnostics.layerWord('embed', planned.kind === 'cell' ? 'layer' : 'let', `it holds no ${embeddings.join(' or ')}`, span));
    if (line.word === 'layer' && planned.kind !== 'cell') this.report(diagnostics.layerWord('layer', planned.kind === 'embed' ? 'embed' : 'let', 'it calls no cell', span));
  }

  /** The line that an expression is; nested calls have become lines before it. */
  private plan(expression: Expression, name: string, role: PlannedLine['role'], span: Span, namer: Namer): PlannedLine | undefined {
    if (expression.kind === 'call') {
      const { callee } = expression;
      if (isEmbedding(callee.text)) return this.planEmbed(expression, name, role, span);
      if (isPooling(callee.text) && expression.args.length === 1 && (callee.text === 'last' || callee.text === 'first' || this.isLayer(expression))) return this.planPool(expression, name, role, span, namer);
      if (!isFunction(callee.text)) return this.planCell(expression, name, role, span, namer);
    }
    return this.planExpression(expression, name, role, span, namer);
  }

  /** `mean(r)` and `max(r)` pool a layer that has steps; of a pooled one they reduce its last axis. */
  private isLayer(call: CallExpression): boolean {
    const value = call.args[0]?.value;
    return value?.kind !== 'name' || this.found.get(value.name)?.perStep !== false;
  }

  private planEmbed(call: CallExpression, name: string, role: PlannedLine['role'], span: Span): PlannedLine | undefined {
    const how = isEmbedding(call.callee.text) ? call.callee.text : 'Embedding';
    const spec = { shape: 'elementwise' as const, args: how === 'Embedding' ? ['of', 'size'] : ['of'], doc: '' };
    const [of, size] = orderedArguments(call, spec, { report: (found) => void this.report(found) }) ?? [];
    if (of === undefined) return undefined;
    if (of.value.kind !== 'name' || of.value.name !== 'x') {
      if (of.value.kind !== 'missing') this.report(diagnostics.numbersNotTokens(textOf(this.document, of.value.span), of.value.span));
      return undefined;
    }
    const vocabulary = this.tokens(of.value);
    const number = size && (this.known.overrides?.get(`${name}.size`) ?? numberOf(size.value));
    if (size !== undefined && !(number !== undefined && Number.isInteger(number) && number >= 1 && number <= largestSize)) {
      if (size.value.kind !== 'missing') this.report(diagnostics.notWhole('of an embedding', number === undefined ? 'not a number' : String(number), size.value.span));
      return undefined;
    }
    if (vocabulary === undefined) return undefined;
    return { kind: 'embed', name, span, role, size: number === undefined ? vocabulary : numberSize(number), perStep: true, how, vocabulary, of: of.value.name };
  }

  private planPool(call: CallExpression, name: string, role: PlannedLine['role'], span: Span, namer: Namer): PlannedLine | undefined {
    const [arg] = call.args;
    if (arg === undefined || !isPooling(call.callee.text)) return undefined;
    const of = this.materialise(arg.value, namer);
    if (of === undefined) return undefined;
    if (!of.perStep) {
      this.report(diagnostics.alreadyPooled(textOf(this.document, arg.value.span), call.span));
      return undefined;
    }
    return { kind: 'pool', name, span, role, size: of.size, perStep: false, how: call.callee.text, of: of.line };
  }

  private planCell(call: CallExpression, name: string, role: PlannedLine['role'], span: Span, namer: Namer): PlannedLine | undefined {
    const found = this.program.cell(call.callee.text);
    if (found === undefined) {
      reportUnknownCall(call, [...this.program.cellNames, ...embeddings, 'last', 'first'], { report: (diagnostic) => void this.report(diagnostic) });
      for (const arg of call.args) if (arg.name === undefined) this.materialise(arg.value, namer);
      return undefined;
    }
    const layer: LayerCall = {
      call,
      name,
      found,
      document: this.document,
      wanted: name === this.lossOf || name.startsWith('loss.') ? this.targetSize() : undefined,
      overrides: this.known.overrides ?? new Map(),
      materialise: (value) => this.materialise(value, namer),
      report: (diagnostic) => void this.report(diagnostic),
    };
    const checked = checkLayerCall(layer);
    return checked && { kind: 'cell', name, span, role, ...checked };
  }

  private targetSize(): Size | undefined {
    if (this.known.targetSize !== undefined) return numberSize(this.known.targetSize);
    return this.inputDeclared ? undefined : symbolSize('classes');
  }

  /** The line behind an expression: a name's, or a new one. */
  private materialise(expression: Expression, namer: Namer): { readonly line: string; readonly size: Size; readonly perStep: boolean } | undefined {
    if (expression.kind === 'name') {
      const size = this.lookup(expression);
      return size && { line: expression.name, size, perStep: this.found.get(expression.name)?.perStep ?? true };
    }
    const planned = this.plan(expression, '', 'let', expression.span, namer);
    if (planned === undefined) return undefined;
    const line = { ...planned, name: namer.next(), role: planned.kind === 'cell' && planned.facts.states.length > 0 ? ('layer' as const) : ('let' as const) };
    this.planned.push(line);
    this.found.set(line.name, { size: line.size, perStep: line.perStep, declared: this.place(line.name, expression.span) });
    return { line: line.name, size: line.size, perStep: line.perStep };
  }

  /** The size that a name hands on; reports what is wrong with it. */
  private lookup(expression: NameExpression): Size | undefined {
    const { name, prime, members, span } = expression;
    if (members.length > 0) this.report(diagnostics.onlyInDebugger(textOf(this.document, span), span));
    else if (prime) this.report(diagnostics.primeOfNoState(name, span));
    else if (name === 'x') return this.features(expression);
    else if (this.found.has(name)) return this.found.get(name)?.size;
    else {
      const later = this.later.get(name);
      if (later !== undefined) this.report(diagnostics.readBeforeSet(name, later, span));
      else this.report(diagnostics.unknownName(name, nearest(name, ['x', ...this.later.keys()]), span));
    }
    return undefined;
  }

  private planExpression(expression: Expression, name: string, role: PlannedLine['role'], span: Span, namer: Namer): PlannedLine | undefined {
    const inputs = new Map<string, { readonly line: string; readonly size: Size; readonly span: Span; readonly perStep: boolean; readonly text: string }>();
    const lineOf = new Map<CallExpression | NameExpression, string>();
    const use = (at: CallExpression | NameExpression) => {
      const found = this.materialise(at, namer);
      if (found === undefined) return undefined;
      lineOf.set(at, found.line);
      if (!inputs.has(found.line)) inputs.set(found.line, { ...found, span: at.span, text: textOf(this.document, at.span) });
      return [found.size];
    };
    const shapes: ShapeContext['shapes'] = new Map();
    const context: ShapeContext = {
      document: this.document,
      sizes: new Map(),
      shapes,
      lookup: use,
      call: use,
      pools: (call) => isPooling(call.callee.text) && call.args.length === 1 && this.isLayer(call),
      declarationOf: () => undefined,
      isSteps: () => false,
      report: (diagnostic) => void this.report(diagnostic),
    };
    const shape = inferShape(expression, context);
    if (shape === undefined) return undefined;
    if (shape.length > 1) {
      this.report(diagnostics.shapeMismatch(textOf(this.document, expression.span), `this is ${printShape(shape)}; a line hands on a vector`, '', [], expression.span));
      return undefined;
    }
    const used = [...inputs.values()];
    const [first] = used;
    if (first === undefined) {
      this.report(diagnostics.notAnExpression('A line that uses no other line', expression.span));
      return undefined;
    }
    const other = used.find((input) => input.perStep !== first.perStep);
    if (other !== undefined) {
      const [pooled, stepped] = first.perStep ? [other, first] : [first, other];
      this.report(diagnostics.mixedTime(textOf(this.document, expression.span), pooled.text, stepped.text, expression.span));
      return undefined;
    }
    return { kind: 'expression', name, span, role, size: shape[0] ?? numberSize(1), perStep: first.perStep, expression, shapes, inputs: used, lineOf };
  }

  // ---- loss

  private loss(): LossFact | undefined {
    const [first, second] = this.ofKind('loss');
    if (first === undefined) {
      this.report(diagnostics.lineMissing(this.model.name.text, 'loss', 'loss crossEntropy(y)', this.model.name.span));
      return undefined;
    }
    if (second !== undefined) this.report(diagnostics.lineTwice('loss', this.place('loss', first.span), second.span));
    const read = readLoss(first, this.reader);
    if (read === undefined) return undefined;
    const line = this.materialise(read.of, new Namer('loss'));
    // A line whose size is not known is still the loss's line.
    const of = line?.line ?? (read.of.kind === 'name' ? read.of.name : undefined);
    return of === undefined ? undefined : { kind: read.kind, of, span: first.span };
  }
}

/** Names for nested calls: `y.1`, `y.2`, … */
class Namer {
  private count = 0;

  constructor(private readonly line: string) {}

  next(): string {
    this.count++;
    return `${this.line}.${this.count}`;
  }
}
