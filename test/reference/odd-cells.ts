// Three cells that no library has, written for the tests: the engine knows nothing of them.
// Not a test. Invariant: each stands alone in its file with one model on tensors.

/** A matrix for a memory, written by outer products and read by a product; two states of different rank. */
export const fastWeights = `
/// Fast weights: a matrix that forgets and is rewritten at each step (after Ba et al. 2016).
cell FastWeights(hidden) {
  input x
  state h[hidden], A[hidden, hidden]
  param W[hidden, x], U[hidden, hidden], b[hidden], s[hidden] = ones, k

  let  v = W @ x + U @ h + b
  gate e = sigmoid(sum(v * h) / sqrt(hidden) + k)          // how strongly to write, one number
  A' = 0.9 * A + 0.5 * e * outer(h, softmax(v))
  h' = tanh(s * layerNorm(v + A' @ h) - transpose(A') @ v)
  output h'
}

model Odd1 {
  input  x[3]
  layer  r = FastWeights(x, hidden: 4)
  output y = Linear(r, size: 3)
  loss   crossEntropy(y)
}
`;

/** A scalar clock, a slow and a fast state of half the size each, and an output that is no state. */
export const clockwork = `
/// Two speeds: the slow half integrates with a learned time constant, the fast half follows a clock.
cell TwoSpeeds(hidden) {
  input x
  state f[hidden / 2] = learned, s[hidden / 2], clock = learned
  param W[hidden, x], U[hidden, hidden], b[hidden], tau[hidden / 2] = constant(1.5), rate

  clock' = 0.8 * clock + softsign(rate)
  let  u = W @ x + U @ concat(f, s) + b
  gate g = hardSigmoid(u[:hidden / 2] * clock')
  let  decay = exp(-1 / (0.5 + softplus(tau)))
  s' = decay * s + (1 - decay) * gelu(u[hidden / 2:])
  f' = where(g > 0.4, g * f, -f) + clip(u[0:hidden / 2], -0.9, 1.1)
  output concat(f' * norm(s'), max(s', f))
}

model Odd2 {
  input  x: token(5)
  embed  e = Embedding(x, size: 3)
  layer  r = TwoSpeeds(e, hidden: 4, direction: both)
  let    m = mean(r)
  output y = Linear(m, size: 2)
  loss   squaredError(y)
}
`;

/** Multiplicative, with peepholes, powers, a stopped gradient and the old state handed on. */
export const multiplicative = `
/// Sums of products: every unit is a product of two sums, and a gate looks at a stopped copy of the past.
cell SigmaPi(hidden) {
  input x
  state h[hidden] = random(std: 0.2), m[hidden]
  param P[hidden, x], Q[hidden, hidden], p[hidden], q[hidden] = ones, B[hidden, hidden]

  let  a = P @ x + p
  let  c = h @ Q + q
  gate z = sigmoid(a * stop(h) - c ^ 2)
  m' = z * m + (1 - z) * silu(a * c)
  h' = elu(m') / (1 + abs(B @ m)) + (z @ h) / hidden
  output m' * h
}

model Odd3 {
  input  x[2]
  layer  r1 = SigmaPi(x, hidden: 3, direction: backward)
  layer  r2 = SigmaPi(r1, hidden: 3)
  output y = Linear(last(r2), size: 1)
  loss   binaryCrossEntropy(y)
}
`;
