// Runs that ended with their window: remembered at once, said once, and never taken from a window that lives.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InterruptedRuns } from '../../extension/training/interrupted-runs';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'unroll-interrupted-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A process that is over. */
const gone = (): number => spawnSync(process.execPath, ['-e', '']).pid;

describe('interrupted runs', () => {
  it('of a window that is gone are told to the next one, once', async () => {
    const before = new InterruptedRuns(join(folder, 'made'), gone());
    before.remember(['/a', '/b']);
    before.remember(['/b']);
    const next = new InterruptedRuns(join(folder, 'made'), process.pid);
    expect(await next.take()).toEqual(['/b']);
    expect(await next.take()).toEqual([]);
    expect(readdirSync(join(folder, 'made'))).toEqual([]);
  });

  it('are none when every run came to its own end, or nothing was ever stored', async () => {
    const before = new InterruptedRuns(folder, gone());
    before.remember(['/a']);
    before.remember([]);
    expect(await new InterruptedRuns(folder, process.pid).take()).toEqual([]);
    expect(await new InterruptedRuns(join(folder, 'none'), process.pid).take()).toEqual([]);
  });

  it('are not those of this window, and a damaged file names none', async () => {
    const own = new InterruptedRuns(folder, process.pid);
    own.remember(['/mine']);
    writeFileSync(join(folder, `going-${gone()}.json`), '["/cut');
    expect(await own.take()).toEqual([]);
    expect(readdirSync(folder)).toEqual([`going-${process.pid}.json`]);
  });
});
