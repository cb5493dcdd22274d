// Which keys of the page are moves of the debugger, and which stay the workbench's.
import { expect, it } from 'vitest';
import { debugKey } from '../../../webview/debugger/debug-keys';

const press = (key: string, held: Partial<Record<'shiftKey' | 'ctrlKey' | 'altKey' | 'metaKey', boolean>> = {}) => debugKey({ key, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, ...held });

it('steps over, back, in and out, and goes on', () => {
  expect([press('F10'), press('F10', { shiftKey: true }), press('F11'), press('F11', { shiftKey: true }), press('F5')]).toEqual(['next', 'stepBack', 'stepIn', 'stepOut', 'continue']);
});

it('leaves the key that ends the session, other chords and letters to whom they belong', () => {
  expect([press('F5', { shiftKey: true }), press('F5', { ctrlKey: true }), press('F10', { altKey: true }), press('F11', { metaKey: true }), press('b'), press('ArrowRight')]).toEqual(new Array(6).fill(undefined));
});
