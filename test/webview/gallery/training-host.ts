// Plays the host for the training page in a browser: answers `hello` with a made-up run and lets it go on.
// Not shipped. Installed before the page's script, as VS Code installs its own `acquireVsCodeApi`.
import { Channel, type Port } from '../../../protocol/channel';
import { trainingScope, type TrainingHost, type TrainingPage } from '../../../protocol/training-page';
import { noteSaved } from './saved-files';
import { simulatedLook, simulatedNumbers } from './simulated-statistics';
import { simulatedRun, type Scene } from './simulated-run';

export function playTrainingHost(port: Port, scene: string): void {
  const asked: string[] = [];
  Object.assign(window, { asked });
  const note = (what: string): null => {
    asked.push(what);
    return null;
  };
  const channel: Channel<TrainingHost, TrainingPage> = new Channel<TrainingHost, TrainingPage>(port, trainingScope, {
    hello: () => (scene === 'empty' ? null : scene === 'loading' ? new Promise(() => undefined) : simulatedRun(scene as Scene)),
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
    lookAtParameters: ({ iteration }) => (scene === 'failed' ? Promise.reject(new Error('The engine that looked at the parameters was lost: it was ended.')) : simulatedLook(iteration)),
    parameterNumbers: ({ name, of }) => simulatedNumbers(name, of),
    begin: ({ what }) => note(`begin ${what}`),
  });
}
