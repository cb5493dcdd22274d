// How deep a text nests, found without recursion, so that no text can exhaust the parser's stack.
// Not a parser: it knows brackets, prefix operators and powers, and nothing else.
// Invariant: linear in the text; what it lets through the parser can read (measured: 58 brackets fit a stack of 1 MB).

/** Stack that each construct costs the parser, in arbitrary units; the limit leaves a third in reserve. */
const bracketCost = 14;
const powerCost = 2;
const prefixCost = 1.5;
const limit = 560;

const token = /"[^"\n\r]*"?|\/\/[^\n\r]*|[A-Za-z_\u0370-\u03ff][\w\u0370-\u03ff]*|[0-9.]+|\S/g;
const opening = new Set(['(', '[', '{']);
const closing = new Set([')', ']', '}']);
const operators = new Set(['+', '*', '/', '@', '=', '<', '>', '!', ',', ':', 'and', 'or']);

/** Offset where the text becomes too deep to be read, or undefined. */
export function tooDeepAt(text: string): number | undefined {
  /** Cost of the prefix operators and powers that are open in each bracket. */
  const runs = [0];
  let cost = 0;
  let afterOperand = false;
  const add = (more: number): void => {
    cost += more;
    runs[runs.length - 1] = (runs[runs.length - 1] ?? 0) + more;
  };
  for (const { 0: word, index } of text.matchAll(token)) {
    if (word.startsWith('//')) continue;
    const isMinus = word === '-';
    if (opening.has(word)) {
      runs.push(0);
      cost += bracketCost;
    } else if (closing.has(word)) {
      if (runs.length > 1) cost -= bracketCost + (runs.pop() ?? 0);
    } else if (word === '^') add(powerCost);
    else if (word === 'not' || (isMinus && !afterOperand)) add(prefixCost);
    else if (isMinus || operators.has(word)) {
      cost -= runs[runs.length - 1] ?? 0;
      runs[runs.length - 1] = 0;
    }
    afterOperand = closing.has(word) || (/^[\w"'.\u0370-\u03ff]/.test(word) && word !== 'not' && !operators.has(word));
    if (cost > limit) return index;
  }
  return undefined;
}
