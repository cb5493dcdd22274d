// A pass that goes on from an earlier one: equal to the whole pass to the last bit, with no step run that the change cannot reach.
// Not the debugger's forks (../adapter/what-if.test.ts).
import { describe, expect, it } from 'vitest';
import { floats, ints } from '../../engine/runtime/tensor';
import type { Backend } from '../../engine/runtime/backend';
import type { Change } from '../../engine/trace/changed-steps';
import { runTrace } from '../../engine/trace/run-trace';
import type { Batch, Edit } from '../../engine/trace/trace';
import { TracePrograms } from '../../engine/trace/trace-programs';
import { modelOf, problemOf } from './random-problem';
import { withNodeBackends } from './trace-checks';

const backendOf = withNodeBackends();
const time = 7;
const stacked = 'model M { input x: token(6) embed e = Embedding(x, size: 3) layer r1 = LSTM(e, hidden: 4) layer r2 = GRU(r1, hidden: 3) output y = Linear(r2, size: 5) loss crossEntropy(y) }';
const both = 'model M { input x[2] layer r1 = GRU(x, hidden: 3) layer r2 = LSTM(r1, hidden: 2, direction: both) layer r3 = RNN(r2, hidden: 3) output y = Linear(mean(r3), size: 2) loss squaredError(y) }';

function spoiled(batch: Batch, row: number, step: number): Batch {
  const { x } = batch;
  const width = x.data.length / (x.dims[0] ?? 1) / time;
  const at = (row * time + step) * width;
  if (x.kind === 'i32') return { ...batch, x: ints(x.dims, x.data.map((id, place) => (place === at ? (id + 1) % 6 : id))) };
  return { ...batch, x: floats(x.dims, x.data.map((value, place) => (place === at ? value + 1 : value))) };
}

const edit = (half: string, kind: Edit['target']['kind'], name: string, step: number): Edit => ({ half, target: { kind, name }, step, row: 1, values: new Map([[0, 0.4]]) });
const within = (half: string, step: number): Change => ({ at: { half }, step });

describe('a pass that goes on from an earlier one', () => {
  it.each<readonly [string, string, boolean, Edit | number, number]>([
    // Recurrent steps that are run again, of all halves together.
    ['a gate of the lower layer', stacked, false, edit('r1', 'named', 'f', 4), 2 * 3],
    ['a state before a step', stacked, true, edit('r1', 'old', 'c', 3), 2 * 4],
    ['a state of the upper layer', stacked, false, edit('r2', 'old', 'h', 5), 2],
    ['a token', stacked, true, 6, 2 * 1],
    ['the first step', stacked, false, edit('r1', 'old', 'h', 0), 2 * 7],
    ['a number that both directions read', both, false, 3, 4 + 4 + 7 + 7],
    ['the reverse half', both, true, edit('r2.backward', 'named', 'i', 2), 3 + 7],
    ['the last layer', both, true, edit('r3', 'in', 'x', 4), 3],
  ])('after a change of %s is the whole pass', async (_what, text, masked, changed, again) => {
    let runs = 0;
    const inner = backendOf('wasm');
    const backend: Backend = { ...inner, open: async (model, options) => {
      const session = await inner.open(model, options);
      return { ...session, run: (feeds, fetches) => (runs++, session.run(feeds, fetches)) };
    } };
    const counted = async <T>(work: Promise<T>): Promise<readonly [T, number]> => {
      const before = runs;
      return [await work, runs - before];
    };
    const { model, weights, batch } = problemOf(modelOf(text), { seed: 3, batch: 2, time, masked });
    const programs = new TracePrograms(backend);
    const options = { programs, keepHanded: true };
    // An edit before it, which both passes have.
    const first = edit('r1', 'named', text === stacked ? 'g' : 'n', 0);
    const trace = await runTrace(model, weights, batch, backend, { ...options, edits: [first] });
    const edits = typeof changed === 'number' ? [first] : [first, changed];
    const other = typeof changed === 'number' ? spoiled(batch, 1, changed) : batch;
    const change: Change = typeof changed === 'number' ? { at: 'x', step: changed } : within(changed.half, changed.step);
    const [whole, all] = await counted(runTrace(model, weights, other, backend, { ...options, edits }));
    const [went, fewer] = await counted(runTrace(model, weights, other, backend, { ...options, edits, earlier: { trace, change } }));
    expect(went).toEqual(whole);
    expect(went.loss).not.toBe(trace.loss);
    const recurrent = text === stacked ? 2 * time : 4 * time;
    // Lines without states are one run each, and are not run again when nothing of theirs changed.
    const untouched = text === stacked && change.at !== 'x' ? 1 : 0;
    expect(all - fewer).toBe(recurrent - again + untouched);
    // Untouched columns are the earlier pass's own.
    expect(went.columns.get('value/e') === trace.columns.get('value/e')).toBe(text !== stacked || change.at !== 'x');
    await programs.dispose();
  });
});
