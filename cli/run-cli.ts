// The command line: finds the sub-command, reads its options, runs it, and turns what it throws into a sentence and an exit code.
// Not the commands (commands/). Invariant: never rejects; 0 done, 1 the thing checked is wrong, 2 the call was wrong.
import { didYouMean } from '../engine/base/closest-name';
import { OperationalError, messageOf } from '../engine/base/operational-error';
import type { Command } from './command';
import { benchCommand } from './commands/bench';
import { checkCommand } from './commands/check';
import { compareCommand } from './commands/compare';
import { dapCommand } from './commands/dap';
import { gradcheckCommand } from './commands/gradcheck';
import { laterCommands } from './commands/later';
import { printCommand } from './commands/print';
import { traceCommand } from './commands/trace';
import { trainCommand } from './commands/train';
import { helpLines, readOptions } from './options';
import { type ExitCode, type Terminal, exitCodes } from './terminal';

export const commands: readonly Command[] = [trainCommand, traceCommand, compareCommand, gradcheckCommand, checkCommand, printCommand, benchCommand, dapCommand, ...laterCommands];

export async function runCli(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const lines = overview();
    for (const line of lines) if (name === undefined) terminal.err(line); else terminal.out(line);
    return name === undefined ? exitCodes.badCall : exitCodes.done;
  }
  const command = commands.find((candidate) => candidate.spec.name === name);
  if (command === undefined) {
    const names = commands.map((candidate) => candidate.spec.name);
    terminal.err(`unroll: there is no command "${name}"; there are ${names.join(', ')}.${didYouMean(name, names)}`);
    return exitCodes.badCall;
  }
  try {
    const options = readOptions(command.spec, command.unread === true && !rest.includes('--help') ? [] : rest);
    if (options.has('help')) {
      for (const line of helpLines(command.spec)) terminal.out(line);
      return exitCodes.done;
    }
    return await command.run(options, terminal);
  } catch (thrown) {
    terminal.err(thrown instanceof OperationalError ? `unroll ${name}: ${thrown.message}` : bugReport(name, thrown));
    return exitCodes.badCall;
  }
}

function overview(): readonly string[] {
  const width = Math.max(...commands.map(({ spec }) => spec.name.length));
  return ['The debugger for recurrent networks, at the command line.', '', '  unroll COMMAND FILE.rnn [options]', '', ...commands.map(({ spec }) => `  ${spec.name.padEnd(width)}  ${spec.summary}`), '', 'unroll COMMAND --help lists a command\'s options.'];
}

/** A bug keeps its stack: it is for us, and the person can only pass it on. */
function bugReport(name: string, thrown: unknown): string {
  const stack = thrown instanceof Error ? thrown.stack : undefined;
  return `unroll ${name}: this is a bug of unroll, not of your files. Please report it with these lines.\n${stack ?? messageOf(thrown)}`;
}
