// A sentence with emphasis: plain text, decisive numbers, quiet asides and alarms, before it becomes elements or a label.
// Not HTML: no text of a person's file is ever parsed as markup.
import { unreachable } from './must';

export type RichPart =
  | string
  | { readonly kind: 'strong' | 'quiet' | 'alarm'; readonly text: string }
  /** A word to press: the page decides what `action` does. */
  | { readonly kind: 'link'; readonly text: string; readonly action: string };

export type Rich = readonly RichPart[];

export const strong = (text: string): RichPart => ({ kind: 'strong', text });
export const quiet = (text: string): RichPart => ({ kind: 'quiet', text });
export const alarm = (text: string): RichPart => ({ kind: 'alarm', text });
export const link = (text: string, action: string): RichPart => ({ kind: 'link', text, action });

/** The words alone, for labels and announcements. */
export function plain(rich: Rich): string {
  return rich.map((part) => (typeof part === 'string' ? part : part.text)).join('');
}

/** Puts the sentence into an element; leaves it alone when it already says this. */
export function showRich(element: HTMLElement, rich: Rich, act: (action: string) => void = () => undefined): void {
  const before = shown.get(element);
  shown.set(element, rich);
  if (before?.length === rich.length && before.every((part, i) => isLike(part, rich[i])) && element.childNodes.length === rich.length) {
    // Only words differ: they are written into what is there, which costs a running cursor much less than elements anew.
    rich.forEach((part, i) => {
      const [child, text] = [element.childNodes[i], typeof part === 'string' ? part : part.text];
      if (child && child.textContent !== text) child.textContent = text;
    });
    return;
  }
  element.replaceChildren(...rich.map((part) => node(part, act)));
}

const shown = new WeakMap<HTMLElement, Rich>();

/** The same element would stand for both. */
function isLike(a: RichPart, b: RichPart | undefined): boolean {
  if (b === undefined || typeof a === 'string' || typeof b === 'string') return typeof a === typeof b;
  return a.kind === 'link' ? b.kind === 'link' && a.action === b.action : a.kind === b.kind;
}

function node(part: RichPart, act: (action: string) => void): Node {
  if (typeof part === 'string') return document.createTextNode(part);
  switch (part.kind) {
    case 'strong':
      return element('strong', part.text);
    case 'quiet':
      return element('span', part.text, 'quiet');
    case 'alarm':
      return element('strong', part.text, 'alarm');
    case 'link': {
      const button = element('button', part.text, 'link');
      button.addEventListener('click', () => act(part.action));
      return button;
    }
    default:
      return unreachable(part);
  }
}

function element(tag: string, text: string, className?: string): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className !== undefined) made.className = className;
  return made;
}
