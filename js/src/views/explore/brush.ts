import { type Cell, type Scale, wordOf } from "../../lib/scale";

/** What is kept along one axis: a range of numbers, and words (categories, NaN, runs that have no value). */
export interface Brush {
  range: readonly [number, number] | null;
  words: readonly string[];
}

/** The brush between two places of an axis; null if nothing lies there. Its ends are open at the ends of the axis. */
export function brushBetween(scale: Scale, from: number, to: number): Brush | null {
  const [low, high] = from < to ? [from, to] : [to, from];
  const isInside = (place: number) => place >= low && place <= high;
  const words: string[] = scale.words.filter((_, index) => isInside(-1 - index));
  if (scale.kind === "category") {
    words.push(...scale.labels.filter((label) => isInside(scale.place(label))));
    return words.length ? { range: null, words } : null;
  }
  const hasNumbers = high >= 0 && low <= 1 && high > low;
  const range = hasNumbers
    ? ([
        low <= 0 ? Number.NEGATIVE_INFINITY : scale.value(low),
        high >= 1 ? Number.POSITIVE_INFINITY : scale.value(high),
      ] as const)
    : null;
  return range || words.length ? { range, words } : null;
}

/** From where to where a brush goes on an axis. */
export function placesOf(scale: Scale, brush: Brush): [number, number] {
  const places: number[] = [];
  if (brush.range) {
    const [low, high] = brush.range;
    places.push(Number.isFinite(low) ? clamped(scale, low) : 0, Number.isFinite(high) ? clamped(scale, high) : 1);
  }
  for (const word of brush.words) {
    const slot = scale.words.indexOf(word);
    const isLabel = scale.kind === "category" && scale.labels.includes(word);
    const middle = isLabel ? scale.place(word) : slot >= 0 ? -1 - slot : null;
    if (middle === null) continue;
    const half = isLabel ? 0.5 / scale.labels.length : 0.5;
    places.push(middle - half, middle + half);
  }
  return places.length ? [Math.min(...places), Math.max(...places)] : [0, 0];
}

function clamped(scale: Scale, number: number): number {
  const [low, high] = scale.domain;
  return scale.place(Math.min(high, Math.max(low, number)));
}

export function isKept(brush: Brush, cell: Cell): boolean {
  if (typeof cell === "number" && Number.isFinite(cell))
    return brush.range !== null && cell >= brush.range[0] && cell <= brush.range[1];
  const word = wordOf(cell);
  return word !== null && brush.words.includes(word);
}

const EDGE = 1e-9;
const CELLS = 20; // an axis of numbers goes in steps of a twentieth
const FIRST = 5;

/**
 * The brush after an arrow key: without one it begins at that end of the axis; with one it moves, or with `edge` only
 * that end of it does. Categories and the slots of the band go one by one, numbers by a twentieth of the axis.
 */
export function stepped(scale: Scale, brush: Brush | null, up: boolean, edge: "top" | "bottom" | null): Brush | null {
  const slots = scale.words.length;
  const inner = scale.kind === "category" ? scale.labels.length : CELLS;
  const count = slots + inner;
  const start = (cell: number) => (cell < slots ? cell - slots - 0.5 : (cell - slots) / inner);
  const end = (cell: number) => (cell < slots ? cell - slots + 0.5 : (cell - slots + 1) / inner);
  const cellAt = (place: number) =>
    place < 0
      ? Math.max(0, Math.round(place) + slots)
      : slots + Math.min(inner - 1, Math.max(0, Math.floor(place * inner)));
  const whole = (low: number, high: number) => {
    const isFirst = low === slots && scale.kind !== "category";
    const isLast = high === count - 1 && scale.kind !== "category";
    return brushBetween(scale, isFirst ? 0 : start(low) + EDGE, isLast ? 1 : end(high) - EDGE);
  };
  if (!brush) {
    const size = scale.kind === "category" ? 1 : FIRST;
    if (up) return whole(Math.max(slots, count - size), count - 1);
    return slots ? whole(0, 0) : whole(0, Math.min(size, count) - 1);
  }
  const [from, to] = placesOf(scale, brush);
  let low = cellAt(from + EDGE);
  let high = cellAt(to - EDGE);
  const step = up ? 1 : -1;
  if (edge === "top") high = Math.min(count - 1, Math.max(low, high + step));
  else if (edge === "bottom") low = Math.max(0, Math.min(high, low + step));
  else if (low + step >= 0 && high + step < count) [low, high] = [low + step, high + step];
  return whole(low, high) ?? brush;
}

/** A brush in words: "0.001 to 0.01, NaN". */
export function described(brush: Brush, format: (value: number) => string): string {
  const parts: string[] = [];
  if (brush.range) {
    const [low, high] = brush.range;
    if (Number.isFinite(low) && Number.isFinite(high)) parts.push(`${format(low)} to ${format(high)}`);
    else if (Number.isFinite(low)) parts.push(`from ${format(low)}`);
    else if (Number.isFinite(high)) parts.push(`up to ${format(high)}`);
    else parts.push("any number");
  }
  parts.push(...brush.words.slice(0, 6));
  if (brush.words.length > 6) parts.push(`${brush.words.length - 6} more`);
  return parts.join(", ");
}
