// `unroll print`: a file at one stage of its way to the backend, as text.
// Not a serialisation. Invariant: what is printed is what the next stage is given.
import { differentiate } from '../../engine/autodiff/differentiate';
import type { Model, StepLine } from '../../engine/ir/model';
import { printAst } from '../../engine/language/print-ast';
import { printGraph, printStepGraph } from '../../engine/ir/print';
import { printOnnx } from '../../engine/onnx/print-onnx';
import { buildStepProgram } from '../../engine/onnx/step-program';
import { type Command, modelOperand, modelOption, setOption } from '../command';
import { fileReader, loadFile, loadModel, sourceFinder } from '../load-model';
import { CallError } from '../options';
import { probeCells } from '../../engine/reference/probe-cells';
import { type FindSource, problemLines } from '../problems';
import { exitCodes } from '../terminal';

const stages = ['ast', 'graph', 'backward', 'onnx'] as const;
type Stage = (typeof stages)[number];

export const printCommand: Command = {
  spec: {
    name: 'print',
    summary: 'Prints a file as the engine sees it.',
    operands: [modelOperand],
    options: { stage: { value: 'STAGE', help: 'ast (what was understood), graph (one time step), backward (its gradient) or onnx (the step program). Default graph.' }, model: modelOption, set: setOption },
    notes: ['A file with cells and no model is printed cell by cell, each in a small model of its own.'],
  },
  async run(options, terminal) {
    const stage = options.word('stage', stages) ?? 'graph';
    const program = loadFile(options.operands[0] ?? '', terminal.folder);
    const write = (text: string): void => text.trimEnd().split('\n').forEach((line) => terminal.out(line));
    if (stage === 'ast') {
      problemLines(program.diagnostics, sourceFinder(program)).forEach((line) => terminal.err(line));
      for (const document of program.documents) write(printAst(document));
      return program.diagnostics.some((problem) => problem.severity === 'error') ? exitCodes.wrong : exitCodes.done;
    }
    const cells = program.main.models.length === 0 && options.text('model') === undefined;
    if (cells && program.main.cells.length === 0) throw new CallError(`${program.main.file} has neither a model nor a cell to print.`);
    const loaded = cells
      ? probeCells(program, fileReader(terminal.folder))
      : [await loadModel(program, terminal.folder, { model: options.text('model'), set: options.texts('set') })];
    let wrong = false;
    for (const { model, problems, program: owner } of loaded) {
      const sources = sourceFinder(owner);
      problemLines(problems, sources).forEach((line) => terminal.err(line));
      if (model === undefined) wrong = true;
      else for (const line of stepLines(model, cells)) write(printLine(line, stage, sources));
    }
    return wrong ? exitCodes.wrong : exitCodes.done;
  },
};

/** Of a probe only the line that calls the cell. */
function stepLines(model: Model, probe: boolean): readonly StepLine[] {
  return model.lines.filter((line): line is StepLine => line.kind === 'step' && (!probe || line.name === 'r'));
}

function printLine(line: StepLine, stage: Exclude<Stage, 'ast'>, source: FindSource): string {
  const title = `// ${line.role} ${line.name}${line.cell === undefined ? '' : ` = ${line.cell.name}`}`;
  if (stage === 'graph') return `${title}, one time step\n${printStepGraph(line.step, { source })}`;
  if (stage === 'backward') {
    const { graph } = differentiate(line.step);
    return `${title}, the gradient of one time step\n${printGraph(graph, { source })}`;
  }
  const { forwardModel, backwardModel } = buildStepProgram(line.step, 1, false);
  return `${title}, forward\n${printOnnx(forwardModel)}${title}, backward\n${printOnnx(backwardModel)}`;
}
