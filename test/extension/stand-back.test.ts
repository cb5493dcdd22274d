// How an engine leaves the processor to whoever types: how long it rests, and that it stops resting.
import { describe, expect, it } from 'vitest';
import { StandBack } from '../../extension/engine-hosts/serve/stand-back';

function engine(): { readonly aside: StandBack; readonly rests: number[]; work: (milliseconds: number) => Promise<void> } {
  let now = 0;
  const rests: number[] = [];
  const aside = new StandBack(() => now, (milliseconds) => {
    rests.push(milliseconds);
    now += milliseconds;
    return Promise.resolve();
  });
  return { aside, rests, work: async (milliseconds) => { now += milliseconds; await aside.rest(); } };
}

describe('an engine beside a person who types', () => {
  it('rests three times as long as an iteration took, for as long as it was asked', async () => {
    const { aside, rests, work } = engine();
    await work(20);
    expect(rests).toEqual([]);
    aside.ask(200);
    for (let iteration = 0; iteration < 5; iteration++) await work(20);
    // 20 of work and 60 of rest: after 80, 160 and 240 milliseconds the time that was asked for is over.
    expect(rests).toEqual([60, 60, 60]);
  });

  it('never rests longer than a person waits for a stop, and takes the longest of what was asked', async () => {
    const { aside, rests, work } = engine();
    await work(1);
    aside.ask(5_000);
    aside.ask(10);
    await work(2_000);
    expect(rests).toEqual([250]);
  });
});
