// The parameters of a run at one of its iterations, with the gradient and the update of that iteration, for whoever asks.
// Not the training: the run's folder is read, and the run replayed to the iteration. One look is kept; another replaces it.
// Invariant: numbers are copied out of what was replayed, never computed by the page.
import { OperationalError } from '../../../engine/base/operational-error';
import { placedParameters } from '../../../engine/ir/parameter-roles';
import type { Weights } from '../../../engine/trace/trace';
import { loadModel } from '../../../engine/training/load-model';
import { replayIteration } from '../../../engine/training/replay';
import { RunRecord } from '../../../engine/training/run-record';
import { freshWeights } from '../../../engine/weights/initialise';
import type { LookRequest } from '../../../protocol/engine-host';
import type { ParameterLook, ParameterQuantity } from '../../../protocol/run';
import type { EnginePlatform } from './platform';
import { chosenModel, readProgram } from './wire-problems';

type Kept = Readonly<Record<ParameterQuantity, Weights | undefined>>;

export class ParameterLooks {
  private kept: Kept = { value: undefined, gradient: undefined, update: undefined };
  private last = 0;

  constructor(private readonly platform: EnginePlatform) {}

  async look(asked: LookRequest): Promise<ParameterLook> {
    const id = ++this.last;
    const record = await RunRecord.open(this.platform.storage(asked.run));
    const { description } = record;
    const program = readProgram(asked);
    const syntax = chosenModel(program, description.model);
    const { model, source, problems } = 'lines' in syntax ? await loadModel(program, syntax, this.platform.files, Object.entries(description.settings)) : { problems: syntax };
    if (model === undefined || source === undefined) throw new OperationalError('broken-model', problems?.[0]?.message ?? 'The model of this run cannot be read any more.');
    const newest = (await record.latestCheckpoint(model)).checkpoint;
    const iteration = asked.iteration ?? newest?.iteration ?? 0;
    const tensors = placedParameters(model);
    if (iteration === 0) {
      const { checkpoint } = await record.latestCheckpoint(model, 0);
      this.keep(id, { value: checkpoint?.parameters ?? freshWeights(model), gradient: undefined, update: undefined });
      return { id, iteration, from: 0, exact: true, tensors };
    }
    const { checkpoint } = await record.latestCheckpoint(model, iteration - 1);
    const recorded = (await record.events()).find((event) => event.kind === 'iteration' && event.iteration === iteration);
    const backend = await this.platform.openBackend(asked.backend, asked.threads);
    try {
      const plan = source.plan({ batch: model.train.batch, carry: model.train.carry === 'state', seed: model.train.seed });
      const breathe = async (): Promise<void> => {
        await this.platform.breathe();
        if (id !== this.last) throw new OperationalError('overtaken', 'Another iteration was asked for meanwhile.');
      };
      const { loss, values, gradients, updates } = await replayIteration(model, plan, backend, checkpoint, iteration, breathe);
      this.keep(id, { value: values, gradient: gradients, update: updates });
      return { id, iteration, from: checkpoint?.iteration ?? 0, exact: recorded?.kind !== 'iteration' || Object.is(recorded.loss, loss), loss, tensors };
    } finally {
      await backend.dispose();
    }
  }

  /** A copy, row-major. */
  numbers(id: number, name: string, of: ParameterQuantity): Float32Array {
    const tensor = id === this.last ? this.kept[of]?.get(name) : undefined;
    if (tensor === undefined) throw new OperationalError('no-numbers', `There is no ${of} of ${name} here; ask for its iteration again.`);
    return tensor.data.slice();
  }

  private keep(id: number, kept: Kept): void {
    if (id === this.last) this.kept = kept;
  }
}
