// What a training reports, as it crosses the wire.
// Not batches of iterations (event-batcher.ts). Invariant: numbers are passed on as they are.
import type { HorizonEvent, ParametersEvent, SampleEvent, SaturationEvent, ValidationEvent } from '../../../engine/training/training-events';
import type { HorizonColumn, ParameterColumn, RunSample, SaturationColumn, ValidationPoint, ValueSpread } from '../../../protocol/run';

export function validationPoint({ iteration, validationLoss, accuracy }: ValidationEvent): ValidationPoint {
  return { iteration, loss: validationLoss, metrics: accuracy === undefined ? [] : [accuracy] };
}

export function runSample({ iteration, text }: SampleEvent): RunSample {
  return { kind: 'text', iteration, text };
}

export function horizonColumn({ iteration, ratio }: HorizonEvent): HorizonColumn {
  return { iteration, ratio: Float64Array.from(ratio) };
}

export function parameterColumn({ iteration, tensors }: ParametersEvent): ParameterColumn {
  const spread = ({ exponent, counts }: { readonly exponent: number; readonly counts: readonly number[] }): ValueSpread => ({ exponent, counts: Uint32Array.from(counts) });
  return { iteration, tensors: tensors.map((tensor) => ({ ...tensor, values: spread(tensor.values), changes: spread(tensor.changes) })) };
}

export function saturationColumn({ iteration, values }: SaturationEvent): SaturationColumn {
  return { iteration, values };
}
