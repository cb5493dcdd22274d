// Keys that come sooner than the host's answer count from the step that was asked for.
import { expect, it } from 'vitest';
import { AskedStep } from '../../webview/asked-step';

const never = new Promise<never>(() => undefined);
const at = (step: number, pass: 'forward' | 'backward' = 'forward') => ({ step, pass });

it('is where the session stands while nothing is asked for', () => {
  expect(new AskedStep().from(at(4))).toEqual(at(4));
});

it('counts from what was asked for last until the session stands there, in that pass', () => {
  const asked = new AskedStep();
  asked.ask(at(5), never);
  asked.ask(at(6), never);
  expect(asked.from(at(4))).toEqual(at(6));
  asked.reached(at(5));
  expect(asked.from(at(5))).toEqual(at(6));
  asked.ask(at(6, 'backward'), never);
  asked.reached(at(6));
  expect(asked.from(at(6))).toEqual(at(6, 'backward'));
  asked.reached(at(6, 'backward'));
  expect(asked.from(at(9, 'backward'))).toEqual(at(9, 'backward'));
});

it('forgets what was refused, and what belongs to another pass over the data', async () => {
  const asked = new AskedStep();
  asked.ask(at(5), Promise.reject(new Error('no session')));
  await Promise.resolve();
  await Promise.resolve();
  expect(asked.from(at(4))).toEqual(at(4));
  asked.ask(at(7), never);
  asked.forget();
  expect(asked.from(at(4))).toEqual(at(4));
});
