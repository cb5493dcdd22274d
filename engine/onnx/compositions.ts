// Operators that a backend lacks, composed of ones that every backend has.
// Not an optimisation: a backend that has the operator keeps it, one node and the runtime's own rounding.
// Invariant: a composition gives the operator's value for every finite argument, without overflow where the operator has none.
import type { Attribute, OnnxGraph } from './onnx-graph';

/** Emits the nodes and returns the name of the value. */
export type Composition = (graph: OnnxGraph, input: string, attributes: Readonly<Record<string, Attribute>>) => string;

export const compositions: Readonly<Record<string, Composition>> = {
  /** v − max − log Σ exp(v − max) along one axis. */
  LogSoftmax: (graph, input, { axis }) => {
    const along = typeof axis === 'object' && 'int' in axis ? axis.int : -1;
    const largest = graph.node('ReduceMax', [input], { axes: { ints: [along] }, keepdims: { int: 1 } });
    const shifted = graph.node('Sub', [input, largest]);
    const total = graph.node('ReduceSum', [graph.node('Exp', [shifted]), graph.indices([along])], { keepdims: { int: 1 } });
    return graph.node('Sub', [shifted, graph.node('Log', [total])]);
  },
  /** v / (1 + |v|). */
  Softsign: (graph, input) => graph.node('Div', [input, graph.node('Add', [graph.scalar(1), graph.node('Abs', [input])])]),
};
