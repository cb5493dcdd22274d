// What one step of a recorded sequence adds to the gradient of each parameter of a layer, and the sum over the steps that back-propagation through the layer has visited there.
// Not the whole gradient, which the trace holds for the whole batch; this is of the recording's own sequence.
// Invariant: over all steps (and, in a batch, all sequences) the contributions add up to the trace's `grad/param/…`. A masked step adds nothing;
// a line computed once after the last step adds what it adds at that step; a learned initial state gets its gradient where its walk begins.
import { defined } from '../base/invariant';
import { OperationalError } from '../base/operational-error';
import { type Pace, unpaced } from '../inspect/pace';
import { placedParameters, type PlacedParameter } from '../ir/parameter-roles';
import { sizeOf } from '../runtime/tensor';
import { initialParameter } from '../trace/initial-states';
import type { Recording } from './recording';
import type { Unit } from './timeline';

/** By full name, row-major. */
export type Contributions = ReadonlyMap<string, Float32Array>;

interface Running {
  /** Steps that are in the sum, in the order in which they are visited. */
  visited: number;
  readonly sums: ReadonlyMap<string, Float64Array>;
}

export class StepContributions {
  /** One layer's sum is kept: a cursor that walks back through time adds a step at a time. */
  private running: { readonly layer: string; readonly at: Running } | undefined;
  /** Of all layers: every step asks for them. */
  private parameters: readonly PlacedParameter[] | undefined;
  private whole: { readonly layer: string; readonly sums: Contributions } | undefined;

  constructor(private readonly recording: Recording) {}

  /** @param t from 1. */
  async step(layer: string, t: number): Promise<Contributions> {
    const { recording } = this;
    const { model, steps } = recording;
    const placed = this.placed(layer);
    const unit = recording.timeline.units.find(({ name }) => name === layer);
    const line = defined(model.lines.find(({ name }) => name === (unit?.line.name ?? layer)), `${layer} is a line`);
    if (line.kind === 'embed') return new Map(placed.map((one) => [one.name, this.lookedUp(one, line.name, t)]));
    const walked = defined(unit, `${layer} is walked`);
    const isOnce = !walked.perStep;
    return new Map(await Promise.all(placed.map(async (one): Promise<readonly [string, Float32Array]> => {
      const initial = walked.walk?.line.step.states.find(({ name }) => one.name === initialParameter(layer, name));
      if (initial !== undefined) return [one.name, t === firstOf(walked, steps) ? recording.oldGradient(walked, initial.name, t).data.slice() : zeros(one)];
      if (isOnce && t !== steps) return [one.name, zeros(one)];
      return [one.name, (await recording.part(walked, one.name.slice(layer.length + 1), t)).data];
    })));
  }

  /** From the last step down to `t`; in a layer that walks from the end, from the first step up to `t`. */
  async sum(layer: string, t: number, pace: Pace = unpaced): Promise<Contributions> {
    const { steps } = this.recording;
    const isReversed = this.isReversed(layer);
    const wanted = isReversed ? t : steps - t + 1;
    if (this.running?.layer !== layer || this.running.at.visited > wanted) this.running = { layer, at: { visited: 0, sums: new Map(this.placed(layer).map((one) => [one.name, new Float64Array(zeros(one).length)])) } };
    const { at } = this.running;
    const from = at.visited;
    while (at.visited < wanted) {
      await pace((at.visited - from) / (wanted - from));
      const next = at.visited + 1;
      const added = await this.step(layer, isReversed ? next : steps - next + 1);
      // Somebody asked for another sum meanwhile: theirs goes on, this one begins anew.
      if (at.visited !== next - 1) return this.sum(layer, t, pace);
      for (const [name, values] of added) {
        const sum = defined(at.sums.get(name), name);
        values.forEach((value, i) => (sum[i] = (sum[i] ?? 0) + value));
      }
      at.visited = next;
    }
    const found = new Map([...at.sums].map(([name, sum]) => [name, Float32Array.from(sum)]));
    return at.visited === wanted ? found : this.sum(layer, t, pace);
  }

  /** Of the whole sequence: in a batch of one, the trace's own gradient. */
  async total(layer: string, pace: Pace = unpaced): Promise<Contributions> {
    const { trace } = this.recording;
    if (this.whole?.layer === layer) return this.whole.sums;
    const placed = this.placed(layer);
    const isAlone = (trace.batch.x.dims[0] ?? 1) === 1;
    const sums = isAlone ? new Map(placed.map(({ name }) => [name, this.recording.paramGradient(name).data])) : await this.sum(layer, this.isReversed(layer) ? this.recording.steps : 1, pace);
    this.whole = { layer, sums };
    return sums;
  }

  private isReversed(layer: string): boolean {
    return this.recording.timeline.units.some(({ name, walk }) => name === layer && walk?.half.reversed === true);
  }

  private placed(layer: string): readonly PlacedParameter[] {
    this.parameters ??= placedParameters(this.recording.model);
    const placed = this.parameters.filter((one) => one.layer === layer);
    if (placed.length === 0) throw new OperationalError('no-layer', `There is no layer ${layer} with parameters.`);
    return placed;
  }

  /** An embedding's row of the token that is read gets what arrives at the line; every other row gets nothing. */
  private lookedUp(one: PlacedParameter, line: string, t: number): Float32Array {
    const added = zeros(one);
    const { data } = this.recording.lineGradient(line, t);
    added.set(data, (this.recording.x(t).data[0] ?? 0) * data.length);
    return added;
  }
}

function firstOf({ walk }: Unit, steps: number): number {
  return walk?.half.reversed === true ? steps : 1;
}

function zeros({ shape }: PlacedParameter): Float32Array {
  return new Float32Array(sizeOf(shape));
}
