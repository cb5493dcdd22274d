// The equations of cells as the host would send them, built by a small notation, for the gallery and for tests of the picture.
// Not a parser of the language: just enough to write a cell in a line a test can read.
import type { EquationView, ExpressionView } from '../../../protocol/cell-view';

type Names = Readonly<Record<string, 'input' | 'state' | 'value' | 'param' | 'size'>>;

/** Tokens: names, numbers, primes, operators. Precedence as in the language. */
export function expression(text: string, roles: Names): ExpressionView {
  const tokens = text.match(/[A-Za-z_]\w*'?|\d+(?:\.\d+)?|[-+*/^@(),]/g) ?? [];
  let at = 0;
  const levels: readonly (readonly string[])[] = [['+', '-'], ['*', '/'], ['@']];
  const parse = (level: number): ExpressionView => {
    const operators = levels[level];
    if (!operators) return primary();
    let left = parse(level + 1);
    while (operators.includes(tokens[at] ?? '')) {
      const op = tokens[at++] as '+' | '-' | '*' | '/' | '@';
      left = { kind: 'binary', op, left, right: parse(level + 1) };
    }
    return left;
  };
  const primary = (): ExpressionView => {
    const token = tokens[at++] ?? '';
    if (token === '(') {
      const inside = parse(0);
      at++;
      return inside;
    }
    if (/^\d/.test(token)) return { kind: 'number', value: Number(token) };
    if (tokens[at] === '(') {
      at++;
      const args = [parse(0)];
      while (tokens[at] === ',') {
        at++;
        args.push(parse(0));
      }
      at++;
      return { kind: 'call', of: token, args };
    }
    if (token.endsWith("'")) return { kind: 'name', name: token.slice(0, -1), role: 'next' };
    return { kind: 'name', name: token, role: roles[token] ?? 'param' };
  };
  return parse(0);
}

/** Lines such as `gate i = sigmoid(W_i @ x + U_i @ h + b_i)`; states are the names with a prime. */
export function cell(lines: readonly string[], units: number, firstLine = 1, derivatives: Readonly<Record<string, readonly string[]>> = {}): EquationView[] {
  const states = lines.flatMap((line) => /^(\w+)'\s*=/.exec(line)?.[1] ?? []);
  const roles: Record<string, 'input' | 'state' | 'value'> = { x: 'input', m: 'input' };
  for (const state of states) roles[state] = 'state';
  let line = firstLine - 1;
  return lines.flatMap((text): EquationView[] => {
    line++;
    const parts = /^(?:(gate|let)\s+)?(\w+)('?)\s*=\s*(.*)$/.exec(text);
    if (!parts) return [];
    const [, word, name = '', prime, right = ''] = parts;
    const made: EquationView = {
      name, kind: prime ? 'state' : word === 'gate' ? 'gate' : 'let', line, text, units, derivatives: derivatives[name] ?? [], expression: expression(right, roles),
      tokens: [
        ...(word ? [{ start: 0, end: word.length, kind: 'keyword' as const }] : []),
        ...[...text.matchAll(/\b(sigmoid|tanh|relu|layerNorm)\b/g)].map((m) => ({ start: m.index, end: m.index + m[0].length, kind: 'function' as const })),
        ...[...text.matchAll(/\b([A-Zb-p]_\w+)\b/g)].map((m) => ({ start: m.index, end: m.index + m[0].length, kind: 'parameter' as const })),
      ],
    };
    if (!prime) roles[name] = 'value';
    return [made];
  });
}

export const lstm = [
  'gate i = sigmoid(W_i @ x + U_i @ h + b_i)', 'gate f = sigmoid(W_f @ x + U_f @ h + b_f)', 'let  g = tanh(W_g @ x + U_g @ h + b_g)', 'gate o = sigmoid(W_o @ x + U_o @ h + b_o)', '',
  "c' = f * c + i * g", "h' = o * tanh(c')",
];
export const gru = ['gate r = sigmoid(W_r @ x + U_r @ h + b_r)', 'gate z = sigmoid(W_z @ x + U_z @ h + b_z)', 'let  n = tanh(W_n @ x + b_n + r * (U_n @ h + c_n))', "h' = (1 - z) * n + z * h"];
export const rnn = ["h' = tanh(W @ x + U @ h + b)"];
export const gruBefore = ['gate r = sigmoid(W_r @ x + U_r @ h + b_r)', 'gate z = sigmoid(W_z @ x + U_z @ h + b_z)', 'let  n = tanh(W_n @ x + U_n @ (r * h) + b_n)', "h' = (1 - z) * n + z * h"];
export const peephole = [
  'gate i = sigmoid(W_i @ x + U_i @ h + P_i * c + b_i)', 'gate f = sigmoid(W_f @ x + U_f @ h + P_f * c + b_f)', 'let  g = tanh(W_g @ x + U_g @ h + b_g)',
  "c' = f * c + i * g", "gate o = sigmoid(W_o @ x + U_o @ h + P_o * c' + b_o)", "h' = o * tanh(c')",
];
export const sru = ['let u = W @ x', 'gate f = sigmoid(W_f @ x + v_f * c + b_f)', "c' = f * c + (1 - f) * u"];
export const cifg = ['gate f = sigmoid(W_f @ x + U_f @ h + b_f)', 'gate i = 1 - f', 'let g = tanh(W_g @ x + U_g @ h + b_g)', 'gate o = sigmoid(W_o @ x + U_o @ h + b_o)', "c' = f * c + i * g", "h' = o * tanh(c')"];
export const indRnn = ["h' = relu(W @ x + u * h + b)"];
export const layerNormLstm = [...lstm.slice(0, 6), "h' = o * tanh(s_c * layerNorm(c') + t_c)"];
