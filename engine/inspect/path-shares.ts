// By which path a loss's gradient arrives at a state, step after step: the parts' norms, and what the highway alone would bring.
// Not one step's vectors (paths.ts); many steps are rows of one program here.
// Invariant: entry t is about what the step after t (in the walk's own direction) sends to the state after step t; 0 where nothing arrives.
import { defined } from '../base/invariant';
import type { StepLine } from '../ir/model';
import { floats, sizeOf } from '../runtime/tensor';
import { numbers, type StepVariant, type TracePrograms } from '../trace/trace-programs';
import { type Pace, unpaced, within } from './pace';
import { pathVariant, recurrentMatrices } from './paths';
import { feedsOfRows, isValid, type RecordedWalk, seedLabel, timeOf, zeroSeeds } from './recorded-step';
import { seededBackward, type SeededBackward } from './seeded-backward';

export interface PathShares {
  /** `highway`, parameters, `mixed`. */
  readonly parts: readonly { readonly name: string; readonly kind: 'highway' | 'parameter' | 'mixed' }[];
  /** Norm of each part, `[parts, time]`; norms of parts do not add up to the whole's. */
  readonly norms: Float64Array;
  /** ‖what arrives with every matrix product stopped since the loss‖ / ‖what arrives‖, `[time]`. */
  readonly highwayAlone: Float64Array;
}

const rowsAtOnce = 32;

/** @param loss from 0; 'mean' is the trace's own. */
export async function pathShares(programs: TracePrograms, walk: RecordedWalk, state: string, loss: number | 'mean', pace: Pace = unpaced): Promise<PathShares> {
  const { model, trace, line, half, sequence } = walk;
  const key = `${half.prefix}.${state}`;
  const whole = await seededBackward(programs, model, trace, { sequence, losses: loss === 'mean' ? loss : [loss], keepVectors: true, pace: within(pace, 0, 0.2) });
  const highway = await seededBackward(programs, model, trace, {
    sequence, losses: loss === 'mean' ? loss : [loss], keepVectors: true, pace: within(pace, 0.2, 0.4),
    variant: (each) => (each === line ? pathVariant(line) : undefined),
  });
  const matrices = recurrentMatrices(line);
  const variants: readonly (StepVariant | undefined)[] = [undefined, pathVariant(line), ...matrices.map((param) => pathVariant(line, param))];
  const time = timeOf(trace);
  const last = loss === 'mean' ? (half.reversed ? 0 : time - 1) : loss;
  const width = sizeOf(defined(line.step.states.find(({ name }) => name === state), `${state} is a state`).shape);
  const norms = new Float64Array(time * (matrices.length + 2));
  const steps = arrivingSteps(walk, last);
  for (let first = 0; first < steps.length; first += rowsAtOnce) {
    const rows = steps.slice(first, first + rowsAtOnce);
    const sent: Float32Array[] = [];
    for (const [index, variant] of variants.entries()) {
      await pace(0.4 + (0.6 * (first + (index / variants.length) * rows.length)) / steps.length);
      sent.push(await sentBack(programs, walk, state, rows, whole, variant));
    }
    rows.forEach((t, row) => noteNorms(norms, half.reversed ? t + 1 : t - 1, sent.map((all) => all.subarray(row * width, (row + 1) * width)), isValid(trace, sequence, t), arrivingAt(whole, key, half.reversed ? t + 1 : t - 1)));
  }
  return { ...parted(norms, matrices), highwayAlone: ratios(arrivals(whole, key, time), arrivals(highway, key, time), last, half.reversed) };
}

/** Steps that send something back: from the loss's own to the second (in the walk's own direction). */
function arrivingSteps({ half, trace }: RecordedWalk, loss: number): readonly number[] {
  const time = timeOf(trace);
  return half.reversed ? Array.from({ length: time - 1 - loss }, (_, i) => loss + i) : Array.from({ length: loss }, (_, i) => loss - i);
}

async function sentBack(programs: TracePrograms, walk: RecordedWalk, state: string, steps: readonly number[], seeded: SeededBackward, variant: StepVariant | undefined): Promise<Float32Array> {
  const { line, half, sequence } = walk;
  const open = await programs.step(line, rowsAtOnce, false, variant);
  const seeds = zeroSeeds(open);
  const add = (label: string, values: Float32Array, row: number): void => {
    const seed = defined(seeds[label], `${label} is a seed`).data;
    values.forEach((value, i) => (seed[row * values.length + i] = (seed[row * values.length + i] ?? 0) + value));
  };
  steps.forEach((t, row) => {
    for (const { name } of line.step.states) add(seedLabel(open, name), arrivingAt(seeded, `${half.prefix}.${name}`, t), row);
    const output = seeded.outputs.get(half.prefix);
    if (output && seeds['seed.output']) {
      const size = half.size;
      seeds['seed.output'] = floats(seeds['seed.output'].dims, seeds['seed.output'].data);
      add('seed.output', output.subarray(t * size, (t + 1) * size), row);
    }
  });
  const results = await (await open.backward()).run({ ...feedsOfRows(walk, open, steps.map((t) => ({ sequence, t }))), ...seeds });
  const got = results[`old.grad.${state}`];
  const width = sizeOf(defined(line.step.states.find(({ name }) => name === state), `${state} is a state`).shape);
  return got ? numbers(got) : new Float32Array(rowsAtOnce * width);
}

function arrivingAt(seeded: SeededBackward, key: string, t: number): Float32Array {
  const { arriving, size } = defined(seeded.states.get(key), `${key} was walked`);
  return defined(arriving, 'vectors were kept').subarray(t * size, (t + 1) * size);
}

function noteNorms(norms: Float64Array, t: number, [total, highway, ...through]: readonly Float32Array[], valid: boolean, held: Float32Array): void {
  const count = through.length + 2;
  if (!valid || !total || !highway) {
    // A masked step carries the state: all of it goes straight.
    norms[t * count] = norm(held);
    return;
  }
  const mixed = total.map((value, i) => value - (highway[i] ?? 0));
  norms[t * count] = norm(highway);
  through.forEach((with_, index) => {
    const part = with_.map((value, i) => value - (highway[i] ?? 0));
    part.forEach((value, i) => (mixed[i] = (mixed[i] ?? 0) - value));
    norms[t * count + 1 + index] = norm(part);
  });
  const rest = norm(mixed);
  // What only rounding leaves is nothing.
  norms[t * count + count - 1] = rest < 1e-5 * norm(total) ? 0 : rest;
}

function parted(norms: Float64Array, matrices: readonly string[]): Pick<PathShares, 'parts' | 'norms'> {
  const all = [{ name: 'highway', kind: 'highway' as const }, ...matrices.map((name) => ({ name, kind: 'parameter' as const })), { name: 'mixed', kind: 'mixed' as const }];
  const count = all.length;
  const used = all.flatMap((part, place) => (part.kind === 'parameter' || norms.some((value, at) => at % count === place && value > 0) ? [{ part, place }] : []));
  const time = norms.length / count;
  const each = new Float64Array(used.length * time);
  used.forEach(({ place }, row) => {
    for (let t = 0; t < time; t++) each[row * time + t] = norms[t * count + place] ?? 0;
  });
  return { parts: used.map(({ part }) => part), norms: each };
}

function arrivals(seeded: SeededBackward, key: string, time: number): Float64Array {
  return Float64Array.from({ length: time }, (_, t) => norm(arrivingAt(seeded, key, t)));
}

/** At the loss's own step and after it nothing arrives from later ones. */
function ratios(whole: Float64Array, part: Float64Array, loss: number, reversed: boolean): Float64Array {
  return Float64Array.from(whole, (value, t) => (reversed ? t > loss : t < loss) ? (part[t] ?? 0) / value : NaN);
}

function norm(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}

/** Whether some gradient passes a step of the line from the state to itself without a matrix product, by the form of its equations. */
export function hasHighway({ step }: StepLine, state: string): boolean {
  const own = defined(step.states.find(({ name }) => name === state), `${state} is a state`);
  const reached = new Set([own.old]);
  for (const { id, op, args } of step.graph.equations) {
    // Products stop the path; a condition passes nothing.
    if (op.kind === 'matvec' || op.kind === 'matmat' || op.kind === 'dot' || op.kind === 'stop') continue;
    if ((op.kind === 'where' ? args.slice(1) : args).some((arg) => reached.has(arg))) reached.add(id);
  }
  return reached.has(own.next);
}
