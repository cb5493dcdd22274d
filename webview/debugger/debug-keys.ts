// The keys of the page that are moves of the debugger: over, back, in, out, on.
// Not the other keys (keyboard.ts). The workbench hears every key of a page, too: who asks for a move here must keep the key from it, or two are made.
// Invariant: what is not a move here stays the workbench's, such as the key that ends the session.
import type { DebuggerHost } from '../../protocol/debugger-page';

export function debugKey({ key, shiftKey, ctrlKey, altKey, metaKey }: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'altKey' | 'metaKey'>): DebuggerHost['requests']['move']['params']['how'] | undefined {
  if (ctrlKey || altKey || metaKey) return undefined;
  switch (key) {
    case 'F10':
      return shiftKey ? 'stepBack' : 'next';
    case 'F11':
      return shiftKey ? 'stepOut' : 'stepIn';
    case 'F5':
      return shiftKey ? undefined : 'continue';
    default:
      return undefined;
  }
}
