// The terminal of the running process.
// Not a test's. A second Ctrl-C ends the program, whatever it is in the middle of. Invariant: nothing but results reaches standard output, and a reader that went away (a closed pipe) ends the program quietly.
import process from 'node:process';
import { setImmediate } from 'node:timers/promises';
import type { Terminal } from './terminal';

/** Between two lines of progress where lines cannot be replaced, in milliseconds. */
const pause = 10_000;

/** Milliseconds from which on a second Ctrl-C is one: a launcher may pass the first on twice. */
const again = 500;
/** As a shell reports a program that Ctrl-C ended. */
const interrupted = 130;

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
      let first: number | undefined;
      const hear = (): void => {
        if (first === undefined) {
          first = performance.now();
          callback();
        } else if (performance.now() - first > again) {
          clear();
          process.stderr.write('Ended at once; what was whole on the disk is kept.\n');
          process.exit(interrupted);
        }
      };
      process.on('SIGINT', hear);
      process.on('SIGTERM', hear);
      return () => {
        process.off('SIGINT', hear);
        process.off('SIGTERM', hear);
      };
    },
    now: () => performance.timeOrigin + performance.now(),
    breathe: () => setImmediate(),
  };
}
