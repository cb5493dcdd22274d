// Labels at the ends of lines: pushed apart so that none covers another.
// Not drawing. Order is kept, and the whole stays within the bounds when there is room.

/** New centres, at least `gap` apart, as near to the wanted ones as their order allows. Same order as given. */
export function pushApart(wanted: readonly number[], gap: number, low: number, high: number): number[] {
  const order = wanted.map((place, index) => ({ place, index })).sort((a, b) => a.place - b.place || a.index - b.index);
  const places = order.map(({ place }) => place);
  for (let i = 0; i < places.length; i++) places[i] = Math.max(places[i] ?? 0, i === 0 ? low : (places[i - 1] ?? 0) + gap);
  for (let i = places.length - 1; i >= 0; i--) places[i] = Math.min(places[i] ?? 0, i === places.length - 1 ? high : (places[i + 1] ?? 0) - gap);
  const result: number[] = new Array<number>(wanted.length);
  order.forEach(({ index }, rank) => {
    result[index] = places[rank] ?? 0;
  });
  return result;
}
