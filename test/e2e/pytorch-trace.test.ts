// `unroll trace` of the built program, files in and file out, against PyTorch's numbers.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { readSafetensors, writeSafetensors } from '../../engine/weights/safetensors';
import { readFixture } from '../fixtures/read-fixture';
import { tolerances } from '../tolerances';
import { disagreements } from '../trace/compare-columns';

const program = fileURLToPath(new URL('../../dist/cli/unroll.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'unroll-trace-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(['cpu', 'wasm'])('unroll trace --backend %s', (backend) => {
  it.each(['lstm-2-holes', 'gru-last-both-holes', 'lstm-embedding-holes', 'odd-2-holes'])('%s', (name) => {
    const fixture = readFixture(name);
    const [model, weights, inputs, out] = ['M.rnn', 'W.safetensors', 'X.safetensors', 'T.safetensors'].map((file) => join(folder, file)) as [string, string, string, string];
    rmSync(out, { force: true });
    writeFileSync(model, fixture.model);
    writeFileSync(weights, writeSafetensors(fixture.weights));
    writeFileSync(inputs, writeSafetensors(fixture.inputs));
    execFileSync(process.execPath, [program, 'trace', model, '--weights', weights, '--inputs', inputs, '--out', out, '--backend', backend], { stdio: 'pipe' });
    const { tensors } = readSafetensors(readFileSync(out), out);
    expect([...tensors.keys()].sort()).toEqual([...fixture.trace.keys()].sort());
    expect(disagreements(tensors, fixture.trace, tolerances.singlePrecisionTrace)).toEqual([]);
  });
});
