// What is said of a replay under way: a percentage of what was really replayed, and none before the engine has told.
import { describe, expect, it } from 'vitest';
import { replayedPart, replayWords } from '../../../webview/training/matrix-sentences';

const loading = { kind: 'loading', iteration: 4312, before: { kind: 'none' } } as const;

describe('a replay under way', () => {
  it('is told in percent once the engine says how far it is', () => {
    expect(replayWords(loading)).toBe('Replaying the run to iteration 4,312…');
    expect(replayWords({ ...loading, iteration: null })).toBe('Replaying the run to its newest checkpoint…');
    expect(replayWords({ ...loading, progress: { done: 38, total: 100 } })).toBe('Replaying the run to iteration 4,312: 38 %');
    expect(replayWords({ ...loading, progress: { done: 99, total: 100 } })).toBe('Replaying the run to iteration 4,312: 99 %');
    expect([replayedPart(loading), replayedPart({ ...loading, progress: { done: 0, total: 0 } })]).toEqual([undefined, undefined]);
  });
});
