// The examples that define how the language reads: cells, attention, and models of every task.
export const examples: readonly string[] = [
  `import "attention.rnn"

/// Gated recurrent unit (Cho et al. 2014), the reset gate applied after the product, as cuDNN and PyTorch do.
cell GRU(hidden) {
  input x
  state h[hidden]

  param W_r[hidden, x], U_r[hidden, hidden], b_r[hidden]
  param W_z[hidden, x], U_z[hidden, hidden], b_z[hidden]
  param W_n[hidden, x], U_n[hidden, hidden], b_n[hidden], c_n[hidden]

  gate r = sigmoid(W_r @ x + U_r @ h + b_r)               // reset gate: how much of the past to read
  gate z = sigmoid(W_z @ x + U_z @ h + b_z)               // update gate: how much of the past to keep
  let  n = tanh(W_n @ x + b_n + r * (U_n @ h + c_n))      // candidate

  h' = (1 - z) * n + z * h
}
`,
  `/// Luong's general attention over an encoder's states (Luong et al. 2015), fed back into the recurrence.
cell LuongRNN(hidden) {
  input  x
  memory m                                  // rows = the encoder's steps; padded rows never get weight
  state  h[hidden], s[hidden]
  param  W[hidden, x], V[hidden, hidden], U[hidden, hidden], b[hidden]
  param  A[m, hidden], C[hidden, m], D[hidden, hidden]

  let       u = tanh(W @ x + V @ s + U @ h + b)
  h' = 0.5 * h + 0.5 * u
  attention a = softmax(m @ (A @ h'))       // one weight per encoder step; drawn as a row of the attention matrix
  let       k = a @ m                       // context: the weighted mean of the encoder's states
  s' = tanh(C @ k + D @ h')
  output s'
}
`,
  `model Shakespeare {                          // language modelling, many-to-many
  data   text("shakespeare.txt", unit: char, length: 64)
  embed  e  = Embedding(x, size: 32)         // x: the tokens; OneHot(x) is the other way in
  layer  r1 = LSTM(e, hidden: 128)
  let    d1 = dropout(r1, 0.2)
  layer  r2 = LSTM(d1, hidden: 128)
  output y  = Linear(r2)                     // its size comes from the loss's target: the vocabulary
  loss   crossEntropy(y)
}
train { optimizer adam(rate: 0.002)  schedule cosine(warmup: 100)  batch 32  epochs 5  clip norm 1.0  carry state  seed 1 }
`,
  `model Sentiment {                            // many-to-one
  data   labelled("reviews.tsv", text: 2, label: 1, unit: word, vocabulary: 10000)
  embed  e  = Embedding(x, size: 64)
  layer  r  = GRU(e, hidden: 64, direction: both)      // outputs concatenated: 128
  let    s  = last(r)                        // last valid step of either direction; also mean(r), max(r), first(r)
  output y  = Linear(s)
  loss   crossEntropy(y)
}
`,
  `model Tagger {                               // many-to-many, one label a step
  data   conll("train.conll", token: 1, tag: 2)
  embed  w  = Embedding(x, size: 64)
  layer  r  = LSTM(w, hidden: 64, direction: both)
  output y  = Linear(r)
  loss   crossEntropy(y)
  metric accuracy, f1
}
`,
  `cell LuongRNN(hidden) {
  input  x
  memory m
  state  h[hidden]
  h' = tanh(h)
}

model Translate {                            // two sequences
  data   pairs("train.en", "train.de", unit: word, vocabulary: 8000)
  embed  e   = Embedding(source, size: 96)
  layer  enc = GRU(e, hidden: 64, direction: both)
  embed  p   = Embedding(previous, size: 96)           // the target shifted by one: teacher forcing
  layer  dec = LuongRNN(p, memory: enc, hidden: 128, initial(h: last(enc)))
  output y   = Linear(dec)
  loss   crossEntropy(y, target)
}
`,
  `model Forecast {                             // numeric features
  data   series("power.csv", features: [load, temperature], target: load, window: 48, horizon: 1)
  layer  r = RNN(x, hidden: 32)
  output y = Linear(last(r))
  loss   squaredError(y)
}
`,
  `model Generated {
  data adding(length: 100)
  layer r = IndRNN(x, hidden: 32)
  let   z = r + SRU(r, hidden: 32)
  output y = Linear(mean(z))
  loss squaredError(y)
  train { optimizer sgd(rate: 0.1, momentum: 0.9) clip value 5 iterations 100 truncate 35 schedule step(every: 10, factor: 0.5) }
}
`,
  `cell Leaky(hidden, leak = 0.1) {
  input x
  state h[hidden] = random(std: 0.1), M[hidden, hidden] = learned
  param W[hidden, x] = orthogonal, a = 0.5, U[2 * hidden, hidden] = normal(std: 1 / sqrt(hidden)), b[hidden / 4]
  M' = leak * M + outer(W @ x, h)
  let  v = (U @ h)[0:hidden]
  gate w = clip(v, 0, 1)
  let  c = concat(b, b, b, b)
  h' = where(norm(h) > 1 and not max(v) < 0, M' @ h, a * v + w * c * max(v, h))
  output concat(h', v[hidden / 2:], stop(h)[0:hidden / 2])
}
`,
];
