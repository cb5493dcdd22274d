// The derivative of a function of one number, from its values alone: central differences, extrapolated.
// Not a gradient rule and not tied to networks.
// Invariant: it calls the function and nothing else, and says when the function has no derivative there.

export interface Derivative {
  readonly value: number;
  /** How far the last two extrapolations lie apart: what can be trusted. */
  readonly error: number;
  /** The differences do not settle as the step shrinks: a kink or a jump at the point itself. */
  readonly kink: boolean;
}

/** First steps that are tried in turn; each is halved twice. A large one is most precise, a small one avoids a kink nearby. */
const firstSteps = [2 ** -5, 2 ** -8, 2 ** -11, 2 ** -14];

/**
 * f′(0) by Romberg's scheme: central differences at h, h/2, h/4 with the h² and h⁴ terms eliminated (Richardson 1911), so the error is
 * O(h⁶) + rounding / h. Takes the first h whose last two extrapolations agree, else the one where they agree best.
 * @param centre f(0), when it is known.
 */
export function derivativeAtZero(f: (delta: number) => number, centre: number = f(0)): Derivative {
  const rounding = 1e-15 * Math.max(1, Math.abs(centre));
  let best: Derivative | undefined;
  for (const first of firstSteps) {
    const steps = [first, first / 2, first / 4];
    const sides = steps.map((h) => ({ h, above: f(h), below: f(-h) }));
    const [d0, d1, d2] = sides.map(({ h, above, below }) => (above - below) / (2 * h)) as [number, number, number];
    const gaps = sides.map(({ h, above, below }) => Math.abs(above - centre - (centre - below)) / h) as [number, number, number];
    const r1 = (4 * d1 - d0) / 3;
    const r2 = (4 * d2 - d1) / 3;
    const value = (16 * r2 - r1) / 15;
    const candidate: Derivative = { value, error: Math.abs(value - r2), kink: stays(gaps, value, rounding / (first / 4)) || grows([d0, d1, d2], rounding / (first / 4)) };
    if (best === undefined || !(candidate.error >= best.error)) best = candidate;
    if (candidate.error <= 1e-9 * Math.abs(value) + 10 * rounding / first) break;
  }
  return best ?? { value: Number.NaN, error: Infinity, kink: true };
}

/** At a jump the central differences grow as the step shrinks. */
function grows([large, middle, small]: readonly [number, number, number], noise: number): boolean {
  return Math.abs(small) > 1.5 * Math.abs(middle) && Math.abs(middle) > 1.5 * Math.abs(large) && Math.abs(small) > 100 * noise;
}

/** One-sided differences of a smooth function approach each other with the step; at a kink their gap stays. */
function stays([large, middle, small]: readonly [number, number, number], value: number, noise: number): boolean {
  return small > 1e-8 * Math.abs(value) + 100 * noise && small > 0.75 * middle && middle > 0.75 * large;
}
