// Where everything on the timeline stands: three forms by width, blocks from the top, columns of steps.
// Not drawing. Narrow is designed first; wide is the enlarged form.
// Invariant: a column is a quarter of a pixel's multiple wide and whole where time scrolls, so that what is shifted stays sharp; under 3 px the axis scrolls.
import type { LayerHeader } from '../../../protocol/trace-view';
import type { Pass } from '../../../protocol/debugger-page';
import { type ComparedWish, differenceKey } from '../compare/compared-lanes';

export type Form = 'wide' | 'middle' | 'narrow';

export interface Block {
  readonly y: number;
  readonly height: number;
}

export interface LaneBlock extends Block {
  readonly name: string;
  readonly index: number;
}

export interface ComparedBlock extends Block {
  readonly key: string;
}

/** A thin lane of another layer. */
export interface LayerBlock extends Block {
  readonly key: string;
}

export interface TimelineLayout {
  readonly form: Form;
  /** Width of the timeline's column and of the column beside it (0 = below). */
  readonly width: number;
  readonly sideWidth: number;
  readonly left: number;
  readonly column: number;
  /** First visible step from 0, and how many are visible. */
  readonly first: number;
  readonly visible: number;
  readonly plotWidth: number;
  /** The step whose left edge is `left`, from 0; the first visible one when left out. */
  readonly origin?: number;
  /** Columns change with every frame: nothing is kept ready beside what is seen. */
  readonly zooming?: boolean;
  readonly profile?: { readonly x: number; readonly width: number };
  /** The whole sequence in 12 px, when the axis scrolls. */
  readonly overview?: Block;
  readonly loss: Block;
  readonly tokens: Block;
  readonly predictions: Block & { readonly row: number; readonly shows: 'letters' | 'ticks' };
  readonly axis: Block;
  readonly lanes: readonly LaneBlock[];
  /** Of the compared pass: beneath the lanes that they are subtracted from, or after all of them. */
  readonly compared: readonly ComparedBlock[];
  /** The last state of the other layers, small. */
  readonly layers: readonly LayerBlock[];
  readonly lines: Block;
  readonly height: number;
  /** From the top of the loss to the end of the last lane. */
  readonly cursor: Block;
}

export interface TimelineWish {
  readonly pageWidth: number;
  readonly steps: number;
  readonly layer: LayerHeader | undefined;
  readonly pass: Pass;
  readonly first: number;
  readonly columnWidth?: number;
  readonly zooming?: boolean;
  readonly hasPredictions: boolean;
  /** Numbers instead of classes: a low picture of their course. */
  readonly hasOutputs?: boolean;
  /** Letters of the longest token: words are read in wider columns, where there is room. */
  readonly longestToken?: number;
  readonly picked: number;
  readonly compared?: ComparedWish;
  /** Units are grouped: their names stand beside the lanes. */
  readonly grouped?: boolean;
  /** Keys of the other layers' thin lanes. */
  readonly layers?: readonly string[];
  /** Heights a person has chosen, by lane. */
  readonly laneHeights?: Readonly<Record<string, number>>;
}

export const shortest = 24;
export const tallest = 512;

/** Heights of lanes after one of them, or all, were made taller by some pixels. */
export function withTaller(heights: Readonly<Record<string, number>>, layout: TimelineLayout, lane: string | undefined, by: number): Readonly<Record<string, number>> {
  const changed = layout.lanes.filter(({ name }) => lane === undefined || name === lane);
  return { ...heights, ...Object.fromEntries(changed.map(({ name, height }) => [name, Math.max(shortest, Math.min(tallest, Math.round(height + by)))])) };
}

/** The lane whose lower edge is under a pixel: where a lane is dragged taller. */
export function edgeAt(layout: TimelineLayout, y: number): LaneBlock | undefined {
  return layout.lanes.find((block) => y >= block.y + block.height - 1 && y < block.y + block.height + 6);
}

export function formOf(pageWidth: number): Form {
  return pageWidth >= 1180 ? 'wide' : pageWidth >= 900 ? 'middle' : 'narrow';
}

export function timelineLayout(wish: TimelineWish): TimelineLayout {
  const form = formOf(wish.pageWidth);
  const pageWidth = Math.max(320, wish.pageWidth);
  const sideWidth = form === 'wide' ? Math.max(400, Math.min(560, pageWidth - 840)) : form === 'middle' ? Math.max(352, Math.min(400, Math.round(pageWidth * 0.38))) : 0;
  const width = pageWidth - sideWidth;
  const names = !wish.grouped ? 0 : form === 'wide' ? 82 : form === 'middle' ? 26 : 20;
  const gutter = 96 + names;
  const left = 12 + gutter;
  const profileWidth = form === 'wide' ? 44 : 0;
  const available = width - left - (profileWidth > 0 ? profileWidth + 16 : 44);
  // On a wide screen the columns take what the cell leaves.
  const widest = form === 'wide' ? (pageWidth >= 1500 ? 24 : 14) : form === 'middle' ? 10 : 12;
  const wordWide = Math.min(72, Math.ceil(7.8 * (wish.longestToken ?? 1)) + 8);
  const fitting = Math.max(3, Math.min(Math.max(widest, (wish.longestToken ?? 1) > 1 ? wordWide : 0), Math.floor((4 * available) / Math.max(1, wish.steps)) / 4));
  const column = wish.columnWidth === undefined ? fitting : Math.max(3, Math.min(Math.max(28, (wish.longestToken ?? 1) > 1 ? wordWide : 0), Math.round(wish.columnWidth)));
  const visible = Math.max(1, Math.min(wish.steps, Math.floor(available / column)));
  const first = Math.max(0, Math.min(wish.steps - visible, Math.round(wish.first)));
  const plotWidth = visible * column;

  // The sign of the first divergence stands above the losses.
  let y = wish.compared ? 18 : 9;
  const take = (height: number, gap: number): Block => {
    const block = { y, height };
    y += height + gap;
    return block;
  };
  const overview = visible < wish.steps ? take(12, 6) : undefined;
  const loss = take(32, 6);
  const tokens = take(20, 0);
  const backward = wish.pass === 'backward';
  const shows = column < 9 ? ('ticks' as const) : ('letters' as const);
  const block = take(backward ? 91 : wish.hasOutputs ? 48 : !wish.hasPredictions ? 0 : shows === 'letters' ? 91 : 42, 2);
  const predictions = { ...block, row: 15, shows };
  const axis = take(20, 4);
  const usual = form === 'narrow' ? 48 : 64;
  const lanes: LaneBlock[] = [];
  const compared: ComparedBlock[] = [];
  const all = wish.layer?.lanes ?? [];
  const add = (index: number): void => {
    const lane = all[index];
    if (!lane) return;
    const beneath = wish.compared?.beneath.includes(lane.name) ?? false;
    lanes.push({ name: lane.name, index, ...take(wish.laneHeights?.[lane.name] ?? (lane.units > 256 ? usual * 2 : usual), beneath ? 2 : 8) });
    if (beneath) compared.push({ key: differenceKey(lane.name), ...take(form === 'narrow' ? 28 : 32, 8) });
  };
  all.forEach(({ kind }, index) => kind === 'state' && add(index));
  const lines = take(Math.max(usual, wish.picked * 17 + 18), 8);
  all.forEach(({ kind }, index) => kind !== 'state' && add(index));
  const layers = (wish.layers ?? []).map((key, i, { length }): LayerBlock => ({ key, ...take(28, i === length - 1 ? 8 : 4) }));
  for (const { key, units } of wish.compared?.after ?? []) compared.push({ key, ...take(units > 256 ? usual * 2 : usual, 8) });
  return {
    form, width, sideWidth, left, column, first, visible, plotWidth, ...(wish.zooming ? { zooming: true } : {}),
    ...(profileWidth > 0 ? { profile: { x: left + plotWidth + 8, width: profileWidth } } : {}),
    ...(overview ? { overview } : {}),
    loss, tokens, predictions, axis, lanes, compared, layers, lines, height: y,
    cursor: { y: loss.y - 4, height: y - 8 - loss.y + 4 },
  };
}

/**
 * The stretch of time that is drawn around what is seen, to be shifted while it holds that.
 * A part of a page is ready on both sides; the stretch is the same for neighbouring firsts.
 */
export function stretchOf(layout: TimelineLayout, steps: number): { readonly first: number; readonly visible: number } {
  if (layout.zooming) return { first: layout.first, visible: layout.visible };
  // Letters cost more than bars: less of them is kept ready.
  const part = Math.max(1, Math.ceil(layout.visible / (layout.predictions.shows === 'letters' ? 8 : 4)));
  const first = Math.max(0, (Math.floor(layout.first / part) - 1) * part);
  return { first, visible: Math.min(steps - first, layout.visible + 3 * part) };
}

/** Left edge of a step's column; steps from 1. */
export function stepX(layout: TimelineLayout, step: number): number {
  return layout.left + (step - 1 - (layout.origin ?? layout.first)) * layout.column;
}

/** The step under a pixel; undefined outside the columns. */
export function stepAt(layout: TimelineLayout, x: number): number | undefined {
  const column = Math.floor((x - layout.left) / layout.column);
  return column >= 0 && column < layout.visible ? column + layout.first + 1 : undefined;
}

/** Steps that carry a number on the axis: 1 and every 4th, or sparser where columns are narrow; the last one when there is room. */
export function axisSteps(layout: TimelineLayout, steps: number): number[] {
  const every = [4, 8, 16, 32, 64, 128, 256].find((n) => n * layout.column >= 40) ?? 512;
  const found: number[] = [];
  for (let step = layout.first + 1; step <= Math.min(steps, layout.first + layout.visible); step++) if (step === 1 || step % every === 0) found.push(step);
  return found;
}

/** The largest loss of each pixel of the overview, 0 where there is none. */
export function overviewBins(values: Float32Array, width: number): number[] {
  const bins = new Array<number>(Math.max(1, width)).fill(0);
  values.forEach((value, t) => {
    const bin = Math.min(bins.length - 1, Math.floor((t / values.length) * bins.length));
    if (Number.isFinite(value)) bins[bin] = Math.max(bins[bin] ?? 0, value);
  });
  return bins;
}

/** The step under a pixel of the overview. */
export function overviewStep(layout: TimelineLayout, x: number, steps: number): number {
  return Math.max(1, Math.min(steps, Math.floor(((x - layout.left) / layout.plotWidth) * steps) + 1));
}

/** The first visible step that keeps a step in sight. */
export function inSight(layout: TimelineLayout, step: number): number {
  if (step - 1 < layout.first) return Math.max(0, step - 1 - Math.floor(layout.visible / 4));
  if (step > layout.first + layout.visible) return step - Math.ceil((layout.visible * 3) / 4);
  return layout.first;
}
