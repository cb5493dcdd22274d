// Which of the three palettes a theme takes; everything else comes from the theme's own variables.
// Not the colours (palettes.ts). High contrast light takes the light palette: its background is white.

export type ThemeKind = 'dark' | 'light' | 'contrast';

/** From the classes VS Code puts on the body. */
export function themeKind(bodyClasses: { contains(name: string): boolean }): ThemeKind {
  if (bodyClasses.contains('vscode-high-contrast-light')) return 'light';
  if (bodyClasses.contains('vscode-high-contrast')) return 'contrast';
  return bodyClasses.contains('vscode-light') ? 'light' : 'dark';
}

/** Section borders and outlines instead of fills, in either high-contrast theme. */
export function isHighContrast(bodyClasses: { contains(name: string): boolean }): boolean {
  return bodyClasses.contains('vscode-high-contrast') || bodyClasses.contains('vscode-high-contrast-light');
}
