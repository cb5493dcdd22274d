// Text to UTF-8 and back, by the standard coder that every host has.
// Not a dependency on a host's library: the engine compiles without the DOM's and Node's types, so the two names are declared here.
// Invariant: bytes that are not UTF-8 give undefined, never replacement characters.
declare const TextEncoder: new () => { encode(text: string): Uint8Array };
declare const TextDecoder: new (label: 'utf-8', options: { readonly fatal: boolean }) => { decode(bytes: Uint8Array): string };

export function encodeUtf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
