// The verifier finds what a pass could break; the builder and the shape rules refuse what does not fit.
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../engine/ir/graph-builder';
import type { Graph } from '../../engine/ir/graph';
import type { Operation } from '../../engine/ir/operation';
import { printGraph } from '../../engine/ir/print';
import { resultType } from '../../engine/ir/shape-rules';
import { graphFaults, verifyGraph } from '../../engine/ir/verify';

const origin = { span: { file: 'a.rnn', start: 0, end: 1 } };

function sample(): { readonly graph: Graph; readonly sum: number } {
  const builder = new GraphBuilder();
  const w = builder.input('W', 'param', [3, 2], origin);
  const x = builder.input('x', 'input', [2], origin);
  const product = builder.add({ kind: 'matvec', transposed: false }, [w, x], origin);
  const sum = builder.add({ kind: 'add' }, [product, builder.constant(1, origin)], origin);
  builder.output('y', sum);
  return { graph: builder.build(), sum };
}

describe('the verifier', () => {
  it('finds nothing in what the builder builds', () => {
    expect(graphFaults(sample().graph)).toEqual([]);
    expect(graphFaults(GraphBuilder.from(sample().graph).build())).toEqual([]);
  });

  it.each<[string, (graph: Graph) => Graph, string]>([
    ['a value bound twice', (graph) => ({ ...graph, equations: [...graph.equations, ...graph.equations.slice(-1)] }), '%5 is bound twice'],
    ['a use before its binding', (graph) => ({ ...graph, equations: [...graph.equations].reverse() }), '%5 = add uses %3, %4 before it is bound'],
    ['a wrong shape', (graph) => ({ ...graph, equations: graph.equations.map((equation) => (equation.id === 3 ? { ...equation, type: { shape: [4], batched: true } } : equation)) }), '%3 = matvec has a type other than its rule gives'],
    ['a lost batch', (graph) => ({ ...graph, inputs: graph.inputs.map((input) => ({ ...input, type: { ...input.type, batched: false } })) }), '%3 = matvec has a type other than its rule gives'],
    ['arguments that do not fit', (graph) => ({ ...graph, equations: graph.equations.map((equation) => (equation.id === 3 ? { ...equation, args: [2, 2] } : equation)) }), '%3 = matvec: a matrix was expected, not [2]'],
    ['an output of nothing', (graph) => ({ ...graph, outputs: [{ name: 'z', id: 99 }] }), 'output z refers to %99, which is not bound'],
    ['an empty shape', (graph) => ({ ...graph, inputs: graph.inputs.map((input) => (input.id === 2 ? { ...input, type: { shape: [0], batched: true } } : input)) }), '%2 has the shape [0]'],
    ['an impossible span', (graph) => ({ ...graph, equations: graph.equations.map((equation) => ({ ...equation, origin: { span: { file: '', start: 2, end: 1 } } })) }), '%3 has an impossible span'],
  ])('finds %s', (_, change, fault) => {
    const broken = change(sample().graph);
    expect(graphFaults(broken)).toContain(fault);
    expect(() => verifyGraph(broken)).toThrow(fault);
  });

  it('prints a graph, one equation a line', () => {
    expect(printGraph(sample().graph, { notes: new Map([[5, 'let y']]) })).toBe(
      '%1 [3, 2] = param W                 // a.rnn\n%2 [2]b = input x                   // a.rnn\n%3 [3]b = matvec %1 %2              // a.rnn\n%4 [] = constant value=1 shape=[]   // a.rnn\n%5 [3]b = add %3 %4                 // a.rnn let y\noutput y = %5\n',
    );
  });
});

describe('shape rules', () => {
  const of = (op: Operation, ...shapes: readonly (readonly number[])[]) => resultType(op, shapes.map((shape) => ({ shape, batched: true }))).shape;

  it.each<[Operation, (readonly number[])[], readonly number[]]>([
    [{ kind: 'add' }, [[2], []], [2]],
    [{ kind: 'where' }, [[], [2, 3], []], [2, 3]],
    [{ kind: 'reduceSum' }, [[2, 3]], [2]],
    [{ kind: 'inverseDeviation' }, [[3]], []],
    [{ kind: 'matvec', transposed: true }, [[2, 3], [2]], [3]],
    [{ kind: 'matmat', transposeA: true, transposeB: true }, [[4, 2], [3, 4]], [2, 3]],
    [{ kind: 'outer' }, [[2], [3]], [2, 3]],
    [{ kind: 'concat', axis: 1 }, [[2, 3], [2, 1]], [2, 4]],
    [{ kind: 'slice', axis: 1, start: 1, end: 3 }, [[2, 3]], [2, 2]],
    [{ kind: 'pad', axis: 0, before: 1, after: 2 }, [[2]], [5]],
    [{ kind: 'broadcast', shape: [2, 3], along: 'rows' }, [[3]], [2, 3]],
    [{ kind: 'sumTo', shape: [2], batched: true, along: 'columns' }, [[2, 3]], [2]],
  ])('%j', (op, shapes, result) => {
    expect(of(op, ...shapes)).toEqual(result);
  });

  it.each<[Operation, (readonly number[])[]]>([
    [{ kind: 'add' }, [[2], [3]]],
    [{ kind: 'add' }, [[2], [2, 2]]],
    [{ kind: 'add' }, [[2]]],
    [{ kind: 'softmax' }, [[]]],
    [{ kind: 'dot' }, [[2], [3]]],
    [{ kind: 'matmat', transposeA: false, transposeB: false }, [[2, 3], [2, 3]]],
    [{ kind: 'slice', axis: 0, start: 1, end: 1 }, [[3]]],
    [{ kind: 'slice', axis: 0, start: 0, end: 4 }, [[3]]],
    [{ kind: 'concat', axis: 1 }, [[2], [2]]],
    [{ kind: 'broadcast', shape: [2, 3], along: 'rows' }, [[2]]],
    [{ kind: 'sumTo', shape: [3], batched: true, along: 'columns' }, [[2, 3]]],
  ])('refuses %j', (op, shapes) => {
    expect(() => of(op, ...shapes)).toThrow();
  });

  it('know what is the same for every sequence', () => {
    const w = { shape: [2, 2], batched: false };
    expect(resultType({ kind: 'matmat', transposeA: false, transposeB: false }, [w, w]).batched).toBe(false);
    expect(resultType({ kind: 'outerSum' }, [{ shape: [2], batched: true }, { shape: [2], batched: true }]).batched).toBe(false);
  });
});
