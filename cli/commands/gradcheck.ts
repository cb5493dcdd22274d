// `unroll gradcheck`: proves the derivatives of a model, or of each cell of a file that has no model, in float64.
// Not the check itself (engine/reference/gradient-check.ts).
// Invariant: exit code 1 when a gradient is wrong, cannot be compared, or the text has errors.
import type { Model } from '../../engine/ir/model';
import { gradientCheck } from '../../engine/reference/gradient-check';
import { gradientReportLines } from '../../engine/reference/gradient-report';
import { type Command, jsonOption, modelOperand, modelOption, setOption } from '../command';
import { fileReader, loadFile, loadModel, sourceFinder } from '../load-model';
import { CallError, type ReadOptions } from '../options';
import { probeCells } from '../../engine/reference/probe-cells';
import { hasErrors, problemLines } from '../problems';
import { type ExitCode, type Terminal, exitCodes } from '../terminal';

export const gradcheckCommand: Command = {
  spec: {
    name: 'gradcheck',
    summary: 'Compares every gradient with finite differences in float64.',
    operands: [modelOperand],
    options: {
      model: modelOption,
      set: setOption,
      seed: { value: 'N', help: 'Seed of the weights and inputs it checks on. Default 1.' },
      steps: { value: 'N', help: 'Time steps. Default 5.' },
      tolerance: { value: 'X', help: 'Largest relative error that passes. Default 1e-6.' },
      all: { help: 'Lists every tensor, not only those that are wrong.' },
      json: jsonOption,
    },
    notes: ['A file with cells and no model is checked cell by cell, each in a small model of its own.'],
  },
  async run(options, terminal) {
    const program = loadFile(options.operands[0] ?? '', terminal.folder);
    const sources = sourceFinder(program);
    const report = (problems: Parameters<typeof problemLines>[0]): void => problemLines(problems, sources).forEach((line) => terminal.err(line));
    if (program.main.models.length === 0 && options.text('model') === undefined) {
      if (program.main.cells.length === 0) {
        report(program.diagnostics);
        throw new CallError(`${program.main.file} has neither a model nor a cell to check.`);
      }
      const codes = probeCells(program, fileReader(terminal.folder)).map((probed) => {
        problemLines(probed.problems, sourceFinder(probed.program)).forEach((line) => terminal.err(line));
        return probed.model === undefined || hasErrors(probed.problems) ? exitCodes.wrong : checkOne(probed.model, options, terminal, sourceFinder(probed.program));
      });
      return codes.some((code) => code !== exitCodes.done) ? exitCodes.wrong : exitCodes.done;
    }
    const { model, problems } = await loadModel(program, terminal.folder, { model: options.text('model'), set: options.texts('set') });
    report(problems);
    return model === undefined ? exitCodes.wrong : checkOne(model, options, terminal, sources);
  },
};

function checkOne(model: Model, options: ReadOptions, terminal: Terminal, sources: ReturnType<typeof sourceFinder>): ExitCode {
  const tolerance = options.text('tolerance');
  if (tolerance !== undefined && !(Number(tolerance) > 0)) throw new CallError(`--tolerance is a number above 0; "${tolerance}" was given.`);
  const seed = options.count('seed', 0);
  const time = options.count('steps');
  const report = gradientCheck(model, { ...(seed === undefined ? {} : { seed }), ...(time === undefined ? {} : { time }), ...(tolerance === undefined ? {} : { tolerance: Number(tolerance) }) });
  if (options.has('json')) {
    const { passed, relativeError, comparisons, wrongOperation, nonFinite } = report;
    terminal.out(JSON.stringify({ kind: 'gradcheck', model: report.model, passed, relativeError, tolerance: report.tolerance, comparisons, wrongOperation, nonFinite }));
  } else for (const line of gradientReportLines(report, sources, options.has('all'))) terminal.out(line);
  return report.passed ? exitCodes.done : exitCodes.wrong;
}
