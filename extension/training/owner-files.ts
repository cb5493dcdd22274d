// The disk for engines that have none: what a page's worker reads and writes goes through here.
// Not the folders' meaning. Invariant: a run's names never leave its folder; failures are answered with their sentence.
import { dataFolder } from '../../cli/files/data-folder';
import { editorAdvice, runFolder } from '../../cli/files/run-folder';
import type { Handlers } from '../../protocol/channel';
import type { EngineOwner } from '../../protocol/engine-host';

const data = dataFolder('/');
const folder = (run: string) => runFolder(run, '/', editorAdvice);

export const ownerFiles: Handlers<EngineOwner> = {
  readData: async ({ name, from, limit }) => {
    const content = await data.read(name, from, limit);
    return content.kind === 'bytes' ? { kind: 'bytes', bytes: plain(content.bytes) } : content;
  },
  readRun: async ({ run, name }) => {
    const bytes = await folder(run).read(name);
    return bytes === undefined ? null : plain(bytes);
  },
  listRun: ({ run, folder: inside }) => folder(run).list(inside),
  writeRun: async ({ run, name, bytes }) => (await folder(run).write(name, bytes), null),
  appendRun: async ({ run, name, text }) => (await folder(run).append(name, text), null),
  renameRun: async ({ run, from, to }) => (await folder(run).rename(from, to), null),
  removeRun: async ({ run, name }) => (await folder(run).remove(name), null),
};

/** Node's own kind of array would reach a page as a list of numbers. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}
