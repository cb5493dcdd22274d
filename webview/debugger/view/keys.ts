// The debugger page's list of keys, shown on `?`.
// Not what the keys do (../keyboard.ts): the two must say the same.
import type { Keys } from '../../key-list';

export const debuggerKeys: Keys = [
  ['← →', 'time step'],
  ['Shift ← →', 'ten steps'],
  ['Home End', 'first, last step'],
  ['F10 Shift+F10', 'next, step back'],
  ['F11 Shift+F11', 'step in, step out'],
  ['F5', 'continue'],
  ['Space', 'replay, pause'],
  ['F B', 'forward, backward pass'],
  ['W', 'weights, timeline'],
  ['D', 'to the first divergence, when compared'],
  ['N', 'to the first value that is not finite'],
  ['Enter', 'into the picture: arrows move, Enter picks the unit, Esc leaves; in the cell Enter shows the equation, Shift ← → units'],
  ['L', 'lines of the next lane, or of the cell cursor’s'],
  ['+ − 0', 'zoom time; all steps and rows again'],
  ['[ ]', 'lanes shorter, taller: the one with the cell cursor, or all'],
  ['Z', 'zoom to the rows around the cell cursor'],
  ['T', 'threshold over the lines: ↑↓ its height, ←→ and Shift its steps, O off beside, Enter picks, Esc leaves'],
  ['G', 'choose the group of the cell cursor’s unit; Shift+G: only its mean'],
  ['M', 'rows of several units: most extreme or mean'],
  ['Esc', 'clear the picked units'],
  ['?', 'this list'],
];
