// What a random cell can be made of: one way of writing each function and operator of the language, with well-conditioned values.
// Not a test and not a grammar: every entry is safe for arguments of size about 1 (no pole, no logarithm of a negative number).
// Invariant: every function of the language has an entry of its name; every entry gives a vector `[hidden]`.
import type { Random } from '../../engine/base/random';
import type { FunctionName } from '../../engine/language/functions';

/** What a feature may take from the cell that is being written. */
export interface Materials {
  readonly random: Random;
  /** A vector `[hidden]` by name or as an expression in brackets; a new one each time, of numbers of size about 1. */
  vector(): string;
  /** Declares a parameter of these sizes and returns its name. */
  param(sizes: readonly string[]): string;
}

export type Feature = (m: Materials) => string;

const call = (name: string): Feature => (m) => `${name}(${m.vector()})`;
/** A scalar made of a vector, times a vector. */
const scaled = (name: string): Feature => (m) => `${name}(${m.vector()}) * ${m.vector()}`;

/** The functions of the language, and the operators that have no name. */
export const features: Readonly<Record<FunctionName | Operator, Feature>> = {
  sigmoid: call('sigmoid'),
  tanh: call('tanh'),
  relu: call('relu'),
  leakyRelu: call('leakyRelu'),
  elu: call('elu'),
  gelu: call('gelu'),
  silu: call('silu'),
  softplus: call('softplus'),
  softsign: call('softsign'),
  hardSigmoid: call('hardSigmoid'),
  hardTanh: call('hardTanh'),
  exp: (m) => `exp(-abs(${m.vector()}))`,
  log: (m) => `log(1.5 + square(${m.vector()}))`,
  sqrt: (m) => `sqrt(0.5 + square(${m.vector()}))`,
  abs: call('abs'),
  sign: (m) => `sign(${m.vector()}) * ${m.vector()}`,
  square: (m) => `0.5 * square(${m.vector()})`,
  stop: (m) => `stop(${m.vector()}) * ${m.vector()}`,
  softmax: call('softmax'),
  logSoftmax: (m) => `0.5 * logSoftmax(${m.vector()})`,
  layerNorm: (m) => `${m.param(['hidden'])} * layerNorm(${m.vector()}) + ${m.param(['hidden'])}`,
  sum: (m) => `sum(${m.vector()}) / hidden * ${m.vector()}`,
  mean: scaled('mean'),
  norm: scaled('norm'),
  min: (m) => (m.random.below(2) === 0 ? `min(${m.vector()}) * ${m.vector()}` : `min(${m.vector()}, ${m.vector()})`),
  max: (m) => (m.random.below(2) === 0 ? `max(${m.vector()}) * ${m.vector()}` : `max(${m.vector()}, 0.1)`),
  clip: (m) => `clip(${m.vector()}, -0.7, 0.9)`,
  where: (m) => `where(${m.vector()} > 0.05, ${m.vector()}, ${m.vector()})`,
  concat: (m) => `concat(${m.vector()}[0:hidden / 2], ${m.vector()}[hidden / 2:hidden])`,
  transpose: (m) => `transpose(${m.param(['hidden', 'hidden'])}) @ ${m.vector()}`,
  outer: (m) => `outer(${m.vector()}, softmax(${m.vector()})) @ ${m.vector()}`,
  dropout: (m) => `dropout(${m.vector()}, 0.25)`,
  vectorMatrix: (m) => `${m.vector()} @ ${m.param(['hidden', 'hidden'])}`,
  matrixMatrix: (m) => `${m.param(['hidden', 'hidden'])} @ ${m.param(['hidden', 'hidden'])} @ ${m.vector()}`,
  dotProduct: (m) => `(${m.vector()} @ ${m.vector()}) / sqrt(hidden) * ${m.vector()}`,
  power: (m) => (m.random.below(2) === 0 ? `${m.vector()} ^ 2` : `(1.5 + square(${m.vector()})) ^ -0.5`),
  exponential: (m) => `2 ^ -square(${m.vector()})`,
  quotient: (m) => `${m.vector()} / (1 + abs(${m.vector()}))`,
  logic: (m) => `where(not (${m.vector()} <= -0.3 and ${m.vector()} < 0.2) or ${m.vector()} >= 0.7, ${m.vector()}, ${m.vector()})`,
  equality: (m) => `(${m.vector()} != 0.5) * ${m.vector()} + (${m.vector()} == 0.25)`,
  negation: (m) => `-${m.vector()} - 0.1`,
  peephole: (m) => `${m.param(['hidden'])} * ${m.vector()}`,
  scalarParameter: (m) => `${m.param([])} * ${m.vector()}`,
  matrixReduction: (m) => `mean(${m.param(['hidden', 'hidden'])} @ outer(${m.vector()}, ${m.vector()}))`,
  slice: (m) => `concat(${m.vector()}[hidden - 1:hidden], ${m.vector()}[:hidden - 1])`,
  rowOfMatrix: (m) => `softmax(${m.param(['hidden', 'hidden'])}) @ ${m.vector()}`,
};

type Operator =
  | 'vectorMatrix' | 'matrixMatrix' | 'dotProduct' | 'power' | 'exponential' | 'quotient' | 'logic' | 'equality' | 'negation' | 'peephole'
  | 'scalarParameter' | 'matrixReduction' | 'slice' | 'rowOfMatrix';

export type FeatureName = keyof typeof features;
export const featureNames = Object.keys(features) as readonly FeatureName[];
