// What a person has chosen on a session's two pages besides cursor, units and comparison: it outlives a hidden page, and links carry it.
// Not the sizes of a window, nor how far down a page is scrolled.
// Invariant: a page looks at what it is given; what it does not know (an order, a tab, a layer) it leaves out.

export interface DebuggerChoices {
  readonly layer?: number;
  /** Of the rows: a name of the page's own. */
  readonly order?: string;
  /** Correlation from which on units make a group, and groups whose means are among the lines, from 0 at the top. */
  readonly alike?: number;
  readonly means?: readonly number[];
  /** Numbers of the weights that are in front in place of the timeline: a name of the page's own. */
  readonly parameters?: string;
  /** Whose weights, and the order of their rows. */
  readonly weights?: string;
  readonly weightsRows?: string;
  /** Pixels of a step's column, when time was zoomed, and the first step in sight, from 1, where time scrolls. */
  readonly column?: number;
  readonly first?: number;
  /** Places in the order that lanes are zoomed to, from 0, without `to`. */
  readonly rows?: { readonly from: number; readonly to: number };
  /** Pixels of lanes that were dragged, by name. */
  readonly heights?: Readonly<Record<string, number>>;
  /** The lane that the lines show. */
  readonly lines?: string;
  /** What a row of several units shows: a name of the page's own. */
  readonly rowValue?: string;
  readonly threshold?: ChosenThreshold;
  /** Somebody has cleared the picks. */
  readonly noPicks?: true;
}

/** Of the lane that `lines` names. */
export interface ChosenThreshold {
  readonly pass: 'forward' | 'backward';
  readonly value: number;
  /** Steps from 1. */
  readonly from: number;
  readonly to: number;
  readonly margin: number;
  /** Its units were picked as it stands. */
  readonly picked: boolean;
}

export interface InspectorChoices {
  readonly layer?: number;
  /** Small picture that is in front on a narrow page: a name of the page's own. */
  readonly tab?: string;
  /** Whose triangle, and how it is drawn: names of the page's own. */
  readonly triangle?: string;
  readonly form?: string;
  /** Step of the loss; null = all losses; left out = the last one. */
  readonly loss?: number | null;
}

/** Choices on their way between host and page. */
export interface Given<C> {
  readonly choices: C;
  /** How often the host had given choices of its own: what a page tells of earlier ones is not heard. */
  readonly given: number;
}
