// What a person has chosen on a session's two pages besides cursor, units and comparison: it outlives a hidden page, and links carry it.
// Not sizes, zoom or scroll, which belong to a window.
// Invariant: a page looks at what it is given; what it does not know (an order, a tab, a layer) it leaves out.

export interface DebuggerChoices {
  readonly layer?: number;
  /** Of the rows: a name of the page's own. */
  readonly order?: string;
  /** Numbers of the weights that are in front in place of the timeline: a name of the page's own. */
  readonly parameters?: string;
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
