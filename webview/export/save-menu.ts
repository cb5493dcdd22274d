// The one control of a picture for saving it: a button that stays quiet until the picture is hovered or focused, and its menu.
// Not the files: what is chosen goes to the host as bytes.
// A picture of several parts offers them: one is chosen in the menu, then how it is saved.
// Invariant: reachable by keyboard: Tab to the button, Enter opens, arrows move, Escape closes and gives the focus back.
import type { PictureKind, SavedPicture } from '../../protocol/save-picture';
import { element } from '../elements';
import { icon } from '../icons';
import { csv, type Table } from './csv';
import { pngBytes, svgBytes } from './picture-bytes';
import { readPicture, type PictureParts } from './read-picture';

export interface Saveable {
  readonly name: string;
  readonly picture: PictureParts;
  /** Undefined while there are no numbers; what is not here yet is fetched first. */
  readonly table: () => Table | undefined | Promise<Table | undefined>;
}

/** Hands the file to the host; failures are the page's to show. */
export type Save = (file: () => Promise<SavedPicture | undefined>) => void;

const choices: readonly { readonly kind: PictureKind; readonly label: string }[] = [
  { kind: 'svg', label: 'Save as SVG' }, { kind: 'png', label: 'Save as PNG' }, { kind: 'csv', label: 'Save data as CSV' },
];

/** `title` names the picture for screen readers; `what` is asked when something is chosen, with the part that was chosen, `parts` when the menu opens. */
export function saveMenu(title: string, what: (part: string | undefined) => Saveable | undefined, save: Save, parts: () => readonly string[] = () => []): HTMLElement {
  let chosen: string | undefined;
  const open = element('button', 'save-button');
  open.append(icon('save'));
  open.title = 'Save picture or data';
  open.setAttribute('aria-label', `Save ${title}`);
  open.setAttribute('aria-haspopup', 'menu');
  const items = choices.map(({ kind, label }) => {
    const item = element('button', 'save-item', label);
    item.setAttribute('role', 'menuitem');
    item.tabIndex = -1;
    item.addEventListener('click', () => {
      close(true);
      save(async () => {
        const saved = what(chosen);
        return saved && fileOf(kind, saved);
      });
    });
    return item;
  });
  const ofParts = element('div', 'save-parts');
  ofParts.setAttribute('role', 'group');
  ofParts.setAttribute('aria-label', 'Which part');
  const menu = element('div', 'save-list', ...items, ofParts);
  menu.setAttribute('role', 'menu');
  menu.setAttribute('aria-label', `Save ${title}`);
  const root = element('div', 'save-menu', open, menu);
  const close = (back: boolean): void => {
    menu.hidden = true;
    open.setAttribute('aria-expanded', 'false');
    root.classList.remove('open');
    if (back) open.focus();
  };
  /** The parts that there are now; the whole when the one that was chosen is gone. */
  const offer = (): void => {
    const names = parts();
    if (chosen !== undefined && !names.includes(chosen)) chosen = undefined;
    const choices = names.length === 0 ? [] : [undefined, ...names].map((name) => {
      const item = element('button', 'save-item part', name ?? 'everything');
      item.setAttribute('role', 'menuitemradio');
      item.setAttribute('aria-checked', String(name === chosen));
      item.tabIndex = -1;
      item.addEventListener('click', () => {
        chosen = name;
        for (const other of ofParts.querySelectorAll('.part')) other.setAttribute('aria-checked', String(other === item));
        items[0]?.focus();
      });
      return item;
    });
    ofParts.replaceChildren(...choices);
    ofParts.hidden = choices.length === 0;
  };
  close(false);
  open.addEventListener('click', () => {
    if (!menu.hidden) {
      close(true);
      return;
    }
    offer();
    menu.hidden = false;
    open.setAttribute('aria-expanded', 'true');
    root.classList.add('open');
    items[0]?.focus();
  });
  root.addEventListener('keydown', (event) => {
    if (menu.hidden) return;
    const all = [...menu.querySelectorAll<HTMLElement>('.save-item')];
    const at = all.findIndex((item) => item === document.activeElement);
    const to: Readonly<Record<string, number>> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
    const next = to[event.key];
    if (event.key === 'Escape') close(true);
    else if (next !== undefined) all.at(next % all.length)?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  root.addEventListener('focusout', (event) => {
    if (!(event.relatedTarget instanceof Node && root.contains(event.relatedTarget))) close(false);
  });
  return root;
}

async function fileOf(kind: PictureKind, { name, picture, table }: Saveable): Promise<SavedPicture | undefined> {
  if (kind === 'csv') {
    const numbers = await table();
    return numbers && { name, kind, bytes: new TextEncoder().encode(csv(numbers)) };
  }
  const read = readPicture(picture);
  return { name, kind, bytes: kind === 'svg' ? svgBytes(read) : await pngBytes(read) };
}
