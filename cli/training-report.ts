// What a person at the terminal sees of a training: a line of progress, validations, samples, the end.
// Not the events' record. Invariant: standard error only, so that --json stays clean.
import type { TrainingEvent } from '../engine/training/training-events';
import type { Terminal } from './terminal';

/** Speed is that of the last so many milliseconds: the opening of sessions and validations are behind it soon. */
const recent = 5000;

export class TrainingReport {
  private readonly began: number;
  private validation = '';
  /** When which iteration was done: the last one, and one `recent` ago. */
  private marks: { readonly time: number; readonly iteration: number }[];

  constructor(
    private readonly terminal: Terminal,
    private readonly total: number,
    first: number,
  ) {
    this.began = terminal.now();
    this.marks = [{ time: this.began, iteration: first }];
  }

  event(event: TrainingEvent): void {
    switch (event.kind) {
      case 'iteration': {
        const speed = this.speedAt(event.iteration);
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

  /** Iterations a second; 0 while unknown. */
  private speedAt(iteration: number): number {
    const time = this.terminal.now();
    this.marks.push({ time, iteration });
    const from = this.marks.findIndex((mark) => mark.time > time - recent);
    if (from > 1) this.marks = this.marks.slice(from - 1);
    const [first] = this.marks;
    // The first iteration opens the sessions and says nothing of the speed.
    if (first === undefined || this.marks.length < 3 || time <= first.time) return 0;
    return (1000 * (iteration - first.iteration)) / (time - first.time);
  }
}

function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(0)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
