// The entry of the command line `unroll`.
// Nothing happens here but connecting the process with run-cli.ts.
// Invariant: the process ends when the command has, with its exit code, once everything written is out.
import process from 'node:process';
import { processTerminal } from './process-terminal';
import { runCli } from './run-cli';

process.exitCode = await runCli(process.argv.slice(2), processTerminal());
