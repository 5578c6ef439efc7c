import type { Group } from "./types";

/** One line of the table: the head of a group, a row, or one of the attempts that a row stands for. */
export type Line =
  | { kind: "group"; group: number }
  | { kind: "row"; row: number }
  | { kind: "attempt"; row: number; attempt: number };

interface Stretch {
  first: number; // its first line
  count: number;
  at(line: number): Line;
  row: number; // its first row, or the row that its attempts belong to
  kind: Line["kind"];
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
    const add = (kind: Line["kind"], count: number, row: number, at: (place: number) => Line) => {
      if (count <= 0) return;
      const first = line;
      this.stretches.push({ first, count, row, kind, at: (number) => at(number - first) });
      line += count;
    };
    const addRows = (from: number, to: number) => {
      let start = from;
      for (const row of opened) {
        if (row < from || row >= to) continue;
        const begin = start;
        add("row", row + 1 - begin, begin, (place) => ({ kind: "row", row: begin + place }));
        add("attempt", open.get(row)!, row, (attempt) => ({ kind: "attempt", row, attempt }));
        start = row + 1;
      }
      const begin = start;
      add("row", to - begin, begin, (place) => ({ kind: "row", row: begin + place }));
    };
    if (groups === null) addRows(0, rows);
    let from = 0;
    groups?.forEach((group, place) => {
      add("group", 1, from, () => ({ kind: "group", group: place }));
      if (!folded.has(place)) addRows(from, from + group.rows);
      from += group.rows;
    });
    this.length = line;
  }

  at(line: number): Line | null {
    const stretch = this.find((each) => each.first <= line);
    return stretch && line >= 0 && line < this.length ? stretch.at(line) : null;
  }

  /** The line of a row; null while its group is folded. */
  of(row: number): number | null {
    for (const stretch of this.stretches) {
      if (stretch.kind === "row" && row >= stretch.row && row < stretch.row + stretch.count) {
        return stretch.first + row - stretch.row;
      }
    }
    return null;
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
