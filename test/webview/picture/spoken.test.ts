// The line beside the pointer, as a screen reader hears it.
import { expect, it } from 'vitest';
import { spoken } from '../../../webview/picture/spoken';

it.each([
  ['f · u3 · t = 24 · 0.97', 'f, unit 3, step 24, 0.97'],
  ['∂L/∂c · u12 · t = 1 · −7.1e−3 (masked, carried)', '∂L/∂c, unit 12, step 1, −7.1e−3 (masked, carried)'],
  ['t = 5 · reads “u” · loss 0.74', 'step 5, reads “u”, loss 0.74'],
])('%s is said as %s', (line, said) => expect(spoken(line)).toBe(said));

it('leaves alone what is no unit and no step', () => expect(spoken('output = 5 · menu2 · U_f')).toBe('output = 5, menu2, U_f'));
