// A run that is over, or was cut off, read back from its folder as a page shows it.
// Not its resumption (engine-run.ts), and nothing is written. No backend is opened: the header names the one that it ran on.
// Invariant: every number is the file's; what the data cannot tell any more is a problem, never a guess.
import { OperationalError } from '../../../engine/base/operational-error';
import { loadModel, sourceFinder } from '../../../engine/training/load-model';
import { RunRecord } from '../../../engine/training/run-record';
import { boundedValues } from '../../../engine/training/saturation';
import type { TrainingEvent } from '../../../engine/training/training-events';
import type { FormerRun, FormerRunRequest } from '../../../protocol/engine-host';
import { batchOf } from './event-batcher';
import type { EnginePlatform } from './platform';
import { runHeader } from './run-header';
import { chosenModel, readProgram, wireProblem } from './wire-problems';
import { horizonColumn, parameterColumn, runSample, saturationColumn, validationPoint } from './wire-events';

/** Throws OperationalError when the folder holds no run. */
export async function readFormerRun(asked: FormerRunRequest, platform: EnginePlatform): Promise<FormerRun> {
  const record = await RunRecord.open(platform.storage(asked.run));
  const { model: name, backend, settings, iterations, status, iteration, reason } = record.description;
  const program = readProgram(asked);
  const syntax = chosenModel(program, name);
  if (!('lines' in syntax)) return { kind: 'wrong', problems: syntax };
  const { model, source, problems } = await loadModel(program, syntax, platform.files, Object.entries(settings));
  if (model === undefined) return { kind: 'wrong', problems: problems.map((problem) => wireProblem(problem, sourceFinder(program))) };
  if (source === undefined) throw new OperationalError('bad-run', `The model of "${asked.run}" has no data line.`);
  const plan = source.plan({ batch: model.train.batch, carry: model.train.carry === 'state', seed: model.train.seed });
  const events = await record.events();
  const of = <K extends TrainingEvent['kind']>(kind: K) => events.filter((event): event is Extract<TrainingEvent, { kind: K }> => event.kind === kind);
  const samples = of('sample').map(runSample);
  const horizon = of('horizon').map(horizonColumn);
  const parameters = of('parameters').map(parameterColumn);
  const saturation = of('saturation').map(saturationColumn);
  return {
    kind: 'read',
    header: runHeader(asked, { model, source, plan, backend: { ...backend, name: backendName(backend.name, asked.run) }, iterations, samples: samples.length > 0, reaches: horizon.length > 0, saturates: parameters.length + saturation.length > 0 && boundedValues(model).length > 0, looksAtParameters: parameters.length > 0 }),
    status, iteration, ...(reason === undefined ? {} : { reason }),
    iterations: batchOf(of('iteration')),
    validation: of('validation').map(validationPoint),
    samples, horizon, parameters, saturation,
  };
}

function backendName(name: string, run: string): 'cpu' | 'wasm' | 'webgpu' {
  if (name === 'cpu' || name === 'wasm' || name === 'webgpu') return name;
  throw new OperationalError('bad-run', `"${run}" ran on a backend that this version does not know: ${name}.`);
}
