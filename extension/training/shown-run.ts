// A run as the training page asks for it: answers to its requests, changes passed on.
// Not the page (pages/training-page.ts) and not the run. Invariant: a page gets the run so far once, then every change in order.
import { unreachable } from '../../engine/base/invariant';
import type { Channel } from '../../protocol/channel';
import type { TrainingHost, TrainingPage } from '../../protocol/training-page';
import type { ShownRun } from '../pages/training-page';
import type { ParameterView } from './parameter-view';
import type { RunChange, TrainingRun } from './training-run';

export interface RunActions {
  /** Trains the model as it is now, from the start. */
  runAgain(): Promise<void>;
  revealSettings(): Promise<void>;
  debugIteration(iteration: number): Promise<void>;
}

/** `opened` resolves when the run has begun or could not; a page that asks before waits for it. */
export function shownRun(run: TrainingRun, opened: Promise<unknown>, act: RunActions, parameters: ParameterView): ShownRun {
  const done = async (action: Promise<void>): Promise<null> => {
    await action;
    return null;
  };
  let page: Channel<TrainingHost, TrainingPage> | undefined;
  return {
    hello: async () => {
      await opened.catch(() => undefined);
      return run.soFar ?? null;
    },
    pause: () => done(run.pause()),
    resume: () => done(run.resume()),
    stop: () => done(run.stop()),
    restart: () => done(run.restart()),
    runAgain: () => done(act.runAgain()),
    debugIteration: ({ iteration }) => done(act.debugIteration(iteration)),
    revealSettings: () => done(act.revealSettings()),
    lookAtParameters: ({ iteration }) => parameters.look(iteration, (progress) => page?.emit('lookProgress', progress)),
    cancelLook: () => done(parameters.cancel()),
    parameterNumbers: async ({ id, name, of }, transfer) => {
      const numbers = await parameters.numbers(id, name, of);
      transfer(numbers.buffer);
      return numbers;
    },
    show: (channel) => {
      page = channel;
      const stop = run.onChange((change) => pass(change, channel));
      return { dispose: () => {
        stop();
        page = undefined;
        parameters.close();
      } };
    },
  };
}

function pass(change: RunChange, channel: Channel<TrainingHost, TrainingPage>): void {
  switch (change.kind) {
    case 'header':
      return channel.emit('header', change.header);
    case 'iterations':
      return channel.emit('iterations', change.batch);
    case 'validation':
      return channel.emit('validation', change.point);
    case 'sample':
      return channel.emit('sample', change.sample);
    case 'horizon':
      return channel.emit('horizon', change.column);
    case 'parameters':
      return channel.emit('parameters', change.column);
    case 'saturation':
      return channel.emit('saturation', change.column);
    case 'status':
      return channel.emit('status', change.status);
    case 'stale':
      return channel.emit('stale', { stale: change.stale });
    case 'notice':
      return;
    default:
      return unreachable(change);
  }
}
