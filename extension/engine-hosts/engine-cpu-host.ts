// The entry of an engine in a child process: backend `cpu`, messages over Node's channel between processes.
// Not the engine (serve/). A native fault here ends this process and no other.
// Invariant: the process ends soon after its owner does, and the run is kept as far as it had come.
import { constants, setPriority } from 'node:os';
import { openCpuBackend } from '../../cli/backends/cpu';
import type { Port } from '../../protocol/channel';
import { nodePlatform } from './node-platform';
import { serveEngine } from './serve/serve-engine';

// Below the editor's own processes: where there are more threads than cores, typing comes first. Threads made later inherit it.
try {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
} catch {
  // A system that refuses lets the engine run as it is; the run itself is no different.
}

const port: Port = {
  // A message that cannot be sent has lost its reader: `disconnect` ends the process.
  post: (message) => process.send?.(message, () => undefined),
  receive: (listener) => {
    process.on('message', listener);
    return () => process.off('message', listener);
  },
};
const engine = serveEngine(port, nodePlatform((threads) => openCpuBackend({ threads }), 'cpu'));

/** Milliseconds for the iteration under way and its checkpoint, when the owner has gone without a word. */
const lastMoments = 10_000;

process.on('disconnect', () => {
  setTimeout(() => process.exit(), lastMoments).unref();
  // Nobody is left to hear of an error; what an earlier checkpoint holds stays.
  void engine.leave().catch(() => undefined).then(() => process.exit());
});
