// The texts that *New Model…* begins with.
// Not the examples, which come with their data: a template works on generated data or on a text of the person's own.
// Invariant: every template parses and checks; test/language/ and the examples' test hold them to it.

export interface ModelTemplate {
  readonly id: string;
  readonly label: string;
  readonly detail: string;
  /** Learns from a text of the workspace, whose path is asked for. */
  readonly wantsText: boolean;
  /** `textFile`: path of the text, relative to the model, with `/`. */
  readonly text: (textFile: string) => string;
}

const characterModel = (textFile: string) => `/// Predicts the next character of a text.
model Characters {
  data   text(${JSON.stringify(textFile)}, unit: char, length: 64)
  embed  e = Embedding(x, size: 32)
  layer  r = LSTM(e, hidden: 128)          // RNN, ReluRNN and GRU fit here too
  output y = Linear(r)                     // its size is the vocabulary's
  loss   crossEntropy(y)
}

train { optimizer adam(rate: 0.002)  batch 32  epochs 5  clip norm 1.0  seed 1 }
`;

const addingProblem = () => `/// Two numbers of a long sequence are marked; the network must give their sum.
model Adding {
  data   adding(length: 50)
  layer  r = LSTM(x, hidden: 32)           // RNN, ReluRNN and GRU fit here too
  output y = Linear(last(r))
  loss   squaredError(y)
}

train { optimizer adam(rate: 0.005)  batch 32  epochs 15  clip norm 1.0  seed 1 }
`;

const ownCell = () => `/// One gate decides how much of the state is replaced by a candidate.
cell OneGate(hidden) {
  input x
  state h[hidden]

  param W_f[hidden, x], U_f[hidden, hidden], b_f[hidden]
  param W_n[hidden, x], U_n[hidden, hidden], b_n[hidden]

  gate f = sigmoid(W_f @ x + U_f @ h + b_f)   // how much to replace
  let  n = tanh(W_n @ x + U_n @ h + b_n)      // the candidate

  h' = (1 - f) * h + f * n
}

model Sum {
  data   adding(length: 50)
  layer  r = OneGate(x, hidden: 32)
  output y = Linear(last(r))
  loss   squaredError(y)
}

train { optimizer adam(rate: 0.005)  batch 32  epochs 15  clip norm 1.0  seed 1 }
`;

export const modelTemplates: readonly ModelTemplate[] = [
  { id: 'characters', label: 'Characters of a text', detail: 'Learns to write like a text of yours', wantsText: true, text: characterModel },
  { id: 'adding', label: 'Adding problem', detail: 'Remembers two numbers over many steps; the data is generated', wantsText: false, text: addingProblem },
  { id: 'cell', label: 'A cell of your own', detail: 'Three equations to change, trained on a memory task', wantsText: false, text: ownCell },
];
