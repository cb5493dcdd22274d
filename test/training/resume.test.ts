// Nothing is lost: a run that is stopped, or dies at any moment, and is resumed ends in the same files as one that ran through.
import { describe, expect, it } from 'vitest';
import { RunRecord } from '../../engine/training/run-record';
import { MemoryStorage, PlantedDeath } from './memory-storage';
import { fakeModel } from './fake-program';
import { run } from './training-run';

const lastCheckpoint = 'checkpoints/iteration-000000023.safetensors';

async function wholeRun(): Promise<MemoryStorage> {
  const storage = new MemoryStorage();
  expect(await run(storage)).toMatchObject({ status: 'finished', iteration: 23 });
  return storage;
}

describe('a stopped run', () => {
  it.each([1, 4, 5, 7, 13, 14, 22])('that is stopped in iteration %i and resumed is as if nothing had happened', async (stopAt) => {
    const whole = await wholeRun();
    const storage = new MemoryStorage();
    expect(await run(storage, { stopAt })).toMatchObject({ status: 'stopped', iteration: stopAt });
    expect(JSON.parse(storage.text('run.json'))).toMatchObject({ status: 'stopped', iteration: stopAt });
    const resumed = await run(storage, { resume: true });
    expect(resumed.program.iterations[0]).toBe(stopAt + 1);
    expect(storage.text('metrics.jsonl')).toBe(whole.text('metrics.jsonl'));
    expect(storage.files.get(lastCheckpoint)).toEqual(whole.files.get(lastCheckpoint));
  });

  it('at any breath, in the middle of a validation too', async () => {
    const whole = await wholeRun();
    for (let stopAtBreath = 1; stopAtBreath <= 30; stopAtBreath++) {
      const storage = new MemoryStorage();
      await run(storage, { stopAtBreath });
      await run(storage, { resume: true });
      expect(storage.text('metrics.jsonl'), `stopped at breath ${stopAtBreath}`).toBe(whole.text('metrics.jsonl'));
      expect(storage.files.get(lastCheckpoint)).toEqual(whole.files.get(lastCheckpoint));
    }
  });
});

describe('a run that dies', () => {
  it('at any operation of the disk goes on to the same end', async () => {
    const whole = await wholeRun();
    expect(whole.operations).toBeGreaterThan(20);
    for (let dieAt = 1; dieAt <= whole.operations; dieAt++) {
      const storage = new MemoryStorage(dieAt);
      await expect(run(storage), `dies in operation ${dieAt}`).rejects.toThrow(PlantedDeath);
      storage.revive();
      // Before run.json is there, nothing was begun and the run simply begins.
      await run(storage, { resume: storage.files.has('run.json') });
      expect(storage.text('metrics.jsonl'), `died in operation ${dieAt}`).toBe(whole.text('metrics.jsonl'));
      expect(storage.files.get(lastCheckpoint)).toEqual(whole.files.get(lastCheckpoint));
      expect(JSON.parse(storage.text('run.json'))).toMatchObject({ status: 'finished' });
    }
  });

  it('in the validation it owed from before a stop does not report it twice', async () => {
    const whole = await wholeRun();
    for (let stopAtBreath = 6; stopAtBreath <= 9; stopAtBreath++) {
      for (let dieAt = 1, died = true; died; dieAt++) {
        const storage = new MemoryStorage();
        await run(storage, { stopAtBreath });
        storage.dieAfter(dieAt);
        died = await run(storage, { resume: true }).then(() => false, (thrown: unknown) => thrown instanceof PlantedDeath);
        storage.revive();
        await run(storage, { resume: true });
        expect(storage.text('metrics.jsonl'), `stopped at breath ${stopAtBreath}, died in operation ${dieAt} after it`).toBe(whole.text('metrics.jsonl'));
        expect(storage.files.get(lastCheckpoint)).toEqual(whole.files.get(lastCheckpoint));
      }
    }
  });

  it('goes back to the checkpoint before when the newest is damaged, and names it', async () => {
    const whole = await wholeRun();
    const storage = await wholeRun();
    storage.files.set(lastCheckpoint, storage.files.get(lastCheckpoint)?.slice(0, 100) ?? new Uint8Array(0));
    const { checkpoint, damaged } = await (await RunRecord.open(storage)).latestCheckpoint(fakeModel());
    expect([checkpoint?.iteration, damaged]).toEqual([20, [lastCheckpoint]]);
    await run(storage, { resume: true });
    expect(storage.text('metrics.jsonl')).toBe(whole.text('metrics.jsonl'));
    expect(storage.files.get(lastCheckpoint)).toEqual(whole.files.get(lastCheckpoint));
  });
});

describe('a folder', () => {
  it('that holds a run is never overwritten', async () => {
    const storage = await wholeRun();
    const before = new Map(storage.files);
    await expect(run(storage)).rejects.toMatchObject({ code: 'run-exists' });
    expect(storage.files).toEqual(before);
  });

  it('that holds none cannot be resumed', async () => {
    await expect(run(new MemoryStorage(), { resume: true })).rejects.toMatchObject({ code: 'run-missing' });
  });

  it('whose description is damaged is refused in words', async () => {
    const storage = await wholeRun();
    storage.files.set('run.json', new TextEncoder().encode('{"format":2}'));
    await expect(run(storage, { resume: true })).rejects.toMatchObject({ code: 'bad-run' });
  });

  it('without a whole checkpoint is refused in words', async () => {
    const storage = await wholeRun();
    for (const name of [...storage.files.keys()].filter((key) => key.startsWith('checkpoints/'))) storage.files.set(name, Uint8Array.of(1, 2, 3));
    await expect(run(storage, { resume: true })).rejects.toMatchObject({ code: 'checkpoint-missing' });
  });

  it('keeps the newest three checkpoints and the first of each tenth of the run', async () => {
    const storage = new MemoryStorage();
    await run(storage, { model: fakeModel({ iterations: 40 }), setup: { validateEvery: 2 } });
    expect(await storage.list('checkpoints')).toEqual([0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 38, 40].map((n) => `iteration-${String(n).padStart(9, '0')}.safetensors`));
  });

  it('hands out the newest checkpoint up to an iteration', async () => {
    const record = await RunRecord.open(await wholeRun());
    const upTo = async (iteration: number): Promise<number | undefined> => (await record.latestCheckpoint(fakeModel(), iteration)).checkpoint?.iteration;
    expect([await upTo(23), await upTo(22), await upTo(19), await upTo(4), await upTo(-1)]).toEqual([23, 20, 15, 0, undefined]);
  });
});
