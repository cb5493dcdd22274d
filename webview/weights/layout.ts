// The parameters of one layer side by side: a row an equation, in it the matrix of the input, that of the old state, and what stands alone.
// Not the numbers (cells.ts) and not the pixels (raster.ts). Parameters are never joined: each has its own frame and name.
// Invariant: places of one kind stand above one another; a cell is never less than a device pixel.
import type { PlacedTensor } from '../../protocol/run';
import { shortName } from './names';

export interface MatrixPlace {
  readonly tensor: PlacedTensor;
  readonly rows: number;
  readonly columns: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly label: string;
  /** Numbers that share a cell, down and across. */
  readonly perRow: number;
  readonly perColumn: number;
}

export interface MatrixLayout {
  readonly height: number;
  readonly places: readonly MatrixPlace[];
}

const words = 18;
const gap = 12;
const thin = 16;
const roles = ['input', 'recurrent', 'other'] as const;

/** `[rows, columns]`: a vector is a column. */
export function matrixSize({ shape }: PlacedTensor): readonly [rows: number, columns: number] {
  const [rows = 1, ...rest] = shape;
  return [rows, rest.reduce((product, size) => product * size, 1)];
}

/** @param scale device pixels per CSS pixel. */
export function matrixLayout(tensors: readonly PlacedTensor[], layer: string, width: number, tallest: number, scale: number): MatrixLayout | undefined {
  const own = tensors.filter((tensor) => tensor.layer === layer);
  if (own.length === 0) return undefined;
  const equations = [...new Set(own.map(({ equation }) => equation))];
  const grid = equations.map((equation) => roles.map((role) => own.filter((tensor) => tensor.equation === equation && tensor.role === role)));
  // Slots: the places of one kind, as many as the fullest row needs.
  const slots = roles.flatMap((_, kind) => Array.from({ length: Math.max(...grid.map((row) => row[kind]?.length ?? 0)) }, (_, index) => {
    const found = grid.flatMap((row) => row[kind]?.[index] ?? []);
    return { kind, index, columns: Math.max(...found.map((tensor) => matrixSize(tensor)[1])) };
  }));
  const flexible = slots.filter(({ columns }) => columns > 1);
  const thinRoom = slots.length - flexible.length;
  const room = width - thinRoom * labelRoom - gap * (slots.length - 1);
  const weight = (columns: number): number => Math.max(columns, Math.max(...flexible.map((slot) => slot.columns)) / 4);
  const weights = flexible.reduce((sum, { columns }) => sum + weight(columns), 0);
  const widthOf = (columns: number, slotWidth: number): number => (columns > 1 ? snapped(Math.min(slotWidth, Math.max(columns * tallestCell, 48)), columns, scale) : thin);
  // A slot is as wide as its widest matrix turns out to be: no gap stands where cells were snapped.
  const widths = slots.map(({ kind, index, columns }) => {
    const slotWidth = columns > 1 ? Math.floor((room * weight(columns)) / weights) : labelRoom;
    return { slotWidth, taken: columns > 1 ? Math.max(labelRoom, ...grid.map((row) => { const tensor = row[kind]?.[index]; return tensor ? widthOf(matrixSize(tensor)[1], slotWidth) : 0; })) : labelRoom };
  });
  const places: MatrixPlace[] = [];
  let y = 0;
  for (const row of grid) {
    let x = 0;
    let tall = 0;
    slots.forEach(({ kind, index }, slot) => {
      const { slotWidth = labelRoom, taken = labelRoom } = widths[slot] ?? {};
      const tensor = row[kind]?.[index];
      if (tensor) {
        const [rows, wide] = matrixSize(tensor);
        const height = snapped(Math.min(tallest, Math.max(rows * tallestCell, 24)), rows, scale);
        tall = Math.max(tall, height);
        const across = widthOf(wide, slotWidth);
        places.push({
          tensor, rows, columns: wide, x, y: y + words, width: across, height, label: `${shortName(tensor.name)} ${rows}${wide > 1 ? ` × ${wide}` : ''}`,
          perRow: perCell(rows, Math.floor(height * scale)), perColumn: perCell(wide, Math.floor(across * scale)),
        });
      }
      x += taken + gap;
    });
    y += words + tall + gap;
  }
  return { height: y - gap, places };
}

/** A row is never drawn higher. */
const tallestCell = 12;

/** As many device pixels for every cell, so that none is drawn wider than its neighbour. */
function snapped(size: number, count: number, scale: number): number {
  const each = Math.floor((size * scale) / count);
  return each < 1 ? size : (each * count) / scale;
}

/** Room of a vector: its name stands above it. */
const labelRoom = 64;

/** How many numbers share a cell along a side of so many device pixels: 1, 2, 4, … */
export function perCell(count: number, pixels: number): number {
  let per = 1;
  while (Math.ceil(count / per) > Math.max(1, pixels)) per *= 2;
  return per;
}

/** Places that a stretch of the picture's height touches. */
export function placesWithin({ places }: MatrixLayout, from: number, to: number): readonly MatrixPlace[] {
  return places.filter(({ y, height }) => y + height >= from && y <= to);
}

/** To the next cell in a direction; over an edge, into the nearest place on that side. */
export function moveCell({ places }: MatrixLayout, [x, y]: readonly [number, number], [dx, dy]: readonly [number, number], cells: number): readonly [number, number] {
  const here = places.find((place) => x >= place.x && x < place.x + place.width && y >= place.y && y < place.y + place.height) ?? places[0];
  if (!here) return [x, y];
  const [cellX, cellY] = [Math.max(1, here.width / here.columns), Math.max(1, here.height / here.rows)];
  const nextX = Math.max(here.x, x) + dx * cells * cellX;
  const nextY = Math.max(here.y, y) + dy * cells * cellY;
  if (nextX >= here.x && nextX < here.x + here.width && nextY >= here.y && nextY < here.y + here.height) return [nextX, nextY];
  const ahead = places.filter((place) => (dx === 0 ? Math.sign(place.y - here.y) === dy && place.x <= here.x && here.x < place.x + place.width : place.y === here.y && Math.sign(place.x - here.x) === dx));
  const next = ahead.sort((a, b) => Math.abs(a.x - here.x) + Math.abs(a.y - here.y) - Math.abs(b.x - here.x) - Math.abs(b.y - here.y))[0];
  if (!next) return [Math.min(here.x + here.width - 0.5, Math.max(here.x, nextX)), Math.min(here.y + here.height - 0.5, Math.max(here.y, nextY))];
  if (dx === 0) return [Math.min(next.x + next.width - 0.5, nextX), dy > 0 ? next.y : next.y + next.height - 0.5];
  return [dx > 0 ? next.x : next.x + next.width - 0.5, Math.min(next.y + next.height - 0.5, nextY)];
}
