// Runs the extension-host suite once in a real VS Code and reports each of its tests as one of ours.
import { describe, expect, it } from 'vitest';
import { runHostSuite } from '../../scripts/testbed/host-suite.mjs';

const results = await runHostSuite();

describe('in the extension host', () => {
  it('ran something', () => {
    expect(results.length).toBeGreaterThan(0);
  });

  for (const { title, state, error } of results) {
    it(title, (context) => {
      if (state === 'skipped') context.skip('skipped in the extension host');
      expect(error ?? state).toBe('passed');
    });
  }
});
