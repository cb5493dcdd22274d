// Writes ONNX models of a single node, for tests that need something to run and nothing of the engine.
// Not the engine's emitter.
import { Writer } from 'protobufjs';

const elementTypes = { f32: 1, i32: 6 } as const;
export interface Port {
  readonly name: string;
  readonly type: keyof typeof elementTypes;
  readonly dims: readonly number[];
}

/** One node `op` from inputs to outputs, in opset 17. */
export function oneNodeModel(op: string, inputs: readonly Port[], outputs: readonly Port[]): Uint8Array {
  const graph = Writer.create();
  const node = Writer.create();
  for (const port of inputs) node.uint32(10).string(port.name);
  for (const port of outputs) node.uint32(18).string(port.name);
  node.uint32(34).string(op);
  graph.uint32(10).bytes(node.finish()).uint32(18).string('g');
  for (const port of inputs) graph.uint32(90).bytes(valueInfo(port));
  for (const port of outputs) graph.uint32(98).bytes(valueInfo(port));
  const opset = Writer.create().uint32(16).int64(17).finish();
  return Writer.create().uint32(8).int64(8).uint32(58).bytes(graph.finish()).uint32(66).bytes(opset).finish();
}

function valueInfo(port: Port): Uint8Array {
  const shape = Writer.create();
  for (const dim of port.dims) shape.uint32(10).bytes(Writer.create().uint32(8).int64(dim).finish());
  const tensor = Writer.create().uint32(8).int32(elementTypes[port.type]).uint32(18).bytes(shape.finish()).finish();
  const type = Writer.create().uint32(10).bytes(tensor).finish();
  return Writer.create().uint32(10).string(port.name).uint32(18).bytes(type).finish();
}
