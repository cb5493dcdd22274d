// Cells that no library has: one gate to sixteen, chains, several states, no gate at all, many equations; to look at and to test the cell's picture.
// Not the language's random programs (test/random-cells): written out by rules, so that a picture can be found again by its name.
const gate = (name: string, extra = ''): string => `gate ${name} = sigmoid(W_${name} @ x + U_${name} @ h + b_${name}${extra})`;
const many = <T>(count: number, of: (k: number) => T): T[] => Array.from({ length: count }, (_, k) => of(k + 1));

/** Gates that each let something into c. */
const gates = (count: number): readonly string[] => [
  ...many(count, (k) => gate(`g${k}`)), 'let n = tanh(W_n @ x + U_n @ h)', `c' = g1 * c + ${many(count - 1, (k) => `g${k + 1} * n`).join(' + ')}`, "h' = g1 * tanh(c')",
];
/** Per gate a candidate and their product: 12 gates make 38 equations. */
const candidates = (count: number): readonly string[] => [
  ...many(count, (k) => [gate(`g${k}`), `let n${k} = tanh(W_n${k} @ x + U_n${k} @ h)`, `let v${k} = g${k} * n${k}`]).flat(),
  `c' = g1 * c + ${many(count, (k) => `v${k}`).join(' + ')}`, "h' = g2 * tanh(c')",
];
const chain = (length: number, word: 'let' | 'gate'): readonly string[] => [
  `${word} a1 = ${word === 'gate' ? 'sigmoid' : 'tanh'}(W @ x + U @ h)`, ...many(length - 1, (k) => `${word} a${k + 1} = ${word === 'gate' ? 'sigmoid' : 'tanh'}(W${k} @ x + U${k} @ a${k})`), `h' = a${length} * h`,
];
const states = (count: number): readonly string[] => [
  ...many(count, (k) => `gate f${k} = sigmoid(W_f${k} @ x + U_f${k} @ h${k} + V_f${k} @ h${(k % count) + 1})`), 'let n = tanh(W_n @ x + U_n @ h1)',
  ...many(count, (k) => `h${k}' = f${k} * h${k} + (1 - f${k}) * n`),
];

export const oddCells: Readonly<Record<string, readonly string[]>> = {
  gates1: ['gate z = sigmoid(W @ x + U @ h)', "h' = z * h + (1 - z) * tanh(V @ x)"],
  gates6: gates(6), gates8: gates(8), gates12: gates(12), gates16: gates(16),
  candidates4: candidates(4), candidates6: candidates(6), candidates12: candidates(12), candidates16: candidates(16),
  chain8: chain(8, 'let'), chain16: chain(16, 'let'), gateChain8: chain(8, 'gate'), gateChain16: chain(16, 'gate'),
  states3: states(3), states5: states(5), states8: states(8),
  noGates: [...many(8, (k) => `let a${k} = tanh(W${k} @ x + U${k} @ h)`), `h' = ${many(8, (k) => `a${k}`).join(' + ')}`],
  noGates20: [...many(20, (k) => `let a${k} = tanh(W${k} @ x + U${k} @ h)`), `let s = ${many(20, (k) => `a${k}`).join(' * ')}`, "h' = s + h"],
  nested: [
    ...many(4, (k) => gate(`i${k}`, ` + P_${k} * c`)), ...many(4, (k) => gate(`o${k}`, ` + Q_${k} * m`)), 'let u = tanh(W_u @ x + U_u @ (i1 * h))',
    "m' = i2 * m + i3 * u", "c' = o1 * c + o2 * tanh(m') + i4 * u", "k' = o3 * k + (1 - o3) * softsign(c')", "h' = o4 * tanh(c') + (1 - o4) * tanh(k')",
  ],
  longNames: [
    ...many(9, (k) => gate(`gateOfTheChannel${k}`)), "cellState' = gateOfTheChannel1 * cellState + " + many(7, (k) => `gateOfTheChannel${k + 1} * tanh(W @ x)`).join(' + '),
    "hiddenState' = gateOfTheChannel9 * tanh(cellState')",
  ],
};
