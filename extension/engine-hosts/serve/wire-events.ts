// What a training reports, as it crosses the wire.
// Not batches of iterations (event-batcher.ts). Invariant: numbers are passed on as they are.
import type { HorizonEvent, SampleEvent, ValidationEvent } from '../../../engine/training/training-events';
import type { HorizonColumn, RunSample, ValidationPoint } from '../../../protocol/run';

export function validationPoint({ iteration, validationLoss, accuracy }: ValidationEvent): ValidationPoint {
  return { iteration, loss: validationLoss, metrics: accuracy === undefined ? [] : [accuracy] };
}

export function runSample({ iteration, text }: SampleEvent): RunSample {
  return { kind: 'text', iteration, text };
}

export function horizonColumn({ iteration, ratio }: HorizonEvent): HorizonColumn {
  return { iteration, ratio: Float64Array.from(ratio) };
}
