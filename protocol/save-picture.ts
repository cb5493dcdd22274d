// What a page hands to its host to be saved: a picture, or the numbers behind it, as the bytes of a file.
// Not where it is saved: the host asks the person.
// Invariant: a save that is cancelled is answered like one that is done.

export type PictureKind = 'svg' | 'png' | 'csv';

export interface SavedPicture {
  /** Suggested name without an ending, for example `lstm r1 timeline`. */
  readonly name: string;
  readonly kind: PictureKind;
  /** The whole file. */
  readonly bytes: Uint8Array;
}

/** A request of every page's host. */
export type SavePicture = { readonly params: SavedPicture; readonly result: null };
