// The lines of a checked model with every size a number.
// Not a check (../language/check-model.ts) and not a program.
// Invariant: the lines of the facts in their order, one for one; a line's size is that of its step graph's output (twice for 'both').
import { defined } from '../base/invariant';
import type { PlannedExpression, PlannedLine } from '../language/model-facts';
import { sizeNumber } from '../language/sizes';
import type { Size } from '../language/sizes';
import type { ValueId } from './graph';
import { GraphBuilder } from './graph-builder';
import { lowerCell } from './lower-cell';
import { batched, lowerExpression, spread } from './lower-expression';
import type { DropoutMask } from './lower-expression';
import type { Line } from './model';
import type { StepGraph } from './step-graph';
import { verifyStepGraph } from './verify';

const whole = (size: Size): number => defined(sizeNumber(size), 'a size is still a symbol');

export function lowerLine(line: PlannedLine): Line {
  const { name, span, perStep } = line;
  const base = { name, span, size: whole(line.size), perStep };
  switch (line.kind) {
    case 'embed':
      // A row of an embedding is the input of what follows, which expects numbers of unit variance; so does PyTorch.
      return {
        ...base,
        kind: 'embed',
        how: line.how === 'Embedding' ? 'embedding' : 'oneHot',
        vocabulary: whole(line.vocabulary),
        init: { kind: 'normal', std: 1 },
        of: line.of,
      };
    case 'pool':
      return { ...base, kind: 'pool', how: line.how, of: line.of };
    case 'cell': {
      const { cell } = line.facts;
      const role = line.role === 'embed' ? 'let' : line.role;
      return { ...base, kind: 'step', role, cell: { name: cell.name.text, span: cell.span }, step: lowerCell(line.facts), inputs: line.inputs, direction: line.direction };
    }
    case 'expression':
      return {
        ...base,
        kind: 'step',
        role: line.role === 'output' ? 'output' : 'let',
        step: lowerModelExpression(line),
        inputs: line.inputs.map((input) => input.line),
        direction: 'forward',
      };
  }
}

/** An expression over other lines as a step without states and parameters. */
function lowerModelExpression(line: PlannedExpression): StepGraph {
  const builder = new GraphBuilder();
  const values = new Map<string, ValueId>();
  const dropouts: DropoutMask[] = [];
  const inputs = line.inputs.map(({ line: name, size, span }) => {
    const id = builder.input(name, 'input', [whole(size)], { span });
    values.set(name, id);
    return { name, id };
  });
  const { expression, lineOf, span } = line;
  const origin = { span: expression.span };
  const value = lowerExpression(expression, {
    builder,
    numbers: new Map(),
    sizes: new Map(),
    dropouts,
    value: (name) => defined(values.get(lineOf.get(name) ?? ''), `${name.name} is no line`),
    line: (call) => values.get(lineOf.get(call) ?? ''),
  });
  const output = batched(builder, spread(builder, value, [1], origin), defined(inputs[0], 'a line uses another').id, origin);
  builder.output('output', output);
  const step: StepGraph = { graph: builder.build(), inputs, states: [], params: [], dropouts, named: [], output, outputSpan: span };
  verifyStepGraph(step);
  return step;
}
