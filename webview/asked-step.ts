// Where a page asked to go and has not arrived: keys that come sooner than the answer count from there.
// Not where the session stands, which the host tells.
// Invariant: what was reached or refused is asked for no longer.

export interface Place<P> {
  readonly step: number;
  readonly pass: P;
}

/** `P`: what a page says of the pass; `undefined` where it goes on in the one that is shown. */
export class AskedStep<P> {
  private place: Place<P> | undefined;

  ask(place: Place<P>, answered: Promise<unknown>): void {
    this.place = place;
    answered.catch(() => {
      if (this.place === place) this.place = undefined;
    });
  }

  reached({ step, pass }: Place<unknown>): void {
    if (step === this.place?.step && (this.place.pass === undefined || pass === this.place.pass)) this.place = undefined;
  }

  /** Another pass is shown: nothing that was asked for holds in it. */
  forget(): void {
    this.place = undefined;
  }

  /** @param shown where the session stands */
  from(shown: Place<P>): Place<P> {
    return this.place ?? shown;
  }
}
