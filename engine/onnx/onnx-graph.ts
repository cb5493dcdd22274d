// Builds one ONNX model node by node and encodes it as bytes.
// Not an optimiser and not a runtime; it knows ONNX's messages (onnx.proto, IR version 8, opset 17), nothing of cells.
// Invariant: names are unique, constants are shared, and every node's inputs exist before it.
import protobuf from 'protobufjs/minimal.js';
import { invariant } from '../base/invariant';
import { compositions } from './compositions';

export const opset = 17;
const irVersion = 8;

export type ElementType = 'f32' | 'i32' | 'i64' | 'bool';
const elementCodes: Readonly<Record<ElementType, number>> = { f32: 1, i32: 6, i64: 7, bool: 9 };

export type Attribute = number | { readonly int: number } | { readonly ints: readonly number[] } | { readonly text: string };

interface Node {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

interface Port {
  readonly name: string;
  readonly element: ElementType;
  readonly dims: readonly number[];
}

interface Constant {
  readonly name: string;
  readonly element: ElementType;
  readonly dims: readonly number[];
  readonly data: readonly number[];
}

export class OnnxGraph {
  private readonly nodes: Node[] = [];
  private readonly inputs: Port[] = [];
  private readonly outputs: Port[] = [];
  private readonly constants = new Map<string, Constant>();
  private readonly known = new Map<string, string>();
  private count = 0;

  get nodeCount(): number {
    return this.nodes.length;
  }

  /** Nodes by ONNX operator, for the bench and for tests. */
  get histogram(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const node of this.nodes) counts.set(node.type, (counts.get(node.type) ?? 0) + 1);
    return counts;
  }

  input(name: string, element: ElementType, dims: readonly number[]): string {
    this.inputs.push({ name, element, dims });
    return name;
  }

  /** Makes `value` an output called `name`. */
  output(name: string, value: string, element: ElementType, dims: readonly number[]): void {
    invariant(!this.outputs.some((port) => port.name === name), `output ${name} once`);
    this.nodes.push({ type: 'Identity', inputs: [value], outputs: [name], attributes: {} });
    this.outputs.push({ name, element, dims });
  }

  get outputNames(): readonly string[] {
    return this.outputs.map((port) => port.name);
  }

  /** A node with one output; the same node asked for twice is there once. */
  node(type: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    const key = `${type} ${inputs.join()} ${JSON.stringify(attributes)}`;
    const existing = this.known.get(key);
    if (existing !== undefined) return existing;
    const name = `t${this.count++}`;
    this.known.set(key, name);
    this.nodes.push({ type, inputs, outputs: [name], attributes });
    return name;
  }

  /** A node with several outputs. */
  nodeWith(type: string, inputs: readonly string[], outputCount: number, attributes: Readonly<Record<string, Attribute>> = {}): readonly string[] {
    const outputs = Array.from({ length: outputCount }, () => `t${this.count++}`);
    this.nodes.push({ type, inputs, outputs, attributes });
    return outputs;
  }

  constant(element: ElementType, dims: readonly number[], data: readonly number[]): string {
    const key = `${element} ${dims.join('x')} ${data.length > 64 ? `${data.length}:` : ''}${data.join()}`;
    const existing = this.constants.get(key);
    if (existing) return existing.name;
    const name = `k${this.constants.size}`;
    this.constants.set(key, { name, element, dims, data });
    return name;
  }

  scalar(value: number): string {
    return this.constant('f32', [], [value]);
  }

  indices(values: readonly number[]): string {
    return this.constant('i64', [values.length], values);
  }

  /** The bytes of the ModelProto. @param lacks operators that the backend has not, to be composed of others */
  encode(lacks: readonly string[] = []): Uint8Array {
    if (lacks.length > 0) this.compose(lacks);
    this.spliceIdentities();
    this.dropUnused();
    const w = protobuf.Writer.create();
    w.uint32(tag(1, 0)).int64(irVersion);
    w.uint32(tag(2, 2)).string('unroll');
    w.uint32(tag(7, 2)).fork();
    for (const node of this.nodes) writeNode(w, node);
    w.uint32(tag(2, 2)).string('g');
    for (const constant of this.constants.values()) writeTensor(w, constant);
    for (const port of this.inputs) writePort(w, 11, port);
    for (const port of this.outputs) writePort(w, 12, port);
    w.ldelim();
    w.uint32(tag(8, 2)).fork().uint32(tag(1, 2)).string('').uint32(tag(2, 0)).int64(opset).ldelim();
    return w.finish();
  }

  /** Puts compositions in the place of nodes that the backend has not. */
  private compose(lacks: readonly string[]): void {
    const before = this.nodes.splice(0);
    // What is emitted from here on must not be shared with a node that comes later.
    this.known.clear();
    for (const node of before) {
      const composition = lacks.includes(node.type) ? compositions[node.type] : undefined;
      if (composition === undefined) {
        this.nodes.push(node);
        continue;
      }
      this.known.clear();
      composition(this, node.inputs[0] ?? '', node.attributes);
      const last = this.nodes.pop();
      invariant(last !== undefined, `${node.type} is composed of nodes`);
      this.nodes.push({ ...last, outputs: node.outputs });
    }
    this.known.clear();
  }

  /** Renames the producer of an output instead of copying it, where the value is not an input, a constant or an output already. */
  private spliceIdentities(): void {
    const producers = new Map<string, Node>();
    for (const node of this.nodes) for (const name of node.outputs) producers.set(name, node);
    const renamed = new Map<string, string>();
    const outputNames = new Set(this.outputs.map((port) => port.name));
    const kept = this.nodes.filter((node) => {
      const [source] = node.inputs;
      const [target] = node.outputs;
      if (node.type !== 'Identity' || source === undefined || target === undefined || !outputNames.has(target)) return true;
      if (!producers.has(source) || renamed.has(source) || outputNames.has(source)) return true;
      renamed.set(source, target);
      return false;
    });
    const name = (old: string): string => renamed.get(old) ?? old;
    this.nodes.splice(0, this.nodes.length, ...kept.map((node) => ({ ...node, inputs: node.inputs.map(name), outputs: node.outputs.map(name) })));
  }

  /** Leaves out what no output needs: nobody asks for the gradient of the data, and the runtime would compute it. */
  private dropUnused(): void {
    const needed = new Set(this.outputs.map((port) => port.name));
    const kept = this.nodes.reduceRight<Node[]>((later, node) => {
      if (!node.outputs.some((name) => needed.has(name))) return later;
      for (const name of node.inputs) needed.add(name);
      later.push(node);
      return later;
    }, []);
    this.nodes.splice(0, this.nodes.length, ...kept.reverse());
    for (const [key, { name }] of this.constants) if (!needed.has(name)) this.constants.delete(key);
  }
}

function tag(field: number, wireType: 0 | 2 | 5): number {
  return (field << 3) | wireType;
}

// NodeProto: input 1, output 2, op_type 4, attribute 5.
function writeNode(w: protobuf.Writer, node: Node): void {
  w.uint32(tag(1, 2)).fork();
  for (const name of node.inputs) w.uint32(tag(1, 2)).string(name);
  for (const name of node.outputs) w.uint32(tag(2, 2)).string(name);
  w.uint32(tag(4, 2)).string(node.type);
  for (const [name, value] of Object.entries(node.attributes)) {
    // AttributeProto: name 1, f 2, i 3, s 4, ints 8, type 20 (FLOAT 1, INT 2, STRING 3, INTS 7).
    w.uint32(tag(5, 2)).fork().uint32(tag(1, 2)).string(name);
    if (typeof value === 'number') w.uint32(tag(2, 5)).float(value).uint32(tag(20, 0)).int32(1);
    else if ('int' in value) w.uint32(tag(3, 0)).int64(value.int).uint32(tag(20, 0)).int32(2);
    else if ('text' in value) w.uint32(tag(4, 2)).string(value.text).uint32(tag(20, 0)).int32(3);
    else {
      for (const i of value.ints) w.uint32(tag(8, 0)).int64(i);
      w.uint32(tag(20, 0)).int32(7);
    }
    w.ldelim();
  }
  w.ldelim();
}

// TensorProto (field 5 of GraphProto): dims 1, data_type 2, name 8, raw_data 9.
function writeTensor(w: protobuf.Writer, constant: Constant): void {
  w.uint32(tag(5, 2)).fork();
  for (const dim of constant.dims) w.uint32(tag(1, 0)).int64(dim);
  w.uint32(tag(2, 0)).int32(elementCodes[constant.element]);
  w.uint32(tag(8, 2)).string(constant.name);
  w.uint32(tag(9, 2)).bytes(rawBytes(constant)).ldelim();
}

function rawBytes({ element, data }: Constant): Uint8Array {
  const width = element === 'i64' ? 8 : element === 'bool' ? 1 : 4;
  const bytes = new Uint8Array(data.length * width);
  const view = new DataView(bytes.buffer);
  data.forEach((value, i) => {
    if (element === 'f32') view.setFloat32(i * 4, value, true);
    else if (element === 'i32') view.setInt32(i * 4, value, true);
    else if (element === 'i64') view.setBigInt64(i * 8, BigInt(value), true);
    else view.setUint8(i, value);
  });
  return bytes;
}

// ValueInfoProto: name 1, type 2 { tensor_type 1 { elem_type 1, shape 2 { dim 1 { dim_value 1 } } } }.
function writePort(w: protobuf.Writer, field: number, port: Port): void {
  w.uint32(tag(field, 2)).fork().uint32(tag(1, 2)).string(port.name);
  w.uint32(tag(2, 2)).fork().uint32(tag(1, 2)).fork();
  w.uint32(tag(1, 0)).int32(elementCodes[port.element]).uint32(tag(2, 2)).fork();
  for (const dim of port.dims) w.uint32(tag(1, 2)).fork().uint32(tag(1, 0)).int64(dim).ldelim();
  w.ldelim().ldelim().ldelim().ldelim();
}
