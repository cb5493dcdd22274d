// Views and triangles of the inspector's gallery: what the scenes differ in besides their numbers.
// Not shipped, nothing computed by the engine.
import type { InspectorView, Triangle, TriangleNow } from '../../../protocol/inspector-page';
import type { TraceHeader } from '../../../protocol/trace-view';

/** Steps of a scene's sequence. */
export const sceneSteps: Readonly<Record<string, number>> = { onestep: 1, long: 1000 };
/** What the compared pass is called; scenes that are not here stand alone. */
const alone = new Set(['alone', 'rnn', 'comparing', 'onestep', 'gru', 'bidirectional', 'oneloss', 'masked', 'computing', 'stopped', 'bars']);

/** The header over another number of steps, its text repeated. */
function resized(trace: TraceHeader, steps: number): TraceHeader {
  const at = (t: number): number => t % trace.steps;
  const text = trace.reads.kind === 'tokens' ? trace.reads.text : [];
  const repeated = Array.from({ length: steps }, (_, t) => text[at(t)] ?? ' ');
  return {
    ...trace, steps, reads: { kind: 'tokens', text: repeated }, valid: new Uint8Array(steps).fill(1),
    loss: { ...trace.loss, values: Float32Array.from({ length: steps }, (_, t) => trace.loss.values[at(t)] ?? 1) },
    predictions: { top: 1, text: repeated, probability: new Float32Array(steps).fill(0.5), target: repeated, targetRank: new Int32Array(steps).fill(1) },
  };
}

export function sceneView(scene: string, base: Pick<InspectorView, 'trace' | 'cursor'>, choices: InspectorView['choices']): InspectorView {
  const steps = sceneSteps[scene] ?? base.trace.steps;
  const sized = steps === base.trace.steps ? base.trace : resized(base.trace, steps);
  const [first] = sized.layers;
  const call = { rnn: 'RNN(e, hidden: 64)', gru: 'GRU(e, hidden: 64)', bidirectional: 'LSTM(e, hidden: 64, direction: both)' }[scene];
  const layers = first === undefined ? [] : scene === 'bidirectional' ? [{ ...first, call: call ?? first.call }, { ...first, name: 'r1.backward', call: call ?? first.call, reversed: true }] : [{ ...first, call: call ?? first.call }];
  const last = steps - 1;
  const trace: TraceHeader = {
    ...sized, layers, backwardRecorded: scene !== 'norecord', stale: scene === 'stale',
    ...(scene === 'oneloss' ? { loss: { ...sized.loss, values: sized.loss.values.map((value, t) => (t === last ? value : NaN)) } } : {}),
    ...(scene === 'masked' ? { valid: sized.valid.map((_, t) => (t >= 40 ? 0 : 1)), loss: { ...sized.loss, values: sized.loss.values.map((value, t) => (t >= 40 ? NaN : value)) } } : {}),
  };
  return {
    trace, cursor: { ...base.cursor, pass: 'backward', step: Math.min(steps, scene === 'long' ? 640 : base.cursor.step), ...(scene === 'bidirectional' ? { layer: 1 } : {}) }, choices, shown: { choices: {}, given: 0 },
    label: { rnn: 'RNN', gru: 'GRU' }[scene] ?? 'LSTM',
    ...(alone.has(scene) ? {} : { compared: { id: 'run 2', label: 'RNN' } }), ...(scene === 'comparing' ? { pending: 'RNN' } : {}),
  };
}

/** As far as a scene's triangle is: whole, while it is computed, or stopped. */
export function sceneTriangle(scene: string, whole: Triangle, steps: number, goOn: boolean): TriangleNow {
  if ((scene !== 'computing' && scene !== 'stopped') || goOn) return { state: 'complete', share: 1, triangle: whole };
  const kept = [...whole.losses.keys()].filter((row) => row % 3 === 2);
  const norm = new Float32Array(kept.length * steps);
  kept.forEach((row, at) => norm.set(whole.norm.subarray(row * steps, (row + 1) * steps), at * steps));
  return { state: scene === 'stopped' ? 'stopped' : 'running', share: 0.42, triangle: { ...whole, losses: Int32Array.from(kept, (row) => whole.losses[row] ?? 0), norm } };
}

/** Presses a button of the page once it is there. */
export function pressOnce(text: string): void {
  const press = (): void => {
    const found = [...document.querySelectorAll<HTMLElement>('.triangle-choices .segment')].find((each) => each.textContent?.includes(text) && !each.closest('[hidden]'));
    if (found) found.click();
    else setTimeout(press, 20);
  };
  setTimeout(press, 20);
}
