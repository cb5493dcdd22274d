// Arrays of numbers inside JSON: what carries the pages' data over the debug protocol, which is text.
// Not a format for files. Only typed arrays and buffers are written otherwise than JSON does; NaN in them survives.
// Invariant: reading what was written gives equal data of the same types.
import { Buffer } from 'node:buffer';

const kinds = { f32: Float32Array, f64: Float64Array, i32: Int32Array, u8: Uint8Array } as const;
type Kind = keyof typeof kinds;

const mark = '$numbers';

/** Plain data with typed arrays, ready for JSON. */
export function toJson(value: unknown): unknown {
  if (value instanceof ArrayBuffer) return { [mark]: 'buffer', data: Buffer.from(value).toString('base64') };
  if (ArrayBuffer.isView(value)) {
    const kind = (Object.keys(kinds) as Kind[]).find((each) => value instanceof kinds[each]);
    if (kind !== undefined) return { [mark]: kind, data: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') };
  }
  // JSON has no NaN; a lone one is told apart from what is not there.
  if (typeof value === 'number' && !Number.isFinite(value)) return { [mark]: 'number', data: String(value) };
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, toJson(each)]));
}

export function fromJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromJson);
  if (typeof value !== 'object' || value === null) return value;
  if (mark in value && 'data' in value && typeof value.data === 'string') {
    const kind = value[mark];
    if (kind === 'number') return Number(value.data);
    const bytes = Uint8Array.from(Buffer.from(value.data, 'base64'));
    if (kind === 'buffer') return bytes.buffer;
    if (typeof kind === 'string' && Object.hasOwn(kinds, kind)) return new kinds[kind as Kind](bytes.buffer);
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fromJson(each)]));
}
