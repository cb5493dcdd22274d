// The entry of an engine in a child process: backend `cpu`, messages over Node's channel between processes.
// Not the engine (serve/). A native fault here ends this process and no other.
// Invariant: the process ends when its owner does.
import { openCpuBackend } from '../../cli/backends/cpu';
import type { Port } from '../../protocol/channel';
import { nodePlatform } from './node-platform';
import { serveEngine } from './serve/serve-engine';

const port: Port = {
  // A message that cannot be sent has lost its reader: `disconnect` ends the process.
  post: (message) => process.send?.(message, () => undefined),
  receive: (listener) => {
    process.on('message', listener);
    return () => process.off('message', listener);
  },
};
process.on('disconnect', () => process.exit());
serveEngine(port, nodePlatform((threads) => openCpuBackend({ threads }), 'cpu'));
