// Tells the host whether this page has the keyboard: VS Code says only which editor is the active one, and may be wrong for a moment.
// Not the keys.

/** Once now, and whenever it changes. */
export function tellKeyboard(tell: (has: boolean) => void): void {
  let told: boolean | undefined;
  const say = (has: boolean): void => {
    if (has !== told) tell((told = has));
  };
  window.addEventListener('focus', () => say(true));
  window.addEventListener('blur', () => say(false));
  say(document.hasFocus());
}
