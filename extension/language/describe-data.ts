// Sentences about the words of the language that are not functions: data, losses, settings, arguments.
// Not their meaning, which is the engine's. Invariant: every kind of data, loss and setting has a sentence (a test holds this).

export const dataDocs: Readonly<Record<string, string>> = {
  text: 'Windows of a text, character by character; the target is the next character.\n\n`text("file.txt", unit: char, length: 64, validation: 0.1)`',
  adding: 'The adding problem: two of many numbers are marked, and their sum is the target.\n\n`adding(length: 100)`',
  copyMemory: 'Symbols to be repeated after a long silence.\n\n`copyMemory(length: 100, symbols: 8)`',
  labelled: 'Texts with one label each.\n\n`labelled("reviews.tsv", text: 2, label: 1, unit: word)`',
  conll: 'Sentences with one tag a word.\n\n`conll("train.conll", token: 1, tag: 2)`',
  pairs: 'Pairs of sentences, one file each.\n\n`pairs("train.en", "train.de", unit: word)`',
  series: 'Numbers over time from a table.\n\n`series("power.csv", features: [load], target: load, window: 48, horizon: 1)`',
};

export const lossDocs: Readonly<Record<string, string>> = {
  crossEntropy: '−log softmax(y)[target], natural logarithm; mean over the valid targets.',
  binaryCrossEntropy: 'Cross-entropy of independent yes-or-no targets, on logits; mean over the valid targets.',
  squaredError: '(y − target)², mean over a target’s features and over the valid targets.',
};

export const embeddingDocs: Readonly<Record<string, string>> = {
  Embedding: 'A learned vector for each token: the parameter `W` [vocabulary, size].\n\n`Embedding(x, size: 32)`',
  OneHot: 'A vector of zeros with a one at the token’s place; no parameters.\n\n`OneHot(x)`',
};

export const poolingDocs: Readonly<Record<string, string>> = {
  last: 'The value at the last valid step (of the reverse half: the first).',
  first: 'The value at the first valid step.',
  mean: 'Mean over the valid steps.',
  max: 'Largest value over the valid steps, unit by unit.',
};

export const settingDocs: Readonly<Record<string, string>> = {
  optimizer: 'How parameters follow their gradients: `adam(rate: 0.002)` or `sgd(rate: 0.1, momentum: 0.9)`.',
  schedule: 'How the rate changes: `constant`, `cosine(warmup: 100)` or `step(every: 1000, factor: 0.5)`.',
  batch: 'Sequences per iteration.',
  epochs: 'Passes over the data.',
  iterations: 'Ends after so many iterations, whatever `epochs` says.',
  clip: 'Limits the gradients: `clip norm 1.0` scales all of them together, `clip value 0.5` cuts each number.',
  carry: '`carry state`: the last state of a batch is the first of the next, for a text that goes on.',
  truncate: 'Gradients stop after so many steps (truncated back-propagation through time); left out = none do.',
  seed: 'Everything random follows from it: weights, order of the data, dropout, samples.',
};

export const argumentDocs: Readonly<Record<string, string>> = {
  direction: '`forward`, `backward` or `both`; both halves are concatenated.', size: 'Numbers per step.', rate: 'The learning rate; of dropout, the probability of a zero.', validation: 'Share of the data to validate on, or a file.',
  length: 'Steps of a sequence.', unit: '`char` or `word`.', symbols: 'Different symbols.', momentum: 'Share of the last update that goes on.', beta1: 'Decay of the mean of gradients.', beta2: 'Decay of the mean of squared gradients.', epsilon: 'Added to the root, so that nothing is divided by zero.',
  warmup: 'Iterations until the full rate.', every: 'Iterations between two changes.', factor: 'What the rate is multiplied by.',
};
