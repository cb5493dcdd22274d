// An LSTM with made-up weights run forwards and backwards in float64 on a line of text: numbers of the right shape and truly consistent.
// Not shipped, not trained. The predictions are made up; the states, gates and gradients are what the equations give.
import { uniform } from './simulated-run';

export const text = 'such a young one.\n\nPETRUCHIO:\nNow, by Saint George';
export const steps = 48;
export const units = 64;
const inputs = 32;
const gates = ['i', 'f', 'g', 'o'] as const;
type Gate = (typeof gates)[number];
type Rows = Float64Array[];

export interface SimulatedTrace {
  /** Before step t for x, h and c; after it for all others. Index 0 is step 1. */
  readonly value: Readonly<Record<string, Rows>>;
  /** Total gradients of the mean loss, by the same names; `h` and `c` are those sent back to t − 1. */
  readonly gradient: Readonly<Record<string, Rows>>;
  readonly ownLoss: Rows;
  /** Parameters by name, a row an output unit. */
  readonly weights: Readonly<Record<string, Rows>>;
  /** What step t (from 0) adds to a parameter's gradient. */
  readonly added: (name: string, t: number) => Rows;
  readonly product: (name: string, step: number) => Float64Array | undefined;
  /** Backward from one step's loss alone (from 0): gradients of h' and c', and by path what reaches c. */
  readonly fromLoss: (j: number) => { readonly h: Rows; readonly c: Rows; readonly paths: Readonly<Record<string, Float64Array>>; readonly highway: Rows };
}

export function simulateTrace(brokenAt?: { readonly step: number; readonly unit: number }): SimulatedTrace {
  const random = uniform(11);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const matrix = (rows: number, columns: number, scale: number): Rows => Array.from({ length: rows }, () => Float64Array.from({ length: columns }, () => normal() * scale));
  const W = Object.fromEntries(gates.map((k) => [k, matrix(units, inputs, k === 'g' ? 0.55 : 0.42)])) as Record<Gate, Rows>;
  const U = Object.fromEntries(gates.map((k) => [k, matrix(units, units, 0.2)])) as Record<Gate, Rows>;
  const bias = { i: 0.6, f: 1.2, g: 0, o: 0.5 };
  const b = Object.fromEntries(gates.map((k) => [k, Float64Array.from({ length: units }, () => bias[k] + normal() * 0.9)])) as Record<Gate, Float64Array>;
  const embedding = new Map<string, Float64Array>();
  const multiply = (m: Rows, v: Float64Array): Float64Array => Float64Array.from(m, (row) => row.reduce((sum, w, j) => sum + w * (v[j] ?? 0), 0));
  const transposed = (m: Rows, v: Float64Array): Float64Array => {
    const out = new Float64Array(m[0]?.length ?? 0);
    m.forEach((row, r) => row.forEach((w, j) => (out[j] = (out[j] ?? 0) + w * (v[r] ?? 0))));
    return out;
  };
  const zip = (a: Float64Array, c: Float64Array, f: (x: number, y: number) => number): Float64Array => a.map((x, j) => f(x, c[j] ?? 0));
  const value: Record<string, Rows> = { x: [], h: [], c: [], i: [], f: [], g: [], o: [], "c'": [], "h'": [], 'f * c': [], 'i * g': [], "tanh(c')": [] };
  let h: Float64Array = new Float64Array(units);
  let c: Float64Array = new Float64Array(units);
  for (let t = 0; t < steps; t++) {
    const token = text[t] ?? ' ';
    const x = embedding.get(token) ?? Float64Array.from({ length: inputs }, () => normal());
    embedding.set(token, x);
    const step: Record<string, Float64Array> = { x, h, c };
    for (const k of gates) {
      const a = zip(multiply(W[k], x), multiply(U[k], h), (p, q) => p + q);
      step[k] = zip(a, b[k], (p, q) => (k === 'g' ? Math.tanh(p + q) : 1 / (1 + Math.exp(-p - q))));
    }
    const get = (name: string): Float64Array => step[name] as Float64Array;
    step['f * c'] = zip(get('f'), c, (p, q) => p * q);
    step['i * g'] = zip(get('i'), get('g'), (p, q) => p * q);
    step["c'"] = zip(get('f * c'), get('i * g'), (p, q) => p + q);
    if (brokenAt && brokenAt.step === t + 1) get("c'")[brokenAt.unit] = NaN;
    step["tanh(c')"] = get("c'").map(Math.tanh);
    step["h'"] = zip(get('o'), get("tanh(c')"), (p, q) => p * q);
    h = get("h'");
    c = get("c'");
    for (const [name, rows] of Object.entries(value)) rows.push(step[name] as Float64Array);
  }
  const at = (name: string, t: number): Float64Array => value[name]?.[t] ?? new Float64Array(units);
  const gradient: Record<string, Rows> = Object.fromEntries(Object.keys(value).map((name) => [name, new Array<Float64Array>(steps)]));
  const ownLoss: Rows = Array.from({ length: steps }, () => Float64Array.from({ length: units }, () => (normal() * (0.004 + 0.016 * random())) / 3));
  let dh: Float64Array = new Float64Array(units);
  let dc: Float64Array = new Float64Array(units);
  for (let t = steps - 1; t >= 0; t--) {
    const step: Record<string, Float64Array> = {};
    const dhNew = zip(dh, ownLoss[t] as Float64Array, (p, q) => p + q);
    const dTanh = zip(dhNew, at('o', t), (p, q) => p * q);
    const dcNew = zip(dc, zip(dTanh, at("tanh(c')", t), (p, q) => p * (1 - q * q)), (p, q) => p + q);
    step["h'"] = dhNew;
    step["tanh(c')"] = dTanh;
    step["c'"] = step['f * c'] = step['i * g'] = dcNew;
    step['o'] = zip(dhNew, at("tanh(c')", t), (p, q) => p * q);
    step['f'] = zip(dcNew, at('c', t), (p, q) => p * q);
    step['i'] = zip(dcNew, at('g', t), (p, q) => p * q);
    step['g'] = zip(dcNew, at('i', t), (p, q) => p * q);
    step['c'] = zip(dcNew, at('f', t), (p, q) => p * q);
    step['x'] = new Float64Array(inputs);
    dh = new Float64Array(units);
    for (const k of gates) {
      const before = zip(step[k] as Float64Array, at(k, t), (p, q) => p * (k === 'g' ? 1 - q * q : q * (1 - q)));
      dh = zip(dh, transposed(U[k], before), (p, q) => p + q);
      step['x'] = zip(step['x'] as Float64Array, transposed(W[k], before), (p, q) => p + q);
    }
    step['h'] = dh;
    dc = step['c'] as Float64Array;
    for (const [name, rows] of Object.entries(gradient)) rows[t] = step[name] as Float64Array;
  }
  const fromLoss = (j: number): ReturnType<SimulatedTrace['fromLoss']> => {
    const rows = (): Rows => Array.from({ length: steps }, () => new Float64Array(units));
    const [hs, cs, highway] = [rows(), rows(), rows()];
    const paths: Record<string, Float64Array> = Object.fromEntries(['f', ...gates.map((k) => `U_${k}`)].map((name) => [name, new Float64Array(steps)]));
    const size = (row: Float64Array): number => Math.sqrt(row.reduce((sum, v) => sum + v * v, 0));
    let [fromH, fromC, alone]: [Float64Array, Float64Array, Float64Array] = [new Float64Array(units), new Float64Array(units), new Float64Array(units)];
    for (let t = j; t >= 0; t--) {
      const dhNew = t === j ? (ownLoss[t] as Float64Array) : fromH;
      const slope = zip(at('o', t), at("tanh(c')", t), (o, q) => o * (1 - q * q));
      const dcNew = zip(fromC, zip(dhNew, slope, (p, q) => p * q), (p, q) => p + q);
      const highwayNew = t === j ? dcNew : alone;
      hs[t] = dhNew;
      cs[t] = dcNew;
      highway[t] = highwayNew;
      fromC = zip(dcNew, at('f', t), (p, q) => p * q);
      alone = zip(highwayNew, at('f', t), (p, q) => p * q);
      fromH = new Float64Array(units);
      const local: Record<Gate, Float64Array> = { i: zip(dcNew, at('g', t), (p, q) => p * q), f: zip(dcNew, at('c', t), (p, q) => p * q), g: zip(dcNew, at('i', t), (p, q) => p * q), o: zip(dhNew, at("tanh(c')", t), (p, q) => p * q) };
      const before = t > 0 ? zip(at('o', t - 1), at("tanh(c')", t - 1), (o, q) => o * (1 - q * q)) : new Float64Array(units);
      for (const k of gates) {
        const through = transposed(U[k], zip(local[k], at(k, t), (p, q) => p * (k === 'g' ? 1 - q * q : q * (1 - q))));
        fromH = zip(fromH, through, (p, q) => p + q);
        if (t > 0) (paths[`U_${k}`] as Float64Array)[t - 1] = size(zip(through, before, (p, q) => p * q));
      }
      if (t > 0) (paths['f'] as Float64Array)[t - 1] = size(fromC);
    }
    return { h: hs, c: cs, paths, highway };
  };
  const weights = Object.fromEntries(gates.flatMap((k) => [[`W_${k}`, W[k]], [`U_${k}`, U[k]], [`b_${k}`, Array.from(b[k], (v) => Float64Array.of(v))]]));
  const added = (name: string, t: number): Rows => {
    const [kind, k] = name.split('_') as [string, Gate];
    const reads = kind === 'W' ? at('x', t) : kind === 'U' ? at('h', t) : Float64Array.of(1);
    const arriving = zip(gradient[k]?.[t] ?? new Float64Array(units), at(k, t), (p, q) => p * (k === 'g' ? 1 - q * q : q * (1 - q)));
    return Array.from(arriving, (d) => reads.map((v) => d * v));
  };
  return {
    value, gradient, ownLoss, fromLoss, weights, added,
    product: (name, t) => {
      const match = /^([WU])_([ifgo]) @ ([xh])$/.exec(name);
      if (!match) return undefined;
      const k = match[2] as Gate;
      return multiply(match[1] === 'W' ? W[k] : U[k], at(match[3] ?? '', t));
    },
  };
}
