// What a sub-command is: its options, and a run that ends in an exit code.
// Not the table of commands (run-cli.ts).
// Invariant: a command throws OperationalError for a call that cannot be carried out (exit code 2) and returns the code otherwise.
import type { CommandSpec, ReadOptions } from './options';
import type { ExitCode, Terminal } from './terminal';

export interface Command {
  readonly spec: CommandSpec;
  /** Takes any arguments unread. */
  readonly unread?: boolean;
  run(options: ReadOptions, terminal: Terminal): Promise<ExitCode>;
}

/** Options that several commands share, worded once. */
export const modelOption = { value: 'NAME', help: 'Which model, when the file has several.' } as const;
export const setOption = { value: 'KEY=VALUE', repeated: true, help: 'Sets a number of training or of a layer: rate=0.01, r1.hidden=64. May be repeated.' } as const;
export const jsonOption = { help: 'Prints one JSON object per line and nothing else on standard output.' } as const;
export const backendOption = { value: 'NAME', help: 'cpu (native, onnxruntime-node), wasm (onnxruntime-web) or auto: cpu where it is installed, else wasm. Default: auto.' } as const;
export const threadsOption = { value: 'N', help: 'Threads of the backend. Default 1, which gives the same bits on every run.' } as const;
export const modelOperand = 'MODEL.rnn';
