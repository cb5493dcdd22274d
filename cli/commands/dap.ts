// `unroll dap`: the debug adapter over standard input and output, for any editor that speaks the protocol.
// Not a terminal program: standard output carries the protocol's messages and nothing else.
// Invariant: ends when the client disconnects or its end of the pipe closes; whatever is open is disposed first.
import type { Command } from '../command';
import { nodeDebugHost, serveOverStreams } from '../debug-host';
import { exitCodes } from '../terminal';

export const dapCommand: Command = {
  spec: {
    name: 'dap',
    summary: 'Speaks the Debug Adapter Protocol over standard input and output.',
    operands: [],
    options: {},
    notes: ['For editors: start it as a debug adapter and launch with program, model, weights or run, inputs or sequence, backend, stopOnEntry, pass ("sequence" or "train").'],
  },
  async run(_options, terminal) {
    await serveOverStreams(nodeDebugHost(terminal.folder), (text) => terminal.err(text));
    return exitCodes.done;
  },
};
