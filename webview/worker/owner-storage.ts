// Files for an engine that has none: every operation is a request to its owner.
// Not the disk. Invariant: an operation resolves when the owner has answered, so what was written is there.
import type { DataFiles } from '../../engine/data/data-files';
import type { RunStorage } from '../../engine/training/run-storage';
import type { Channel } from '../../protocol/channel';
import type { EngineHost, EngineOwner } from '../../protocol/engine-host';

type Owner = Channel<EngineHost, EngineOwner>;

export function ownerData(owner: Owner): DataFiles {
  return { read: (name, from, limit) => owner.request('readData', { name, from, limit }).catch((thrown: Error) => ({ kind: 'unreadable' as const, reason: thrown.message })) };
}

export function ownerStorage(owner: Owner, run: string): RunStorage {
  return {
    path: run,
    read: async (name) => (await owner.request('readRun', { run, name })) ?? undefined,
    list: (folder) => owner.request('listRun', { run, folder }),
    write: async (name, bytes) => void (await owner.request('writeRun', { run, name, bytes })),
    append: async (name, text) => void (await owner.request('appendRun', { run, name, text })),
    rename: async (from, to) => void (await owner.request('renameRun', { run, from, to })),
    remove: async (name) => void (await owner.request('removeRun', { run, name })),
  };
}
