// The header of a recorded pass: what it reads, predicts and loses, step by step, and its layers.
// Not the lanes' numbers (lane-tiles.ts).
// Invariant: steps without a loss say NaN; the mean is the debugger's `loss` of this sequence.
import type { DataSource } from '../../../../engine/data/data-source';
import type { Recording } from '../../../../engine/debug/recording';
import type { SequenceChoice, TraceHeader } from '../../../../protocol/trace-view';
import { layerView } from './layer-view';
import { outputView } from './output-view';
import { predictedSteps, predictionView } from './prediction-view';
import { layersOf, type ViewSource } from './view-source';

const lossUnits = { crossEntropy: '−log p, nats', binaryCrossEntropy: '−log p, nats', squaredError: '(y − target)²' } as const;

export function traceHeader(view: ViewSource): TraceHeader {
  const { recording, data } = view;
  const { model, steps } = recording;
  const text = classText(recording, data?.vocabulary);
  const predictions = predictionView(recording, text);
  const outputs = outputView(recording);
  return {
    traceId: view.traceId, model: model.name, steps,
    backwardRecorded: true,
    sequence: view.sequence, sequences: view.sequences,
    ...(view.largestGradient === undefined ? {} : { largestGradient: view.largestGradient }),
    origin: view.origin,
    item: itemOf(recording, data?.vocabulary),
    reads: reads(recording, data?.vocabulary),
    valid: Uint8Array.from({ length: steps }, (_, index) => (recording.isValid(index + 1) ? 1 : 0)),
    loss: { unit: lossUnits[model.loss.kind], ...stepLosses(recording) },
    ...(predictions === undefined ? {} : { predictions }),
    ...(outputs === undefined ? {} : { outputs }),
    layers: layersOf(recording).map((unit) => layerView(view, unit)),
    edits: view.edits, stale: view.stale,
  };
}

function reads(recording: Recording, vocabulary: readonly string[] | undefined): TraceHeader['reads'] {
  const { model, steps } = recording;
  const each = Array.from({ length: steps }, (_, index) => recording.x(index + 1).data);
  if (model.input.kind === 'tokens') return { kind: 'tokens', text: each.map(([id = 0]) => vocabulary?.[id] ?? String(id)) };
  const { features } = model.input;
  const values = new Float32Array(steps * features);
  each.forEach((numbers, index) => values.set(numbers, index * features));
  return { kind: 'numeric', names: Array.from({ length: features }, (_, feature) => (features === 1 ? 'x' : `x[${feature}]`)), values };
}

function itemOf({ model }: Recording, vocabulary: readonly string[] | undefined): string {
  if (model.input.kind === 'numeric') return 'value';
  if (vocabulary === undefined) return 'token';
  return vocabulary.every((text) => [...text].length === 1) ? 'character' : 'word';
}

/** Classes are written as the vocabulary has them when they are its tokens. */
function classText({ model }: Recording, vocabulary: readonly string[] | undefined): (id: number) => string {
  const same = model.target.kind === 'classes' && vocabulary?.length === model.target.count;
  return (id) => (same ? vocabulary[id] : undefined) ?? String(id);
}

function stepLosses(recording: Recording): { readonly values: Float32Array; readonly mean: number } {
  const { trace, steps, row, model } = recording;
  const values = new Float32Array(steps).fill(NaN);
  const each = trace.stepLoss.data.subarray(row * (model.target.perStep ? steps : 1));
  let sum = 0;
  let count = 0;
  for (const t of predictedSteps(recording)) {
    if (!recording.isValid(t)) continue;
    const value = each[model.target.perStep ? t - 1 : 0] as number;
    values[t - 1] = value;
    sum += value;
    count++;
  }
  return { values, mean: sum / count };
}

const mostSequences = 100;
const labelLength = 20;

/** The sequences of the validation split around the chosen one, each with how its text begins. */
export function sequenceChoices(data: DataSource | undefined, chosen: number): { readonly sequence: SequenceChoice; readonly sequences: readonly SequenceChoice[] } {
  const label = (index: number): SequenceChoice => ({ index, label: `#${index}${data === undefined ? '' : beginning(data, index)}` });
  if (data === undefined) return { sequence: label(chosen), sequences: [label(chosen)] };
  const first = Math.max(0, Math.min(chosen - mostSequences / 2, data.validationSequences - mostSequences));
  const count = Math.min(mostSequences, data.validationSequences - first);
  return { sequence: label(chosen), sequences: Array.from({ length: count }, (_, index) => label(first + index)) };
}

function beginning(data: DataSource, index: number): string {
  if (data.vocabulary === undefined || index >= data.validationSequences) return '';
  const { x } = data.validationSequence(index);
  const words = Array.from(x.data.subarray(0, labelLength), (id) => data.vocabulary?.[id] ?? '');
  const separator = words.every((word) => [...word].length === 1) ? '' : ' ';
  const text = words.join(separator).slice(0, labelLength).replace(/\n/g, '⏎').replace(/\t/g, '⇥');
  return ` “${text}${x.data.length > labelLength ? '…' : ''}”`;
}
