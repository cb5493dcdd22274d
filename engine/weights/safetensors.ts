// Reads and writes safetensors: named arrays in one file, the format of weights, batches, traces and checkpoints.
// Not a model's weights yet: weight-check.ts compares names and shapes with a model.
// Invariant: nothing is allocated for a tensor before its place in the file is proven; writing is a function of the content (names sorted).
// Format: 8 bytes little-endian header length, JSON header, data; https://github.com/huggingface/safetensors.
import { OperationalError } from '../base/operational-error';
import { type Tensor, sizeOf } from '../runtime/tensor';
import { type ElementType, elementSizes, isElementType, littleEndianWords, readElements } from './element-types';
import { decodeUtf8, encodeUtf8 } from '../base/utf8';

export interface TensorFile {
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Free strings, the header's `__metadata__`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The published format's own limit. */
const largestHeader = 100_000_000;
const metadataKey = '__metadata__';

/**
 * Reads a file. F64, F16 and BF16 become F32; I64 becomes I32 (a value beyond 32 bits is an error with its position); BOOL becomes F32 0 and 1.
 * @param name the file's name, for messages.
 * @throws OperationalError `bad-safetensors` for anything that is not a sound file.
 */
export function readSafetensors(bytes: Uint8Array, name: string): TensorFile {
  const fail = (what: string): never => {
    throw new OperationalError('bad-safetensors', `"${name}" is not a sound safetensors file: ${what}.`);
  };
  if (bytes.length < 8) fail(`it has ${bytes.length} bytes and needs at least 8 for the header's length`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  if (headerLength > largestHeader) fail(`its header claims ${headerLength} bytes, more than the format's limit of ${largestHeader}`);
  if (8 + headerLength > bytes.length) fail(`its header claims ${headerLength} bytes and the file ends after ${bytes.length - 8}`);
  const header = parseHeader(bytes.subarray(8, 8 + headerLength), fail);
  const data = bytes.subarray(8 + headerLength);

  const metadata: Record<string, string> = Object.create(null) as Record<string, string>;
  const places: Place[] = [];
  for (const [key, entry] of header) {
    if (key === metadataKey) readMetadata(entry, metadata, fail);
    else places.push(readPlace(key, entry, data.length, fail));
  }
  places.sort((a, b) => a.start - b.start || a.end - b.end);
  let covered = 0;
  for (const place of places) {
    if (place.start < covered) fail(`tensor ${quoted(place.name)} starts at byte ${place.start}, inside the tensor before it, which ends at ${covered}`);
    if (place.start > covered) fail(`bytes ${covered} to ${place.start} belong to no tensor`);
    covered = place.end;
  }
  if (covered !== data.length) fail(`its tensors end at byte ${covered} and its data at ${data.length}`);

  const tensors = new Map<string, Tensor>();
  for (const place of places.sort((a, b) => compare(a.name, b.name))) {
    const problem = (what: string): never => fail(`tensor ${quoted(place.name)} ${what}`);
    tensors.set(place.name, readElements(place.type, data.subarray(place.start, place.end), place.dims, problem));
  }
  return { tensors, metadata };
}

/** Writes F32 and I32 tensors; the same content gives the same bytes whatever its order. Shapes `[]`, `[0, n]` are fine. */
export function writeSafetensors(tensors: ReadonlyMap<string, Tensor>, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const header: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  const sortedMetadata = Object.entries(metadata).sort(([a], [b]) => compare(a, b));
  if (sortedMetadata.length > 0) header[metadataKey] = Object.fromEntries(sortedMetadata);
  const sorted = [...tensors].sort(([a], [b]) => compare(a, b));
  let offset = 0;
  for (const [name, tensor] of sorted) {
    const end = offset + 4 * tensor.data.length;
    header[name] = { dtype: tensor.kind === 'f32' ? 'F32' : 'I32', shape: tensor.dims, data_offsets: [offset, end] };
    offset = end;
  }
  let text = JSON.stringify(header);
  // Spaces after the header align the data to 8 bytes, as the format's own writer does.
  text += ' '.repeat((8 - (encodeUtf8(text).length % 8)) % 8);
  const headerBytes = encodeUtf8(text);
  const bytes = new Uint8Array(8 + headerBytes.length + offset);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, headerBytes.length, true);
  bytes.set(headerBytes, 8);
  let position = 8 + headerBytes.length;
  for (const [, tensor] of sorted) {
    const { buffer, byteOffset, byteLength } = tensor.data;
    bytes.set(new Uint8Array(littleEndianWords(new Uint8Array(buffer, byteOffset, byteLength))), position);
    position += byteLength;
  }
  return bytes;
}

interface Place {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly start: number;
  readonly end: number;
}

type Fail = (what: string) => never;

function parseHeader(bytes: Uint8Array, fail: Fail): [string, unknown][] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(decodeUtf8(bytes) ?? '');
  } catch {
    return fail('its header is not JSON in UTF-8');
  }
  if (!isRecord(parsed)) return fail('its header is not a JSON object');
  return Object.entries(parsed);
}

function readMetadata(entry: unknown, into: Record<string, string>, fail: Fail): void {
  if (!isRecord(entry)) return fail('its metadata is not a JSON object of strings');
  for (const [key, value] of Object.entries(entry)) {
    if (typeof value !== 'string') return fail(`its metadata ${quoted(key)} is not a string`);
    into[key] = value;
  }
}

function readPlace(name: string, entry: unknown, dataLength: number, fail: Fail): Place {
  const label = `tensor ${quoted(name)}`;
  if (!isRecord(entry)) return fail(`${label} has no description`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== 'string' || !isElementType(dtype)) {
    return fail(`${label} has the type ${quoted(String(dtype))}; F32, F64, F16, BF16, I32, I64 and BOOL can be read`);
  }
  if (!isListOfCounts(shape) || shape.length > 8) return fail(`${label} has no shape of at most 8 whole numbers`);
  if (!isListOfCounts(offsets) || offsets.length !== 2) return fail(`${label} has no data_offsets of two whole numbers`);
  const [start = 0, end = 0] = offsets;
  if (start > end || end > dataLength) return fail(`${label} claims the bytes ${start} to ${end} of ${dataLength}`);
  const expected = sizeOf(shape) * elementSizes[dtype];
  if (end - start !== expected) return fail(`${label} of type ${dtype} and shape [${shape.join(', ')}] needs ${expected} bytes and has ${end - start}`);
  return { name, type: dtype, dims: shape, start, end };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOfCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A name out of a file, shortened so that a message stays a sentence. */
function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}
