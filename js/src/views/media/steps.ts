/** Steps as they travel: at equal distances by start, distance and count, else as a list. */
export interface Packed {
  from?: number;
  by?: number;
  count?: number;
  steps?: number[];
  /** How many there are, where `steps` is only an even choice of them. */
  total?: number;
}

/** All steps in order. */
export function unpacked(packed: Packed): number[] {
  if (packed.steps) return packed.steps;
  return Array.from({ length: packed.count ?? 0 }, (_, at) => (packed.from ?? 0) + at * (packed.by ?? 1));
}

/** The greatest step that is not after `at`; null where the first comes later. */
export function nearest(packed: Packed, at: number): number | null {
  if (!packed.steps) {
    const { from = 0, by = 1, count = 0 } = packed;
    if (!count || at < from) return null;
    return from + Math.min(Math.floor((at - from) / by), count - 1) * by;
  }
  const { steps } = packed;
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle]! <= at) low = middle + 1;
    else high = middle;
  }
  return low ? steps[low - 1]! : null;
}

/** The first step of all. */
export function first(packed: Packed): number | null {
  if (packed.steps) return packed.steps[0] ?? null;
  return packed.count ? (packed.from ?? 0) : null;
}

/** Every step that any of them has, in order. */
export function union(all: Iterable<Packed>): number[] {
  const found = new Set<number>();
  const seen = new Set<string>();
  for (const packed of all) {
    const name = packed.steps ? "" : `${packed.from} ${packed.by} ${packed.count}`;
    if (name && seen.has(name)) continue; // many runs have the same steps
    seen.add(name);
    for (const step of unpacked(packed)) found.add(step);
  }
  return [...found].sort((a, b) => a - b);
}
