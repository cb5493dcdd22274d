// The only source of randomness: a counter-free xoshiro128** generator whose state is plain data.
// Not cryptographic. Algorithm: Blackman & Vigna 2018; seeded with splitmix32.
// Invariant: same seed, same calls, same numbers, on every machine; the state can be saved and restored.

export type RandomState = readonly [number, number, number, number];

export class Random {
  private a = 0;
  private b = 0;
  private c = 0;
  private d = 0;
  private spare: number | undefined;

  constructor(seed: number | RandomState) {
    if (typeof seed === 'number') {
      let x = seed | 0;
      const next = (): number => {
        x = (x + 0x9e3779b9) | 0;
        let z = x ^ (x >>> 16);
        z = Math.imul(z, 0x21f0aaad);
        z ^= z >>> 15;
        z = Math.imul(z, 0x735a2d97);
        return (z ^ (z >>> 15)) >>> 0;
      };
      this.a = next();
      this.b = next();
      this.c = next();
      this.d = next();
    } else [this.a, this.b, this.c, this.d] = seed;
  }

  /** The state between two draws; a pending second normal is dropped so that it stays four words. */
  get state(): RandomState {
    this.spare = undefined;
    return [this.a, this.b, this.c, this.d];
  }

  /** A new generator for a named purpose, so that adding a draw in one place moves no other. */
  static for(seed: number, purpose: string): Random {
    let hash = 2166136261 ^ seed;
    for (let i = 0; i < purpose.length; i++) hash = Math.imul(hash ^ purpose.charCodeAt(i), 16777619);
    return new Random(hash);
  }

  /** Uniform 32-bit unsigned integer. */
  uint32(): number {
    const result = Math.imul(rotate(Math.imul(this.b, 5), 7), 9) >>> 0;
    const t = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= t;
    this.d = rotate(this.d, 11);
    return result;
  }

  /** Uniform in [0, 1) with 53 bits. */
  uniform(): number {
    return ((this.uint32() >>> 5) * 67108864 + (this.uint32() >>> 6)) / 9007199254740992;
  }

  /** Integer in [0, bound). */
  below(bound: number): number {
    return Math.floor(this.uniform() * bound);
  }

  /** Standard normal (Box & Muller 1958). */
  normal(): number {
    if (this.spare !== undefined) {
      const value = this.spare;
      this.spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** Shuffles in place (Fisher & Yates). */
  shuffle<T>(items: T[]): void {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const held = items[i] as T;
      items[i] = items[j] as T;
      items[j] = held;
    }
  }
}

function rotate(x: number, k: number): number {
  return (x << k) | (x >>> (32 - k));
}
