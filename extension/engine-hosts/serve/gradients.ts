// Proves the derivatives of a model, or of each cell of a file that has no model, and says the result in lines and places.
// Not the check itself (engine/reference/gradient-check.ts). It computes for seconds: never on a thread that anyone waits on.
// Invariant: `passed` only when every gradient could be compared and agreed.
import { OperationalError } from '../../../engine/base/operational-error';
import type { Model } from '../../../engine/ir/model';
import { gradientCheck } from '../../../engine/reference/gradient-check';
import { gradientReportLines } from '../../../engine/reference/gradient-report';
import { probeCells } from '../../../engine/reference/probe-cells';
import { loadModel, sourceFinder } from '../../../engine/training/load-model';
import type { GradientsChecked, ModelText, Problem } from '../../../protocol/engine-host';
import type { EnginePlatform } from './platform';
import { type FindSource, chosenModel, isError, readProgram, wireProblem } from './wire-problems';

export async function checkGradients(asked: ModelText, platform: EnginePlatform): Promise<GradientsChecked> {
  const program = readProgram(asked);
  const broken = program.diagnostics.filter(isError).map((one) => wireProblem(one, sourceFinder(program)));
  if (program.main.models.length === 0) {
    if (broken.length > 0) return { passed: false, lines: [], problems: broken };
    if (program.main.cells.length === 0) throw new OperationalError('nothing-to-check', `${asked.file.replace(/^.*[/\\]/, '')} has neither a model nor a cell to check.`);
    const imports = new Map(asked.imports.map(({ path, text }) => [path, text]));
    return joined(probeCells(program, (path) => imports.get(path)).map((probed) => {
      const sources = sourceFinder(probed.program);
      const problems = probed.problems.map((problem) => wireProblem(problem, sources));
      return probed.model === undefined || problems.some(isError) ? { passed: false, lines: [], problems } : checkOne(probed.model, sources, problems);
    }));
  }
  const names = asked.model === undefined ? program.main.models.map(({ name }) => name.text) : [asked.model];
  const results: GradientsChecked[] = [];
  for (const name of names) {
    const syntax = chosenModel(program, name);
    if (!('lines' in syntax)) return { passed: false, lines: [], problems: syntax };
    const { model, problems } = await loadModel(program, syntax, platform.files);
    const found = problems.map((problem) => wireProblem(problem, sourceFinder(program)));
    results.push(model === undefined ? { passed: false, lines: [], problems: found } : checkOne(model, sourceFinder(program), found));
  }
  return joined(results);
}

function checkOne(model: Model, sources: FindSource, problems: readonly Problem[]): GradientsChecked {
  const report = gradientCheck(model);
  const { wrongOperation: wrong, nonFinite } = report;
  const place = (code: string, message: string, span: Parameters<typeof wireProblem>[0]['span']): Problem => wireProblem({ severity: 'error', code, message, span }, sources);
  const faults = [
    ...(wrong === undefined ? [] : [place('gradient-wrong', `The derivative of ${wrong.operation} by its argument ${wrong.argument} is ${wrong.got}; finite differences give ${wrong.want}.`, wrong.span)]),
    ...(nonFinite === undefined ? [] : [place('gradient-not-finite', `${nonFinite.operation} is not finite at step ${nonFinite.step}; gradients can be compared only where values are finite.`, nonFinite.span)]),
  ];
  return { passed: report.passed, lines: gradientReportLines(report, sources, true), problems: [...problems, ...faults] };
}

function joined(results: readonly GradientsChecked[]): GradientsChecked {
  return { passed: results.every(({ passed }) => passed), lines: results.flatMap(({ lines }) => lines), problems: results.flatMap(({ problems }) => problems) };
}
