// The one palette of all pictures: colours of values as tables of 256 entries, colours of marks as words.
// Not surfaces and text, which are the theme's own. Values are interpolated in CIELAB through fixed stops.
// Invariant: blue is negative, orange is positive; yellow means "where we stand" and nothing else; no stop equals a background.
import { lab, rgb } from 'd3-color';
import { interpolateMagma } from 'd3-scale-chromatic';
import type { ThemeKind } from './kind';

/** Entries of a colour table: 256 × red, green, blue. */
export type ColorTable = Uint8Array;

export interface Palette {
  /** −1 … 1 at entries 0 … 255; 0 is half-way between 127 and 128. */
  readonly signed: ColorTable;
  /** 0 … 1. */
  readonly gate: ColorTable;
  /** 0 … 1. */
  readonly magnitude: ColorTable;
  readonly cursor: string;
  /** Text on a label filled with the cursor's colour. */
  readonly onCursor: string;
  readonly picked: readonly [string, string, string];
  readonly run: string;
  readonly highway: string;
  /** Recurrent paths in the order of the gates. */
  readonly paths: readonly [string, string, string, string];
  readonly compared: string;
  readonly right: string;
}

interface Stops {
  readonly signed: readonly string[];
  readonly gate: readonly string[];
  /** Position in magma for t in 0 … 1. */
  readonly magma: (t: number) => number;
}

const stops: Readonly<Record<ThemeKind, Stops>> = {
  dark: {
    signed: ['#93CFFF', '#2C7FD4', '#262626', '#C7681B', '#FFBC75'],
    gate: ['#1B2725', '#2A8072', '#A3E6CE'],
    magma: (t) => 0.1 + 0.88 * t,
  },
  light: {
    signed: ['#0A4A94', '#5C9CD9', '#F2F2F2', '#EB9648', '#9A4300'],
    gate: ['#EAF4F1', '#5DB39E', '#0A5746'],
    magma: (t) => 1 - 0.9 * t,
  },
  contrast: {
    signed: ['#C4E6FF', '#2F8FFF', '#161616', '#FF8A1F', '#FFE0B0'],
    gate: ['#06201B', '#1E9C86', '#D5FFEF'],
    magma: (t) => 0.05 + 0.95 * t,
  },
};

const marks: Readonly<Record<ThemeKind, Omit<Palette, 'signed' | 'gate' | 'magnitude'>>> = {
  dark: {
    cursor: '#FFCC00',
    onCursor: '#000000',
    picked: ['#FF8AD8', '#9BE564', '#C7B8FF'],
    run: '#C9A0FF',
    highway: '#4EC9B0',
    paths: ['#CDB2F7', '#B393E6', '#9876CF', '#7D5EB8'],
    compared: '#A8A8A8',
    right: '#73C991',
  },
  light: {
    cursor: '#8F6B00',
    onCursor: '#FFFFFF',
    picked: ['#B0147F', '#3F7D00', '#5B3FD6'],
    run: '#6A2FC0',
    highway: '#0B7A64',
    paths: ['#A487D8', '#8A66C8', '#6E4AB0', '#4E3488'],
    compared: '#6A6A6A',
    right: '#1F7A3D',
  },
  contrast: {
    cursor: '#FFCC00',
    onCursor: '#000000',
    picked: ['#FF8AD8', '#9BE564', '#C7B8FF'],
    run: '#D9BCFF',
    highway: '#4EC9B0',
    paths: ['#CBA8FF', '#AC84EA', '#8B66CC', '#6B4CAD'],
    compared: '#C8C8C8',
    right: '#89D185',
  },
};

const built = new Map<ThemeKind, Palette>();

export function palette(kind: ThemeKind): Palette {
  const known = built.get(kind);
  if (known) return known;
  const { signed, gate, magma } = stops[kind];
  const made: Palette = {
    ...marks[kind],
    signed: table(throughLab(signed)),
    gate: table(throughLab(gate)),
    magnitude: table((t) => interpolateMagma(magma(t))),
  };
  built.set(kind, made);
  return made;
}

/** Colour at `t` in 0 … 1 on a line through the stops in CIELAB, clipped to sRGB. */
export function throughLab(colors: readonly string[]): (t: number) => string {
  const points = colors.map((color) => lab(color));
  return (t) => {
    const place = Math.min(Math.max(t, 0), 1) * (points.length - 1);
    const index = Math.min(Math.floor(place), points.length - 2);
    const from = points[index];
    const to = points[index + 1];
    if (!from || !to) throw new Error('a palette needs two stops');
    const part = place - index;
    const mix = (a: number, b: number): number => a + (b - a) * part;
    return lab(mix(from.l, to.l), mix(from.a, to.a), mix(from.b, to.b)).formatRgb();
  };
}

function table(color: (t: number) => string): ColorTable {
  const entries = new Uint8Array(256 * 3);
  for (let i = 0; i < 256; i++) {
    const { r, g, b } = rgb(color(i / 255));
    entries.set([byte(r), byte(g), byte(b)], i * 3);
  }
  return entries;
}

function byte(value: number): number {
  return Math.min(255, Math.max(0, Math.round(value)));
}
