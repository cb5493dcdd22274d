// Sub-commands that the contract names and this version does not have yet: export, import.
// They stand in the table so that they are not taken for typing errors.
// Invariant: exit code 2 and a sentence, never a silent success.
import type { Command } from '../command';
import { exitCodes } from '../terminal';

export const laterCommands: readonly Command[] = [
  later('export', 'Writes a trained model as an ONNX file (not yet).'),
  later('import', 'Takes over weights of another framework (not yet).'),
];

function later(name: string, summary: string): Command {
  return {
    spec: { name, summary, operands: [], options: {} },
    unread: true,
    run(_options, terminal) {
      terminal.err(`unroll ${name} does not exist in this version yet; train, trace, gradcheck, check, print, bench and dap do.`);
      return Promise.resolve(exitCodes.badCall);
    },
  };
}
