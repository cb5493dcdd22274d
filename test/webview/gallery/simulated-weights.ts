// The weights of the simulated trace as a host sends them: values, gradients, what a step adds, sums; and a scene that opens on them.
// Not shipped. The gradients are those of the trace's own equations; the update is a tenth of the gradient.
import type { MatrixCells, WeightQuantity, WeightsHeader, WeightsPicture, WeightRequests } from '../../../protocol/weights-view';
import type { PlacedTensor } from '../../../protocol/run';
import { beyondOf, boundsOf, cellsOf, summaryOf } from '../../../extension/debug/adapter/views/weight-cells';
import { steps, type SimulatedTrace } from './simulated-trace';
import { pressInOrder } from './pressing';

const roles: Readonly<Record<string, PlacedTensor['role']>> = { W: 'input', U: 'recurrent', b: 'other' };
const opened: Readonly<Record<string, string>> = { weights: 'Sum so far', weightsStep: 'This step', weightsEdited: 'Value' };

export const isOfWeights = (scene: string): boolean => Object.hasOwn(opened, scene);

/** Presses the tab and the quantity of a scene, as a person would, once they are there. */
export function openWeights(scene: string): void {
  pressInOrder([{ on: '.shown-tabs .segment', text: 'Weights' }, { on: '.weights .segment', text: opened[scene] ?? '' }]);
}

export function simulatedWeights(trace: SimulatedTrace, traceId: string, scene: string): { readonly weights: () => WeightsHeader; readonly weightsPicture: (asked: WeightRequests['weightsPicture']['params']) => WeightsPicture | null } {
  const isEdited = scene === 'weightsEdited';
  const tensors = Object.entries(trace.weights).map(([name, rows]): PlacedTensor => {
    const columns = rows[0]?.length ?? 1;
    return { name: `r1.${name}`, layer: 'r1', equation: name.slice(2), role: roles[name[0] ?? ''] ?? 'other', shape: columns > 1 ? [rows.length, columns] : [rows.length] };
  });
  const flat = (rows: readonly Float64Array[]): Float32Array => Float32Array.from(rows.flatMap((row) => [...row]));
  const sum = (name: string, from: number): Float32Array => {
    const total = new Float32Array(flat(trace.weights[name] ?? []).length);
    for (let t = steps; t >= from; t--) flat(trace.added(name, t - 1)).forEach((value, i) => (total[i] = (total[i] ?? 0) + value));
    return total;
  };
  const numbers = (name: string, of: WeightQuantity, step: number): Float32Array => {
    const short = name.slice(3);
    if (of === 'step') return flat(trace.added(short, step - 1));
    if (of === 'sum') return sum(short, step);
    if (of !== 'value') return sum(short, 1).map((value) => (of === 'update' ? -value / 10 : value));
    const values = flat(trace.weights[short] ?? []);
    if (isEdited && short === 'U_f') values[12 * 64 + 3] = 3;
    if (isEdited && short === 'b_g') [values[20], values[40]] = [NaN, -Infinity];
    return values;
  };
  return {
    weights: () => ({ traceId, tensors, batch: 1, once: [], reversed: [], edited: isEdited ? [{ name: 'r1.U_f', row: 12, column: 3, from: 0.0731, to: 3 }] : [] }),
    weightsPicture: ({ of, step, cells }) => {
      if (of === 'update') return null;
      const here = tensors.map((tensor) => ({ ...tensor, data: numbers(tensor.name, of, step) }));
      const whole = new Map(of === 'step' || of === 'sum' ? tensors.map(({ name }) => [name, sum(name.slice(3), 1)] as const) : []);
      const bounds = boundsOf(here.map(({ name, role, data }) => ({ role, data: whole.get(name) ?? data })));
      return {
        bounds, beyond: beyondOf(here, bounds), tensors: here.map(({ name, shape, data }) => summaryOf(name, shape, data, whole.get(name))),
        cells: cells.flatMap((wanted): readonly MatrixCells[] => here.filter(({ name }) => name === wanted.name).map(({ shape, data }) => cellsOf(shape, data, wanted))),
      };
    },
  };
}

/** Two layers of many units, whose numbers are a formula's. */
export function largeWeights(units: number): { readonly weights: (asked: { readonly traceId: string }) => WeightsHeader; readonly weightsPicture: (asked: WeightRequests['weightsPicture']['params']) => WeightsPicture } {
  const tensors = ['r1', 'r2'].flatMap((layer) => ['i', 'f', 'g', 'o'].flatMap((gate) => ['W', 'U', 'b'].map((kind): PlacedTensor => ({ name: `${layer}.${kind}_${gate}`, layer, equation: gate, role: roles[kind] ?? 'other', shape: kind === 'b' ? [units] : [units, units] }))));
  const made = new Map<string, Float32Array>();
  const numbers = ({ name, shape }: PlacedTensor): Float32Array => {
    const known = made.get(name) ?? Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => 0.1 * Math.sin(i * 0.37 + name.length) * Math.cos((i % units) * 0.05));
    made.set(name, known);
    return known;
  };
  return {
    weights: ({ traceId }) => ({ traceId, tensors, batch: 1, once: [], reversed: [], edited: [] }),
    weightsPicture: ({ layer, cells }) => {
      const here = tensors.filter((tensor) => tensor.layer === layer).map((tensor) => ({ ...tensor, data: numbers(tensor) }));
      const bounds = boundsOf(here);
      return {
        bounds, beyond: beyondOf(here, bounds), tensors: here.map(({ name, shape, data }) => summaryOf(name, shape, data)),
        cells: cells.flatMap((wanted): readonly MatrixCells[] => here.filter(({ name }) => name === wanted.name).map(({ shape, data }) => cellsOf(shape, data, wanted))),
      };
    },
  };
}
