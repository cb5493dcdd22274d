// The terminal of the running process.
// Not a test's. Invariant: nothing but results reaches standard output, and a reader that went away (a closed pipe) ends the program quietly.
import process from 'node:process';
import { setImmediate } from 'node:timers/promises';
import type { Terminal } from './terminal';

/** Between two lines of progress where lines cannot be replaced, in milliseconds. */
const pause = 10_000;

export function processTerminal(): Terminal {
  const shown = process.stderr.isTTY;
  let pending = false;
  let last = -Infinity;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  const clear = (): void => {
    if (pending) process.stderr.write('\r\u001b[K');
    pending = false;
  };
  return {
    out(line) {
      clear();
      process.stdout.write(`${line}\n`);
    },
    err(line) {
      clear();
      process.stderr.write(`${line}\n`);
    },
    progress(line) {
      if (shown) {
        process.stderr.write(`\r\u001b[K${line}`);
        pending = true;
      } else if (Date.now() - last > pause) {
        process.stderr.write(`${line}\n`);
        last = Date.now();
      }
    },
    folder: process.cwd(),
    onInterrupt(callback) {
      process.on('SIGINT', callback);
      process.on('SIGTERM', callback);
      return () => {
        process.off('SIGINT', callback);
        process.off('SIGTERM', callback);
      };
    },
    now: () => performance.timeOrigin + performance.now(),
    breathe: () => setImmediate(),
  };
}
