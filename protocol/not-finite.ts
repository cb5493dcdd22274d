// Carries NaN and infinities over ports that speak JSON, as VS Code's between host and page does: there they would arrive as null.
// Not a serializer: typed arrays and buffers cross as they are, and a value without such numbers is not copied.
// Invariant: what is unpacked equals what was packed; a value that needed nothing is the same object.

const mark = '$number';

/** A copy in which numbers that are not finite are marked; the value itself when there are none. */
export function packNumbers(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : { [mark]: String(value) };
  return mapPlain(value, packNumbers);
}

/** The inverse, for a message that says it was packed. */
export function unpackNumbers(value: unknown): unknown {
  if (typeof value === 'object' && value !== null && mark in value) return Number((value as Readonly<Record<string, unknown>>)[mark]);
  return mapPlain(value, unpackNumbers);
}

function mapPlain(value: unknown, map: (part: unknown) => unknown): unknown {
  if (Array.isArray(value)) {
    let copy: unknown[] | undefined;
    value.forEach((part: unknown, i) => {
      const mapped = map(part);
      if (mapped !== part && !copy) copy = value.slice();
      if (copy) copy[i] = mapped;
    });
    return copy ?? value;
  }
  if (!isPlain(value)) return value;
  let copy: Record<string, unknown> | undefined;
  for (const [key, part] of Object.entries(value)) {
    const mapped = map(part);
    if (mapped === part) continue;
    copy ??= { ...value };
    copy[key] = mapped;
  }
  return copy ?? value;
}

/** Objects without a class: everything else (arrays of numbers, buffers, ports) is none of ours. */
function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
