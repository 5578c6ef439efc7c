import type { Curve } from "./series";

const WINDOW = 1000;

/**
 * Exponential smoothing that starts without a pull to zero and does not depend on how finely a curve is drawn.
 *
 * @param curve what to smooth; a value that is not finite stays a gap and has no weight.
 * @param weight from 0 (as it is) to below 1; what a value keeps of those before it, per step.
 * @param count how many points the whole curve has. A step is the mean distance of its points, but at least a
 *   thousandth of its length: a longer curve is smoothed as if it had a thousand points.
 */
export function smooth({ x, y }: Curve, weight: number, count = x.length): Float64Array {
  if (weight <= 0 || x.length < 2) return y;
  const length = x[x.length - 1]! - x[0]!;
  const step = length / Math.max(Math.min(count - 1, WINDOW), 1);
  const found = new Float64Array(y.length);
  let sum = 0;
  let mass = 0;
  let last = Number.NaN;
  for (let place = 0; place < y.length; place++) {
    const value = y[place]!;
    if (!Number.isFinite(value)) {
      found[place] = Number.NaN;
      continue;
    }
    const passed = Number.isNaN(last) || step <= 0 ? 1 : (x[place]! - last) / step;
    const kept = weight ** Math.max(passed, 0);
    sum = kept * sum + (1 - kept) * value;
    mass = kept * mass + (1 - kept);
    found[place] = sum / mass;
    last = x[place]!;
  }
  return found;
}
