/** Columns of numbers as Python packs them (`nbmlops/ui/packed.py`), and what a plot asks of them. */
export interface Packed {
  even?: [number, number, number];
  f4?: string;
  f8?: string;
}

/** Values over x, x ascending; NaN and infinities are gaps. */
export interface Curve {
  x: Float64Array;
  y: Float64Array;
}

export type Span = [number, number];

/** A packed column as numbers again. */
export function unpack(column: Packed): Float64Array {
  if (column.even) {
    const [first, distance, count] = column.even;
    return Float64Array.from({ length: count }, (_, place) => first + distance * place);
  }
  const text = atob(column.f4 ?? column.f8 ?? "");
  const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
  return column.f4 !== undefined ? Float64Array.from(new Float32Array(bytes.buffer)) : new Float64Array(bytes.buffer);
}

/** The first place whose x is not smaller. */
export function firstFrom(x: Float64Array, at: number): number {
  let low = 0;
  let high = x.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first place whose x is larger. */
export function firstAfter(x: Float64Array, at: number): number {
  let low = 0;
  let high = x.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle]! <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The whole curve, with the finer part of it in its place. */
export function refined(whole: Curve, part: Curve, [low, high]: Span): Curve {
  const before = firstFrom(whole.x, low);
  const after = firstAfter(whole.x, high);
  const join = (name: "x" | "y") => {
    const rest = whole[name].subarray(after);
    const found = new Float64Array(before + part[name].length + rest.length);
    found.set(whole[name].subarray(0, before));
    found.set(part[name], before);
    found.set(rest, before + part[name].length);
    return found;
  };
  return { x: join("x"), y: join("y") };
}

/** Which point is meant by a place on the axis; -1 where the curve has none near it. */
export function pointAt(x: Float64Array, at: number, near: number): number {
  const count = x.length;
  if (!count) return -1;
  const spacing = count > 1 ? (x[count - 1]! - x[0]!) / (count - 1) : 0;
  const reach = Math.max(spacing / 2, near);
  if (at < x[0]! - reach || at > x[count - 1]! + reach) return -1;
  const next = Math.min(firstFrom(x, at), count - 1);
  return next > 0 && at - x[next - 1]! <= x[next]! - at ? next - 1 : next;
}

/** Smallest and largest finite value between two places of x; above zero only, if asked. Null where there is none. */
export function extent(x: Float64Array, y: Float64Array, [low, high]: Span, isLog = false): Span | null {
  const first = firstFrom(x, low);
  const after = firstAfter(x, high);
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  const take = (value: number) => {
    if (!Number.isFinite(value) || (isLog && value <= 0)) return;
    if (value < least) least = value;
    if (value > most) most = value;
  };
  for (let place = first; place < after; place++) take(y[place]!);
  // where the line crosses the edges on its way to the points outside
  const crossing = (at: number, next: number) => {
    if (next < 1 || next >= x.length) return;
    const share = (at - x[next - 1]!) / (x[next]! - x[next - 1]! || 1);
    take(y[next - 1]! + share * (y[next]! - y[next - 1]!));
  };
  crossing(low, first);
  crossing(high, after);
  return least <= most ? [least, most] : null;
}

/** How many values are not finite, by what they are. */
export function odd(y: Float64Array): { nan: number; inf: number } {
  const found = { nan: 0, inf: 0 };
  for (const value of y) {
    if (Number.isNaN(value)) found.nan += 1;
    else if (!Number.isFinite(value)) found.inf += 1;
  }
  return found;
}
