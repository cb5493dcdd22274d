// Where the name of a node and its number stand: beside each other above the strip where they fit, else the number below; a name that fits nowhere is cut.
// Not drawing. Letters are counted, not measured: names are set in letters of one width.
// Invariant: no name lies over another node or leaves the picture; a step that changes a number of usual length moves nothing.
import type { PlacedCell, PlacedNode } from './placed';

/** Widths of a letter of a name and of a digit, at 11 px. */
const letter = 6.65;
const digit = 6.5;
/** What a number takes as a rule (`0.038`), so that labels stay where they are from step to step. */
const usualNumber = 5 * digit;
const between = 5;
/** Pixels beyond the strip's end that an edge keeps clear of, whichever way it goes. */
const aside = 8;

type Anchor = 'start' | 'end';

export interface PlacedLabel {
  /** Places are relative to the strip's left edge; names stand 10 px above its middle. */
  readonly name: { readonly x: number; readonly anchor: Anchor; readonly text: string };
  readonly value: { readonly x: number; readonly anchor: Anchor; readonly below: boolean };
}

interface Room {
  /** Free pixels right of the strip's left edge, and left of its right edge. */
  readonly right: number;
  readonly left: number;
  /** An edge leaves the strip upwards: what stands far beyond its end would be crossed. */
  readonly rises: boolean;
}

const rooms = new WeakMap<PlacedCell, ReadonlyMap<string, Room>>();

export function placeLabel(cell: PlacedCell, node: PlacedNode, name: string, value: string): PlacedLabel {
  const { strip } = cell;
  const known = rooms.get(cell) ?? new Map(cell.nodes.map((each) => [each.id, roomOf(cell, each)]));
  rooms.set(cell, known);
  const { right, left, rises } = known.get(node.id) ?? { right: strip, left: strip, rises: false };
  const size = name.length * letter;
  const number = Math.max(usualNumber, value.length * digit);
  const both = size + between + number;
  const atEnd = { x: strip, anchor: 'end', below: false } as const;
  if (both <= strip) return { name: { x: 0, anchor: 'start', text: name }, value: atEnd };
  // Where rows have air for a number below.
  const crossed = !cell.close && both > strip + aside && rises;
  if (both <= right && !crossed) return { name: { x: 0, anchor: 'start', text: name }, value: { x: size + between, anchor: 'start', below: false } };
  if (both <= left && !crossed) return { name: { x: strip - value.length * digit - between, anchor: 'end', text: name }, value: atEnd };
  const below = node.x === 0 && value.length * digit > strip ? ({ x: 0, anchor: 'start', below: true } as const) : ({ ...atEnd, below: true } as const);
  if (size <= right) return { name: { x: 0, anchor: 'start', text: name }, value: below };
  if (size <= left) return { name: { x: strip, anchor: 'end', text: name }, value: below };
  const toRight = right >= left;
  const letters = Math.max(1, Math.floor(Math.max(right, left) / letter) - 1);
  return { name: { x: toRight ? 0 : strip, anchor: toRight ? 'start' : 'end', text: `${name.slice(0, letters)}…` }, value: below };
}

/** Up to the next node whose strip or words are as high as the name, or to the picture's edge. */
function roomOf({ nodes, edges, strip, width }: PlacedCell, node: PlacedNode): Room {
  let [right, left] = [width - node.x, node.x + strip];
  for (const other of nodes) {
    const lower = other.y - node.y;
    if (other.column === node.column || lower <= -42 || lower >= 12) continue;
    if (other.x > node.x) right = Math.min(right, other.x - node.x - between);
    // To the left only where the other's own words cannot reach, gradients' signs included.
    else left = Math.min(left, node.x + strip - other.x - Math.max(strip, (other.id.length + 3) * letter + between + usualNumber) - between);
  }
  const rises = edges.some(({ from, to }) => from === node.id && nodes.some((other) => other.id === to && other.y < node.y - 12));
  return { right, left, rises };
}

/** What `from t = 123` takes at 10 px. */
const originWidth = 48;

/** Where a state comes from or goes to: left of an old state's strip on, up to the right end of a new one's; in fewer words where a neighbour's would lie under them. */
export function originText({ close, strip, pitch }: PlacedCell, { kind }: PlacedNode, word: 'from' | 'to', step?: number): string {
  const fits = !close || (kind === 'next' ? strip + 2 : pitch - 2 * between) >= originWidth;
  if (step === undefined) return fits ? 'first state' : 'first';
  return fits ? `${word} t = ${step}` : `t = ${step}`;
}

/** A state's name is so long that its number stands below the strip, and with it where the state comes from. */
export function needsTwoLines(name: string, room: number): boolean {
  return name.length * letter + between + usualNumber > room;
}
