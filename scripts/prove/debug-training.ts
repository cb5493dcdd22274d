// Proves that waiting for a condition over tensors costs a training next to nothing: iterations per second under the debugger,
// with one condition that never holds, against a session without any, for 1 layer of 128 units over 120 steps, batch 32, on `cpu`.
// Not a test of what stops it. The sessions take turns, so that a busy machine slows all of them.
// Invariant: throws when a condition costs more than a tenth; the losses of all sessions are the same to the last bit.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { nodeDebugHost } from '../../cli/debug-host';
import { DebugAdapter } from '../../extension/debug/adapter/debug-adapter';

export const name = 'debug-training';

/** Counted are the iterations from the first of these to the last; before them, programs are opened. */
const from = 25;
const to = 100;
const conditions = { none: undefined, loss: 'loss > 1000', gradient: 'norm(grad(h\')) < 0', gate: 'sat(f) > 1' } as const;
type Kind = keyof typeof conditions;

const model = `model M {
  data   copyMemory(length: 100, symbols: 8)
  embed  e = Embedding(x, size: 32)
  layer  r = LSTM(e, hidden: 128)
  output y = Linear(r)
  loss   crossEntropy(y)
  train {
    batch 32
    iterations ${to}
    seed 1
  }
}
`;

interface Measured {
  readonly perSecond: number;
  readonly losses: readonly string[];
}

/** One training under the debugger, to its end. */
async function train(folder: string, program: string, condition: string | undefined): Promise<Measured> {
  const waiting = new Map<string, (body: unknown) => void>();
  const times = new Map<number, number>();
  const losses: string[] = [];
  const said: string[] = [];
  let sequence = 0;
  const hear = (bytes: Uint8Array): void => {
    const text = new TextDecoder().decode(bytes);
    const message = JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)) as { event?: string; request_seq?: number; body?: { output?: string } };
    const output = message.body?.output ?? '';
    const line = /^iteration (\d+): loss (\S+),/.exec(output);
    if (line !== null) {
      times.set(Number(line[1]), performance.now());
      losses.push(line[2] ?? '');
    } else if (output !== '') said.push(output);
    waiting.get(message.event ?? String(message.request_seq))?.(message.body);
  };
  const adapter = new DebugAdapter(nodeDebugHost(folder), hear, (text) => said.push(text));
  const heard = (key: string): Promise<unknown> => new Promise((resolve) => waiting.set(key, resolve));
  const ask = (command: string, args: unknown = {}): Promise<unknown> => {
    const body = JSON.stringify({ seq: ++sequence, type: 'request', command, arguments: args });
    const answer = heard(String(sequence));
    adapter.connection.receive(Buffer.from(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`));
    return answer;
  };
  await ask('initialize');
  await ask('launch', { program, backend: 'cpu', pass: 'train' });
  if (condition !== undefined) await ask('setBreakpoints', { source: { path: 'library:lstm.rnn' }, breakpoints: [{ line: 18, condition }] });
  const ended = heard('terminated');
  await ask('configurationDone');
  await ended;
  await ask('disconnect');
  const [first, last] = [times.get(from), times.get(to)];
  if (first === undefined || last === undefined) throw new Error(`The training did not reach iteration ${to}: ${said.join('')}`);
  return { perSecond: (1000 * (to - from)) / (last - first), losses };
}

export async function run(): Promise<Readonly<Record<string, unknown>>> {
  const folder = mkdtempSync(join(tmpdir(), 'unroll-debug-training-'));
  try {
    const program = join(folder, 'm.rnn');
    writeFileSync(program, model);
    const kinds = Object.keys(conditions) as Kind[];
    const best = new Map<Kind, number>();
    const losses = new Set<string>();
    for (let round = 0; round < 3; round++) {
      for (const kind of kinds) {
        const measured = await train(folder, program, conditions[kind]);
        best.set(kind, Math.max(best.get(kind) ?? 0, measured.perSecond));
        losses.add(measured.losses.join());
      }
    }
    const plain = best.get('none') ?? NaN;
    const shares = [...best].filter(([kind]) => kind !== 'none').map(([kind, value]): readonly [string, number] => [conditions[kind] ?? '', Number((value / plain).toFixed(3))]);
    const figures = {
      iterationsPerSecond: Object.fromEntries([...best].map(([kind, value]) => [conditions[kind] ?? 'no condition', Number(value.toFixed(2))])),
      againstNoCondition: Object.fromEntries(shares),
      loadAverage: loadavg().map((value) => Number(value.toFixed(2))),
    };
    if (losses.size !== 1) throw new Error(`A condition changed the losses. ${JSON.stringify(figures)}`);
    for (const [condition, share] of shares) if (!(share >= 0.9)) throw new Error(`With ${condition} training runs at ${share} of its speed; the bound is 0.9. ${JSON.stringify(figures)}`);
    return figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
