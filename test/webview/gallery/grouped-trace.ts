// A simulated trace whose states move in five groups and some units by themselves, to look at groups of units.
// Not shipped and no longer what the equations give: states are written over, all else stays.
import { simulateTrace, steps, units, type SimulatedTrace } from './simulated-trace';
import { uniform } from './uniform';

/** Units by their group, the last of which is none. */
export const groupOf = (unit: number): number => [0, 1, 1, 2, 3, 3, 3, 4, 5, 0][unit % 10] ?? 5;

export function groupedTrace(): SimulatedTrace {
  const trace = simulateTrace();
  const random = uniform(31);
  const own = Array.from({ length: units }, () => ({ speed: 0.05 + random(), at: 6 * random() }));
  const course = (unit: number, t: number): number => {
    const group = groupOf(unit);
    const { speed, at } = own[unit] ?? { speed: 1, at: 0 };
    return group === 5 ? Math.sin(speed * 9 * t + at) : Math.sin(t * (0.2 + 0.23 * group) + group) + (group === 4 ? t / 20 - 1 : 0);
  };
  const noise = Array.from({ length: steps }, () => Float64Array.from({ length: units }, () => random() - 0.5));
  const c = Array.from({ length: steps }, (_, t) => Float64Array.from({ length: units }, (__, unit) => 1.6 * course(unit, t) + 1.8 * (noise[t]?.[unit] ?? 0)));
  return { ...trace, value: { ...trace.value, "c'": c, "h'": c.map((row) => row.map((value) => 0.9 * Math.tanh(value))) } };
}
