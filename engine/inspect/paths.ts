// By which path the gradient leaves a step: along the highway (no matrix product in the way), or through each recurrent matrix.
// Not a norm and not a picture; the parts are vectors that add up to the whole.
// Invariant: highway + parts + mixed = what the step sends back, exactly up to rounding; a masked step is all highway.
import { type GradientRule, gradientRules, type GradientRules } from '../autodiff/gradient-rules';
import type { ValueId } from '../ir/graph';
import type { StepLine } from '../ir/model';
import { floats, sizeOf } from '../runtime/tensor';
import { numbers, type StepVariant, type TracePrograms } from '../trace/trace-programs';
import { feedsOfCopies, isValid, type RecordedWalk, seedLabel, zeroSeeds } from './recorded-step';

export interface PathSplit {
  /** ∂L/∂ the old state with the gradient of every matrix product stopped. */
  readonly highway: Float32Array;
  /** By parameter: what comes back through products with it alone. */
  readonly through: ReadonlyMap<string, Float32Array>;
  /** Through two or more matrices one after the other within the step. */
  readonly mixed: Float32Array;
  readonly total: Float32Array;
}

/** The usual rules, without the gradients of parameter matrices: what flows through time does not need them, and they cost the most. */
export function vectorVariant(line: StepLine): StepVariant {
  const params = new Set(line.step.params.map(({ id }) => id));
  const matvec: GradientRule<'matvec'> = (context) => {
    const [toMatrix, toVector] = gradientRules.matvec(context);
    return [params.has(context.args[0] ?? -1) ? undefined : toMatrix, toVector];
  };
  return { name: 'vectors', rules: { ...gradientRules, matvec } };
}

/** The usual rules, but vectors get no gradient from products, except with the matrix `open`. */
function rulesThrough(open: ValueId | undefined): GradientRules {
  const matvec: GradientRule<'matvec'> = (context) => [undefined, context.args[0] === open ? gradientRules.matvec(context)[1] : undefined];
  const blocked = (): readonly undefined[] => [undefined, undefined];
  return { ...gradientRules, matvec, matmat: blocked, dot: blocked };
}

/** Gradients through products with one parameter only, or through none: the highway. */
export function pathVariant(line: StepLine, param?: string): StepVariant {
  const id = line.step.params.find((candidate) => candidate.name === param)?.id;
  return { name: param === undefined ? 'highway' : `through ${param}`, rules: rulesThrough(id) };
}

/** Parameters whose products the recurrence may pass through: matrices that multiply something of the state's size. */
export function recurrentMatrices({ step }: StepLine): readonly string[] {
  const fromState = new Set<ValueId>(step.states.map((state) => state.old));
  const found = new Set<ValueId>();
  for (const equation of step.graph.equations) {
    if (!equation.args.some((arg) => fromState.has(arg))) continue;
    fromState.add(equation.id);
    const [matrix, vector] = equation.args;
    if (equation.op.kind === 'matvec' && matrix !== undefined && vector !== undefined && fromState.has(vector)) found.add(matrix);
  }
  return step.params.filter((param) => found.has(param.id)).map((param) => param.name);
}

/** What step t (from 0) sends back to `state`, split. `arriving`: cotangents of the new states from outside the step, by state; '' is the output's. */
export async function pathSplit(programs: TracePrograms, walk: RecordedWalk, state: string, t: number, arriving: ReadonlyMap<string, Float32Array>): Promise<PathSplit> {
  const own = walk.line.step.states.find((candidate) => candidate.name === state);
  const width = own ? sizeOf(own.shape) : 0;
  const run = async (variant: StepVariant): Promise<Float32Array> => {
    const open = await programs.step(walk.line, 1, false, variant);
    const seeds = zeroSeeds(open);
    for (const candidate of walk.line.step.states) {
      const label = seedLabel(open, candidate.name);
      const seed = seeds[label];
      arriving.get(candidate.name)?.forEach((value, i) => seed && (seed.data[i] = (seed.data[i] ?? 0) + value));
    }
    if (seeds['seed.output']) seeds['seed.output'] = floats(seeds['seed.output'].dims, arriving.get('') ?? new Float32Array(seeds['seed.output'].data.length));
    const results = await (await open.backward()).run({ ...feedsOfCopies(walk, open, t), ...seeds });
    const got = results[`old.grad.${state}`];
    return got ? numbers(got) : new Float32Array(width);
  };
  if (!isValid(walk.trace, walk.sequence, t)) {
    const held = arriving.get(state) ?? new Float32Array(width);
    return { highway: held, through: new Map(), mixed: new Float32Array(width), total: held };
  }
  const total = await run(vectorVariant(walk.line));
  const highway = await run(pathVariant(walk.line));
  const through = new Map<string, Float32Array>();
  const mixed = total.map((value, i) => value - (highway[i] ?? 0));
  for (const param of recurrentMatrices(walk.line)) {
    const withParam = await run(pathVariant(walk.line, param));
    const part = withParam.map((value, i) => value - (highway[i] ?? 0));
    part.forEach((value, i) => (mixed[i] = (mixed[i] ?? 0) - value));
    through.set(param, part);
  }
  return { highway, through, mixed, total };
}
