// Serves an engine over a port: answers every request of the protocol with what the place it runs in offers.
// Not the place (platform.ts) and not the work (engine-run.ts, gradients.ts, traces.ts).
// Invariant: one run per engine; a request that does not fit the moment is answered with an error that says so.
import { OperationalError } from '../../../engine/base/operational-error';
import { Channel, type Port } from '../../../protocol/channel';
import { type EngineHost, type EngineOwner, engineScope } from '../../../protocol/engine-host';
import { type EngineChannel, type EngineRun, openEngineRun } from './engine-run';
import { readFormerRun } from './former-run';
import { checkGradients } from './gradients';
import { ParameterLooks } from './parameter-looks';
import type { EnginePlatform } from './platform';
import { EngineTraces } from './traces';

export type MakePlatform = (owner: EngineChannel) => EnginePlatform;

export interface ServedEngine {
  /** For an owner that has gone: ends the run with a checkpoint; resolves when it is on the disk. */
  leave(): Promise<void>;
}

/** Listens until the port closes. */
export function serveEngine(port: Port, makePlatform: MakePlatform): ServedEngine {
  let run: EngineRun | undefined;
  let opening = false;
  const opened = (): EngineRun => {
    if (run === undefined) throw new OperationalError('no-run', 'No run was opened in this engine.');
    return run;
  };
  const channel: EngineChannel = new Channel<EngineHost, EngineOwner>(port, engineScope, {
    probe: async ({ backend: name, threads }) => {
      const backend = await platform.openBackend(name, threads);
      await backend.dispose();
      return { detail: backend.description };
    },
    open: async (asked) => {
      if (run !== undefined || opening) throw new OperationalError('engine-taken', 'This engine has a run already; another run needs another engine.');
      opening = true;
      try {
        const result = await openEngineRun(asked, platform, channel);
        if ('kind' in result) return result;
        run = result.run;
        return result.answer;
      } finally {
        opening = false;
      }
    },
    start: () => (opened().start(), null),
    pause: async () => (await opened().pause(), null),
    resume: () => (opened().resume(), null),
    standBack: ({ milliseconds }) => (opened().standBack(milliseconds), null),
    stop: () => (opened().stop(), null),
    checkpoint: () => (opened().checkpoint(), null),
    weights: async (_, transfer) => {
      const bytes = await opened().weights();
      transfer(bytes.buffer);
      return bytes;
    },
    readFormerRun: (asked) => readFormerRun(asked, platform),
    checkGradients: (text) => checkGradients(text, platform),
    lookAtParameters: (asked) => looks.look(asked),
    cancelLook: () => (looks.cancel(), null),
    parameterNumbers: ({ id, name, of }, transfer) => {
      const numbers = looks.numbers(id, name, of);
      transfer(numbers.buffer);
      return numbers;
    },
    trace: (asked) => traces.record(asked),
    column: ({ traceId, name, start, end }) => traces.column(traceId, name, start, end),
    forgetTrace: ({ traceId }) => (traces.forget(traceId), null),
  });
  const platform = makePlatform(channel);
  const traces = new EngineTraces(platform);
  const looks = new ParameterLooks(platform, (progress) => channel.emit('lookProgress', progress));
  return { leave: async () => run?.leave() };
}
