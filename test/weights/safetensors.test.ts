// safetensors: what is written is read back bit for bit, every readable type becomes F32 or I32, and no hostile file does more than fail in words.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OperationalError } from '../../engine/base/operational-error';
import { type Tensor, floats, ints, sizeOf } from '../../engine/runtime/tensor';
import { readSafetensors, writeSafetensors } from '../../engine/weights/safetensors';

const dims = fc.array(fc.nat(4), { maxLength: 3 });
const tensor: fc.Arbitrary<Tensor> = dims.chain((shape) => {
  const size = sizeOf(shape);
  return fc.oneof(
    fc.float32Array({ minLength: size, maxLength: size }).map((data) => floats(shape, data)),
    fc.int32Array({ minLength: size, maxLength: size }).map((data) => ints(shape, data)),
  );
});
const named = fc.dictionary(fc.string().filter((name) => name !== '__metadata__'), tensor, { maxKeys: 6 });

describe('a round trip', () => {
  it('keeps names, shapes, bits and metadata', () => {
    fc.assert(
      fc.property(named, fc.dictionary(fc.string(), fc.string()), (tensors, metadata) => {
        const file = readSafetensors(writeSafetensors(new Map(Object.entries(tensors)), metadata), 'w');
        expect(new Map(file.tensors)).toEqual(new Map(Object.entries(tensors)));
        expect({ ...file.metadata }).toEqual({ ...metadata });
      }),
    );
  });

  it('writes the same bytes whatever the order', () => {
    fc.assert(
      fc.property(named, (tensors) => {
        const entries = Object.entries(tensors);
        expect(writeSafetensors(new Map(entries.reverse()), { b: '1', a: '2' })).toEqual(writeSafetensors(new Map(Object.entries(tensors)), { a: '2', b: '1' }));
      }),
    );
  });

  it('keeps the bits of a NaN', () => {
    const data = new Float32Array(Uint32Array.of(0x7fc12345).buffer);
    const back = readSafetensors(writeSafetensors(new Map([['n', floats([1], data)]])), 'w').tensors.get('n');
    expect(new Uint32Array((back?.data as Float32Array).buffer)[0]).toBe(0x7fc12345);
  });
});

/** A file from a header as it stands and bytes of data. */
function file(header: unknown, data: ArrayLike<number> = []): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

function one(dtype: string, shape: unknown, data: ArrayLike<number>, offsets: unknown = [0, data.length]): Uint8Array {
  return file({ v: { dtype, shape, data_offsets: offsets } }, data);
}

describe('types that are converted', () => {
  const check = (dtype: string, data: ArrayBuffer | Uint8Array, expected: Tensor): void => {
    const bytes = new Uint8Array(data instanceof Uint8Array ? data : data);
    expect(readSafetensors(one(dtype, expected.dims, bytes), 'w').tensors.get('v')).toEqual(expected);
  };
  it('reads F64 as F32', () => check('F64', Float64Array.of(0.1, -1e300).buffer, floats([2], Float32Array.of(0.1, -Infinity))));
  it('reads F16', () => check('F16', Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7c00, 0x3555).buffer, floats([5], Float32Array.of(1, -2, 2 ** -24, Infinity, 0.333251953125))));
  it('reads BF16', () => check('BF16', Uint16Array.of(0x3f80, 0xc040).buffer, floats([2], Float32Array.of(1, -3))));
  it('reads BOOL as a mask', () => check('BOOL', Uint8Array.of(1, 0, 1), floats([3], Float32Array.of(1, 0, 1))));
  it('reads I64', () => check('I64', BigInt64Array.of(5n, -2147483648n).buffer, ints([2], Int32Array.of(5, -2147483648))));
  it('names the place of an I64 that is too large', () => {
    const bytes = new Uint8Array(BigInt64Array.of(0n, 0n, 0n, 3000000000n).buffer);
    expect(() => readSafetensors(one('I64', [2, 2], bytes), 'x.safetensors')).toThrow('"x.safetensors" is not a sound safetensors file: tensor "v" has the value 3000000000 at [1, 1], which does not fit in 32 bits.');
  });
});

describe('a hostile file fails in words', () => {
  const huge = new Uint8Array(16);
  new DataView(huge.buffer).setUint32(4, 0x7fffffff, true);
  const cases: readonly (readonly [string, Uint8Array, string])[] = [
    ['nothing in it', new Uint8Array(0), 'at least 8'],
    ['a header of exabytes', huge, 'limit'],
    ['a header beyond the end', Uint8Array.of(200, 0, 0, 0, 0, 0, 0, 0, 123), 'the file ends after 1'],
    ['a header that is not JSON', file('{"a":'), 'not JSON'],
    ['a header that is not UTF-8', Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe), 'not JSON in UTF-8'],
    ['a header that is a list', file('[]'), 'not a JSON object'],
    ['a tensor that is a number', file({ v: 3 }), 'has no description'],
    ['an unknown type', one('F8', [1], [0]), '"F8"'],
    ['a type named like a method', one('toString', [1], [0]), '"toString"'],
    ['a shape of text', one('F32', 'big', []), 'no shape'],
    ['a negative size', one('F32', [-1], []), 'no shape'],
    ['a fractional size', one('F32', [0.5], []), 'no shape'],
    ['a shape of a thousand axes', one('F32', new Array(1000).fill(1), [0, 0, 0, 0]), 'at most 8'],
    ['a shape of petabytes', one('F32', [2 ** 50, 2 ** 50], [0, 0, 0, 0]), 'needs'],
    ['a shape whose size overflows to zero bytes', one('F32', [2 ** 32, 2 ** 32], []), 'needs'],
    ['offsets backwards', one('F32', [1], [0, 0, 0, 0], [4, 0]), 'claims the bytes 4 to 0'],
    ['offsets beyond the end', one('F32', [1], [0, 0], [0, 4]), 'claims the bytes 0 to 4 of 2'],
    ['offsets missing', file({ v: { dtype: 'F32', shape: [] } }), 'data_offsets'],
    ['overlapping tensors', file({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] }, b: { dtype: 'F32', shape: [1], data_offsets: [4, 8] } }, new Array<number>(8).fill(0)), 'inside the tensor before it'],
    ['a hole between tensors', file({ a: { dtype: 'BOOL', shape: [1], data_offsets: [0, 1] }, b: { dtype: 'BOOL', shape: [1], data_offsets: [2, 3] } }, [0, 0, 0]), 'belong to no tensor'],
    ['bytes after the last tensor', one('BOOL', [1], [0, 0], [0, 1]), 'its data at 2'],
    ['a BOOL of 7', one('BOOL', [2], [1, 7]), '7 at [1]'],
    ['metadata of numbers', file({ __metadata__: { a: 1 } }), 'is not a string'],
  ];
  it.each(cases)('%s', (_what, bytes, expected) => {
    expect(() => readSafetensors(bytes, 'x')).toThrow(OperationalError);
    expect(() => readSafetensors(bytes, 'x')).toThrow(expected);
  });

  it('whatever is damaged', () => {
    const sound = writeSafetensors(new Map<string, Tensor>([['a', floats([3])], ['b', ints([2], Int32Array.of(1, 2))]]), { k: 'v' });
    fc.assert(
      fc.property(fc.nat(sound.length - 1), fc.nat(255), fc.nat(sound.length), (place, value, length) => {
        const damaged = sound.slice(0, Math.max(length, 1));
        damaged[place % damaged.length] = value;
        try {
          readSafetensors(damaged, 'x');
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(OperationalError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('has a name that is the prototype', () => {
    const bytes = file('{"__proto__":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}', [1]);
    expect(readSafetensors(bytes, 'x').tensors.get('__proto__')).toEqual(floats([1], Float32Array.of(1)));
  });
});
