// Proves how much memory a debug session keeps beside the numbers of its trace: 2 layers of 256 units, 200 steps, on `cpu`.
// Not the memory of a process: ONNX Runtime's arenas and garbage not yet collected are not the session's, and come and go.
// Invariant: what is kept is measured after a garbage collection, against the same session's trace; throws when it is 3 times as much.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { nodeDebugHost } from '../../cli/debug-host';
import { DebugAdapter } from '../../extension/debug/adapter/debug-adapter';

export const name = 'debug-memory';

const model = (hidden: number, length: number): string => `model M {
  data   copyMemory(length: ${length}, symbols: 8)
  embed  e = Embedding(x, size: 64)
  layer  r1 = LSTM(e, hidden: ${hidden})
  layer  r2 = LSTM(r1, hidden: ${hidden})
  output y = Linear(r2)
  loss   crossEntropy(y)
}
`;

interface Session {
  readonly steps: number;
  end(): Promise<unknown>;
}

/** A session inside this process, stopped on entry. */
async function open(folder: string, program: string): Promise<Session> {
  const waiting = new Map<string, (body: unknown) => void>();
  let sequence = 0;
  let text = '';
  const hear = (bytes: Uint8Array | string): void => {
    text += typeof bytes === 'string' ? bytes : new TextDecoder('latin1').decode(bytes);
    for (let match = /Content-Length: (\d+)\r\n\r\n/.exec(text); match; match = /Content-Length: (\d+)\r\n\r\n/.exec(text)) {
      const from = match.index + match[0].length;
      const length = Number(match[1]);
      if (text.length < from + length) return;
      const message = JSON.parse(text.slice(from, from + length)) as { type: string; event?: string; request_seq?: number; body?: unknown };
      text = text.slice(from + length);
      waiting.get(message.event ?? String(message.request_seq))?.(message.body);
    }
  };
  const adapter = new DebugAdapter(nodeDebugHost(folder), hear, () => undefined, () => undefined);
  const heard = (key: string): Promise<unknown> => new Promise((resolve) => waiting.set(key, resolve));
  const ask = (command: string, args: unknown = {}): Promise<unknown> => {
    const body = JSON.stringify({ seq: ++sequence, type: 'request', command, arguments: args });
    const answer = heard(String(sequence));
    adapter.connection.receive(Buffer.from(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`));
    return answer;
  };
  await ask('initialize');
  await ask('launch', { program, backend: 'cpu' });
  const stopped = heard('stopped');
  await ask('configurationDone');
  await stopped;
  const cursor = (await ask('rnn/cursor')) as { readonly steps: number };
  return { steps: cursor.steps, end: () => ask('disconnect') };
}

export async function run(): Promise<Readonly<Record<string, number>>> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const kept = (): number => {
    collect();
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const folder = mkdtempSync(join(tmpdir(), 'unroll-memory-'));
  try {
    writeFileSync(join(folder, 'small.rnn'), model(2, 1));
    writeFileSync(join(folder, 'large.rnn'), model(256, 180));
    const small = await open(folder, join(folder, 'small.rnn'));
    await small.end();
    const before = kept();
    const session = await open(folder, join(folder, 'large.rnn'));
    const used = kept() - before;
    // Values and gradients: per layer six equations and states and what the line hands on, 64 of the embedding, 10 of the output;
    // and what each step hands on: the old states' gradients, the input's, the output's.
    const perStep = 2 * (2 * (6 * 256 + 256) + 64 + 10) + 2 * (2 * 256 + 256 + 256);
    const raw = 4 * session.steps * perStep;
    // Parameters and their gradients, once each.
    const parameters = 2 * 4 * (4 * (256 * 64 + 256 * 256 + 256) + 4 * (256 * 256 + 256 * 256 + 256) + 10 * 64 + 10 * 256 + 10);
    await session.end();
    const megabytes = (bytes: number): number => Number((bytes / 1e6).toFixed(1));
    const ratio = Number(((used - parameters) / raw).toFixed(2));
    const figures = { steps: session.steps, rawMegabytes: megabytes(raw), parameterMegabytes: megabytes(parameters), keptMegabytes: megabytes(used), ratio };
    if (ratio >= 3) throw new Error(`The session keeps ${ratio} times the numbers of its trace; the bound is 3. ${JSON.stringify(figures)}`);
    return figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
