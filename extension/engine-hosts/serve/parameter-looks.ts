// The parameters of a run at one of its iterations, with the gradient and the update of that iteration, for whoever asks.
// Not the training: the run's folder is read, and the run replayed to the iteration. One look is kept; another replaces it.
// Invariant: numbers are copied out of what was replayed, never computed by the page; a look that was cancelled leaves the one before it.
import { OperationalError } from '../../../engine/base/operational-error';
import { placedParameters } from '../../../engine/ir/parameter-roles';
import type { Weights } from '../../../engine/trace/trace';
import { loadModel } from '../../../engine/training/load-model';
import { replayIteration } from '../../../engine/training/replay';
import { RunRecord } from '../../../engine/training/run-record';
import { freshWeights } from '../../../engine/weights/initialise';
import type { LookRequest } from '../../../protocol/engine-host';
import type { LookProgress, ParameterLook, ParameterQuantity } from '../../../protocol/run';
import type { EnginePlatform } from './platform';
import { chosenModel, readProgram } from './wire-problems';

/** Milliseconds between two reports of a replay. */
const reportPause = 50;

type Kept = Readonly<Record<ParameterQuantity, Weights | undefined>>;

export class ParameterLooks {
  private kept: Kept = { value: undefined, gradient: undefined, update: undefined };
  /** The look whose numbers are kept. */
  private shown = 0;
  private last = 0;
  private cancelled = 0;

  constructor(private readonly platform: EnginePlatform, private readonly report: (progress: LookProgress) => void = () => undefined) {}

  /** Ends what is under way, before its next iteration. */
  cancel(): void {
    this.cancelled = this.last;
  }

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
      const from = checkpoint?.iteration ?? 0;
      let told = -Infinity;
      const breathe = async (done: number): Promise<void> => {
        await this.platform.breathe();
        this.check(id);
        if (this.platform.now() - told < reportPause) return;
        told = this.platform.now();
        this.report({ done, total: iteration - from });
      };
      const { loss, values, gradients, updates } = await replayIteration(model, plan, backend, checkpoint, iteration, breathe);
      this.check(id);
      this.keep(id, { value: values, gradient: gradients, update: updates });
      return { id, iteration, from, exact: recorded?.kind !== 'iteration' || Object.is(recorded.loss, loss), loss, tensors };
    } finally {
      await backend.dispose();
    }
  }

  /** A copy, row-major. */
  numbers(id: number, name: string, of: ParameterQuantity): Float32Array {
    const tensor = id === this.shown ? this.kept[of]?.get(name) : undefined;
    if (tensor === undefined) throw new OperationalError('no-numbers', `There is no ${of} of ${name} here; ask for its iteration again.`);
    return tensor.data.slice();
  }

  /** Throws when the look is wanted no longer. */
  private check(id: number): void {
    if (id <= this.cancelled) throw new OperationalError('cancelled', 'The replay was cancelled.');
    if (id !== this.last) throw new OperationalError('overtaken', 'Another iteration was asked for meanwhile.');
  }

  private keep(id: number, kept: Kept): void {
    if (id !== this.last) return;
    this.kept = kept;
    this.shown = id;
  }
}
