import { number } from "./format";
import { logPlaces } from "./ticks";

/** A value on an axis: a number, a word (a category, or "NaN" and the like among numbers), or nothing. */
export type Cell = number | string | null;

/** What stands where a run has no value. */
export const NOT_SET = "not set";

/** Positive numbers that span more than this factor are drawn on a logarithmic axis. */
export const WIDE = 50;

export interface Tick {
  place: number;
  label: string;
}

/**
 * Values along one line: the axis itself is from 0 to 1; below it is a band of slots, -1, -2 ..., one for each word
 * that is no value of the axis: NaN, infinities, words among numbers, and runs that have no value.
 */
export interface Scale {
  kind: "linear" | "log" | "category";
  /** What stands in the slots of the band, the first one at -1. */
  words: readonly string[];
  /** The labels of a category, from below. */
  labels: readonly string[];
  /** Lowest and highest number. */
  domain: readonly [number, number];
  place(cell: Cell): number;
  /** The number at a place of the axis. */
  value(place: number): number;
  /** At most about so many; where there are few values these, unless only round ones will do. */
  ticks(most: number, round?: boolean): Tick[];
  /** Whether these numbers can stand on a logarithmic axis. */
  canLog: boolean;
}

/** How a cell that is no number of the axis is called. */
export function wordOf(cell: Cell): string | null {
  if (cell === null) return NOT_SET;
  if (typeof cell === "string") return cell;
  if (Number.isFinite(cell)) return null;
  return Number.isNaN(cell) ? "NaN" : cell > 0 ? "inf" : "-inf";
}

function wordsOf(cells: readonly Cell[]): string[] {
  const found = new Set<string>();
  for (const cell of cells) {
    const word = wordOf(cell);
    if (word !== null) found.add(word);
  }
  const isSet = found.delete(NOT_SET);
  return [...[...found].sort(), ...(isSet ? [NOT_SET] : [])];
}

/** Whether numbers are drawn on a logarithmic axis if nobody says otherwise. */
export function isWide(low: number, high: number): boolean {
  return low > 0 && high / low >= WIDE;
}

/** The axis of numbers; `log` says which kind, by default what their span asks for. */
export function numberScale(cells: readonly Cell[], log: boolean | null = null): Scale {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const cell of cells) {
    if (typeof cell !== "number" || !Number.isFinite(cell)) continue;
    if (cell < low) low = cell;
    if (cell > high) high = cell;
  }
  if (low > high) [low, high] = [0, 1];
  const canLog = low > 0 && high > low;
  const isLog = canLog && (log ?? isWide(low, high));
  if (low === high) {
    const margin = Math.abs(low) * 0.1 || 1;
    [low, high] = [low - margin, high + margin];
  }
  const words = wordsOf(cells);
  const [from, to] = isLog ? [Math.log(low), Math.log(high)] : [low, high];
  // halves: the span of the largest numbers is infinite
  const half = to / 2 - from / 2;
  const share = (inner: number) => (inner / 2 - from / 2) / half;
  const place = (cell: Cell) => {
    const word = wordOf(cell);
    if (word !== null) return -1 - words.indexOf(word);
    return Math.min(1, Math.max(0, share(isLog ? Math.log(cell as number) : (cell as number))));
  };
  const value = (at: number) => {
    if (at <= 0) return low;
    if (at >= 1) return high;
    const inner = from * (1 - at) + to * at;
    return isLog ? Math.exp(inner) : inner;
  };
  const domain = [low, high] as const;
  const distinct = new Set(cells.filter((cell) => wordOf(cell) === null) as number[]);
  const ticks = (most: number, round = false) => {
    const own = !round && distinct.size <= most ? [...distinct].sort((a, b) => a - b) : [];
    const even = isLog ? logPlaces(low, high, most) : linearTicks(low, high, most);
    return apart(own.length ? own : even, place, most);
  };
  return { kind: isLog ? "log" : "linear", words, labels: [], domain, place, value, ticks, canLog };
}

/** The axis of categories, every label in the middle of its own stretch. */
export function categoryScale(cells: readonly Cell[], labels: readonly string[]): Scale {
  const step = 1 / Math.max(labels.length, 1);
  const at = new Map(labels.map((label, index) => [label, (index + 0.5) * step]));
  const words = cells.includes(null) ? [NOT_SET] : [];
  const ticks = (most: number) => {
    const every = Math.max(1, Math.ceil(labels.length / Math.max(most, 1)));
    return labels.filter((_, index) => index % every === 0).map((label) => ({ place: at.get(label) ?? 0, label }));
  };
  return {
    kind: "category",
    words,
    labels,
    domain: [0, Math.max(labels.length - 1, 0)],
    place: (cell) => (cell === null ? -1 : (at.get(String(cell)) ?? -1)),
    value: (place) => Math.min(labels.length - 1, Math.max(0, Math.floor(place * labels.length))),
    ticks,
    canLog: false,
  };
}

/** Labels that do not stand on one another: an axis of `most` labels has room for twice as many at the closest. */
function apart(values: readonly number[], place: (value: number) => number, most: number): Tick[] {
  const found: Tick[] = [];
  for (const value of values) {
    const tick = { place: place(value), label: number(value) };
    const last = found[found.length - 1];
    if (!last || tick.place - last.place >= 0.5 / Math.max(most, 1)) found.push(tick);
  }
  return found;
}

/** Round numbers inside a range, at most about `most`. */
export function linearTicks(low: number, high: number, most: number): number[] {
  const span = high / 2 - low / 2;
  if (!(span > 0) || most < 1) return [low];
  const raw = (span / most) * 2;
  const power = 10 ** Math.floor(Math.log10(raw));
  if (!(power > 0) || !Number.isFinite(power)) return [low, high];
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= raw * 0.999) ?? 10 * power;
  const ticks: number[] = [];
  for (let at = Math.ceil(low / step - 1e-9); at * step <= high + step * 1e-9 && ticks.length < 100; at++)
    ticks.push(Number((at * step).toPrecision(12)));
  return ticks.length > 1 || most < 2 ? ticks : [low, high];
}

/** Where places of a scale are on the screen: the axis from `zero` to `one`, the slots of the band beyond `zero`. */
export interface Span {
  zero: number;
  one: number;
  /** Pixels of one slot, and between the axis and the first slot. */
  slot: number;
  gap: number;
}

export function toPixel(span: Span, place: number): number {
  if (place >= 0) return span.zero + (span.one - span.zero) * place;
  const away = Math.sign(span.zero - span.one);
  return span.zero + away * (place > -0.5 ? -2 * place * span.gap : span.gap + (-place - 0.5) * span.slot);
}

/** The place at a pixel; between the axis and the band it is from 0 to -0.5. */
export function toPlace(span: Span, pixel: number): number {
  const away = Math.sign(span.zero - span.one);
  const below = (pixel - span.zero) * away;
  if (below <= 0) return Math.min(1, (pixel - span.zero) / (span.one - span.zero || 1));
  return below < span.gap ? (-0.5 * below) / span.gap : -0.5 - (below - span.gap) / span.slot;
}
