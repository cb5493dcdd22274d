// Every number of a layer's weights as they are shown, asked for when they are to be saved.
// Not the picture's cells, which may stand for several numbers each.
import type { Channel } from '../../../protocol/channel';
import type { DebuggerHost, DebuggerPage } from '../../../protocol/debugger-page';
import type { WeightsHeader } from '../../../protocol/weights-view';
import type { Table } from '../../export/csv';
import { numbersTable } from '../../weights/table';
import type { WeightsQuestion } from './state';

/** Undefined where there are no such numbers. */
export async function weightsTable(channel: Channel<DebuggerPage, DebuggerHost>, header: WeightsHeader | undefined, { traceId, layer, of, step }: WeightsQuestion): Promise<Table | undefined> {
  const tensors = header?.tensors.filter((tensor) => tensor.layer === layer) ?? [];
  const picture = await channel.request('weightsPicture', { traceId, layer, of, step, cells: tensors.map(({ name }) => ({ name, perRow: 1, perColumn: 1 })) });
  return picture ? numbersTable(tensors, (name) => picture.cells.find((one) => one.name === name)?.values) : undefined;
}
