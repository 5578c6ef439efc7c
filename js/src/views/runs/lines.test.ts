// @vitest-environment node
import { describe, expect, it } from "vitest";
import { Lines } from "./lines";
import type { Group } from "./types";

const group = (text: string | null, rows: number): Group => ({ text, rows, runs: rows, min: 0, max: 1, mean: 0.5 });
const all = (lines: Lines) => Array.from({ length: lines.length }, (_, line) => lines.at(line));
const none = new Map<number, number>();

describe("Lines", () => {
  it("is a line a row", () => {
    const lines = new Lines(3, null, new Set(), none);
    expect(all(lines)).toEqual([0, 1, 2].map((row) => ({ kind: "row", row })));
    expect([lines.at(-1), lines.at(3)]).toEqual([null, null]);
  });

  it("shows attempts under their row", () => {
    const lines = new Lines(
      3,
      null,
      new Set(),
      new Map([
        [1, 2],
        [9, 5],
      ]),
    );
    expect(all(lines)).toEqual([
      { kind: "row", row: 0 },
      { kind: "row", row: 1 },
      { kind: "attempt", row: 1, attempt: 0 },
      { kind: "attempt", row: 1, attempt: 1 },
      { kind: "row", row: 2 },
    ]);
  });

  it("puts a head over every group, and nothing under a folded one", () => {
    const groups = [group("a", 2), group("b", 2), group(null, 1)];
    const lines = new Lines(
      5,
      groups,
      new Set([1]),
      new Map([
        [2, 3],
        [4, 1],
      ]),
    );
    expect(all(lines)).toEqual([
      { kind: "group", group: 0 },
      { kind: "row", row: 0 },
      { kind: "row", row: 1 },
      { kind: "group", group: 1 },
      { kind: "group", group: 2 },
      { kind: "row", row: 4 },
      { kind: "attempt", row: 4, attempt: 0 },
    ]);
  });

  it("is quick with 100,000 rows and 500 groups", () => {
    const groups = Array.from({ length: 500 }, (_, n) => group(String(n), 200));
    const started = performance.now();
    const lines = new Lines(100_000, groups, new Set(), none);
    for (let line = 0; line < lines.length; line += 7) lines.at(line);
    expect(lines.length).toBe(100_500);
    expect(lines.at(100_499)).toEqual({ kind: "row", row: 99_999 });
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it("is empty without rows", () => {
    expect(new Lines(0, null, new Set(), none).length).toBe(0);
    expect(new Lines(0, [], new Set(), none).at(0)).toBeNull();
  });
});
