// What a sequence reads, in a few characters: written beside a trace, so that a trace of another sequence is known for one.
// Not a cryptographic digest: it tells mistakes apart, not forgeries (FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/).
import type { Tensor } from '../runtime/tensor';

/** Key of a trace file's metadata. */
export const readsMetadata = 'reads';

/** Shape and contents of a batch's `x`: `1x64 9f2c01ab`. */
export function fingerprint({ dims, data }: Tensor): string {
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(data.buffer, data.byteOffset, data.byteLength)) hash = Math.imul(hash ^ byte, 0x01000193);
  return `${dims.join('x')} ${(hash >>> 0).toString(16).padStart(8, '0')}`;
}
