// Which samples of a run are shown: the first, an early one, and the latest.
// Not the drawing. Fewer when there are fewer.
import type { RunSample } from '../../protocol/run';

/** The early one is nearest to a twentieth of the run. */
export function chosenSamples(samples: readonly RunSample[], iterations: number): readonly RunSample[] {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last || samples.length <= 2) return samples;
  const wanted = iterations / 20;
  const between = samples.slice(1, -1);
  const early = between.reduce((best, sample) => (Math.abs(sample.iteration - wanted) < Math.abs(best.iteration - wanted) ? sample : best), between[0] ?? first);
  return [first, early, last];
}
