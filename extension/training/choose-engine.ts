// Finds the engine for a run: the backend that was asked for, or the next one that is there, with the reason.
// Not a measurement: `auto` is the native backend where its library is, else WebAssembly.
// Invariant: taking another backend than the one asked for is part of the answer, never silent.
import { RequestError } from '../../protocol/channel';
import type { EngineBackend } from '../../protocol/engine-host';
import type { BackendInUse } from '../../protocol/run';
import type { EngineLink } from './engine-link';

export type BackendWanted = EngineBackend | 'auto';
export type StartEngine = (backend: EngineBackend) => EngineLink | Promise<EngineLink>;

const candidates: Readonly<Record<BackendWanted, readonly EngineBackend[]>> = {
  auto: ['cpu', 'wasm'], cpu: ['cpu', 'wasm'], wasm: ['wasm'], webgpu: ['webgpu', 'cpu', 'wasm'],
};

export interface FoundEngine<T> {
  readonly link: EngineLink;
  readonly backend: EngineBackend;
  readonly result: T;
  readonly why: Pick<BackendInUse, 'chosenBecause' | 'fallback'>;
}

/** Starts engines in turn until `open` succeeds on one; an error other than a missing backend ends the search, as does the signal (RequestError `cancelled`). */
export async function chooseEngine<T>(wanted: BackendWanted, start: StartEngine, open: (link: EngineLink, backend: EngineBackend) => Promise<T>, signal?: AbortSignal): Promise<FoundEngine<T>> {
  let reason: string | undefined;
  const cancelled = new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(new RequestError('cancelled', 'It was cancelled.'))));
  // A race that is over leaves it behind.
  cancelled.catch(() => undefined);
  for (const backend of candidates[wanted]) {
    let link: EngineLink | undefined;
    try {
      link = await Promise.race([start(backend), cancelled]);
      const result = await Promise.race([open(link, backend), link.died.then((why) => Promise.reject(new RequestError('backend-missing', why))), cancelled]);
      return { link, backend, result, why: whyThis(wanted, backend, reason) };
    } catch (thrown) {
      link?.close();
      const missing = thrown instanceof RequestError && (thrown.code === 'backend-missing' || thrown.code === 'closed');
      if (!missing || backend === candidates[wanted].at(-1)) throw thrown;
      reason ??= withoutAdvice(thrown.message);
    }
  }
  throw new RequestError('backend-missing', 'No backend is there.');
}

function whyThis(wanted: BackendWanted, backend: EngineBackend, reason: string | undefined): FoundEngine<unknown>['why'] {
  if (wanted === 'auto') return { chosenBecause: backend === 'cpu' ? 'its native library is there' : `cpu is not there: ${reason ?? ''}` };
  return wanted === backend ? {} : { fallback: { wanted, reason: reason ?? '' } };
}

/** The advice at the end of the sentence is for the command line. */
function withoutAdvice(message: string): string {
  return message.replace(/ Use --backend.*$/s, '').replace(/^Backend \w+ is not there: /, '').replace(/\.$/, '');
}
