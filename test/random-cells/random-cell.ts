// Writes random valid cells and models in the language, by seed.
// Not a fuzzer of the parser: every text is meant to check without an error, and its numbers to stay of size about 1.
// Invariant: same seed, same text; seed n shows the n-th feature, so that as many seeds as features show all of them.
import { Random } from '../../engine/base/random';
import { featureNames, features, type FeatureName, type Materials } from './features';

export interface RandomProgram {
  readonly text: string;
  /** The cells' features, for telling what a set of seeds has shown. */
  readonly features: readonly FeatureName[];
}

class CellWriter implements Materials {
  readonly used = new Set<FeatureName>();
  readonly params: string[] = [];
  private readonly lines: string[] = [];
  /** Vectors `[hidden]` that may be read now. */
  private readonly vectors: string[] = [];
  /** Vectors that nothing has read yet. */
  private readonly unread = new Set<string>();
  private names = 0;
  private depth = 0;

  constructor(readonly random: Random) {}

  param(sizes: readonly string[]): string {
    const name = `${sizes.length === 2 ? 'W' : sizes.length === 1 ? 'b' : 'a'}${++this.names}`;
    this.params.push(sizes.length === 0 ? name : `${name}[${sizes.join(', ')}]`);
    return name;
  }

  vector(): string {
    const choice = this.depth > 1 ? 0 : this.random.below(4);
    if (choice === 0 && this.vectors.length > 0) return this.read();
    if (choice === 3 && this.depth === 0) return `(${this.feature(this.pick(featureNames))})`;
    return `(${this.weighted()})`;
  }

  /** A sum of one to three products, as in the books. */
  weighted(): string {
    const terms = [this.random.below(3) === 0 && this.vectors.length > 0 ? `${this.param(['hidden', 'hidden'])} @ ${this.read()}` : `${this.param(['hidden', 'x'])} @ x`];
    if (this.vectors.length > 0 && this.random.below(3) > 0) {
      terms.push(this.random.below(3) === 0 ? `${this.param(['hidden'])} * ${this.read()}` : `${this.param(['hidden', 'hidden'])} @ ${this.read()}`);
    }
    if (this.random.below(2) === 0) terms.push(this.param(['hidden']));
    return terms.join(' + ');
  }

  feature(name: FeatureName): string {
    this.used.add(name);
    this.depth++;
    const text = features[name](this);
    this.depth--;
    return text;
  }

  /** @param must the cell's last equation adds it when nothing else has read it. */
  may(vector: string, must = false): void {
    this.vectors.push(vector);
    if (must) this.unread.add(vector);
  }

  equation(kind: 'let' | 'gate', value: string): string {
    const name = `${kind === 'gate' ? 'g' : 'v'}${++this.names}`;
    this.lines.push(`${kind} ${name} = ${value}`);
    this.may(name, true);
    return name;
  }

  update(state: string, value: string): void {
    this.lines.push(`${state}' = ${value}`);
  }

  read(): string {
    const name = this.pick(this.vectors);
    this.unread.delete(name);
    return name;
  }

  /** All that nothing has read, as a sum; so every equation takes part in the loss. */
  rest(): string {
    const names = [...this.unread];
    this.unread.clear();
    return names.map((name) => ` + ${name}`).join('');
  }

  text(name: string, inputs: string, states: readonly string[], output: string): string {
    const body = [inputs, `state ${states.join(', ')}`, ...this.params.map((param) => `param ${param}`), ...this.lines, ...(output ? [output] : [])];
    return `cell ${name}(hidden) {\n${body.map((line) => `  ${line}`).join('\n')}\n}\n`;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.random.below(items.length)] as T;
  }
}

/** New values that stay of size about 1 whatever the candidate is. */
const updates: readonly ((w: CellWriter, state: string, candidate: string) => string)[] = [
  (_w, _state, candidate) => `tanh(${candidate})`,
  (w, state, candidate) => {
    const gate = w.equation('gate', `sigmoid(${w.weighted()})`);
    return `${gate} * ${state} + (1 - ${gate}) * tanh(${candidate})`;
  },
  (_w, state, candidate) => `0.5 * ${state} + 0.5 * softsign(${candidate})`,
  (w, state, candidate) => `tanh(${w.param(['hidden'])} * ${state} + ${candidate})`,
  (_w, _state, candidate) => `0.8 * layerNorm(${candidate})`,
];

const initials = ['', '', ' = learned', ' = random(std: 0.3)', ' = zeros'];

function randomCell(name: string, seed: number, random: Random): { readonly text: string; readonly used: ReadonlySet<FeatureName> } {
  const w = new CellWriter(random);
  const vectors = ['h', 'c', 'k'].slice(0, 1 + random.below(3));
  const states = vectors.map((state) => `${state}[hidden]${w.pick(initials)}`);
  for (const state of vectors) w.may(state);
  const equations = 1 + random.below(4);
  w.equation('let', w.feature(featureNames[seed % featureNames.length] as FeatureName));
  for (let n = 1; n < equations; n++) {
    if (random.below(3) === 0) w.equation('gate', `${w.pick(['sigmoid', 'hardSigmoid', 'softmax', 'tanh'])}(${w.weighted()})`);
    else w.equation('let', w.feature(w.pick(featureNames)));
  }
  if (random.below(4) === 0) {
    states.push('m');
    w.update('m', `0.6 * m + 0.4 * tanh(mean(${w.read()}))`);
    w.equation('let', `m' * ${w.read()} + m * ${w.read()}`);
  }
  if (random.below(4) === 0) {
    states.push('S[hidden, hidden]');
    w.update('S', `0.7 * S + 0.3 * outer(tanh(${w.weighted()}), softmax(${w.weighted()}))`);
    w.equation('let', `S' @ ${w.read()}`);
  }
  // The first state is what the layer hands on; it comes last, so that it reads all the others.
  for (const state of [...vectors].reverse()) {
    const value = w.pick(updates)(w, state, w.weighted() + (state === 'h' ? w.rest() : ''));
    w.update(state, value);
    w.may(`${state}'`, true);
  }
  const output = w.pick([() => '', () => '', () => "output h'", () => `output h' * sigmoid(${w.weighted()})`])();
  return { text: w.text(name, 'input x', states, output), used: w.used };
}

/** A file with one or two cells and a model of one or two layers. Tokens or numbers come in; one target a step or a sequence goes out. */
export function randomProgram(seed: number): RandomProgram {
  const random = Random.for(seed, 'random cell');
  const pick = <T>(items: readonly T[]): T => items[random.below(items.length)] as T;
  const cells = Array.from({ length: 1 + random.below(2) }, (_, index) => randomCell(`Cell${index + 1}`, index === 0 ? seed : random.below(1000), random));
  const lines: string[] = [];
  let below = 'x';
  if (random.below(3) === 0) {
    lines.push('input x: token(4)', `embed e = ${pick(['Embedding(x, size: 3)', 'OneHot(x)'])}`);
    below = 'e';
  } else lines.push(`input x[${pick([2, 3])}]`);
  cells.forEach((_, index) => {
    const direction = pick(['', '', ', direction: forward', ', direction: backward', ', direction: both']);
    lines.push(`layer r${index + 1} = Cell${index + 1}(${below}, hidden: 4${direction})`);
    below = `r${index + 1}`;
    if (random.below(5) === 0) {
      lines.push(`let d${index + 1} = dropout(${below}, 0.2)`);
      below = `d${index + 1}`;
    }
  });
  const pooling = pick(['', '', 'last', 'first', 'mean', 'max']);
  if (pooling) lines.push(`let s = ${pooling}(${below})`);
  lines.push(`output y = Linear(${pooling ? 's' : below}, size: 3)`, `loss ${pick(['crossEntropy', 'crossEntropy', 'squaredError', 'binaryCrossEntropy'])}(y)`);
  const model = `model Random${seed} {\n${lines.map((line) => `  ${line}`).join('\n')}\n}\n`;
  return { text: [...cells.map(({ text }) => text), model].join('\n'), features: cells.flatMap(({ used }) => [...used]) };
}
