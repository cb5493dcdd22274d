// Measurements one at a time, the urgent ones first: a long one lets a more urgent one in between two of its runs.
// Not threads: everything happens between two runs of a program, so that no program is run twice at once.
// Invariant: every request is answered, by its result or by `cancelled`; a newer request of a kind ends the older one.
import { cancelledError, type Pace } from '../../../../engine/inspect/pace';

/** 0 is the most urgent. */
export type Urgency = 0 | 1 | 2;

interface Job {
  readonly kind: string;
  readonly urgency: Urgency;
  readonly start: () => Promise<void>;
  cancelled: boolean;
}

export class WorkQueue {
  private readonly waiting: Job[] = [];
  private readonly running: Job[] = [];
  private stopped = false;

  /** @param breathe lets messages in. */
  constructor(private readonly breathe: () => Promise<void>) {}

  run<T>(kind: string, urgency: Urgency, work: (pace: Pace) => Promise<T>): Promise<T> {
    this.cancel(kind);
    return new Promise((resolve, reject) => {
      const job: Job = {
        kind, urgency, cancelled: false,
        start: async () => {
          try {
            if (job.cancelled || this.stopped) throw cancelledError();
            resolve(await work(this.paceOf(job)));
          } catch (thrown) {
            reject(thrown instanceof Error ? thrown : new Error(String(thrown)));
          }
        },
      };
      this.waiting.push(job);
      if (this.running.length === 0) void this.next(3);
    });
  }

  /** Ends what runs or waits of a kind. */
  cancel(kind: string): void {
    for (const job of [...this.running, ...this.waiting]) if (job.kind === kind) job.cancelled = true;
  }

  /** Ends what runs and what waits; nothing runs any more. */
  stop(): void {
    this.stopped = true;
  }

  private paceOf(job: Job): Pace {
    return async () => {
      await this.breathe();
      await this.next(job.urgency);
      if (job.cancelled || this.stopped) throw cancelledError();
    };
  }

  /** Runs what waits and is more urgent than `than`. */
  private async next(than: number): Promise<void> {
    for (;;) {
      const [job] = this.waiting.filter(({ urgency }) => urgency < than).sort((a, b) => a.urgency - b.urgency);
      if (!job) return;
      this.waiting.splice(this.waiting.indexOf(job), 1);
      this.running.push(job);
      await job.start();
      this.running.splice(this.running.indexOf(job), 1);
    }
  }
}
