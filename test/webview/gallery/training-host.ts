// Plays the host for the training page in a browser: answers `hello` with a made-up run and lets it go on.
// Not shipped. Scene `replaying`: the first replay stays at 38 % until it is cancelled; `replay` begins it. Scenes weights, updates, saturation, gates: those sections. Installed before the page's script, as VS Code installs its own `acquireVsCodeApi`.
import { Channel, RequestError, type Port } from '../../../protocol/channel';
import { trainingScope, type TrainingHost, type TrainingPage } from '../../../protocol/training-page';
import { pressInOrder, type Press } from './pressing';
import { noteSaved } from './saved-files';
import { simulatedLook, simulatedNumbers } from './simulated-statistics';
import { simulatedRun, type Scene } from './simulated-run';

const section = (text: string): Press => ({ on: '.details-bar .segment', text });
/** Scenes of a run that goes on, with other parts of the page in front. */
const opened: Readonly<Record<string, readonly Press[]>> = {
  weights: [section('Weights')], updates: [section('Updates')], saturation: [section('Saturation')], gates: [section('By gate')],
  replay: [section('By gate'), { on: '.largest tbody tr' }, { on: '.details vscode-button', text: 'Show iteration' }],
};

export function playTrainingHost(port: Port, name: string): void {
  pressInOrder(opened[name] ?? []);
  const scene = name === 'replay' ? 'replaying' : opened[name] ? 'running' : name;
  const asked: string[] = [];
  Object.assign(window, { asked });
  const note = (what: string): null => {
    asked.push(what);
    return null;
  };
  let endReplay: ((cancelled: RequestError) => void) | undefined;
  const replay = (iteration: number | null): ReturnType<typeof simulatedLook> | Promise<never> => {
    if (scene !== 'replaying' || iteration === null) return simulatedLook(iteration);
    channel.emit('lookProgress', { done: 38, total: 100 });
    return new Promise((_, reject) => (endReplay = reject));
  };
  const channel: Channel<TrainingHost, TrainingPage> = new Channel<TrainingHost, TrainingPage>(port, trainingScope, {
    hello: () => (scene === 'empty' ? null : scene === 'loading' ? new Promise(() => undefined) : simulatedRun(scene === 'replaying' ? 'running' : (scene as Scene))),
    pause: () => {
      const run = simulatedRun('running');
      channel.emit('status', { state: 'paused', sentence: '', iteration: run.status.iteration });
      return note('pause');
    },
    resume: () => {
      channel.emit('status', simulatedRun('running').status);
      return note('resume');
    },
    savePicture: (file) => noteSaved(file), stop: () => note('stop'), restart: () => note('restart'), runAgain: () => note('runAgain'), revealSettings: () => note('revealSettings'),
    debugIteration: ({ iteration }) => note(`debug ${iteration}`),
    lookAtParameters: ({ iteration }) => (scene === 'failed' ? Promise.reject(new Error('The engine that looked at the parameters was lost: it was ended.')) : replay(iteration)),
    cancelLook: () => {
      endReplay?.(new RequestError('cancelled', 'The replay was cancelled.'));
      return note('cancelLook');
    },
    parameterNumbers: ({ name, of }) => simulatedNumbers(name, of),
    begin: ({ what }) => note(`begin ${what}`),
  });
}
