// How numbers are written on every page: two decimals near 1, three significant digits otherwise, a real minus, no negative zero.
// Not translated and not rounded for arithmetic: the text is the last thing made of a number.
// Invariant: what is not finite is said in words (NaN, ∞), never as a number.

const minus = '−';
const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** `0.74`, `24.8`, `0.038`, `7.1e−3`, `4,312`. */
export function number(value: number): string {
  return special(value) ?? signed(value, magnitude(Math.abs(value)));
}

/** With its sign always shown: `+2.42`, `−0.11`, `±0.00`. */
export function difference(value: number, decimals = 2): string {
  const word = special(value);
  if (word !== undefined) return word;
  const text = Math.abs(value).toFixed(decimals);
  if (Number(text) === 0) return `±${text}`;
  return `${value < 0 ? minus : '+'}${text}`;
}

/** A fixed number of decimals: `1.81`, `−0.11`. */
export function fixed(value: number, decimals: number): string {
  return special(value) ?? signed(value, grouped(Math.abs(value).toFixed(decimals)));
}

/** A share as a percentage, two significant digits below 10: `47 %`, `8.1 %`, `0.080 %`. */
export function percent(share: number): string {
  const word = special(share);
  if (word !== undefined) return word;
  const value = Math.abs(share * 100);
  if (value !== 0 && value < 0.01) return `${signed(share, power(value))} %`;
  const text = value >= 9.95 || value === 0 ? value.toFixed(0) : value.toPrecision(2);
  return `${signed(share, text)} %`;
}

/** A percentage with one decimal, for numbers that move slowly: `47.1 %`. */
export function percentFine(share: number): string {
  return special(share) ?? `${signed(share, Math.abs(share * 100).toFixed(1))} %`;
}

/** A setting as a person wrote it: `0.2`, `1e−4`, no trailing zeros. */
export function setting(value: number): string {
  return special(value) ?? String(Number(value.toPrecision(6))).replace('-', minus).replace('-', minus);
}

/** A count: `4,312`. */
export function count(value: number): string {
  return special(value) ?? signed(value, grouped(Math.abs(value).toFixed(0)));
}

/** For sentences: very small and very large as powers, `1·10⁻⁵`; with more `digits` where two values are told apart, `2.4·10⁻³`. */
export function inSentence(value: number, digits = 1): string {
  const word = special(value);
  if (word !== undefined) return word;
  const size = Math.abs(value);
  if (size === 0 || (size >= 0.01 && size < 1e5)) return number(value);
  return signed(value, power(size, digits));
}

/** `10⁻⁶`, for axes that count in powers of ten. */
export function powerOfTen(exponent: number): string {
  return `10${exponent < 0 ? '⁻' : ''}${raised(Math.abs(exponent))}`;
}

/** How much longer: `39 s`, `4 min`, `1 h 12 min`. */
export function duration(seconds: number): string {
  const word = special(seconds);
  if (word !== undefined) return word;
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 100) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Speeds: whole above 10, one decimal below. */
export function rate(perSecond: number): string {
  return special(perSecond) ?? (perSecond >= 9.95 ? grouped(perSecond.toFixed(0)) : perSecond.toFixed(1));
}

function magnitude(size: number): string {
  if (size === 0) return '0.00';
  if (size >= 99_999.5) return exponential(size);
  if (size >= 999.5) return grouped(size.toFixed(0));
  if (size >= 9.995) return size.toPrecision(3);
  if (size >= 0.0995) return size.toFixed(2);
  // Two digits are what a small value needs beside others: 0.038, 7.1e−3.
  if (size >= 0.00995) return size.toPrecision(2);
  return exponential(size);
}

function exponential(size: number): string {
  const [mantissa, exponent] = size.toExponential(1).split('e');
  return `${mantissa}e${Number(exponent) < 0 ? minus : ''}${Math.abs(Number(exponent))}`;
}

function power(size: number, digits = 1): string {
  const [mantissa, exponent] = size.toExponential(digits - 1).split('e');
  return `${mantissa}·${powerOfTen(Number(exponent))}`;
}

function raised(value: number): string {
  return [...String(value)].map((digit) => superscripts[Number(digit)]).join('');
}

function grouped(text: string): string {
  const [whole = '', decimals] = text.split('.');
  const marked = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return decimals === undefined ? marked : `${marked}.${decimals}`;
}

function signed(value: number, text: string): string {
  const isZero = !/[1-9]/.test(text.split(/e|·/)[0] ?? '');
  return value < 0 && !isZero ? `${minus}${text}` : text;
}

function special(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return '∞';
  return value === -Infinity ? `${minus}∞` : undefined;
}
