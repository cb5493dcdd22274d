// The parameters of one layer side by side: a row an equation, in it the matrix of the input, that of the old state, and what stands alone.
// Not the pixels (../raster/matrix.ts). Parameters are never joined: each has its own frame and name.
// Invariant: places of one kind stand above one another; each kind has one domain in a layer, symmetric about zero, so that gates can be compared.
import type { PlacedTensor } from '../../../protocol/run';
import { number } from '../../theme/numbers';
import { shortName } from './parameters';

export interface MatrixPlace {
  readonly tensor: PlacedTensor;
  readonly rows: number;
  readonly columns: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly label: string;
  /** Colours run from −bound to bound. */
  readonly bound: number;
}

export interface MatrixLayout {
  readonly height: number;
  readonly places: readonly MatrixPlace[];
  /** Of each kind that the layer has, its domain in words. */
  readonly domains: string;
}

const words = 18;
const gap = 12;
const thin = 16;
const roles = ['input', 'recurrent', 'other'] as const;
const roleWords: Readonly<Record<PlacedTensor['role'], string>> = { input: 'from the input', recurrent: 'from the old state', other: 'alone' };

/** `[rows, columns]`: a vector is a column. */
export function matrixSize({ shape }: PlacedTensor): readonly [rows: number, columns: number] {
  const [rows = 1, ...rest] = shape;
  return [rows, rest.reduce((product, size) => product * size, 1)];
}

/** @param numbers of a tensor, when they are here. */
export function matrixLayout(tensors: readonly PlacedTensor[], layer: string, numbers: (name: string) => Float32Array | undefined, width: number, tallest: number): MatrixLayout | undefined {
  const own = tensors.filter((tensor) => tensor.layer === layer);
  if (own.length === 0) return undefined;
  const bounds = new Map(roles.map((role) => [role, boundOf(own.filter((tensor) => tensor.role === role).map((tensor) => numbers(tensor.name) ?? new Float32Array()))] as const));
  const equations = [...new Set(own.map(({ equation }) => equation))];
  const grid = equations.map((equation) => roles.map((role) => own.filter((tensor) => tensor.equation === equation && tensor.role === role)));
  // Slots: the places of one kind, as many as the fullest row needs.
  const slots = roles.flatMap((role, kind) => Array.from({ length: Math.max(...grid.map((row) => row[kind]?.length ?? 0)) }, (_, index) => {
    const found = grid.flatMap((row) => row[kind]?.[index] ?? []);
    return { role, kind, index, columns: Math.max(...found.map((tensor) => matrixSize(tensor)[1])) };
  }));
  const flexible = slots.filter(({ columns }) => columns > 1);
  const thinRoom = slots.length - flexible.length;
  const room = width - thinRoom * labelRoom - gap * (slots.length - 1);
  const weight = (columns: number): number => Math.max(columns, Math.max(...flexible.map((slot) => slot.columns)) / 4);
  const weights = flexible.reduce((sum, { columns }) => sum + weight(columns), 0);
  const places: MatrixPlace[] = [];
  let y = 0;
  for (const row of grid) {
    let x = 0;
    let tall = 0;
    for (const { role, kind, index, columns } of slots) {
      const slotWidth = columns > 1 ? Math.floor((room * weight(columns)) / weights) : labelRoom;
      const tensor = row[kind]?.[index];
      if (tensor) {
        const [rows, wide] = matrixSize(tensor);
        const height = Math.min(tallest, Math.max(rows, 24));
        tall = Math.max(tall, height);
        places.push({ tensor, rows, columns: wide, x, y: y + words, width: wide > 1 ? Math.min(slotWidth, Math.max(wide * 12, 48)) : thin, height, bound: bounds.get(role) ?? 0, label: `${shortName(tensor.name)} ${rows}${wide > 1 ? ` × ${wide}` : ''}` });
      }
      x += slotWidth + gap;
    }
    y += words + tall + gap;
  }
  const domains = roles.filter((role) => own.some((tensor) => tensor.role === role)).map((role) => `±${number(bounds.get(role) ?? 0)} ${roleWords[role]}`).join(', ');
  return { height: y - gap, places, domains };
}

/** Room of a vector: its name stands above it. */
const labelRoom = 64;

/** So that 99.7 % of the finite numbers lie within; all of them, where there are few. */
export function boundOf(parts: readonly Float32Array[]): number {
  const sizes = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let length = 0;
  for (const part of parts) for (const value of part) if (Number.isFinite(value)) sizes[length++] = Math.abs(value);
  const sorted = sizes.subarray(0, length).sort();
  return sorted[Math.min(length - 1, Math.ceil(length * 0.997))] ?? 0;
}

/** The most extreme number of a cell that several share, and where it stands; one that is not finite wins over every other. */
export function cellOf({ rows, columns }: Pick<MatrixPlace, 'rows' | 'columns'>, data: Float32Array, [fromRow, toRow]: readonly [number, number], [fromColumn, toColumn]: readonly [number, number]): { readonly row: number; readonly column: number; readonly value: number } {
  let best = { row: fromRow, column: fromColumn, value: data[fromRow * columns + fromColumn] ?? NaN };
  for (let row = fromRow; row < Math.min(rows, toRow); row++) {
    for (let column = fromColumn; column < Math.min(columns, toColumn); column++) {
      const value = data[row * columns + column] ?? NaN;
      if (!Number.isFinite(value)) return { row, column, value };
      if (Math.abs(value) > Math.abs(best.value)) best = { row, column, value };
    }
  }
  return best;
}

/** How many numbers share a cell along a side of so many device pixels: 1, 2, 4, … */
export function perCell(count: number, pixels: number): number {
  let per = 1;
  while (Math.ceil(count / per) > Math.max(1, pixels)) per *= 2;
  return per;
}

/** The number under a place of the picture. */
export function matrixAt(layout: MatrixLayout, numbers: (name: string) => Float32Array | undefined, x: number, y: number, scale: number): { readonly name: string; readonly row: number; readonly column: number; readonly value: number; readonly shared: number } | undefined {
  const place = layout.places.find((one) => x >= one.x && x < one.x + one.width && y >= one.y && y < one.y + one.height);
  const data = place && numbers(place.tensor.name);
  if (!place || !data) return undefined;
  const perRow = perCell(place.rows, place.height * scale);
  const perColumn = perCell(place.columns, place.width * scale);
  const row = Math.floor(((y - place.y) / place.height) * Math.ceil(place.rows / perRow)) * perRow;
  const column = Math.floor(((x - place.x) / place.width) * Math.ceil(place.columns / perColumn)) * perColumn;
  return { name: place.tensor.name, shared: perRow * perColumn, ...cellOf(place, data, [row, row + perRow], [column, column + perColumn]) };
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
