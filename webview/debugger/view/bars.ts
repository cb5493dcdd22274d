// Draws rectangles that look alike as one path, on both sides of the cursor: a mark for every step would take a long sequence's frame its time.
// Not marks that are told apart: a step's rectangle has no element of its own.
import { layerOf } from '../../picture/svg-layer';
import { sideOf, sides } from './stretch';

export interface Bar {
  readonly className: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Of the fill, where the pass has been; it is fainter beyond. */
  readonly opacity?: number;
}

interface Path {
  readonly key: string;
  readonly className: string;
  readonly opacity: number | undefined;
  d: string;
}

/** How much fainter a fill is beyond the cursor. */
const beyond = 0.44;
/** A hundredth of a pixel is not seen, and shorter numbers are read faster. */
const short = (pixels: number): number => Math.round(pixels * 100) / 100;

export function drawBars(stage: SVGGElement, layer: string, bars: readonly Bar[]): void {
  const paths = new Map<string, Path>();
  for (const { className, x, y, width, height, opacity } of bars) {
    const key = `${className} ${opacity ?? ''}`;
    const path = paths.get(key) ?? { key, className, opacity, d: '' };
    path.d += `M${short(x)},${short(y)}h${short(width)}v${short(height)}h${-short(width)}Z`;
    paths.set(key, path);
  }
  for (const side of sides) {
    layerOf(sideOf(stage, side), `${layer}-bars`).selectAll<SVGPathElement, Path>('path').data([...paths.values()], ({ key }) => key).join('path')
      .attr('class', ({ className }) => `bars ${className}${side === 'beyond' ? ' unreached' : ''}`)
      .attr('fill-opacity', ({ opacity }) => (opacity === undefined ? null : side === 'beyond' ? beyond * opacity : opacity)).attr('d', ({ d }) => d);
  }
}
