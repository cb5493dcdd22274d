// Proves how fast a debug session is: from `next` to readable variables, how soon it starts, and how long a what-if takes,
// for 2 layers of 256 units over 200 steps on `cpu`, over the real standard streams of `unroll dap`.
// Not a test of what is shown, and not its memory (debug-memory.ts). Needs `npm run build` first.
// Invariant: throws when a bound is broken, so that the old figures stay.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { quantile } from './quantiles.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const name = 'debug-latency';

const model = (/** @type {number} */ hidden, /** @type {number} */ length) => `model M {
  data   copyMemory(length: ${length}, symbols: 8)
  embed  e = Embedding(x, size: 64)
  layer  r1 = LSTM(e, hidden: ${hidden})
  layer  r2 = LSTM(r1, hidden: ${hidden})
  output y = Linear(r2)
  loss   crossEntropy(y)
}
`;

/** One session over pipes. @param {string} program */
function open(program) {
  const started = performance.now();
  const child = spawn(process.execPath, [join(root, 'dist/cli/unroll.mjs'), 'dap'], { stdio: ['pipe', 'pipe', 'inherit'] });
  let buffer = Buffer.alloc(0);
  let sequence = 0;
  /** @type {Map<number, (message: any) => void>} */
  const answers = new Map();
  /** @type {{ readonly event: string, readonly resolve: (body: any) => void }[]} */
  let listeners = [];
  child.stdout.on('data', (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (;;) {
      const end = buffer.indexOf('\r\n\r\n');
      const length = Number(/(\d+)/.exec(buffer.subarray(0, Math.max(0, end)).toString())?.[1]);
      if (end < 0 || buffer.length < end + 4 + length) return;
      const message = JSON.parse(buffer.subarray(end + 4, end + 4 + length).toString());
      buffer = buffer.subarray(end + 4 + length);
      if (message.type === 'response') answers.get(message.request_seq)?.(message);
      const heard = listeners.filter(({ event }) => event === message.event);
      listeners = listeners.filter(({ event }) => event !== message.event);
      for (const { resolve } of heard) resolve(message.body);
    }
  });
  /** @param {string} command @param {unknown} [args] @returns {Promise<any>} */
  const ask = (command, args = {}) => new Promise((resolve, reject) => {
    const seq = ++sequence;
    answers.set(seq, (message) => {
      answers.delete(seq);
      if (message.success) resolve(message.body);
      else reject(new Error(`${command}: ${message.message}`));
    });
    const text = JSON.stringify({ seq, type: 'request', command, arguments: args });
    child.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  });
  /** @param {string} event @returns {Promise<any>} */
  const once = (event) => new Promise((resolve) => listeners.push({ event, resolve }));
  const begin = async () => {
    await ask('initialize');
    await ask('launch', { program, backend: 'cpu' });
    const stopped = once('stopped');
    await ask('configurationDone');
    await stopped;
    return performance.now() - started;
  };
  const move = async (/** @type {string} */ command, /** @type {object} */ args = { threadId: 1 }) => {
    const stopped = once('stopped');
    await ask(command, args);
    await stopped;
  };
  /** Everything a client shows after a stop: stack, scopes, and the variables of those that are not expensive. */
  const look = async () => {
    const { stackFrames } = await ask('stackTrace', { threadId: 1 });
    const { scopes } = await ask('scopes', { frameId: stackFrames[0].id });
    for (const scope of scopes) if (!scope.expensive) await ask('variables', { variablesReference: scope.variablesReference });
    return stackFrames[0].name;
  };
  const end = async () => {
    await ask('disconnect');
    await new Promise((resolve) => child.once('exit', resolve));
  };
  return { ask, once, begin, move, look, end };
}

export async function run() {
  const folder = mkdtempSync(join(tmpdir(), 'unroll-latency-'));
  try {
    const large = join(folder, 'large.rnn');
    writeFileSync(large, model(256, 180));
    const session = open(large);
    const startSeconds = (await session.begin()) / 1000;
    const { steps } = await session.ask('rnn/cursor');
    /** @type {Record<string, number[]>} */
    const times = { step: [], equation: [] };
    for (const level of ['step', 'equation']) {
      await session.move('restart');
      for (let depth = 0; depth < (level === 'step' ? 1 : 3); depth++) await session.move('stepIn');
      for (let count = 0; count < 300; count++) {
        const from = performance.now();
        await session.move('next');
        const at = await session.look();
        times[level]?.push(performance.now() - from);
        if (at === 'update') break;
      }
    }
    /** From setting a state to other numbers being shown. */
    const whatIf = async (/** @type {number} */ step) => {
      await session.move('rnn/goto', { step, pass: 'forward', layer: 'r1' });
      const from = performance.now();
      const invalidated = session.once('invalidated');
      await session.ask('setExpression', { expression: 'r1.h', value: '0.1' });
      await invalidated;
      return Number(((performance.now() - from) / 1000).toFixed(2));
    };
    await session.move('restart');
    const whatIfSeconds = { first: await whatIf(1), last: await whatIf(steps) };
    await session.end();
    const figures = {
      steps, startSeconds: Number(startSeconds.toFixed(2)), whatIfSeconds,
      nextToVariables: Object.fromEntries(Object.entries(times).map(([level, values]) => [level, { count: values.length, medianMs: Number(quantile(values, 0.5).toFixed(2)), p99Ms: Number(quantile(values, 0.99).toFixed(2)) }])),
      loadAverage: loadavg().map((value) => Number(value.toFixed(2))),
    };
    for (const [level, { medianMs, p99Ms }] of Object.entries(figures.nextToVariables)) {
      if (medianMs > 10 || p99Ms > 50) throw new Error(`At the level of the ${level} a next takes ${medianMs} ms (median) and ${p99Ms} ms (99th percentile); the bounds are 10 and 50. ${JSON.stringify(figures)}`);
    }
    if (startSeconds > 2) throw new Error(`A session starts in ${startSeconds} s; the bound is 2. ${JSON.stringify(figures)}`);
    return figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
