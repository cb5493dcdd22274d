// Paints the lanes and the profile at the cursor onto one canvas: images scaled without smoothing, bars of one column.
// Not symbols, labels or the cursor, which lie above in the SVG.
import type { TimelineLayout } from '../timeline/layout';
import { laneDomain } from '../lanes/domain';
import type { Derived } from '../derive';
import type { DebuggerState } from '../state';
import { lanePicture } from './lane-pictures';

export function paintLanes(canvas: HTMLCanvasElement, layout: TimelineLayout, derived: Derived, state: DebuggerState): void {
  const { scale, theme } = state;
  const [width, height] = [Math.round(layout.width * scale), Math.round(layout.height * scale)];
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  canvas.style.width = `${layout.width}px`;
  canvas.style.height = `${layout.height}px`;
  const context = canvas.getContext('2d');
  if (!context) return;
  context.clearRect(0, 0, width, height);
  context.imageSmoothingEnabled = false;
  const { step, pass } = derived.view.cursor;
  const showAll = showsAll(derived, state);
  const from = layout.first;
  const to = layout.first + layout.visible;
  const [fullFrom, fullTo] = showAll ? [from, to] : pass === 'forward' ? [from, Math.min(to, step)] : [Math.max(from, step - 1), to];
  for (const block of layout.lanes) {
    const picture = lanePicture(derived, block.name, block.height, scale, theme, state.revision);
    if (!picture) continue;
    const draw = (image: HTMLCanvasElement, a: number, b: number): void => {
      if (b <= a || image.height === 0) return;
      const x = Math.round((layout.left + (a - layout.first) * layout.column) * scale);
      const y = Math.round(block.y * scale);
      context.drawImage(image, a, 0, b - a, image.height, x, y, Math.round((b - a) * layout.column * scale), Math.round(block.height * scale));
    };
    draw(picture.faded, from, to);
    // Transparent texels of the full image must not show the faded one.
    if (fullTo > fullFrom) {
      const x = Math.round((layout.left + (fullFrom - layout.first) * layout.column) * scale);
      context.clearRect(x, Math.round(block.y * scale), Math.round((fullTo - fullFrom) * layout.column * scale), Math.round(block.height * scale));
    }
    draw(picture.full, fullFrom, fullTo);
    paintProfile(context, layout, block, derived, state, picture.rows);
  }
}

/** While the faded side is pointed at, it shows in full colour. */
export function showsAll({ view }: Derived, { pointing }: DebuggerState): boolean {
  if (!pointing) return false;
  return view.cursor.pass === 'forward' ? pointing.step > view.cursor.step : pointing.step < view.cursor.step;
}

function paintProfile(context: CanvasRenderingContext2D, layout: TimelineLayout, block: TimelineLayout['lanes'][number], derived: Derived, state: DebuggerState, rows: readonly (readonly number[])[]): void {
  const { profile } = layout;
  const lane = derived.lane(block.name);
  const header = derived.header(block.name);
  const { step } = derived.view.cursor;
  if (!profile || !lane || !header || !lane.have[step - 1] || derived.view.trace.valid[step - 1] === 0) return;
  const domain = laneDomain(header, derived.pass);
  const table = state.theme.palette[domain.palette];
  const rowHeight = block.height / rows.length;
  const { scale } = state;
  rows.forEach((members, row) => {
    const unit = members[0] ?? 0;
    const value = lane.values[(step - 1) * lane.units + unit] ?? NaN;
    const y = (block.y + row * rowHeight) * scale;
    const broken = !Number.isFinite(value);
    const entry = broken ? 0 : domain.entry(value);
    context.fillStyle = broken ? `rgb(${state.theme.error.join()})` : `rgb(${table[entry * 3]},${table[entry * 3 + 1]},${table[entry * 3 + 2]})`;
    const middle = profile.x + (domain.palette === 'gate' ? 0 : profile.width / 2);
    const span = domain.palette === 'gate' ? profile.width : profile.width / 2;
    // The bar has the colour's own scale: a gradient's is a signed root, like its palette.
    const part = broken ? 1 : domain.palette === 'gate' ? entry / 255 : entry / 127.5 - 1;
    const length = Math.max(-1, Math.min(1, part)) * span;
    context.fillRect(Math.min(middle, middle + length) * scale, y, Math.max(0.75, Math.abs(length)) * scale, Math.max(1, rowHeight * scale));
  });
}
