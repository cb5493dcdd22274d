// The backend of a call: the one named, or the fastest that is installed.
// Not a measurement. Invariant: taking another backend than the native one is said on standard error, never silent.
import { OperationalError } from '../../engine/base/operational-error';
import type { Backend } from '../../engine/runtime/backend';
import { CallError, type ReadOptions } from '../options';
import type { Terminal } from '../terminal';
import { nodeBackends, openNodeBackend } from './open-backend';

/**
 * `before`: what a resumed run began with, the default then. Throws CallError for a name that means nothing here, OperationalError `backend-missing` for a named one that is not there.
 */
export async function chooseBackend(options: ReadOptions, terminal: Terminal, before?: { readonly name: string; readonly threads: number }): Promise<Backend> {
  if (options.text('backend') === 'webgpu') throw new CallError('Backend webgpu runs in a page of the editor, not here; use --backend cpu or --backend wasm.');
  const asked = options.word('backend', [...nodeBackends, 'auto'] as const);
  const named = asked === 'auto' ? undefined : (asked ?? nodeBackends.find((name) => name === before?.name));
  const threads = options.count('threads') ?? before?.threads ?? 1;
  if (named !== undefined) return openNodeBackend(named, { threads });
  try {
    return await openNodeBackend('cpu', { threads });
  } catch (thrown) {
    if (!(thrown instanceof OperationalError) || thrown.code !== 'backend-missing') throw thrown;
    terminal.err(`Backend wasm instead of cpu: ${thrown.message}`);
    return openNodeBackend('wasm', { threads });
  }
}
