// Does on the gallery's page what a person does before a picture: presses, keys, one after the other, each as soon as there is something to press.
// Not shipped, and not how tests press (they use the browser's pointer). A scene is a page after its presses.

/** A thing to press: of what a selector finds, the first whose text begins so; or a key. */
export type Press = { readonly on: string; readonly text?: string } | { readonly key: string };

export function pressInOrder([first, ...rest]: readonly Press[]): void {
  if (!first) return;
  const press = (): void => {
    if (done(first)) setTimeout(() => pressInOrder(rest), 40);
    else setTimeout(press, 20);
  };
  setTimeout(press, 20);
}

function done(press: Press): boolean {
  if ('key' in press) {
    // Once the picture is there, so that what the key does has something to do it to.
    const picture = document.querySelector<HTMLElement>('.timeline .chip')?.closest<HTMLElement>('.plot');
    picture?.focus();
    picture?.dispatchEvent(new KeyboardEvent('keydown', { key: press.key, bubbles: true }));
    return picture !== null && picture !== undefined;
  }
  const { on, text = '' } = press;
  const found = [...document.querySelectorAll<HTMLElement>(on)].find((each) => each.textContent?.trim().startsWith(text) && each.checkVisibility());
  found?.click();
  return found !== undefined;
}
