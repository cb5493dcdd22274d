// Ticks and places on a logarithmic axis: as many round numbers as there is room for.
// Not drawing. Values at or below zero have no place; the caller leaves them out or puts them at the floor.

export interface LogAxis {
  readonly low: number;
  readonly high: number;
  /** Pixel of `low` and of `high`. */
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
}

const ladders: readonly (readonly number[])[] = [
  [1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4, 5, 6, 7, 8, 9],
  [1, 1.5, 2, 2.5, 3, 4, 6, 8],
  [1, 1.5, 2, 3, 4, 6],
  [1, 2, 4, 6],
  [1, 2, 5],
  [1, 3],
  [1],
];

/** Both ends positive; an empty span is widened to a factor of two. */
export function logAxis(low: number, high: number, from: number, to: number, gap = 26): LogAxis {
  const bottom = low > 0 && Number.isFinite(low) ? low : 1e-3;
  const top = high > bottom && Number.isFinite(high) ? high : bottom * 2;
  const axis = { low: bottom, high: top, from, to };
  for (const ladder of ladders) {
    const ticks = ticksOf(ladder, bottom, top);
    const places = ticks.map((value) => logPlace({ ...axis, ticks }, value));
    if (places.every((place, i) => i === 0 || Math.abs(place - (places[i - 1] ?? 0)) >= gap)) return { ...axis, ticks };
  }
  // Many decades: every n-th power of ten.
  const decades = ticksOf([1], bottom, top);
  const every = Math.max(1, Math.ceil((decades.length * gap) / Math.max(1, Math.abs(to - from))));
  return { ...axis, ticks: decades.filter((value) => Math.round(Math.log10(value)) % every === 0) };
}

/** Pixel of a positive value, clipped to the axis. */
export function logPlace(axis: LogAxis, value: number): number {
  const part = (Math.log(value) - Math.log(axis.low)) / (Math.log(axis.high) - Math.log(axis.low));
  return axis.from + (axis.to - axis.from) * Math.min(1, Math.max(0, part));
}

function ticksOf(ladder: readonly number[], low: number, high: number): number[] {
  const ticks: number[] = [];
  for (let exponent = Math.floor(Math.log10(low)); exponent <= Math.ceil(Math.log10(high)); exponent++) {
    for (const mantissa of ladder) {
      // Through the text, so that 0.3 is 0.3 and not 0.30000000000000004.
      const value = Number(`${mantissa}e${exponent}`);
      if (value >= low * 0.999999 && value <= high * 1.000001) ticks.push(value);
    }
  }
  return ticks;
}
