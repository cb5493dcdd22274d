// Two recordings over the same sequence, lined up: which layers and lanes belong together, where the passes part, and by how much they lose.
// Not the recording of either and not the pictures.
// Invariant: numbers are subtracted only between layers of the same cell and size, where unit u is the same unit in both; steps count from 1.
import { defined } from '../base/invariant';
import { differences, type Divergence, firstDivergence, type PairedColumn, sameWithin } from '../inspect/first-divergence';
import type { Recording } from './recording';
import type { Unit } from './timeline';

export interface AlignedLayer {
  readonly own: Unit;
  /** Undefined when the other model has no layer at this place. */
  readonly other: Unit | undefined;
  /** Names that both have in the same shape; empty unless the cell is the same. */
  readonly shared: readonly string[];
}

/** Layers with states, by name and else by place. */
export function alignLayers(own: Recording, other: Recording): readonly AlignedLayer[] {
  const layers = (recording: Recording): readonly Unit[] => recording.timeline.units.filter(({ walk }) => walk !== undefined && walk.line.step.states.length > 0);
  const others = layers(other);
  return layers(own).map((unit, place) => {
    const partner = others.find(({ name }) => name === unit.name) ?? others[place];
    return { own: unit, other: partner, shared: partner === undefined ? [] : sharedNames(unit, partner) };
  });
}

function sharedNames(own: Unit, other: Unit): readonly string[] {
  const shapes = ({ walk }: Unit): ReadonlyMap<string, string> => {
    const graph = walk?.line.step.graph;
    const types = new Map([...(graph?.inputs ?? []), ...(graph?.equations ?? [])].map(({ id, type }) => [id, type.shape.join()]));
    return new Map(walk?.line.step.named.map(({ id, name }) => [name, types.get(id) ?? '']));
  };
  if (own.walk?.line.cell?.name !== other.walk?.line.cell?.name || own.walk?.half.reversed !== other.walk?.half.reversed) return [];
  const [mine, theirs] = [shapes(own), shapes(other)];
  return [...mine].filter(([name, shape]) => theirs.get(name) === shape).map(([name]) => name);
}

/** this − other of one name of a layer over the sequence, `[time, units]`. */
export function laneDifference(own: Recording, other: Recording, { own: mine, other: theirs }: AlignedLayer, what: 'value' | 'grad', name: string): { readonly units: number; readonly data: Float32Array } {
  const partner = defined(theirs, 'lanes are shared with a layer');
  const [a, b] = [rowOf(own, `${what}/${mine.name}.${name}`), rowOf(other, `${what}/${partner.name}.${name}`)];
  return { units: a.length / own.steps, data: differences(a, b) };
}

/**
 * The first value in the order of computation that the two do not share. Undefined when all are the same within the tolerance, and when nothing can be held
 * against each other: the models are made of other cells or sizes.
 */
export function whereTheyPart(own: Recording, other: Recording, tolerance: number = sameWithin): Divergence | undefined {
  return comparable(own, other) ? firstDivergence(pairedColumns(own, other), own.steps, tolerance) : undefined;
}

/** The models are made of the same lines of the same shapes: unit u is the same unit in both. */
export function comparable(own: Recording, other: Recording): boolean {
  const shape = ({ timeline }: Recording): string => timeline.units.map(({ line, name, equations, walk }) => `${name} ${line.size} ${walk?.line.cell?.name ?? line.kind} ${equations.map(({ column }) => column).join()}`).join(';');
  return own.steps === other.steps && shape(own) === shape(other);
}

function pairedColumns(own: Recording, other: Recording): readonly PairedColumn[] {
  return own.timeline.units.flatMap((unit) => unit.equations.flatMap(({ column }): readonly PairedColumn[] => {
    const key = `value/${column}`;
    // What is only looked up (an embedding) is computed too, and has a column like everything else; a pooled line has none over time.
    if (!own.trace.columns.has(key) || !other.trace.columns.has(key)) return [];
    const [a, b] = [rowOf(own, key), rowOf(other, key)];
    if (a.length !== b.length) return [];
    return [{ name: column, a, b, perStep: unit.perStep, width: unit.perStep ? a.length / own.steps : a.length, walk: unit.name, reversed: unit.walk?.half.reversed ?? false }];
  }));
}

function rowOf({ trace, row }: Recording, key: string): Float32Array {
  const { data } = defined(trace.columns.get(key), `the trace holds ${key}`);
  const length = data.length / (trace.batch.x.dims[0] ?? 1);
  return data.subarray(row * length, (row + 1) * length);
}
