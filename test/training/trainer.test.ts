// The loop: which events in which order, what ends it, and what it leaves behind.
import { describe, expect, it } from 'vitest';
import { RunRecord } from '../../engine/training/run-record';
import { TrainingControl } from '../../engine/training/training-control';
import { type TrainingEvent, readEventLines } from '../../engine/training/training-events';
import { plannedIterations, validationInterval } from '../../engine/training/trainer';
import { MemoryStorage } from './memory-storage';
import { fakeModel } from './fake-program';
import { run, source } from './training-run';

const numbers = (events: readonly TrainingEvent[], kind: TrainingEvent['kind']): number[] => events.filter((event) => event.kind === kind).map((event) => event.iteration);

describe('the events of a training', () => {
  it('are the lines of the contract, in order', async () => {
    const events: TrainingEvent[] = [];
    const storage = new MemoryStorage();
    await run(storage, { setup: { onEvent: (event) => events.push(event) } });
    expect(numbers(events, 'iteration')).toEqual(Array.from({ length: 23 }, (_, i) => i + 1));
    expect(numbers(events, 'validation')).toEqual([5, 10, 15, 20, 23]);
    expect(numbers(events, 'sample')).toEqual([5, 10, 15, 20, 23]);
    expect(events.at(-1)).toEqual({ kind: 'done', iteration: 23, loss: events.flatMap((event) => (event.kind === 'iteration' ? [event.loss] : [])).at(-1), run: 'runs/test' });
    expect(Object.keys(events[0] ?? {})).toEqual(['kind', 'iteration', 'loss', 'gradNorm', 'clipped']);
    const validation = events.find((event) => event.kind === 'validation');
    expect(Object.keys(validation ?? {})).toEqual(['kind', 'iteration', 'validationLoss', 'accuracy']);
    expect(readEventLines(storage.text('metrics.jsonl'))).toEqual(events);
    const sample = events.find((event) => event.kind === 'sample');
    expect(sample?.kind === 'sample' && sample.text).toMatch(/^[abc]{200}$/);
  });

  it('are the same for the same seed and others for another', async () => {
    const [a, b, c] = [new MemoryStorage(), new MemoryStorage(), new MemoryStorage()];
    await run(a);
    await run(b);
    await run(c, { model: fakeModel({ iterations: 23, seed: 2 }) });
    expect(a.files).toEqual(b.files);
    expect(a.text('metrics.jsonl')).not.toBe(c.text('metrics.jsonl'));
  });

  it('survive being read with a line cut off', () => {
    expect(readEventLines('{"kind":"iteration","iteration":1,"loss":null}\nnonsense\n{"kind":"other","iteration":2}\n{"kind":"itera')).toEqual([{ kind: 'iteration', iteration: 1, loss: NaN }]);
  });
});

describe('how long', () => {
  it('epochs, unless iterations are given', async () => {
    const plan = (await source()).plan({ batch: 2, carry: true, seed: 1 });
    expect(plan.batchesPerEpoch).toBe(13);
    expect(plannedIterations(fakeModel({ epochs: 3 }), plan)).toBe(39);
    expect(plannedIterations(fakeModel({ epochs: 3, iterations: 5 }), plan)).toBe(5);
  });

  it('validates each tenth of an epoch, not more often than every 25 iterations, and not most of the time', () => {
    const plan = { batchesPerEpoch: 490, validationBatches: 0, batchAt: () => expect.unreachable(), validationBatch: () => expect.unreachable() };
    expect(validationInterval(plan)).toBe(49);
    expect(validationInterval({ ...plan, batchesPerEpoch: 10 })).toBe(25);
    expect(validationInterval({ ...plan, validationBatches: 54 })).toBe(216);
  });
});

describe('a number that is not finite', () => {
  it('ends the training, keeps the state before it, and says so', async () => {
    const storage = new MemoryStorage();
    const outcome = await run(storage, { brokenAt: 8 });
    expect(outcome).toMatchObject({
      status: 'failed', iteration: 7,
      reason: 'In iteration 8 the loss became NaN, so training stopped. The run is kept as it was after iteration 7. Try a lower rate or clip norm 1.0.',
    });
    expect(readEventLines(storage.text('metrics.jsonl')).at(-1)).toEqual({ kind: 'iteration', iteration: 8, loss: NaN, gradNorm: NaN, clipped: false, nonFinite: 3 });
    expect(JSON.parse(storage.text('run.json'))).toMatchObject({ status: 'failed', iteration: 7, reason: outcome.reason });

    const { checkpoint } = await (await RunRecord.open(storage)).latestCheckpoint(fakeModel());
    expect(checkpoint?.iteration).toBe(7);
    const whole = new MemoryStorage();
    await run(whole);
    await run(storage, { resume: true });
    expect(storage.text('metrics.jsonl')).toBe(whole.text('metrics.jsonl'));
  });
});

describe('the control', () => {
  it('pauses between iterations and goes on', async () => {
    const control = new TrainingControl();
    const seen: number[] = [];
    let pausing = (): void => undefined;
    const paused = new Promise<void>((resolve) => (pausing = resolve));
    const running = run(new MemoryStorage(), {
      setup: {
        control,
        onEvent: (event) => {
          if (event.kind !== 'iteration') return;
          seen.push(event.iteration);
          if (event.iteration !== 6) return;
          control.pause();
          pausing();
        },
      },
    });
    await paused;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(control.isPaused).toBe(true);
    expect(seen.at(-1)).toBe(6);
    control.resume();
    expect((await running).status).toBe('finished');
    expect(seen.at(-1)).toBe(23);
  });

  it('stops a paused training', async () => {
    const control = new TrainingControl();
    control.pause();
    const running = run(new MemoryStorage(), { setup: { control } });
    control.stop();
    expect(await running).toMatchObject({ status: 'stopped', iteration: 0 });
  });

  it('cancels without a checkpoint', async () => {
    const control = new TrainingControl();
    const storage = new MemoryStorage();
    const onEvent = (event: TrainingEvent): void => {
      if (event.kind === 'iteration' && event.iteration === 3) control.cancel();
    };
    expect(await run(storage, { setup: { control, onEvent } })).toMatchObject({ status: 'cancelled', iteration: 3 });
    expect(await storage.list('checkpoints')).toEqual(['iteration-000000000.safetensors']);
  });
});
