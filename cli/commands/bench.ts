// `unroll bench`: a training iteration of the library's RNN, GRU and LSTM on our backends, beside PyTorch's where it is installed.
// Not a test: no time is right or wrong. Invariant: every side runs in the same call with the same number of threads.
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import type { Backend } from '../../engine/runtime/backend';
import { OperationalError } from '../../engine/base/operational-error';
import { openNodeBackend } from '../backends/open-backend';
import { type BenchRow, ratiosOf, tableLines } from '../bench/bench-report';
import { type Contender, openOwn, type OwnContender } from '../bench/contender';
import { type Effort, measure, quickEffort, usualEffort } from '../bench/measure';
import { nodesPerStep } from '../bench/nodes-per-step';
import { type BenchProblem, cells, sizes } from '../bench/problems';
import { openPyTorch, type PyTorchPeer, pythons } from '../bench/pytorch-peer';
import { reasonOf } from '../files/file-reasons';
import { type Command, jsonOption, threadsOption } from '../command';
import { type Terminal, exitCodes } from '../terminal';

export const benchCommand: Command = {
  spec: {
    name: 'bench',
    summary: 'Times a training iteration of RNN, GRU and LSTM, beside PyTorch where it is installed.',
    operands: [],
    options: {
      cell: { value: 'NAME', help: 'Only this one: RNN, GRU or LSTM.' },
      rounds: { value: 'N', help: `How often each side has its turn. Default ${usualEffort.rounds}.` },
      quick: { help: 'Three iterations of the smallest size and no more: shows that it works, not how fast.' },
      python: { value: 'PATH', help: 'The Python that has torch; none = without PyTorch. Default: python3, then /usr/bin/python3.' },
      threads: { ...threadsOption, help: 'Threads of every side. Default 1.' },
      out: { value: 'FILE.json', help: 'Where all figures are written.' },
      json: jsonOption,
    },
    notes: ['Sides take turns in one process and its child; a figure is the median over all iterations. A ratio above 1 says how many times faster we are.'],
  },
  async run(options, terminal) {
    const only = options.word('cell', cells);
    const threads = options.count('threads') ?? 1;
    const quick = options.has('quick');
    const effort: Effort = quick ? quickEffort : { ...usualEffort, rounds: options.count('rounds') ?? usualEffort.rounds };
    const backends = await openBackends(threads, terminal);
    const peer = await peerOf(options.text('python'), threads, terminal);
    const rows: BenchRow[] = [];
    try {
      for (const cell of only === undefined ? cells : [only]) {
        for (const size of quick ? sizes.slice(0, 1) : sizes) {
          const row = await benchRow({ cell, ...size }, backends, peer, effort);
          rows.push(row);
          terminal.progress(`${cell} with ${size.hidden} units`);
          if (options.has('json')) terminal.out(JSON.stringify(row));
        }
      }
    } finally {
      peer?.dispose();
      for (const backend of backends) await backend.dispose();
    }
    const versions = { node: process.version, ...Object.fromEntries(backends.map((backend) => [backend.name, backend.description])), ...(peer ? { pytorch: peer.version } : {}) };
    const circumstances = { threads, cores: cpus().length, rounds: effort.rounds, quick, versions };
    if (options.has('json')) terminal.out(JSON.stringify({ kind: 'done', ...circumstances }));
    else for (const line of tableLines(rows)) terminal.out(line);
    const out = options.text('out');
    if (out !== undefined) writeFigures(out, terminal, { ...circumstances, rows });
    return exitCodes.done;
  },
};

async function openBackends(threads: number, terminal: Terminal): Promise<readonly Backend[]> {
  const opened: Backend[] = [];
  for (const name of ['cpu', 'wasm'] as const) {
    try {
      opened.push(await openNodeBackend(name, { threads }));
    } catch (thrown) {
      if (!(thrown instanceof OperationalError) || thrown.code !== 'backend-missing') throw thrown;
      terminal.err(`Without ${name}: ${thrown.message}`);
    }
  }
  return opened;
}

async function peerOf(python: string | undefined, threads: number, terminal: Terminal): Promise<PyTorchPeer | undefined> {
  if (python === 'none') return undefined;
  const peer = await openPyTorch(python === undefined ? pythons : [python], threads);
  if (!('reason' in peer)) return peer;
  terminal.err(`Without PyTorch: ${peer.reason}`);
  return undefined;
}

async function benchRow(problem: BenchProblem, backends: readonly Backend[], peer: PyTorchPeer | undefined, effort: Effort): Promise<BenchRow> {
  const own = new Map<string, OwnContender>();
  const sides = new Map<string, Contender>();
  for (const backend of backends) own.set(backend.name, await openOwn(problem, backend));
  const native = own.get('cpu');
  // cpu, PyTorch, wasm, and round again: the two that are compared are neighbours in time.
  if (native) sides.set('cpu', native);
  if (peer) sides.set('pytorch', await peer.open(problem));
  const web = own.get('wasm');
  if (web) sides.set('wasm', web);
  try {
    const medians = await measure(sides, effort);
    const figures = (name: string): { readonly ms: number; readonly sessionMs: number } | undefined => {
      const side = own.get(name);
      const ms = medians.get(name);
      return side && ms !== undefined ? { ms, sessionMs: side.sessionMs } : undefined;
    };
    const [cpu, wasm, theirs] = [figures('cpu'), figures('wasm'), medians.get('pytorch')];
    const found = { ...(cpu ? { cpu } : {}), ...(wasm ? { wasm } : {}), ...(theirs === undefined ? {} : { pytorch: { ms: theirs } }) };
    return { kind: 'bench', ...problem, nodes: native?.nodes ?? web?.nodes ?? 0, nodesPerStep: nodesPerStep(problem), ...found, ratios: ratiosOf(found) };
  } finally {
    for (const side of own.values()) await side.dispose();
  }
}

function writeFigures(name: string, terminal: Terminal, figures: object): void {
  try {
    writeFileSync(resolve(terminal.folder, name), `${JSON.stringify(figures, null, 2)}\n`);
  } catch (thrown) {
    throw new OperationalError('file-unwritable', `"${name}" cannot be written: ${reasonOf(thrown)}.`, { cause: thrown });
  }
}
