// The palettes pass through their stops, keep the sign convention, and are never the background.
import { describe, expect, it } from 'vitest';
import type { ThemeKind } from '../../../webview/theme/kind';
import { themeKind } from '../../../webview/theme/kind';
import { palette, throughLab } from '../../../webview/theme/palettes';
import { gateEntry, logEntry, rootEntry, signedEntry, signedRootEntry } from '../../../webview/theme/scales';

const kinds: readonly ThemeKind[] = ['dark', 'light', 'contrast'];
const at = (table: Uint8Array, index: number): number[] => [...table.slice(index * 3, index * 3 + 3)];

describe.each(kinds)('%s', (kind) => {
  const { signed, gate, magnitude } = palette(kind);

  it('is blue below zero and orange above', () => {
    for (const index of [0, 40, 64, 100]) expect(at(signed, index)[2]).toBeGreaterThan(at(signed, index)[0] as number);
    for (const index of [155, 191, 215, 255]) expect(at(signed, index)[0]).toBeGreaterThan(at(signed, index)[2] as number);
  });

  it('has a full table of each', () => {
    for (const table of [signed, gate, magnitude]) expect(table).toHaveLength(768);
    expect(new Set([...magnitude].map(String)).size).toBeGreaterThan(100);
  });
});

it('passes through its stops', () => {
  const { signed, gate } = palette('dark');
  expect(at(signed, 0)).toEqual([0x93, 0xcf, 0xff]);
  expect(at(signed, 255)).toEqual([0xff, 0xbc, 0x75]);
  expect(at(gate, 0)).toEqual([0x1b, 0x27, 0x25]);
  expect(throughLab(['#93CFFF', '#2C7FD4', '#262626'])(0.5)).toBe('rgb(44, 127, 212)');
  // The middle is near the editor's background (#1f1f1f, #ffffff, #000000) and never equal to it.
  expect(throughLab(['#262626', '#262626'])(0)).toBe('rgb(38, 38, 38)');
});

it('puts zero in the middle and clips beyond the domain', () => {
  expect([signedEntry(-9, 1), signedEntry(-1, 1), signedEntry(0, 7), signedEntry(1, 1), signedEntry(9, 1)]).toEqual([0, 0, 128, 255, 255]);
  expect(signedRootEntry(0.01, 1)).toBe(signedEntry(0.1, 1));
  expect(signedRootEntry(-0.25, 1)).toBe(signedEntry(-0.5, 1));
  expect([gateEntry(-1), gateEntry(0.5), gateEntry(2)]).toEqual([0, 128, 255]);
  expect([logEntry(0, 1e-6, 1), logEntry(1e-6, 1e-6, 1), logEntry(1e-3, 1e-6, 1), logEntry(5, 1e-6, 1)]).toEqual([0, 0, 128, 255]);
  expect([rootEntry(1, 4), rootEntry(0, 0)]).toEqual([128, 0]);
  expect(signedEntry(3, 0)).toBe(127);
});

it('knows the theme by the body', () => {
  const classes = (...names: string[]) => ({ contains: (name: string) => names.includes(name) });
  expect(themeKind(classes('vscode-dark'))).toBe('dark');
  expect(themeKind(classes('vscode-light'))).toBe('light');
  expect(themeKind(classes('vscode-high-contrast'))).toBe('contrast');
  expect(themeKind(classes('vscode-high-contrast', 'vscode-high-contrast-light'))).toBe('light');
});
