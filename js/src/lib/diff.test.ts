import { describe, expect, it } from "vitest";
import { type DiffLine, drawDiff, gaps, splitRows, type TextDiff } from "./diff";

const HUNK: DiffLine[] = [
  [" ", 9, 9, "import x"],
  ["-", 10, null, "opt = SGD(lr)", [[6, 9]]],
  ["-", 11, null, "gone()"],
  ["+", null, 10, "opt = Adam(lr)", [[6, 10]]],
  [" ", 12, 11, "fit()"],
];
const DIFF: TextDiff = { hunks: [HUNK], left_out: 0, lines: [20, 19] };

describe("splitRows", () => {
  it("puts what replaces beside what it replaces", () => {
    const rows = splitRows(HUNK).map(([left, right]) => [left?.[3] ?? null, right?.[3] ?? null]);
    expect(rows).toEqual([
      ["import x", "import x"],
      ["opt = SGD(lr)", "opt = Adam(lr)"],
      ["gone()", null],
      ["fit()", "fit()"],
    ]);
  });

  it("begins a new pair where a line is taken out after one came in", () => {
    const rows = splitRows([
      ["+", null, 1, "a"],
      ["-", 1, null, "b"],
      ["+", null, 2, "c"],
    ]);
    expect(rows.map(([left, right]) => [left?.[3], right?.[3]])).toEqual([
      [undefined, "a"],
      ["b", "c"],
    ]);
  });
});

describe("gaps", () => {
  it("counts the equal lines before, between and after the stretches", () => {
    const two: TextDiff = { ...DIFF, hunks: [HUNK, [["-", 16, null, "x"]]] };
    expect(gaps(DIFF)).toEqual([8, 8]);
    expect(gaps(two)).toEqual([8, 3, 4]);
  });

  it("knows nothing of what is behind a diff that was cut", () => {
    expect(gaps({ ...DIFF, left_out: 5 }).at(-1)).toBe(0);
  });

  it("begins at the first line where one text is empty", () => {
    expect(gaps({ hunks: [[["+", null, 1, "a"]]], left_out: 0, lines: [0, 1] })).toEqual([0, 0]);
  });
});

describe("drawDiff", () => {
  it("marks the words that differ and says what happened to a line", () => {
    const table = drawDiff(DIFF, "unified", "cell 4");
    expect(table.getAttribute("aria-label")).toBe("cell 4");
    expect([...table.querySelectorAll("del, ins")].map((node) => node.textContent)).toEqual(["SGD", "Adam"]);
    expect(table.querySelector('[aria-label="removed: gone()"]')).not.toBeNull();
    expect([...table.querySelectorAll(".nbm-diff-gap")].map((node) => node.textContent)).toEqual([
      "8 equal lines",
      "8 equal lines",
    ]);
  });

  it("shows markup as text, in both forms", () => {
    const evil = "<img src=x onerror=alert(1)>";
    for (const mode of ["unified", "split"] as const) {
      const table = drawDiff({ hunks: [[["+", null, 1, evil]]], left_out: 3, lines: [0, 4] }, mode, "x");
      expect(table.querySelector("img")).toBeNull();
      expect(table.textContent).toContain(evil);
      expect(table.textContent).toContain("3 more changed lines");
    }
  });
});
