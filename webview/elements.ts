// Making elements in one line: a tag, a class, children.
// Not a template language: text is always text, never markup.

export function element<K extends keyof HTMLElementTagNameMap>(tag: K, className = '', ...children: readonly (Node | string)[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className !== '') made.className = className;
  made.append(...children);
  return made;
}

/** A section's title with its quiet note on the same line. */
export function heading(title: string, note: HTMLElement): HTMLElement {
  return element('h2', '', element('span', 'title', title), note);
}

/** Writes text only when it differs, so that screen readers and selections are left in peace. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** A note may be cut off on a narrow page; its title says the rest. */
export function setNote(target: HTMLElement, text: string): void {
  setText(target, text);
  if (target.title !== text) target.title = text;
}

/** Writes what differs: the browser computes the looks of whatever is written, even the same. */
export function setStyle(target: HTMLElement, style: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(style)) if (target.style.getPropertyValue(name) !== value) target.style.setProperty(name, value);
}

export function show(target: HTMLElement, visible: boolean): void {
  if (target.hidden === visible) target.hidden = !visible;
}
