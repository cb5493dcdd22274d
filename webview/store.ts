// The one place where a page's state lives; views are drawn from it and remember nothing.
// Not a history and not a cache: the state is replaced as a whole, the drawing happens once per frame.
// Invariant: listeners run after the change, at most once per scheduled frame, with the newest state.

/** Calls back at the next frame. In a page `requestAnimationFrame`; in tests anything. */
export type Schedule = (callback: () => void) => void;

export class Store<S> {
  private readonly listeners = new Set<(state: S) => void>();
  private waiting = false;

  constructor(
    private current: S,
    private readonly schedule: Schedule,
  ) {}

  get state(): S {
    return this.current;
  }

  update(change: (state: S) => S): void {
    const next = change(this.current);
    if (next === this.current) return;
    this.current = next;
    this.again();
  }

  /** Tells the listeners at the next frame, although nothing has changed: one of them has more to do. */
  again(): void {
    if (this.waiting) return;
    this.waiting = true;
    this.schedule(() => {
      this.waiting = false;
      for (const listener of this.listeners) listener(this.current);
    });
  }

  subscribe(listener: (state: S) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
