// Prints an encoded ONNX model as text, one node a line; the text is the documentation of this stage.
// Not a general reader: it knows the messages that onnx-graph.ts writes.
// Invariant: what is printed was read from the bytes, so it is what a backend is given.
import protobuf from 'protobufjs/minimal.js';

/** A message as its fields in order: numbers (varint, 32 and 64 bits) or bytes. */
type Field = { readonly number: number; readonly value: number | Uint8Array };

const elementNames: Readonly<Record<number, string>> = { 1: 'f32', 6: 'i32', 7: 'i64', 9: 'bool' };

/** `t3 = MatMul(in.x, t1) {transA: 1}`, inputs and outputs with their shapes around the nodes. */
export function printOnnx(model: Uint8Array): string {
  const graph = fields(message(fields(model), 7));
  const lines = [
    ...messages(graph, 11).map((port) => `input ${printPort(port)}`),
    ...messages(graph, 5).map(printConstant),
    ...messages(graph, 1).map(printNode),
    ...messages(graph, 12).map((port) => `output ${printPort(port)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function printNode(bytes: Uint8Array): string {
  const node = fields(bytes);
  const attributes = messages(node, 5).map(printAttribute);
  return `${texts(node, 2).join(', ')} = ${texts(node, 4).join('')}(${texts(node, 1).join(', ')})${attributes.length === 0 ? '' : ` {${attributes.join(', ')}}`}`;
}

function printAttribute(bytes: Uint8Array): string {
  const attribute = fields(bytes);
  const [name = ''] = texts(attribute, 1);
  const kind = numbers(attribute, 20)[0];
  if (kind === 7) return `${name}: [${numbers(attribute, 8).join(', ')}]`;
  if (kind === 3) return `${name}: ${JSON.stringify(texts(attribute, 4)[0] ?? '')}`;
  return `${name}: ${numbers(attribute, kind === 1 ? 2 : 3)[0] ?? 0}`;
}

function printConstant(bytes: Uint8Array): string {
  const tensor = fields(bytes);
  const element = elementNames[numbers(tensor, 2)[0] ?? 0] ?? '?';
  const raw = message(tensor, 9);
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const width = element === 'i64' ? 8 : element === 'bool' ? 1 : 4;
  const count = raw.length / width;
  const shown = Array.from({ length: Math.min(count, 8) }, (_, i) => {
    if (element === 'f32') return String(view.getFloat32(4 * i, true));
    if (element === 'i32') return String(view.getInt32(4 * i, true));
    return element === 'i64' ? String(view.getBigInt64(8 * i, true)) : String(view.getUint8(i));
  });
  return `constant ${texts(tensor, 8).join('')} ${element}[${numbers(tensor, 1).join(', ')}] = ${shown.join(', ')}${count > 8 ? ', …' : ''}`;
}

function printPort(bytes: Uint8Array): string {
  const port = fields(bytes);
  const tensor = fields(message(fields(message(port, 2)), 1));
  const dims = messages(fields(message(tensor, 2)), 1).map((dim) => numbers(fields(dim), 1)[0] ?? 0);
  return `${texts(port, 1).join('')} ${elementNames[numbers(tensor, 1)[0] ?? 0] ?? '?'}[${dims.join(', ')}]`;
}

function fields(bytes: Uint8Array): readonly Field[] {
  const reader = protobuf.Reader.create(bytes);
  const found: Field[] = [];
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const wire = tag & 7;
    const value = wire === 2 ? reader.bytes() : wire === 5 ? reader.float() : Number(reader.int64());
    found.push({ number: tag >>> 3, value });
  }
  return found;
}

function messages(all: readonly Field[], number: number): readonly Uint8Array[] {
  return all.flatMap((field) => (field.number === number && field.value instanceof Uint8Array ? [field.value] : []));
}

function message(all: readonly Field[], number: number): Uint8Array {
  return messages(all, number)[0] ?? new Uint8Array(0);
}

function numbers(all: readonly Field[], number: number): readonly number[] {
  return all.flatMap((field) => (field.number === number && typeof field.value === 'number' ? [field.value] : []));
}

function texts(all: readonly Field[], number: number): readonly string[] {
  return messages(all, number).map((bytes) => protobuf.util.utf8.read(bytes, 0, bytes.length));
}
