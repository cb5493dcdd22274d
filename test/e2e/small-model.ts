// A model that trains in a moment, and the built program that trains it: what tests of the engine's processes begin with.
// Not a test.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../house/project-files';

export const dist = join(projectRoot, 'dist');

export const smallModel = (iterations: number): string => `model Small {
  data   adding(length: 12)
  layer  r = LSTM(x, hidden: 8)
  output y = Linear(last(r))
  loss   squaredError(y)
}
train { optimizer adam(rate: 0.01) batch 8 iterations ${iterations} clip norm 1.0 seed 3 }
`;

/** Builds what is not there yet. */
export function needBuilt(): void {
  if (!existsSync(join(dist, 'extension/engine-cpu-host.cjs'))) execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: projectRoot });
}
