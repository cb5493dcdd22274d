// What a page must know of the theme it stands in: which palette, and a few of the theme's colours as numbers for pixels.
// Not the palettes themselves. Read again when VS Code changes the body's classes or the theme's variables.
import { rgb } from 'd3-color';
import { isHighContrast, themeKind, type ThemeKind } from './kind';
import { palette, type Palette } from './palettes';

export type Rgb = readonly [number, number, number];

export interface Theme {
  readonly kind: ThemeKind;
  readonly highContrast: boolean;
  readonly palette: Palette;
  readonly background: Rgb;
  readonly foreground: Rgb;
  readonly error: Rgb;
}

export function readTheme(body: HTMLElement): Theme {
  const kind = themeKind(body.classList);
  const style = getComputedStyle(body);
  const color = (variable: string, otherwise: string): Rgb => rgbOf(style.getPropertyValue(variable).trim() || otherwise);
  return {
    kind,
    highContrast: isHighContrast(body.classList),
    palette: palette(kind),
    background: color('--vscode-editor-background', kind === 'light' ? '#ffffff' : '#1f1f1f'),
    foreground: color('--vscode-foreground', kind === 'light' ? '#3b3b3b' : '#cccccc'),
    error: color('--vscode-errorForeground', kind === 'light' ? '#f85149' : '#f85149'),
  };
}

/** Red, green, blue of any CSS colour d3 can read. */
export function rgbOf(color: string): Rgb {
  const { r, g, b } = rgb(color);
  return [Math.round(r), Math.round(g), Math.round(b)];
}

/** Calls back when the theme changes; returns what stops it. */
export function watchTheme(body: HTMLElement, changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  // VS Code puts the theme's variables on the root element.
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
  return () => observer.disconnect();
}

/** Gives the palette's marks to the style sheet as variables of the page. */
export function publishMarks(root: HTMLElement, { palette: marks, highContrast }: Theme): void {
  const set = (name: string, value: string): void => root.style.setProperty(name, value);
  set('--mark-cursor', marks.cursor);
  set('--mark-on-cursor', marks.onCursor);
  set('--mark-run', marks.run);
  set('--mark-highway', marks.highway);
  set('--mark-compared', marks.compared);
  set('--mark-right', marks.right);
  marks.picked.forEach((color, i) => set(`--mark-picked-${i + 1}`, color));
  marks.paths.forEach((color, i) => set(`--mark-path-${i + 1}`, color));
  root.classList.toggle('high-contrast', highContrast);
}
