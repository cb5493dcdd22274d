// The training page's pixels, as bytes.
import { expect, it } from 'vitest';
import { palette } from '../../../webview/theme/palettes';
import { frame, iterationAxis } from '../../../webview/training/layout/frame';
import { horizonLayout } from '../../../webview/training/layout/horizon';
import { dots } from '../../../webview/training/raster/dots';
import { horizonPixels } from '../../../webview/training/raster/horizon';
import { run } from './run';

const pixel = (image: { width: number; bytes: Uint8ClampedArray }, x: number, y: number): number[] => [...image.bytes.slice(4 * (y * image.width + x), 4 * (y * image.width + x) + 4)];

it('covers pixels by the part of the dot that lies on them', () => {
  const image = dots([{ points: [[2, 2]], color: [200, 100, 0], size: 2, opacity: 0.5 }], 4, 4, 1);
  expect(pixel(image, 1, 1)).toEqual([200, 100, 0, 128]);
  expect(pixel(image, 0, 0)).toEqual([0, 0, 0, 0]);
  const half = dots([{ points: [[2.5, 2]], color: [200, 100, 0], size: 2, opacity: 1 }], 4, 4, 1);
  expect(pixel(half, 1, 1)[3]).toBe(128);
  expect(pixel(half, 2, 1)[3]).toBe(255);
});

it('adds coverage up where dots overlap, and clips at the edge', () => {
  const image = dots([{ points: [[1, 1], [1, 1], [-5, 1], [99, 99]], color: [10, 20, 30], size: 2, opacity: 0.5 }], 2, 2, 1);
  expect(pixel(image, 0, 0)).toEqual([10, 20, 30, 192]);
});

it('paints the horizon with the magnitude palette, and leaves out what is not there', () => {
  const axis = iterationAxis(100, frame(600, 800));
  const layout = horizonLayout(run({ loss: [2], horizon: [{ iteration: 50, ratio: Float64Array.of(1, 1e-6, NaN) }], status: { iteration: 100 } }), axis, 90);
  if (!layout) throw new Error('there is a column');
  const { magnitude } = palette('dark');
  const image = horizonPixels(layout, magnitude, axis.left, 1);
  expect(image.height).toBe(3);
  expect(image.width).toBe(Math.round(axis.right - axis.left));
  expect(pixel(image, 5, 0)).toEqual([...magnitude.slice(765), 255]);
  expect(pixel(image, 5, 1)).toEqual([...magnitude.slice(0, 3), 255]);
  expect(pixel(image, 5, 2)).toEqual([0, 0, 0, 0]);
});
