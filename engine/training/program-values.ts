// Values of a training program as plain numbers, wherever they are kept.
// Not the program. Invariant: reading a value changes nothing; a device tensor stays where it is.
import { defined } from '../base/invariant';
import type { DeviceTensor } from '../runtime/backend';
import type { FloatTensor, Tensor } from '../runtime/tensor';

export type Value = Tensor | DeviceTensor;

export async function plain(value: Value | undefined): Promise<FloatTensor> {
  const tensor = defined(value, 'the program gives the output');
  const read = tensor.kind === 'device' ? await tensor.read() : tensor;
  return defined(read.kind === 'f32' ? read : undefined, 'the output is F32');
}

export function scalar(value: Value | undefined): number {
  return value?.kind === 'f32' ? (value.data[0] ?? Number.NaN) : Number.NaN;
}

/** Whether both hold the same float32 numbers to the last bit. */
export async function sameBits(a: Value | undefined, b: Value | undefined): Promise<boolean> {
  const [left, right] = [await plain(a), await plain(b)].map(({ data }) => new Uint32Array(data.buffer, data.byteOffset, data.length));
  return left !== undefined && right !== undefined && left.length === right.length && left.every((bits, i) => bits === right[i]);
}
