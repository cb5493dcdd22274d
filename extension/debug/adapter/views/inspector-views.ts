// Answers what the gradient inspector asks about a recorded pass, by the engine's measurements over its trace.
// Not the measurements (engine/inspect) and not the sentences, which are the page's.
// Invariant: what cannot be had for this layer is null; steps count from 1 outside and from 0 inside the engine.
import { defined } from '../../../../engine/base/invariant';
import { OperationalError } from '../../../../engine/base/operational-error';
import { alignLayers } from '../../../../engine/debug/compare-recordings';
import type { Recording } from '../../../../engine/debug/recording';
import { GateSaturation } from '../../../../engine/inspect/gate-saturation';
import { keepingGate } from '../../../../engine/inspect/keeping-gate';
import { lossSteps } from '../../../../engine/inspect/loss-steps';
import { GateMemory, lastLossRatios, ratioQuantiles } from '../../../../engine/inspect/memory-horizon';
import { type Pace, within } from '../../../../engine/inspect/pace';
import { parameterParts } from '../../../../engine/inspect/parameter-parts';
import { hasHighway, pathShares } from '../../../../engine/inspect/path-shares';
import type { RecordedWalk } from '../../../../engine/inspect/recorded-step';
import { powerNorms, recurrentFactors } from '../../../../engine/inspect/recurrent-factors';
import { seededBackward } from '../../../../engine/inspect/seeded-backward';
import { spectralRadii } from '../../../../engine/inspect/spectral-radii';
import { eigenvalues, largestEigenvalues } from '../../../../engine/inspect/spectrum';
import { stepJacobian } from '../../../../engine/inspect/step-jacobian';
import type { StepLine } from '../../../../engine/ir/model';
import type { Weights } from '../../../../engine/trace/trace';
import type { TracePrograms } from '../../../../engine/trace/trace-programs';
import type { HorizonBand, InspectorHost, LossCurves, Spectrum } from '../../../../protocol/inspector-page';
import { firstNonFinite, laneNames, laneNumbers } from './lane-numbers';
import { norm } from './state-flow';
import { TriangleViews } from './triangle-views';
import { validationPasses } from './validation-passes';
import { type LayerUnit, layersOf, needStep, needTrace, type ViewSource } from './view-source';
import { type Urgency, WorkQueue } from './work-queue';

type Requests = InspectorHost['requests'];
type Answer<N extends keyof Requests> = (params: Requests[N]['params']) => Promise<Requests[N]['result']>;

/** State values up to which all eigenvalues are computed, how many otherwise, and beyond which there is no Jacobian at all. */
const mostEigenvalues = 256;
const fewEigenvalues = 32;
const largestJacobian = 2048;

/** A recording with the programs that it may be measured by. */
export interface ComparedPass {
  readonly recording: Recording;
  readonly programs: TracePrograms;
}

interface OverValidation {
  readonly sequences: number;
  /** By `<layer>.<state>`. */
  readonly ratios: ReadonlyMap<string, readonly Float64Array[]>;
  readonly saturation: ReadonlyMap<string, GateSaturation>;
  readonly memory: ReadonlyMap<string, GateMemory>;
}

export class InspectorViews {
  /** For others that run the same programs. */
  readonly queue: WorkQueue;
  private readonly triangles: TriangleViews;
  private readonly over = new Map<Weights | Recording, Promise<OverValidation>>();

  /** @param compared another recording over the same sequence, maybe of another model. @param cursor the step that is always among the triangle's losses. */
  constructor(
    private readonly view: ViewSource,
    breathe: () => Promise<void>,
    cursor: () => number = () => 1,
    private readonly compared: () => ComparedPass | undefined = () => undefined,
    /** Words of a layer's gates, by name. */
    private readonly words: (layer: number) => readonly (readonly [string, string])[] = () => [],
  ) {
    this.queue = new WorkQueue(breathe);
    this.triangles = new TriangleViews(this.queue, () => cursor() - 1);
  }

  /** Ends what is under way. */
  stop(): void {
    this.queue.stop();
  }

  readonly curves: Answer<'curves'> = ({ traceId, layer, loss }) => this.measure('curves', 0, traceId, layer, async (unit, pace): Promise<LossCurves> => {
    const { recording } = this.view;
    const losses = this.losses(recording);
    const states = unit.walk.line.step.states.map(({ name }) => name);
    const counted = losses.length;
    const all = states.map((state) => norms(recording, unit, state, counted));
    const nonFinite = firstBroken(recording);
    const more = { all: defined(all[0], 'a layer has a state'), ...(nonFinite === undefined ? {} : { nonFinite }) };
    if (loss === null) return { loss, states: states.map((name, index) => ({ name, norm: defined(all[index], name) })), ...more };
    const of = await this.normsOf(this.view, unit, this.known(loss), within(pace, 0, 0.5));
    const other = this.otherLayer(layer);
    const { reversed } = unit.walk.half;
    const enters = startOf(defined(of[0], 'a layer has a state'), loss, recording.model.target.perStep, reversed);
    const beside = other?.unit.walk.half.reversed === reversed && (await this.normsOf(other.pass, other.unit, this.known(loss), within(pace, 0.5, 1)))[0];
    return { loss, states: states.map((name, index) => ({ name, norm: defined(of[index], name) })), ...more, ...(reversed ? { reversed } : {}), ...(enters === loss ? {} : { start: enters }), ...(beside ? { compared: beside } : {}) };
  });

  readonly paths: Answer<'paths'> = ({ traceId, layer, loss }) => this.measure('paths', 0, traceId, layer, async (unit, pace) => {
    const { line } = unit.walk;
    const state = line.step.states.map(({ name }) => name).filter((name) => hasHighway(line, name)).at(-1);
    if (state === undefined) return null;
    const { parts, norms: each, highwayAlone } = await pathShares(this.view.programs, this.walk(unit), state, loss === null ? 'mean' : this.known(loss), pace);
    const { steps } = this.view.recording;
    return {
      state, highwayLeft: highwayAlone, ...(unit.walk.half.reversed ? { reversed: true } : {}),
      paths: parts.map(({ name, kind }, part) => ({ name: kind === 'highway' ? highwayName(line, state) : kind === 'mixed' ? 'two of them' : name, kind: kind === 'highway' ? kind : 'parameter', norm: each.slice(part * steps, (part + 1) * steps) })),
    };
  });

  readonly factors: Answer<'factors'> = ({ traceId, layer, loss }) => this.measure('factors', 0, traceId, layer, (unit) => {
    const { recording } = this.view;
    const { line, half } = unit.walk;
    const [state] = line.step.states;
    if (!state || hasHighway(line, state.name)) return null;
    const found = recurrentFactors(this.walk(unit), state.name);
    if (!found) return null;
    const start = loss === null ? (this.losses(recording).at(-1) ?? 0) : this.known(loss);
    const count = half.reversed ? recording.steps - start : start + 1;
    const powers = powerNorms(found.matrix, found.radius, count);
    const weights = new Float64Array(recording.steps).fill(NaN);
    const slopes = weights.slice();
    let slope = 1;
    for (let n = 0; n < count; n++) {
      const t = half.reversed ? start + n : start - n;
      weights[t] = powers[n] ?? NaN;
      slopes[t] = slope;
      slope *= found.derivatives[t] ?? NaN;
    }
    return { weights, slopes };
  });

  readonly triangle: Answer<'triangle'> = async ({ traceId, layer, ...asked }) => {
    const unit = this.layer(traceId, layer);
    const other = asked.of === 'compared' ? this.otherLayer(layer) : { pass: this.view, unit };
    if (other === undefined) return null;
    const [state] = other.unit.walk.line.step.states;
    return this.triangles.ask(other.pass, `${other.unit.name}.${defined(state, 'a layer has a state').name}`, asked);
  };

  readonly triangleRow: Answer<'triangleRow'> = async ({ traceId, layer, of, loss }) => {
    const unit = this.layer(traceId, layer);
    const other = of === 'compared' ? this.otherLayer(layer) : { pass: this.view, unit };
    if (other === undefined) return null;
    const [state] = other.unit.walk.line.step.states;
    return { loss, norm: await this.triangles.row(other.pass, `${other.unit.name}.${defined(state, 'a layer has a state').name}`, of, this.known(loss)) };
  };

  readonly stopTriangle: Answer<'stopTriangle'> = ({ traceId, layer, of }) => {
    this.layer(traceId, layer);
    this.triangles.stop(of);
    return Promise.resolve(null);
  };

  readonly spectrum: Answer<'spectrum'> = ({ traceId, layer, step }) => this.measure('spectrum', 0, traceId, layer, async (unit) => {
    needStep(this.view, step);
    const run = await this.spectrumOf(this.view, unit, step);
    const other = this.otherLayer(layer);
    const beside = other && run && (await this.spectrumOf(other.pass, other.unit, step));
    return run && { run, ...(beside ? { compared: beside } : {}) };
  });

  readonly radii: Answer<'radii'> = ({ traceId, layer }) => this.measure('radii', 1, traceId, layer, async (unit, pace) => Float64Array.from(await spectralRadii(this.view.programs, this.walk(unit), pace)));

  readonly parameters: Answer<'parameters'> = ({ traceId, layer, loss }) => this.measure('parameters', 1, traceId, layer, async (unit, pace) => {
    const parts = await parameterParts(this.view.programs, this.walk(unit), loss === null ? 'mean' : this.known(loss), pace);
    const { steps } = this.view.recording;
    const norm_ = new Float32Array(parts.length * steps);
    parts.forEach((part, row) => norm_.set(part.norms, row * steps));
    return { rows: parts.map(({ name, sum }) => ({ name, sum, group: equationOf(unit.walk.line, name) })), norm: norm_ };
  });

  readonly saturation: Answer<'saturation'> = ({ traceId, layer }) => this.measure('saturation', 2, traceId, layer, async (unit, pace) => {
    const { saturation } = await this.overValidation(pace);
    const words = new Map(this.words(layer));
    return { gates: defined(saturation.get(unit.name), 'every layer was counted').shares().map(({ gate, open, closed }) => ({ name: gate, ...(words.get(gate) === undefined ? {} : { words: words.get(gate) as string }), open, closed })) };
  });

  readonly horizon: Answer<'horizon'> = ({ traceId, layer }) => this.measure('horizon', 2, traceId, layer, async (unit, pace) => {
    const other = this.otherLayer(layer);
    const { sequences, ratios, memory } = await this.overValidation(other ? within(pace, 0, 0.5) : pace);
    const run = bandOver(ratios, unit);
    const beside = other && bandOver((await this.overValidation(within(pace, 0.5, 1), other.pass)).ratios, other.unit);
    const gate = defined(memory.get(unit.name), 'every layer was counted');
    const longest = gate.longest();
    return {
      sequences, run, ...(beside ? { compared: beside } : {}),
      ...(longest && gate.keeps ? { longest: { ...longest, gate: gate.keeps.gate, product: Float64Array.from(run.median, (_, k) => 0.5 ** (k / longest.halfLife)) } } : {}),
    };
  });

  private measure<T>(kind: string, urgency: Urgency, traceId: string, layer: number, work: (unit: LayerUnit, pace: Pace) => T | Promise<T>): Promise<T> {
    try {
      const unit = this.layer(traceId, layer);
      return this.queue.run(kind, urgency, async (pace) => work(unit, pace));
    } catch (thrown) {
      return Promise.reject(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
  }

  /** Throws OperationalError `stale-trace` or `bad-argument`. */
  private layer(traceId: string, layer: number): LayerUnit {
    needTrace(this.view, traceId);
    const unit = layersOf(this.view.recording)[layer];
    if (unit === undefined) throw new OperationalError('bad-argument', `There is no layer ${layer}.`);
    return unit;
  }

  private walk(unit: LayerUnit): RecordedWalk {
    return walkOf(this.view.recording, unit);
  }

  /** The compared pass's layer that stands beside one of ours. */
  private otherLayer(layer: number): { readonly pass: ComparedPass; readonly unit: LayerUnit } | undefined {
    const pass = this.compared();
    const partner = pass && alignLayers(this.view.recording, pass.recording)[layer]?.other;
    const unit = partner && layersOf(pass.recording).find(({ name }) => name === partner.name);
    return pass && unit && { pass, unit };
  }

  private losses({ model, trace, row }: Recording): readonly number[] {
    return lossSteps(model, trace, row);
  }

  /** From 1 to 0. */
  private known(loss: number): number {
    if (!this.losses(this.view.recording).includes(loss - 1)) throw new OperationalError('no-loss', `There is no loss at step ${loss}.`);
    return loss - 1;
  }

  private async normsOf({ recording: { model, trace, row, steps }, programs }: ComparedPass, unit: LayerUnit, loss: number, pace: Pace): Promise<readonly Float64Array[]> {
    const { states } = await seededBackward(programs, model, trace, { sequence: row, losses: [loss], pace });
    return unit.walk.line.step.states.map(({ name }) => Float64Array.from(states.get(`${unit.name}.${name}`)?.norms ?? new Float32Array(steps)));
  }

  private async spectrumOf({ recording, programs }: ComparedPass, unit: LayerUnit, step: number): Promise<Spectrum | null> {
    const walk = walkOf(recording, unit);
    const { states } = walk.line.step;
    const size = states.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    if (size > largestJacobian) return null;
    const jacobian = await stepJacobian(programs, walk, step - 1);
    const found = (size <= mostEigenvalues ? eigenvalues(jacobian) : largestEigenvalues(jacobian, fewEigenvalues)) ?? [];
    const names = states.map(({ name }) => name);
    return {
      real: Float64Array.from(found, ({ re }) => re), imaginary: Float64Array.from(found, ({ im }) => im),
      rho: found[0] ? Math.hypot(found[0].re, found[0].im) : NaN, of: size, space: names.length === 1 ? (names[0] ?? '') : `[${names.join('; ')}]`,
    };
  }

  private overValidation(pace: Pace, of: ComparedPass = this.view): Promise<OverValidation> {
    const view = { ...this.view, ...of };
    const { model } = view.recording;
    const start = async (): Promise<OverValidation> => {
      const layers = layersOf(view.recording);
      const ratios = new Map<string, readonly Float64Array[]>();
      const saturation = new Map(layers.map(({ name, walk }) => [name, new GateSaturation(walk.line, walk.half)]));
      const memory = new Map(layers.map(({ name, walk: { line, half } }) => [name, new GateMemory(line, half, keptState(line))]));
      let before = 0;
      const sequences = await validationPasses(view, pace, async (trace, share) => {
        const part = within(pace, before, share);
        before = share;
        for (const [key, each] of await lastLossRatios(view.programs, model, trace, part)) ratios.set(key, [...(ratios.get(key) ?? []), ...each]);
        for (let row = 0; row < (trace.batch.x.dims[0] ?? 0); row++) {
          for (const counted of [...saturation.values(), ...memory.values()]) counted.add(trace, row);
        }
      });
      return { sequences, ratios, saturation, memory };
    };
    // Forks share their weights, and then their validation, too; without data each has its own batch alone.
    const key = view.data === undefined ? view.recording : view.recording.trace.weights;
    const made = this.over.get(key) ?? start();
    this.over.set(key, made);
    made.catch(() => this.over.delete(key));
    return made;
  }
}

/** The step (from 1) from which a loss's gradient goes through the layer: its own, or the first in the way of the backward pass. */
function startOf(norm: Float64Array, loss: number, perStep: boolean, reversed: boolean): number {
  if (perStep && norm[loss - 1] !== 0) return loss;
  const reached = [...norm.keys()].filter((t) => norm[t] !== 0);
  return (reached.at(reversed ? 0 : -1) ?? loss - 1) + 1;
}

function walkOf({ model, trace, row }: Recording, { walk }: LayerUnit): RecordedWalk {
  return { model, trace, line: walk.line, half: walk.half, sequence: row };
}

/** Of a layer's first state. */
function bandOver(ratios: OverValidation['ratios'], { name, walk }: LayerUnit): HorizonBand {
  const [state] = walk.line.step.states;
  return bandOf(ratioQuantiles(ratios.get(`${name}.${defined(state, 'a layer has a state').name}`) ?? []));
}

/** The state that a gate multiplies; the first when none does. */
function keptState(line: StepLine): string {
  const names = line.step.states.map(({ name }) => name);
  return names.find((name) => keepingGate(line.step, name) !== undefined) ?? names[0] ?? '';
}

function highwayName(line: StepLine, state: string): string {
  const keeps = keepingGate(line.step, state);
  return keeps === undefined ? 'highway' : `highway ${keeps.complement ? `(1 - ${keeps.gate})` : keeps.gate} * ${state}`;
}

/** The first equation that a parameter's value reaches. */
function equationOf({ step }: StepLine, param: string): string {
  const named = new Map(step.named.map(({ id, name }) => [id, name]));
  const reached = new Set([step.params.find(({ name }) => name === param)?.id ?? -1]);
  for (const { id, args } of step.graph.equations) {
    if (!args.some((arg) => reached.has(arg))) continue;
    const name = named.get(id);
    if (name !== undefined) return name;
    reached.add(id);
  }
  return '';
}

/** ‖gradient of all losses together‖ at every step: the mean's times their number. */
function norms(recording: Recording, unit: LayerUnit, state: string, losses: number): Float64Array {
  return Float64Array.from({ length: recording.steps }, (_, index) => norm(recording.namedGradient(unit, state, index + 1).data) * losses);
}

function bandOf({ median, low, high }: { readonly median: Float32Array; readonly low: Float32Array; readonly high: Float32Array }): HorizonBand {
  return { median: Float64Array.from(median), low: Float64Array.from(low), high: Float64Array.from(high) };
}

/** The first value that is not finite, in the order of the forward pass; else the first gradient, in that of the backward pass. */
function firstBroken(recording: Recording): LossCurves['nonFinite'] {
  const found = (what: 'value' | 'gradient', later: boolean): NonNullable<LossCurves['nonFinite']> | undefined => {
    const all = layersOf(recording).flatMap((unit) => laneNames(unit).flatMap(({ name }) => {
      const first = firstNonFinite(laneNumbers(recording, unit, what, name), later !== unit.walk.half.reversed);
      return first === undefined ? [] : [{ step: first.step, layer: unit.name, name, unit: first.unit }];
    }));
    return all.sort((a, b) => (later ? b.step - a.step : a.step - b.step))[0];
  };
  return found('value', false) ?? found('gradient', true);
}
