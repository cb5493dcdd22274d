// A terminal that remembers, in a folder of its own, and the command line run in it.
// Not the process's. Invariant: the folder is removed by whoever made it.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { runCli } from '../../cli/run-cli';
import type { Terminal } from '../../cli/terminal';

export interface CallResult {
  readonly code: number;
  readonly out: readonly string[];
  readonly err: readonly string[];
}

export class TestFolder {
  private constructor(readonly path: string) {}

  static async create(files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<TestFolder> {
    const folder = new TestFolder(await mkdtemp(join(tmpdir(), 'unroll-cli-')));
    for (const [name, content] of Object.entries(files)) await folder.write(name, content);
    return folder;
  }

  async write(name: string, content: string | Uint8Array): Promise<void> {
    await mkdir(dirname(join(this.path, name)), { recursive: true });
    await writeFile(join(this.path, name), content);
  }

  /** `interruptAfter`: Ctrl-C once so many lines were printed. */
  async call(args: readonly string[], options: { readonly interruptAfter?: number } = {}): Promise<CallResult> {
    const out: string[] = [];
    const err: string[] = [];
    let interrupt = (): void => undefined;
    let time = 1_767_225_600_000;
    const terminal: Terminal = {
      out(line) {
        out.push(line);
        if (out.length === options.interruptAfter) interrupt();
      },
      err: (line) => void err.push(line),
      progress: () => undefined,
      folder: this.path,
      onInterrupt(callback) {
        interrupt = callback;
        return () => (interrupt = () => undefined);
      },
      now: () => (time += 10),
      breathe: () => setImmediate(),
    };
    return { code: await runCli(args, terminal), out, err };
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

export const probeText = `model Probe {
  input  x[3]
  layer  r = GRU(x, hidden: 4)
  output y = Linear(r, size: 2)
  loss   crossEntropy(y)
}
`;

export const characterText = `model Poem {
  data   text("poem.txt", length: 8)
  embed  e = Embedding(x, size: 4)
  let    d = dropout(e, 0.1)
  layer  r = LSTM(d, hidden: 6)
  output y = Linear(r)
  loss   crossEntropy(y)
  train { optimizer adam(rate: 0.01)  batch 3  iterations 30  clip norm 1.0  carry state  seed 1 }
}
`;

export const poem = 'The woods are lovely, dark and deep, but I have promises to keep, and miles to go before I sleep. '.repeat(6);
