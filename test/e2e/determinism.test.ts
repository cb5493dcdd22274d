// Two runs of the built `unroll train` with one seed: the same lines and the same checkpoint, to the last bit.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../../dist/cli/unroll.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'unroll-determinism-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const model = `model Writer {
  data   text("poem.txt", unit: char, length: 12)
  embed  e  = Embedding(x, size: 6)
  layer  r1 = LSTM(e, hidden: 10)
  let    d  = dropout(r1, 0.2)
  layer  r2 = GRU(d, hidden: 10)
  output y  = Linear(r2)
  loss   crossEntropy(y)
}
train { optimizer adam(rate: 0.01)  batch 4  epochs 2  iterations 12  clip norm 1.0  carry state  seed 7 }
`;

function train(backend: string, name: string, seed: number): { readonly lines: readonly string[]; readonly checkpoint: Buffer } {
  const out = execFileSync(process.execPath, [program, 'train', 'writer.rnn', '--backend', backend, '--threads', '1', '--set', `seed=${seed}`, '--out', name, '--validate-every', '5', '--json'], { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
  const checkpoints = join(folder, name, 'checkpoints');
  const last = readdirSync(checkpoints).filter((file) => file.endsWith('.safetensors')).sort().at(-1) ?? '';
  return { lines: out.trim().split('\n').filter((line) => !line.includes('"done"')), checkpoint: readFileSync(join(checkpoints, last)) };
}

it.each(['cpu', 'wasm'])('on %s a seed settles every bit of a run', (backend) => {
  writeFileSync(join(folder, 'poem.txt'), 'so it is that a wave that rises falls, and what it carried stays behind.\n'.repeat(14));
  writeFileSync(join(folder, 'writer.rnn'), model);
  const first = train(backend, `${backend}-1`, 7);
  const second = train(backend, `${backend}-2`, 7);
  expect(first.lines.length).toBeGreaterThan(12);
  expect(second.lines).toEqual(first.lines);
  expect(second.checkpoint.equals(first.checkpoint)).toBe(true);
  expect(train(backend, `${backend}-3`, 8).lines).not.toEqual(first.lines);
});
