// One store, drawn once per frame; drawing steps run only when what they are drawn from changed; replays wait for the host.
import { describe, expect, it } from 'vitest';
import { fetching } from '../../webview/debugger/fetching';
import { LaneStore } from '../../webview/debugger/lane-store';
import { replay } from '../../webview/debugger/replay';
import type { DebuggerState } from '../../webview/debugger/state';
import { KeptStretches } from '../../webview/debugger/timeline/kept-stretch';
import { plain, strong, link } from '../../webview/rich-text';
import { Store } from '../../webview/store';
import { type Turn, Turns } from '../../webview/turns';
import { WhenChanged } from '../../webview/when-changed';
import { cell, lstm } from './gallery/lstm-equations';

function frames(): { readonly schedule: (callback: () => void) => void; run(): number } {
  let waiting: (() => void)[] = [];
  return {
    schedule: (callback) => void waiting.push(callback),
    run: () => {
      const now = waiting;
      waiting = [];
      for (const callback of now) callback();
      return now.length;
    },
  };
}

it('tells listeners once a frame, with the newest state', () => {
  const frame = frames();
  const store = new Store({ n: 0 }, frame.schedule);
  const seen: number[] = [];
  const off = store.subscribe(({ n }) => seen.push(n));
  store.update(({ n }) => ({ n: n + 1 }));
  store.update(({ n }) => ({ n: n + 1 }));
  store.update((state) => state);
  expect([frame.run(), frame.run()]).toEqual([1, 0]);
  expect(seen).toEqual([2]);
  off();
  store.update(() => ({ n: 9 }));
  frame.run();
  expect(seen).toEqual([2]);
  expect(store.state.n).toBe(9);
});

it('runs a drawing step only when something changed', () => {
  const changes = new WhenChanged();
  let drawn = 0;
  const draw = (...from: unknown[]): void => changes.run('a', from, () => drawn++);
  draw(1, NaN);
  draw(1, NaN);
  draw(1, 2);
  draw(1);
  changes.run('b', [1], () => drawn++);
  expect(drawn).toBe(4);
});

it('asks for the next step only when the one before has arrived', () => {
  const frame = frames();
  const later = frames();
  const asked: number[] = [];
  const state = { playing: true, view: { cursor: { step: 1 }, trace: { valid: Uint8Array.of(1, 0, 1) } } };
  const store = new Store(state, frame.schedule);
  const move = (step: number): void => store.update((now) => ({ ...now, view: { ...now.view, cursor: { step } } }));
  replay(store, { goto: (step) => void asked.push(step) }, (callback) => later.schedule(callback), () => ({ direction: 1, stepsPerSecond: 4 }));
  store.update((now) => ({ ...now }));
  frame.run();
  later.run();
  later.run();
  expect(asked).toEqual([3]);
  move(3);
  frame.run();
  later.run();
  frame.run();
  expect(store.state.playing).toBe(false);
});

it('does not ask again in every frame for a tile the host cannot give', async () => {
  const frame = frames();
  let tiles = 0;
  const trace = { traceId: 't', steps: 4, valid: new Uint8Array(4).fill(1), reads: { kind: 'tokens', text: [] }, layers: [{ name: 'r', equations: cell(lstm, 2), lanes: [{ name: 'h', kind: 'state', units: 2, spread: 1 }] }] };
  const state = { view: { trace, cursor: { pass: 'forward', step: 1, layer: 0 }, selection: { units: [], layer: 0 } }, lanes: new LaneStore(trace as never), order: 'similar', revision: 0 } as unknown as DebuggerState;
  const store = new Store(state, frame.schedule);
  const channel = { request: (name: string) => (name === 'tile' ? (tiles++, Promise.reject(new Error('no tile'))) : Promise.resolve({ values: new Float32Array(0), lengths: new Int32Array(0) })) };
  const problems: unknown[] = [];
  const later = frames();
  store.subscribe(fetching(channel as never, store, (thrown) => { problems.push(thrown); store.update((s) => ({ ...s, problem: 'no tile' })); }, (callback) => later.schedule(callback)));
  for (let i = 0; i < 5; i++) {
    store.update((s) => ({ ...s }));
    frame.run();
    await Promise.resolve();
    await Promise.resolve();
  }
  expect([tiles, problems.length]).toEqual([1, 1]);
  later.run();
  store.update((s) => ({ ...s }));
  frame.run();
  expect(tiles).toBe(2);
});

it('says a sentence as plain words for labels', () => expect(plain(['a ', strong('b'), ' ', link('c', 'go')])).toBe('a b c'));

it('draws all blocks of a cursor that stood, and one a frame of one that runs, until none is left', () => {
  let now = 0;
  const turns = new Turns(new WhenChanged(), () => now);
  const drawn: string[] = [];
  const frame = (step: number): boolean => {
    turns.begin();
    return turns.draw(['says', 'cell', 'equations'].map((block) => ({ block, from: [step], waits: turns.cursorRuns, draw: () => void drawn.push(`${block} ${step}`) })));
  };
  const go = (step: number): boolean => {
    turns.moved();
    return frame(step);
  };
  expect([go(1), drawn.splice(0)]).toEqual([false, ['says 1', 'cell 1', 'equations 1']]);
  now = 1000;
  expect([go(2), drawn.splice(0)]).toEqual([false, ['says 2', 'cell 2', 'equations 2']]);
  now = 1016;
  expect([go(3), drawn.splice(0)]).toEqual([true, ['says 3']]);
  now = 1033;
  expect([go(4), drawn.splice(0)]).toEqual([true, ['cell 4']]);
  // It stands: what has waited longest first, from the newest step, and then nothing more.
  expect([frame(4), frame(4), frame(4), drawn]).toEqual([true, false, false, ['equations 4', 'says 4']]);
});

it('draws at once what must not wait, and one a frame of what may, whatever list it is in', () => {
  const turns = new Turns(new WhenChanged(), () => 0);
  const drawn: string[] = [];
  const turn = (block: string, from: number, waits: boolean): Turn => ({ block, from: [from], waits, draw: () => void drawn.push(`${block} ${from}`) });
  const frame = (from: number, waits: boolean): readonly boolean[] => {
    turns.begin();
    return [turns.draw([turn('losses', from, waits), turn('reads', from, waits)]), turns.draw([turn('words', from, waits), turn('cell', from, false)])];
  };
  expect([frame(1, false), drawn.splice(0)]).toEqual([[false, false], ['losses 1', 'reads 1', 'words 1', 'cell 1']]);
  expect([frame(2, true), drawn.splice(0)]).toEqual([[true, true], ['losses 2', 'cell 2']]);
  expect([frame(2, true), frame(2, true), frame(2, true), drawn]).toEqual([[false, true], [false, false], [false, false], ['reads 2', 'words 2']]);
});

it('draws nothing that may wait in a frame that is full, but not twice in a row', () => {
  const turns = new Turns(new WhenChanged(), () => 0);
  const drawn: number[] = [];
  for (let frame = 1; frame <= 5; frame++) {
    turns.begin(frame < 5);
    turns.draw([{ block: 'cell', from: [frame], waits: true, draw: () => void drawn.push(frame) }]);
  }
  expect(drawn).toEqual([2, 4, 5]);
});

describe('a part that is drawn beyond what is seen', () => {
  const part = new KeptStretches();
  const trace = {};
  it('can wait while what it holds is seen and nothing else has changed', () => {
    expect(part.holds('losses', [trace, 3], { first: 0, visible: 10 })).toBe(false);
    part.drew('losses', [trace, 3], { first: 20, visible: 40 });
    expect(part.holds('losses', [trace, 3], { first: 20, visible: 10 })).toBe(true);
    expect(part.holds('losses', [trace, 3], { first: 50, visible: 10 })).toBe(true);
  });
  it('cannot when one step of it is missing, when it was drawn from something else, or never', () => {
    expect(part.holds('losses', [trace, 3], { first: 51, visible: 10 })).toBe(false);
    expect(part.holds('losses', [trace, 3], { first: 19, visible: 10 })).toBe(false);
    expect(part.holds('losses', [trace, 4], { first: 30, visible: 10 })).toBe(false);
    expect(part.holds('losses', [trace], { first: 30, visible: 10 })).toBe(false);
    expect(part.holds('reads', [trace, 3], { first: 30, visible: 10 })).toBe(false);
  });
});

it('tells listeners once more when one has more to do', () => {
  const frame = frames();
  const store = new Store(0, frame.schedule);
  let left = 2;
  store.subscribe(() => {
    left -= 1;
    if (left > 0) store.again();
  });
  store.update(() => 1);
  expect([frame.run(), frame.run(), frame.run(), left]).toEqual([1, 1, 0, 0]);
});
