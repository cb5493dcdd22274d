// Keeps what a page saves where a test in the same window finds it: `window.saved`.
// Not shipped; nothing is written.
import type { SavedPicture } from '../../../protocol/save-picture';

const saved: SavedPicture[] = [];
Object.assign(window, { saved });

export function noteSaved(file: SavedPicture): null {
  saved.push(file);
  return null;
}
