// PyTorch as the other side of the benchmark: a child process that runs scripts/bench/pytorch_peer.py.
// Not a dependency: where no Python has torch, the reason is said and the column stays empty.
// Invariant: the process ends with `dispose`, or with us; an answer that is no answer is an OperationalError.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { OperationalError } from '../../engine/base/operational-error';
import type { Contender } from './contender';
import type { BenchProblem } from './problems';

/** Beside the sources and beside the built program alike. */
const script = fileURLToPath(new URL('../../scripts/bench/pytorch_peer.py', import.meta.url));

/** A Python that a virtual environment hides may still have torch. */
export const pythons: readonly string[] = ['python3', '/usr/bin/python3'];

export interface PyTorchPeer {
  readonly version: string;
  readonly threads: number;
  open(problem: BenchProblem): Promise<Contender>;
  dispose(): void;
}

/** The first of the interpreters that has torch, or why none has. */
export async function openPyTorch(candidates: readonly string[], threads: number): Promise<PyTorchPeer | { readonly reason: string }> {
  const reasons: string[] = [];
  for (const python of candidates) {
    try {
      return await start(python, threads);
    } catch (thrown) {
      reasons.push(`${python}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    }
  }
  return { reason: reasons.join('; ') };
}

async function start(python: string, threads: number): Promise<PyTorchPeer> {
  const count = String(threads);
  const child = spawn(python, [script, count], { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, OMP_NUM_THREADS: count, OPENBLAS_NUM_THREADS: count, MKL_NUM_THREADS: count } });
  const answers = answersOf(child);
  const greeting = await answers();
  const ask = async (request: object): Promise<Record<string, unknown>> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    return answers();
  };
  return {
    version: String(greeting['torch']),
    threads: Number(greeting['threads']),
    async open(problem) {
      await ask(problem);
      return {
        async run(iterations) {
          const { ms } = await ask({ iterations });
          if (!Array.isArray(ms) || ms.length !== iterations) throw new OperationalError('peer-failed', 'PyTorch\'s side did not say how long its iterations took.');
          return ms.map(Number);
        },
        dispose: () => Promise.resolve(),
      };
    },
    dispose: () => void child.kill(),
  };
}

/** The child's answers one by one; rejects with its last words when it ends. */
function answersOf(child: ChildProcessByStdio<Writable, Readable, Readable>): () => Promise<Record<string, unknown>> {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let lastWords = '';
  let failure: Error | undefined;
  child.stderr.on('data', (text: Buffer) => (lastWords = `${lastWords}${text.toString()}`.slice(-2000)));
  child.on('error', (error) => (failure = error));
  // Writing to a child that has ended is reported by the next answer, which there is none of.
  child.stdin.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => resolve());
    child.on('error', () => resolve());
  });
  return async () => {
    const line = await lines.next();
    if (line.done !== true) return JSON.parse(line.value) as Record<string, unknown>;
    await ended;
    throw new OperationalError('peer-failed', failure?.message ?? lastWords.trim().split('\n').at(-1) ?? 'it ended without a word');
  };
}
