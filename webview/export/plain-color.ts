// A resolved CSS colour as other programs read it: `#rrggbb` and an opacity of its own.
// Not a parser of any colour that can be written: of those that a browser gives back when asked what it computed.

export interface PlainColor {
  /** `#rrggbb`, `none`, or `url(#name)`. */
  readonly color: string;
  readonly opacity: number;
}

export function plainColor(computed: string): PlainColor {
  const text = computed.trim();
  if (text === '' || text === 'none' || text === 'transparent') return { color: 'none', opacity: 1 };
  const reference = /^url\(["']?[^"')]*(#[\w-]+)["']?\)/.exec(text)?.[1];
  if (reference !== undefined) return { color: `url(${reference})`, opacity: 1 };
  const numbers = (text.slice(text.indexOf('(')).match(/-?[\d.]+(?:e-?\d+)?%?/g) ?? []).map((n) => (n.endsWith('%') ? Number(n.slice(0, -1)) / 100 : Number(n)));
  const [r, g, b, alpha = 1] = numbers;
  if (r === undefined || g === undefined || b === undefined) return { color: text, opacity: 1 };
  // `color(srgb …)` counts from 0 to 1, which is what mixed colours come back as.
  const scale = text.startsWith('color(') ? 255 : 1;
  const channel = (value: number): string => Math.round(Math.max(0, Math.min(255, value * scale))).toString(16).padStart(2, '0');
  return { color: alpha === 0 ? 'none' : `#${channel(r)}${channel(g)}${channel(b)}`, opacity: alpha === 0 ? 1 : alpha };
}
