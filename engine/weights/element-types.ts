// The element types of safetensors that we read, each with its size and its way to F32 or I32.
// Not the file's layout: see safetensors.ts, which has proven the length of the bytes.
// Invariant: a value that I32 cannot hold is an error with its position, never a wrapped number.
import { type Tensor, sizeOf } from '../runtime/tensor';

/** Bytes per element. */
export const elementSizes = { F32: 4, F64: 8, F16: 2, BF16: 2, I32: 4, I64: 8, BOOL: 1 } as const;
export type ElementType = keyof typeof elementSizes;

export function isElementType(text: string): text is ElementType {
  return Object.hasOwn(elementSizes, text);
}

/** Little-endian bytes as a tensor of `dims`; `fail` is called with what is wrong with the tensor. */
export function readElements(type: ElementType, bytes: Uint8Array, dims: readonly number[], fail: (what: string) => never): Tensor {
  if (type === 'F32') return { kind: 'f32', dims, data: new Float32Array(littleEndianWords(bytes)) };
  if (type === 'I32') return { kind: 'i32', dims, data: new Int32Array(littleEndianWords(bytes)) };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = sizeOf(dims);
  if (type === 'I64') {
    const data = new Int32Array(size);
    for (let i = 0; i < size; i++) data[i] = narrow(view.getBigInt64(8 * i, true), i, dims, fail);
    return { kind: 'i32', dims, data };
  }
  const data = new Float32Array(size);
  const read = floatReaders[type];
  for (let i = 0; i < size; i++) data[i] = read(view, i, dims, fail);
  return { kind: 'f32', dims, data };
}

type FloatReader = (view: DataView, index: number, dims: readonly number[], fail: (what: string) => never) => number;

const floatReaders: Readonly<Record<Exclude<ElementType, 'F32' | 'I32' | 'I64'>, FloatReader>> = {
  F64: (view, i) => view.getFloat64(8 * i, true),
  F16: (view, i) => halfToFloat(view.getUint16(2 * i, true)),
  BF16: (view, i) => bits(view.getUint16(2 * i, true) << 16),
  BOOL: (view, i, dims, fail) => {
    const value = view.getUint8(i);
    return value <= 1 ? value : fail(`has the BOOL ${value} at [${positionOf(i, dims)}]; 0 or 1 was expected`);
  },
};

const machineIsLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** A copy of 4-byte words with the bytes turned between the file's order (little-endian) and the machine's; bit for bit, NaN included. */
export function littleEndianWords(bytes: Uint8Array): ArrayBuffer {
  const copy = new Uint8Array(bytes.length);
  if (machineIsLittleEndian) copy.set(bytes);
  else for (let i = 0; i < bytes.length; i++) copy[i] = bytes[i ^ 3] ?? 0;
  return copy.buffer;
}

function narrow(value: bigint, index: number, dims: readonly number[], fail: (what: string) => never): number {
  if (value < -2147483648n || value > 2147483647n) return fail(`has the value ${value} at [${positionOf(index, dims)}], which does not fit in 32 bits`);
  return Number(value);
}

/** A flat index as `i, j, k`, from 0. */
export function positionOf(index: number, dims: readonly number[]): string {
  const places: number[] = [];
  let rest = index;
  for (const dim of [...dims].reverse()) {
    places.unshift(rest % dim);
    rest = Math.floor(rest / dim);
  }
  return places.join(', ');
}

const scratch = new DataView(new ArrayBuffer(4));

function bits(word: number): number {
  scratch.setInt32(0, word);
  return scratch.getFloat32(0);
}

/** IEEE 754 binary16. */
function halfToFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
