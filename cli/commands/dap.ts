// `unroll dap`: the debug adapter over standard input and output, for any editor that speaks the protocol.
// Not a terminal program: standard output carries the protocol's messages and nothing else.
// Invariant: ends when the client disconnects or its end of the pipe closes; whatever is open is disposed first.
import process from 'node:process';
import { DebugAdapter } from '../../extension/debug/adapter/debug-adapter';
import { type Command } from '../command';
import { nodeDebugHost } from '../debug-host';
import { exitCodes } from '../terminal';

export const dapCommand: Command = {
  spec: {
    name: 'dap',
    summary: 'Speaks the Debug Adapter Protocol over standard input and output.',
    operands: [],
    options: {},
    notes: ['For editors: start it as a debug adapter and launch with program, model, weights or run, inputs or sequence, backend, stopOnEntry, pass ("sequence" or "train").'],
  },
  run(_options, terminal) {
    // Packages print here and there; standard output is the protocol's alone.
    console.log = (...words: unknown[]) => terminal.err(words.map(String).join(' '));
    return new Promise((resolve) => {
      const adapter = new DebugAdapter(nodeDebugHost(terminal.folder), (bytes) => process.stdout.write(bytes), (text) => terminal.err(text), () => {
        // Lets the answer to the last request out.
        setImmediate(() => {
          process.stdin.destroy();
          resolve(exitCodes.done);
        });
      });
      process.stdin.on('data', (chunk: Buffer) => adapter.connection.receive(chunk));
      process.stdin.on('end', () => void adapter.close());
      process.stdin.on('error', () => void adapter.close());
    });
  },
};
