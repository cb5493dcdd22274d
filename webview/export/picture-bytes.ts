// A picture of the page as the bytes of an SVG or PNG file.
// Not what is in it (read-picture.ts, svg-text.ts).
import { svgText, type StandalonePicture } from './svg-text';

/** Device pixels per CSS pixel of a PNG, whatever screen it was made on. */
const density = 2;

export function svgBytes(picture: StandalonePicture): Uint8Array {
  return new TextEncoder().encode(svgText(picture));
}

/** Throws an Error when the browser cannot draw a picture of this size. */
export async function pngBytes(picture: StandalonePicture): Promise<Uint8Array> {
  const address = URL.createObjectURL(new Blob([svgText(picture)], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = picture.box.width * density;
    canvas.height = picture.box.height * density;
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (!blob) throw new Error('The picture is too large for a PNG; save it as SVG.');
    return new Uint8Array(await blob.arrayBuffer());
  } finally {
    URL.revokeObjectURL(address);
  }
}
