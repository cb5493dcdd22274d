// The disk for engines that have none: what a page's worker reads and writes goes through here.
// Not the folders' meaning. Invariant: a run's names never leave its folder; failures are answered with their sentence.
import { dataFolder } from '../../cli/files/data-folder';
import { runFolder } from '../../cli/files/run-folder';
import type { Handlers } from '../../protocol/channel';
import type { EngineOwner } from '../../protocol/engine-host';

const data = dataFolder('/');
const folder = (run: string) => runFolder(run, '/');

export const ownerFiles: Handlers<EngineOwner> = {
  readData: ({ name, from, limit }) => data.read(name, from, limit),
  readRun: async ({ run, name }) => (await folder(run).read(name)) ?? null,
  listRun: ({ run, folder: inside }) => folder(run).list(inside),
  writeRun: async ({ run, name, bytes }) => (await folder(run).write(name, bytes), null),
  appendRun: async ({ run, name, text }) => (await folder(run).append(name, text), null),
  renameRun: async ({ run, from, to }) => (await folder(run).rename(from, to), null),
  removeRun: async ({ run, name }) => (await folder(run).remove(name), null),
};
