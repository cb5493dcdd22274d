// Pause, resume, stop and checkpoint, from whoever started a training to its loop.
// Not a signal of the platform's: a host connects Ctrl-C, a button or a request to it.
// Invariant: the loop looks here between iterations only, so an iteration is never cut in two.

export class TrainingControl {
  private ending: 'stop' | 'cancel' | undefined;
  private wanted = false;
  private paused: { readonly promise: Promise<void>; readonly release: () => void } | undefined;

  /** Ends after the iteration under way, with a checkpoint. */
  stop(): void {
    this.ending ??= 'stop';
    this.resume();
  }

  /** Ends after the iteration under way, without a checkpoint. */
  cancel(): void {
    this.ending = 'cancel';
    this.resume();
  }

  pause(): void {
    if (this.paused !== undefined || this.ending !== undefined) return;
    let release = (): void => undefined;
    const promise = new Promise<void>((resolve) => (release = resolve));
    this.paused = { promise, release };
  }

  resume(): void {
    this.paused?.release();
    this.paused = undefined;
  }

  /** Asks for a checkpoint after the iteration under way, besides those that are due. */
  checkpoint(): void {
    this.wanted = true;
  }

  /** Whether a checkpoint was asked for since the last time this was. */
  takeCheckpoint(): boolean {
    const { wanted } = this;
    this.wanted = false;
    return wanted;
  }

  get isPaused(): boolean {
    return this.paused !== undefined;
  }

  get requestedEnd(): 'stop' | 'cancel' | undefined {
    return this.ending;
  }

  /** Resolves at once unless paused. */
  whilePaused(): Promise<void> {
    return this.paused?.promise ?? Promise.resolve();
  }
}
