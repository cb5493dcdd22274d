// What an edited step reads besides the usual: which elements are replaced, and by what.
// Not the replacing (../passes/edit-step.ts).
// Invariant: of the shape of the value that is edited; everything not named stays as computed.
import { defined } from '../base/invariant';
import type { StepLine } from '../ir/model';
import { floats, type FloatTensor, sizeOf, type Tensor } from '../runtime/tensor';
import type { Edit } from './trace';

/** Shape of what a target names, without the batch axis. */
export function editedShape(line: StepLine, { kind, name }: Edit['target']): readonly number[] | undefined {
  const { step } = line;
  const values = [...step.graph.inputs, ...step.graph.equations];
  const id = { old: () => step.states.find((state) => state.name === name)?.old, in: () => step.inputs.find((input) => input.name === name)?.id, named: () => step.named.find((named) => named.name === name)?.id }[kind]();
  return values.find((value) => value.id === id)?.type.shape;
}

/** @param edits with rows of the program, not of the batch. */
export function editFeeds(line: StepLine, rows: number, edits: readonly Edit[]): Readonly<Record<string, Tensor>> {
  const feeds: Record<string, FloatTensor> = {};
  for (const edit of edits) {
    const shape = defined(editedShape(line, edit.target), `${edit.target.name} can be edited`);
    const dims = shape.length === 0 ? [rows, 1] : [rows, ...shape];
    const label = `${edit.target.kind}.${edit.target.name}`;
    const edited = (feeds[`edited.${label}`] ??= floats(dims));
    const values = (feeds[`edit.${label}`] ??= floats(dims));
    const width = sizeOf(shape);
    for (const [element, value] of edit.values) {
      edited.data[edit.row * width + element] = 1;
      values.data[edit.row * width + element] = value;
    }
  }
  return feeds;
}
