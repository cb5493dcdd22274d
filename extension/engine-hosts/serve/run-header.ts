// The header of a run as pages show it: settings, loss and its unit, the loss of guessing, the validation split.
// Not the run's description on the disk. Invariant: every number is computed from the model and its data, none is assumed.
import type { BatchPlan, DataSource } from '../../../engine/data/data-source';
import type { Model } from '../../../engine/ir/model';
import type { Backend } from '../../../engine/runtime/backend';
import { horizonInterval, horizonSequences } from '../../../engine/training/horizon';
import { defaultSample } from '../../../engine/training/sample-text';
import { lookInterval, validationInterval } from '../../../engine/training/trainer';
import type { OpenRun } from '../../../protocol/engine-host';
import type { RunHeader, RunSetting } from '../../../protocol/run';

export interface HeaderParts {
  readonly model: Model;
  readonly source: DataSource;
  readonly plan: BatchPlan;
  readonly backend: Pick<Backend, 'name' | 'description' | 'threads'>;
  readonly iterations: number;
  /** It writes samples. */
  readonly samples: boolean;
  /** It can say how far back the gradient reaches. */
  readonly reaches: boolean;
  /** It has values of a bounded range. */
  readonly saturates: boolean;
  readonly looksAtParameters: boolean;
}

export function runHeader(asked: Pick<OpenRun, 'runId' | 'file' | 'validateEvery'>, { model, source, plan, backend, iterations, samples, reaches, saturates, looksAtParameters }: HeaderParts): RunHeader {
  const { clip } = model.train;
  const split = validationSplit(model, plan);
  return {
    runId: asked.runId,
    model: model.name,
    file: asked.file.replace(/^.*[/\\]/, ''),
    data: source.description,
    backend: { name: backend.name, detail: backend.description, threads: backend.threads },
    iterations,
    settings: settingsOf(model, source),
    ...(clip.kind === 'none' ? {} : { clip }),
    loss: lossOf(model, split),
    ...(split.targets === 0 ? {} : { validation: { every: asked.validateEvery ?? validationInterval(plan), size: sizeText(split.targets, model), metrics: model.target.kind === 'classes' ? [{ name: 'accuracy', format: 'share' as const }] : [] } }),
    ...observedOf(model, plan, asked.validateEvery ?? validationInterval(plan), reaches, saturates),
    ...(looksAtParameters ? { parameters: { first: lookInterval(model, plan) } } : {}),
    ...(samples ? { samples: { note: `temperature ${defaultSample.temperature}, always the same seed` } } : {}),
  };
}

function observedOf(model: Model, plan: BatchPlan, every: number, reaches: boolean, saturates: boolean): Pick<RunHeader, 'horizon' | 'saturation'> {
  let sequences = 0;
  for (let index = 0; index < plan.validationBatches && sequences < horizonSequences; index++) sequences += plan.validationBatch(index).batch.x.dims[0] ?? 0;
  if (sequences === 0) return {};
  const observed = { sequences, first: horizonInterval(model.train.batch, every) };
  return { ...(reaches ? { horizon: observed } : {}), ...(saturates ? { saturation: observed } : {}) };
}

function settingsOf({ train }: Model, source: DataSource): readonly RunSetting[] {
  const { optimizer, schedule, clip, carry, seed, batch } = train;
  const settings: RunSetting[] = [{ name: optimizer.kind, value: String(optimizer.rate) }];
  if (schedule.kind !== 'constant') settings.push({ name: schedule.kind, value: schedule.kind === 'cosine' ? `warmup ${schedule.warmup}` : `every ${schedule.every}` });
  settings.push({ name: 'batch', value: String(batch) }, { name: 'length', value: String(source.length) });
  if (clip.kind !== 'none') settings.push({ name: 'clip', value: String(clip.threshold) });
  if (carry === 'state') settings.push({ name: 'carry', value: 'state' });
  return [...settings, { name: 'seed', value: String(seed) }];
}

interface Split {
  readonly targets: number;
  /** Of numeric targets: the mean over features of their variance, the loss of always saying the mean. */
  readonly variance: number | undefined;
}

function validationSplit(model: Model, plan: BatchPlan): Split {
  let targets = 0;
  const sums = new Map<number, { count: number; sum: number; squares: number }>();
  const width = model.target.kind === 'numeric' ? model.target.size : 1;
  for (let index = 0; index < plan.validationBatches; index++) {
    const { y, mask } = plan.validationBatch(index).batch;
    targets += mask && model.target.perStep ? mask.data.reduce((a, b) => a + b, 0) : y.data.length / width;
    if (model.target.kind !== 'numeric' || mask) continue;
    y.data.forEach((value, place) => {
      const feature = place % width;
      const sum = sums.get(feature) ?? { count: 0, sum: 0, squares: 0 };
      sums.set(feature, { count: sum.count + 1, sum: sum.sum + value, squares: sum.squares + value * value });
    });
  }
  const variances = [...sums.values()].map(({ count, sum, squares }) => squares / count - (sum / count) ** 2);
  return { targets, variance: variances.length === 0 ? undefined : variances.reduce((a, b) => a + b, 0) / variances.length };
}

const isText = (model: Model): boolean => model.data?.source === 'text';

function sizeText(targets: number, model: Model): string {
  return `${targets.toLocaleString('en-US')} ${isText(model) ? 'characters' : 'targets'}`;
}

function lossOf({ loss, target, data }: Model, { variance }: Split): RunHeader['loss'] {
  const name = loss.kind === 'squaredError' ? 'squared error' : loss.kind === 'binaryCrossEntropy' ? 'binary cross-entropy' : 'cross-entropy';
  if (loss.kind === 'crossEntropy' && target.kind === 'classes') {
    const [one, many] = data?.source === 'text' ? ['character', 'characters'] : ['target', 'classes'];
    return { name, unit: `nats per ${one}`, bitsPer: one, guess: { value: Math.log(target.count), label: `guessing among ${target.count.toLocaleString('en-US')} ${many}: ln ${target.count}` } };
  }
  if (loss.kind === 'squaredError' && variance !== undefined && variance > 0) return { name, guess: { value: variance, label: 'always saying the mean: the target’s variance' } };
  return { name };
}
