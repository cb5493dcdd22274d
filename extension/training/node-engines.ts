// Starts an engine beside the extension host: `cpu` in a child process, `wasm` in a worker thread.
// Not what it does there (engine-hosts/). Invariant: a native fault ends the child, never the host; a closed link leaves no process behind.
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Channel, type Port } from '../../protocol/channel';
import { type EngineHost, type EngineOwner, engineScope } from '../../protocol/engine-host';
import type { EngineLink } from './engine-link';
import { ownerFiles } from './owner-files';

/** `dist`: the folder of the bundles. */
export function startCpuEngine(dist: string): EngineLink {
  const child = fork(join(dist, 'extension', 'engine-cpu-host.cjs'), [], {
    // Keeps numbers that are not finite, typed arrays and maps as they are.
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // In the desktop application the executable is Electron's.
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  });
  let said = '';
  child.stderr?.on('data', (chunk) => { said = (said + String(chunk)).slice(-2000); });
  const port: Port = {
    post: (message) => { if (child.connected) child.send(message as object, () => undefined); },
    receive: (listener) => {
      child.on('message', listener);
      return () => child.off('message', listener);
    },
  };
  const own = link(port, (die) => {
    child.once('error', (error) => die(`the engine's process could not be started: ${error.message}`));
    child.once('exit', (code, signal) => die(`the engine's process ended ${signal === null ? `with code ${code}` : `by ${signal}`}${lastLine(said)}`));
  }, () => child.kill('SIGKILL'));
  return child.pid === undefined ? own : { ...own, pid: child.pid };
}

export function startWasmEngine(dist: string): EngineLink {
  const worker = new Worker(join(dist, 'extension', 'engine-wasm-host.cjs'), { stdout: true, stderr: true, execArgv: [] });
  const port: Port = {
    post: (message, transfer) => worker.postMessage(message, transfer as ArrayBuffer[]),
    receive: (listener) => {
      worker.on('message', listener);
      return () => worker.off('message', listener);
    },
  };
  return link(port, (die) => {
    worker.once('error', (error) => die(`the engine's worker failed: ${error.message}`));
    worker.once('exit', (code) => die(`the engine's worker ended with code ${code}`));
  }, () => void worker.terminate());
}

/** Also gives the process its end: what it says after being closed is not news. */
function link(port: Port, watch: (die: (reason: string) => void) => void, end: () => void): EngineLink {
  const channel = new Channel<EngineOwner, EngineHost>(port, engineScope, ownerFiles);
  let over = false;
  const died = new Promise<string>((resolve) => watch((reason) => {
    if (over) return;
    over = true;
    channel.dispose();
    resolve(reason);
  }));
  return {
    channel, died,
    close: () => {
      over = true;
      channel.dispose();
      end();
    },
  };
}

function lastLine(text: string): string {
  const line = text.trim().split('\n').pop() ?? '';
  return line === '' ? '' : `: ${line}`;
}
