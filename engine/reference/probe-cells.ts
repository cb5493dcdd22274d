// Puts each cell of a file that has no model into a small one, so that a cell can be checked and printed by itself.
// Not a model of the user's: its name is the cell's, its sizes are small.
// Invariant: the file's own text stays as it is, so that positions in it hold.
import { compileModel } from '../ir/compile-model';
import type { Model } from '../ir/model';
import { type Program, loadProgram } from '../language/program';
import type { CellSyntax } from '../language/tree';
import type { Diagnostic } from '../base/diagnostic';

/** Divisible by what cells divide their sizes by. */
const size = 4;
/** The second is for cells that add their input to their state. */
const inputSizes = [3, size];

export interface ProbedCell {
  readonly cell: string;
  readonly program: Program;
  readonly model?: Model;
  readonly problems: readonly Diagnostic[];
}

/** One probe per cell of the main file; `load` reads what it imports. */
export function probeCells(program: Program, load: (path: string) => string | undefined): readonly ProbedCell[] {
  return program.main.cells.map((cell) => probe(program, cell, load));
}

function probe(program: Program, cell: CellSyntax, load: (path: string) => string | undefined): ProbedCell {
  const args = cell.params.filter((param) => param.value === undefined).map((param) => `${param.name.text}: ${size}`);
  const name = cell.name.text;
  const attempts = inputSizes.map((input): ProbedCell => {
    const text = `${program.main.source.text}\nmodel ${name} {\n  input x[${input}]\n  layer r = ${[`${name}(x`, ...args].join(', ')})\n  output y = Linear(r, size: 2)\n  loss squaredError(y)\n}\n`;
    const probed = loadProgram(program.main.file, text, load);
    const compiled = compileModel(probed, { model: name });
    return { cell: name, program: probed, problems: compiled.diagnostics, ...(compiled.model === undefined ? {} : { model: compiled.model }) };
  });
  return attempts.find((attempt) => attempt.problems.every(({ severity }) => severity !== 'error')) ?? (attempts[0] as ProbedCell);
}
