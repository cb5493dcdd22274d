// A living engine: its channel, the news of its death, and its end.
// Not where it runs (node-engines.ts, page-engine.ts). Invariant: a link that was closed or has died answers every open request with an error.
import type { Channel } from '../../protocol/channel';
import type { EngineHost, EngineOwner } from '../../protocol/engine-host';

export type OwnerChannel = Channel<EngineOwner, EngineHost>;

export interface EngineLink {
  readonly channel: OwnerChannel;
  /** Resolves with a sentence when the engine ended without being closed; never rejects. */
  readonly died: Promise<string>;
  /** Of an engine that is a process. */
  readonly pid?: number;
  /** Ends the engine at once; what it had not written is lost. */
  close(): void;
}
