/** Two pictures of one size as one: what is equal pale and grey, what differs in one strong colour. */
export interface PixelDifference {
  pixels: Uint8ClampedArray<ArrayBuffer>;
  /** Part of the pixels that differ, from 0 to 1. */
  share: number;
}

const TOLERANCE = 12; // of 255 a channel: below it the eye sees nothing
const STRONG = [208, 0, 111] as const;

/** Compares RGBA pixels; both arrays must be of one length. */
export function pixelDifference(a: Uint8ClampedArray, b: Uint8ClampedArray): PixelDifference {
  const pixels = new Uint8ClampedArray(new ArrayBuffer(a.length));
  let differing = 0;
  for (let at = 0; at < a.length; at += 4) {
    let most = 0;
    for (let channel = 0; channel < 4; channel++) {
      most = Math.max(most, Math.abs(a[at + channel]! - b[at + channel]!));
    }
    if (most > TOLERANCE) {
      differing += 1;
      pixels[at] = STRONG[0];
      pixels[at + 1] = STRONG[1];
      pixels[at + 2] = STRONG[2];
      pixels[at + 3] = 110 + Math.round((most / 255) * 145);
    } else {
      const grey = 0.3 * a[at]! + 0.59 * a[at + 1]! + 0.11 * a[at + 2]!;
      pixels[at] = pixels[at + 1] = pixels[at + 2] = grey;
      pixels[at + 3] = a[at + 3]! * 0.3;
    }
  }
  return { pixels, share: a.length ? (differing * 4) / a.length : 0 };
}

/** How many pixels differ as people say it: "3.2 % of the pixels differ", "no pixel differs". */
export function differing(share: number): string {
  if (share === 0) return "no pixel differs";
  const part = share < 0.001 ? "less than 0.1 %" : `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
  return `${part} of the pixels differ`;
}
