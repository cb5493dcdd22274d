// Sizes as polynomials over symbols: `hidden`, `2 * hidden`, `hidden / 4 + x`, or just 128.
// Not expressions of the text (those are trees) and not checked to be whole: `wholeSize` says so.
// Invariant: two sizes are equal exactly when their normal forms are.

/** Coefficient by monomial; a monomial is its symbols, sorted and joined by `*` (`''` for the constant). Zero terms are left out. */
export interface Size {
  readonly terms: ReadonlyMap<string, number>;
}

const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));

function size(entries: Iterable<readonly [string, number]>): Size {
  const terms = new Map<string, number>();
  const magnitudes = new Map<string, number>();
  for (const [monomial, coefficient] of entries) {
    terms.set(monomial, (terms.get(monomial) ?? 0) + coefficient);
    magnitudes.set(monomial, Math.max(magnitudes.get(monomial) ?? 0, Math.abs(coefficient)));
  }
  // What rounding leaves of terms that cancel is no term; a small number that was written is.
  for (const [monomial, coefficient] of terms) if (Math.abs(coefficient) <= 1e-12 * (magnitudes.get(monomial) ?? 0)) terms.delete(monomial);
  return { terms };
}

export const numberSize = (value: number): Size => size([['', value]]);
export const symbolSize = (symbol: string): Size => size([[symbol, 1]]);
export const addSizes = (a: Size, b: Size): Size => size([...a.terms, ...b.terms]);
export const negateSize = (a: Size): Size => size([...a.terms].map(([monomial, coefficient]) => [monomial, -coefficient]));

export function multiplySizes(a: Size, b: Size): Size {
  const product = (m: string, n: string): string => [...m.split('*'), ...n.split('*')].filter((symbol) => symbol !== '').sort().join('*');
  return size([...a.terms].flatMap(([m, c]) => [...b.terms].map(([n, d]) => [product(m, n), c * d] as const)));
}

/** The quotient; by anything but a number it is a symbol of its own. */
export function divideSizes(a: Size, b: Size): Size {
  const divisor = sizeNumber(b);
  if (divisor !== undefined) return size([...a.terms].map(([monomial, coefficient]) => [monomial, coefficient / divisor]));
  return symbolSize(`(${printSize(a)} / ${printSize(b).replaceAll('*', '·')})`.replaceAll('*', '·'));
}

/** The number that a size is, or undefined while it has symbols. */
export function sizeNumber(a: Size): number | undefined {
  if (a.terms.size === 0) return 0;
  if (a.terms.size > 1) return undefined;
  return a.terms.get('');
}

export function sameSize(a: Size, b: Size): boolean {
  if (a.terms.size !== b.terms.size) return false;
  for (const [monomial, coefficient] of a.terms) {
    const other = b.terms.get(monomial);
    if (other === undefined || !near(coefficient, other)) return false;
  }
  return true;
}

/** As a person would write it: `2 * hidden + 1`. */
export function printSize(a: Size): string {
  if (a.terms.size === 0) return '0';
  let text = '';
  for (const [monomial, coefficient] of a.terms) {
    const sign = coefficient < 0 ? '-' : '+';
    const term = printTerm(monomial, Math.abs(coefficient));
    text = text === '' ? (coefficient < 0 ? `-${term}` : term) : `${text} ${sign} ${term}`;
  }
  return text;
}

function printTerm(monomial: string, coefficient: number): string {
  const symbols = monomial.replaceAll('*', ' * ');
  if (monomial === '') return String(coefficient);
  if (near(coefficient, 1)) return symbols;
  const inverse = 1 / coefficient;
  if (coefficient < 1 && near(inverse, Math.round(inverse))) return `${symbols} / ${Math.round(inverse)}`;
  return `${coefficient} * ${symbols}`;
}

export const printShape = (shape: readonly Size[]): string => `[${shape.map(printSize).join(', ')}]`;

export const sameShapes = (a: readonly Size[], b: readonly Size[]): boolean =>
  a.length === b.length &&
  a.every((one, axis) => {
    const other = b[axis];
    return other !== undefined && sameSize(one, other);
  });

/** Solves `a = target` for `symbol` where `a` is linear in it and has no other symbol; else undefined. */
export function solveFor(symbol: string, a: Size, target: Size): Size | undefined {
  const factor = a.terms.get(symbol);
  if (factor === undefined) return undefined;
  for (const monomial of a.terms.keys()) if (monomial !== '' && monomial !== symbol) return undefined;
  const rest = numberSize(a.terms.get('') ?? 0);
  return divideSizes(addSizes(target, negateSize(rest)), numberSize(factor));
}
