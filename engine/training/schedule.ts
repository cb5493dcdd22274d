// The learning rate of an iteration.
// Not the optimizer: it is given the rate.
// Invariant: a function of the settings, the iteration and the number of iterations planned; never negative.
import { unreachable } from '../base/invariant';
import type { TrainSettings } from '../ir/model';

/**
 * @param iteration from 1 to `total`.
 * cosine: linear warm-up over `warmup` iterations, then half a cosine down towards 0 (Loshchilov & Hutter 2017, without restarts);
 * step: the rate times `factor` after every `every` iterations.
 */
export function rateAt(settings: Pick<TrainSettings, 'optimizer' | 'schedule'>, iteration: number, total: number): number {
  const { schedule } = settings;
  const { rate } = settings.optimizer;
  switch (schedule.kind) {
    case 'constant':
      return rate;
    case 'cosine': {
      if (iteration <= schedule.warmup) return (rate * iteration) / schedule.warmup;
      const progress = (iteration - 1 - schedule.warmup) / Math.max(1, total - schedule.warmup);
      return rate * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, progress)));
    }
    case 'step':
      return rate * schedule.factor ** Math.floor((iteration - 1) / Math.max(1, schedule.every));
    default:
      return unreachable(schedule);
  }
}
