// Type-checks every room under its own tsconfig (own lib, own types), in the order of their references.
// Not a compiler: declarations land in out/types only so that a room is checked once.
// Invariant: a room without files yet is no error; everything else that tsc says is.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const rooms = process.argv.slice(2);
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
const run = spawnSync(process.execPath, [tsc, '--build', '--pretty', 'false', ...rooms], { cwd: root, encoding: 'utf8' });
if (run.error) throw run.error;
const lines = `${run.stdout}${run.stderr}`.split('\n').filter((line) => line.trim() !== '' && !line.includes('error TS18003'));
for (const line of lines) console.log(line);
const errors = lines.filter((line) => line.includes('error TS'));
// tsc fails silently only on a crash; then its status is all there is.
const crashed = run.status !== 0 && lines.length === 0 && !`${run.stdout}`.includes('TS18003');
console.log(errors.length === 0 && !crashed ? 'typecheck: no errors' : `typecheck: ${errors.length} errors`);
process.exit(errors.length === 0 && !crashed ? 0 : 1);
