// Answers what a page asks about the parameters of the pass that is shown: values, gradients, what steps add, what the optimizer changes.
// Not the cells' making (weight-cells.ts) and not what steps add (engine/debug/step-contributions.ts).
// Invariant: numbers are the recording's; what one layer's picture needs is computed once for its quantity and step, whatever cells are asked for.
import { OperationalError } from '../../../../engine/base/operational-error';
import type { ParameterUpdate } from '../../../../engine/debug/optimizer-step';
import { Recording } from '../../../../engine/debug/recording';
import { StepContributions } from '../../../../engine/debug/step-contributions';
import { placedParameters, type PlacedParameter } from '../../../../engine/ir/parameter-roles';
import { type Pace, within } from '../../../../engine/inspect/pace';
import type { Weights } from '../../../../engine/trace/trace';
import type { CellsWanted, WeightQuantity, WeightRequests, WeightsHeader, WeightsPicture } from '../../../../protocol/weights-view';
import { needStep, needTrace, type ViewSource } from './view-source';
import { beyondOf, boundsOf, cellsOf, matrixSize, summaryOf } from './weight-cells';
import type { WorkQueue } from './work-queue';

type Params<N extends keyof WeightRequests> = WeightRequests[N]['params'];

export interface WeightsContext {
  /** As the pass was recorded before anything was edited. */
  readonly original: Weights;
  /** Of a training; undefined outside one. */
  readonly update: (() => readonly ParameterUpdate[]) | undefined;
  readonly iteration: number;
}

interface Numbers {
  readonly tensors: readonly { readonly placed: PlacedParameter; readonly data: Float32Array }[];
  readonly picture: Omit<WeightsPicture, 'cells'>;
}

const quantities: readonly WeightQuantity[] = ['value', 'gradient', 'step', 'sum', 'update'];
const mostEdited = 256;
/** No cell is asked for that is larger, and no picture of so many tensors. */
const mostPer = 1 << 16;

export class WeightViews {
  private readonly contributions: StepContributions;
  private known: { readonly key: string; readonly numbers: Promise<Numbers | null> } | undefined;
  private updates: readonly ParameterUpdate[] | undefined;

  constructor(private readonly view: ViewSource, private readonly context: WeightsContext, private readonly queue: WorkQueue) {
    // With the measurements' programs: the session's own may be running.
    const { model, trace, row } = view.recording;
    this.contributions = new StepContributions(new Recording(model, trace, view.programs, row));
  }

  weights({ traceId }: Params<'weights'>): WeightsHeader {
    needTrace(this.view, traceId);
    const { recording } = this.view;
    const tensors = placedParameters(recording.model);
    return {
      traceId, tensors,
      batch: recording.trace.batch.x.dims[0] ?? 1,
      reversed: recording.timeline.units.filter(({ walk }) => walk?.half.reversed === true).map(({ name }) => name),
      once: recording.timeline.units.filter(({ perStep }) => !perStep).map(({ name }) => name),
      ...(this.context.update === undefined ? {} : { iteration: this.context.iteration }),
      edited: this.edited(tensors),
    };
  }

  async weightsPicture({ traceId, layer, of, step, cells }: Params<'weightsPicture'>): Promise<WeightsPicture | null> {
    needTrace(this.view, traceId);
    if (!quantities.includes(of)) throw new OperationalError('bad-argument', `There is no quantity ${String(of)}; there are ${quantities.join(', ')}.`);
    needStep(this.view, step);
    const key = `${layer}/${of}/${of === 'step' || of === 'sum' ? step : ''}`;
    if (this.known?.key !== key) {
      const numbers = this.queue.run('weights', 0, (pace) => this.numbersOf(layer, of, step, pace));
      const known = { key, numbers };
      this.known = known;
      numbers.catch(() => { if (this.known === known) this.known = undefined; });
    }
    const numbers = await this.known.numbers;
    return numbers && { ...numbers.picture, cells: cells.map((wanted) => this.cells(numbers, wanted)) };
  }

  private async numbersOf(layer: string, of: WeightQuantity, step: number, pace: Pace): Promise<Numbers | null> {
    const { recording } = this.view;
    const placed = placedParameters(recording.model).filter((one) => one.layer === layer);
    if (placed.length === 0) throw new OperationalError('bad-argument', `There is no layer ${layer} with parameters.`);
    if (of === 'step' || of === 'sum') {
      const whole = await this.contributions.total(layer, within(pace, 0, 0.5));
      const here = of === 'step' ? await this.contributions.step(layer, step) : await this.contributions.sum(layer, step, within(pace, 0.5, 1));
      return numbersFrom(placed, (name) => here.get(name), (name) => whole.get(name));
    }
    if (of === 'value') return numbersFrom(placed, (name) => recording.param(name).data);
    if (of === 'gradient') return numbersFrom(placed, (name) => recording.paramGradient(name).data);
    const updates = (this.updates ??= this.context.update?.());
    return updates === undefined ? null : numbersFrom(placed, (name) => updates.find(({ parameter }) => parameter === name)?.change);
  }

  private cells({ tensors }: Numbers, wanted: CellsWanted): WeightsPicture['cells'][number] {
    const found = tensors.find(({ placed }) => placed.name === wanted.name);
    if (found === undefined) throw new OperationalError('bad-argument', `There is no parameter ${wanted.name} in this layer.`);
    const [rows, columns] = matrixSize(found.placed.shape);
    for (const per of [wanted.perRow, wanted.perColumn]) if (!Number.isSafeInteger(per) || per < 1 || per > mostPer) throw new OperationalError('bad-argument', `${per} numbers cannot share a cell.`);
    checkOrder(wanted.rows, rows);
    checkOrder(wanted.columns, columns);
    return cellsOf(found.placed.shape, found.data, wanted);
  }

  private edited(tensors: readonly PlacedParameter[]): WeightsHeader['edited'] {
    const { weights } = this.view.recording.trace;
    return tensors.flatMap(({ name, shape }) => {
      const [before, now] = [this.context.original.get(name), weights.get(name)];
      if (before === undefined || now === undefined || before === now) return [];
      const [, columns] = matrixSize(shape);
      return Array.from(now.data.keys()).filter((at) => !Object.is(now.data[at], before.data[at])).map((at) => ({ name, row: Math.floor(at / columns), column: at % columns, from: before.data[at] ?? NaN, to: now.data[at] ?? NaN }));
    }).slice(0, mostEdited);
  }
}

function checkOrder(order: Int32Array | undefined, size: number): void {
  if (order !== undefined && (order.length !== size || order.some((at) => at < 0 || at >= size))) throw new OperationalError('bad-argument', `An order of ${size} needs each of them once.`);
}

/** @param whole of the sequence, whose bounds the colours have. */
function numbersFrom(placed: readonly PlacedParameter[], of: (name: string) => Float32Array | undefined, whole: (name: string) => Float32Array | undefined = () => undefined): Numbers {
  const tensors = placed.flatMap((one) => {
    const data = of(one.name);
    return data === undefined ? [] : [{ placed: one, role: one.role, data }];
  });
  const bounds = boundsOf(tensors.map(({ role, placed: { name }, data }) => ({ role, data: whole(name) ?? data })));
  return { tensors, picture: { tensors: tensors.map(({ placed: { name, shape }, data }) => summaryOf(name, shape, data, whole(name))), bounds, beyond: beyondOf(tensors, bounds) } };
}
