import type { Group } from "./types";

/** One line of the table: the head of a group, a row, or one of the attempts that a row stands for. */
export type Line =
  | { kind: "group"; group: number }
  | { kind: "row"; row: number }
  | { kind: "attempt"; row: number; attempt: number };

interface Stretch {
  first: number; // its first line
  at(line: number): Line;
}

/**
 * Which line shows what, without a list of all lines: groups may be folded, rows may be unfolded into their attempts.
 *
 * @param open how many attempts are shown under a row, by the place of the row.
 */
export class Lines {
  readonly length: number;
  private readonly stretches: Stretch[] = [];

  constructor(rows: number, groups: readonly Group[] | null, folded: ReadonlySet<number>, open: Map<number, number>) {
    const opened = [...open.keys()].filter((row) => row < rows).sort((a, b) => a - b);
    let line = 0;
    const add = (count: number, at: (place: number) => Line) => {
      if (count <= 0) return;
      const first = line;
      this.stretches.push({ first, at: (number) => at(number - first) });
      line += count;
    };
    const addRows = (from: number, to: number) => {
      let start = from;
      for (const row of opened) {
        if (row < from || row >= to) continue;
        const begin = start;
        add(row + 1 - begin, (place) => ({ kind: "row", row: begin + place }));
        add(open.get(row)!, (attempt) => ({ kind: "attempt", row, attempt }));
        start = row + 1;
      }
      const begin = start;
      add(to - begin, (place) => ({ kind: "row", row: begin + place }));
    };
    if (groups === null) addRows(0, rows);
    let from = 0;
    groups?.forEach((group, place) => {
      add(1, () => ({ kind: "group", group: place }));
      if (!folded.has(place)) addRows(from, from + group.rows);
      from += group.rows;
    });
    this.length = line;
  }

  at(line: number): Line | null {
    const stretch = this.find((each) => each.first <= line);
    return stretch && line >= 0 && line < this.length ? stretch.at(line) : null;
  }

  /** The last stretch that a condition holds for; it holds for the first ones only. */
  private find(holds: (stretch: Stretch) => boolean): Stretch | null {
    let [low, high] = [0, this.stretches.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(this.stretches[middle]!)) low = middle + 1;
      else high = middle;
    }
    return this.stretches[low - 1] ?? null;
  }
}
