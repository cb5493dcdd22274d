// A page's first question, and what it knows while there is no answer: that it takes a while, that it takes long, that it failed.
// Not the answer, which each page takes its own way. It can be asked once more.
// Invariant: a page that was filled by an event meanwhile is not said to have failed.
import { messageOf } from './message-of';
import type { Store } from './store';
import { patience } from './waiting';

interface Begun {
  readonly phase: string;
  readonly slow: boolean;
  readonly late: boolean;
  readonly failure?: string;
}

/** Milliseconds until a line shows that something is under way. */
const shortly = 300;

export function hello<S extends Begun, A>(store: Store<S>, phases: { readonly loading: S['phase']; readonly failed: S['phase'] }, ask: () => Promise<A>, answered: (answer: A) => void): () => void {
  const waits = (state: S): boolean => state.phase === phases.loading;
  return () => {
    store.update(({ failure: _, ...state }) => ({ ...(state as unknown as S), phase: phases.loading, late: false }));
    setTimeout(() => store.update((state) => ({ ...state, slow: true })), shortly);
    setTimeout(() => store.update((state) => (waits(state) ? { ...state, late: true } : state)), patience);
    ask().then(answered, (thrown: unknown) => {
      const failure = messageOf(thrown);
      store.update((state) => (waits(state) ? { ...state, phase: phases.failed, failure } : state));
    });
  };
}
