// The mean of a group of units over time, as the lines show it.
// Not a unit's own course. A step at which one of the units is not finite has no mean; nor has one that has not arrived.
import type { Group } from './clusters';
import type { LaneValues } from './raster';

interface Known {
  readonly revision: number;
  readonly course: Float32Array;
}

const known = new WeakMap<Group, WeakMap<LaneValues, Known>>();

/** One value a step, NaN where there is none; made once for a lane as far as it is filled. */
export function groupMean(lane: LaneValues, group: Group, revision: number): Float32Array {
  const of = known.get(group) ?? new WeakMap<LaneValues, Known>();
  known.set(group, of);
  const before = of.get(lane);
  if (before?.revision === revision) return before.course;
  const course = Float32Array.from({ length: lane.steps }, (_, step) => {
    if (!lane.have[step]) return NaN;
    let sum = 0;
    for (const unit of group.units) sum += lane.values[step * lane.units + unit] ?? NaN;
    return Number.isFinite(sum) ? sum / group.units.length : NaN;
  });
  of.set(lane, { revision, course });
  return course;
}
