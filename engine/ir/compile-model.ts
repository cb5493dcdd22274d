// From a program to the model the engine runs, and what is known of its models before any data are read.
// Not the checker (../language/check.ts); this puts sizes in and lowers what has no errors.
// Invariant: never throws for any text; a model comes back only when nothing in it is an error.
import { closestName } from '../base/closest-name';
import type { Diagnostic } from '../base/diagnostic';
import { checkAround, inOrder } from '../language/check';
import { checkModel } from '../language/check-model';
import * as diagnostics from '../language/diagnostics';
import type { LossName, ModelFacts } from '../language/model-facts';
import type { Program } from '../language/program';
import { readSettings } from '../language/settings';
import { sizeNumber } from '../language/sizes';
import type { ModelSyntax, TrainBlock } from '../language/tree';
import { lowerLine } from './lower-model';
import type { DataSpec, InputShape, Model, TargetShape, TrainSettings } from './model';
import { noOverrides } from './overrides';
import type { Overrides } from './overrides';
import { combineSettings, trainSettings } from './train-settings';

export interface CompileOptions {
  /** Which of several models. */
  readonly model?: string;
  /** What the data give; left out when the model declares its input. */
  readonly input?: InputShape;
  readonly target?: TargetShape;
  readonly overrides?: Overrides;
}

export interface Compiled {
  readonly model?: Model;
  readonly diagnostics: readonly Diagnostic[];
}

export interface ModelDescription {
  readonly name: string;
  readonly span: ModelSyntax['span'];
  /** Undefined when the model declares its input on tensors. */
  readonly data?: DataSpec;
  readonly loss?: LossName;
  readonly metrics: readonly string[];
  readonly train: TrainSettings;
}

const isError = (diagnostic: Diagnostic): boolean => diagnostic.severity === 'error';

/** Every model of the main file with its data and settings, as far as they can be read. */
export function describeModels(program: Program, overrides: Overrides = noOverrides): readonly ModelDescription[] {
  return program.main.models.map((syntax) => {
    const facts = checkModel(program, program.main, syntax);
    return {
      name: syntax.name.text,
      span: syntax.span,
      metrics: facts.metrics,
      train: settingsOf(program, syntax, overrides),
      ...(facts.data === undefined ? {} : { data: facts.data }),
      ...(facts.loss === undefined ? {} : { loss: facts.loss.kind }),
    };
  });
}

/** The model named, or the only one; `model-ambiguous`, `model-unknown` or `model-missing` when there is no such one. */
export function chooseModel(program: Program, name?: string): { readonly model: ModelSyntax } | { readonly diagnostic: Diagnostic } {
  const { models, file, source } = program.main;
  const names = models.map((model) => model.name.text);
  const top = { file, start: 0, end: 0 };
  const [first, second] = models;
  if (name !== undefined) {
    const model = models.find((candidate) => candidate.name.text === name);
    return model === undefined ? { diagnostic: diagnostics.modelUnknown(name, names, closestName(name, names), top) } : { model };
  }
  if (first === undefined) return { diagnostic: diagnostics.noModel({ file, start: 0, end: Math.min(source.text.length, 1) }) };
  return second === undefined ? { model: first } : { diagnostic: diagnostics.modelAmbiguous(names, second.name.span) };
}

/** The chosen model, ready to run. Diagnostics hold the warnings too; without a model at least one is an error. */
export function compileModel(program: Program, options: CompileOptions = {}): Compiled {
  const chosen = chooseModel(program, options.model);
  const around = checkAround(program);
  if ('diagnostic' in chosen) return { diagnostics: inOrder(program, [...around, chosen.diagnostic]) };
  const { target } = options;
  const facts = checkModel(program, program.main, chosen.model, {
    ...(options.input === undefined ? {} : { input: options.input }),
    ...(target === undefined ? {} : { targetSize: target.kind === 'classes' ? target.count : target.size }),
    overrides: (options.overrides ?? noOverrides).layers,
  });
  const found = inOrder(program, [...around, ...facts.diagnostics]);
  if (found.some(isError)) return { diagnostics: found };
  const built = build(program, facts, options);
  return { ...built, diagnostics: [...found, ...built.diagnostics] };
}

function build(program: Program, facts: ModelFacts, options: CompileOptions): Compiled {
  const { loss, model: syntax, input: known } = facts;
  const y = facts.lines.find((line) => line.name === loss?.of);
  const output = y && sizeNumber(y.size);
  const input = inputShape(facts);
  if (loss === undefined || y === undefined || output === undefined || input === undefined || known === undefined) {
    return { diagnostics: [diagnostics.dataUnknown(syntax.name.text, facts.inputSpan)] };
  }
  const { target: given } = options;
  const fault = given === undefined ? undefined : targetFault(loss.kind, y.name, output, y.perStep, given);
  if (fault !== undefined) return { diagnostics: [diagnostics.targetMismatch(fault, loss.span)] };
  const target: TargetShape = given ?? (loss.kind === 'crossEntropy' ? { kind: 'classes', count: output, perStep: y.perStep } : { kind: 'numeric', size: output, perStep: y.perStep });
  const tooLarge = facts.lines.flatMap((line) => (line.kind === 'cell' ? largeParams(line.name, line.facts) : []));
  if (tooLarge.length > 0) return { diagnostics: tooLarge };
  return {
    diagnostics: [],
    model: {
      name: syntax.name.text,
      file: facts.document.file,
      span: syntax.span,
      inputSpan: facts.inputSpan,
      input,
      target,
      lines: facts.lines.map(lowerLine),
      loss,
      train: settingsOf(program, syntax, options.overrides ?? noOverrides),
      ...(facts.data === undefined ? {} : { data: facts.data }),
    },
  };
}

function inputShape({ input }: ModelFacts): InputShape | undefined {
  if (input === undefined) return undefined;
  const size = sizeNumber(input.kind === 'tokens' ? input.vocabulary : input.features);
  if (size === undefined) return undefined;
  return input.kind === 'tokens' ? { kind: 'tokens', vocabulary: size } : { kind: 'numeric', features: size };
}

/** Why a loss on `y` cannot meet this target, or undefined. */
function targetFault(loss: LossName, y: string, size: number, perStep: boolean, target: TargetShape): string | undefined {
  const wantsClasses = loss === 'crossEntropy';
  if (wantsClasses !== (target.kind === 'classes')) {
    return wantsClasses
      ? `crossEntropy needs classes, and the data's target is ${describe(target)}. Use squaredError.`
      : `${loss} needs numbers, and the data's target is ${describe(target)}. Use crossEntropy.`;
  }
  if (perStep !== target.perStep) {
    return perStep
      ? `\`${y}\` has one value a step, and the data have one target a sequence. Pool the layer, for example \`Linear(last(r))\`.`
      : `\`${y}\` has one value a sequence, and the data have one target a step. Leave the pooling out.`;
  }
  const wanted = target.kind === 'classes' ? target.count : target.size;
  if (size === wanted) return undefined;
  return `\`${y}\` has size ${size}, and the data's target is ${describe(target)}. Leave its size out, or make it ${wanted}.`;
}

function describe(target: TargetShape): string {
  if (target.kind === 'classes') return `one of ${target.count} classes`;
  return target.size === 1 ? 'one number' : `${target.size} numbers`;
}

/** A parameter may have this many elements: 1 GiB as float32, beyond what a model here can train. */
const mostElements = 2 ** 28;

function largeParams(name: string, facts: Extract<ModelFacts['lines'][number], { readonly kind: 'cell' }>['facts']): Diagnostic[] {
  return facts.params.flatMap((param) => {
    const elements = (facts.values.get(param.name.text) ?? []).reduce((product, size) => product * (sizeNumber(size) ?? 1), 1);
    return elements > mostElements ? [diagnostics.modelTooLarge(`\`${name}.${param.name.text}\``, elements, mostElements, param.span)] : [];
  });
}

function settingsOf(program: Program, model: ModelSyntax, overrides: Overrides): TrainSettings {
  const own = model.lines.filter((line): line is TrainBlock => line.kind === 'train');
  const blocks = [...program.main.trains, ...own];
  const span = blocks[blocks.length - 1]?.span;
  return trainSettings(combineSettings([...blocks.map((block) => readSettings(block).values), overrides.settings]), span);
}
