// Numbers that a network says at a step, as text: a few of them, the rest as dots.
// Not their course (view/outputs.ts). Where the network says nothing there is no text.
import { number } from '../theme/numbers';

/** Outputs told and drawn: more than these cannot be told apart. */
export const mostOutputs = 3;

/** `0.83`, `0.83, −0.20, …` */
export function outputText(list: Float32Array, size: number, step: number): string | undefined {
  const values = [...list.subarray((step - 1) * size, step * size)];
  if (values.length === 0 || values.some((value) => Number.isNaN(value))) return undefined;
  return `${values.slice(0, mostOutputs).map(number).join(', ')}${size > mostOutputs ? ', …' : ''}`;
}
