// What a person at the terminal sees of a training: a line of progress, validations, samples, the end.
// Not the events' record. Invariant: standard error only, so that --json stays clean.
import type { TrainingEvent } from '../engine/training/training-events';
import type { Terminal } from './terminal';

export class TrainingReport {
  private readonly began: number;
  private validation = '';

  constructor(
    private readonly terminal: Terminal,
    private readonly total: number,
    private readonly first: number,
  ) {
    this.began = terminal.now();
  }

  event(event: TrainingEvent): void {
    switch (event.kind) {
      case 'iteration': {
        const seconds = (this.terminal.now() - this.began) / 1000;
        const speed = seconds > 0 ? (event.iteration - this.first) / seconds : 0;
        const left = speed > 0 ? `  ${speed.toFixed(1)} it/s  ${duration((this.total - event.iteration) / speed)} left` : '';
        this.terminal.progress(`${event.iteration}/${this.total}  loss ${event.loss.toFixed(4)}${this.validation}  gradient ${event.gradNorm.toPrecision(3)}${event.clipped ? ' clipped' : ''}${left}`);
        return;
      }
      case 'validation': {
        const accuracy = event.accuracy === undefined ? '' : `  accuracy ${(100 * event.accuracy).toFixed(1)} %`;
        this.validation = `  validation ${event.validationLoss.toFixed(4)}`;
        this.terminal.err(`iteration ${event.iteration}${this.validation}${accuracy}`);
        return;
      }
      case 'sample':
        this.terminal.err(event.text.split('\n').map((line) => `  | ${line}`).join('\n'));
        return;
      case 'done':
        this.terminal.err(`${event.iteration} iterations in ${duration((this.terminal.now() - this.began) / 1000)}, loss ${event.loss.toFixed(4)}, run ${event.run}`);
    }
  }
}

function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(0)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
