// @vitest-environment node
import { describe, expect, it } from "vitest";
import { first, nearest, union, unpacked } from "./steps";

const even = { from: 10, by: 5, count: 4 }; // 10 15 20 25

describe("nearest", () => {
  it("takes the step at or before, of equal distances and of lists", () => {
    for (const packed of [even, { steps: [10, 15, 20, 25] }]) {
      expect([9, 10, 14.9, 15, 22, 25, 1e9].map((at) => nearest(packed, at))).toEqual([null, 10, 10, 15, 20, 25, 25]);
    }
  });
  it("has none where nothing was logged", () => {
    expect(nearest({ steps: [] }, 5)).toBe(null);
    expect(nearest({ from: 0, by: 1, count: 0 }, 5)).toBe(null);
  });
  it("knows fractions and negative steps", () => {
    expect(nearest({ steps: [-1.5, 0.1, 0.30000000000000004] }, 0.3)).toBe(0.1);
    expect(nearest({ from: -4, by: 2, count: 3 }, -1)).toBe(-2);
  });
});

describe("union", () => {
  it("joins steps that differ between runs", () => {
    expect(union([even, { steps: [0, 15, 17] }])).toEqual([0, 10, 15, 17, 20, 25]);
    expect(union([])).toEqual([]);
  });
  it("is quick for many runs of many steps", () => {
    const runs = Array.from({ length: 20 }, () => ({ from: 0, by: 1, count: 1000 }));
    expect(union(runs)).toHaveLength(1000);
  });
});

describe("first and unpacked", () => {
  it("tell where a run begins and what its steps are", () => {
    expect([first(even), first({ steps: [3, 4] }), first({ steps: [] })]).toEqual([10, 3, null]);
    expect(unpacked(even)).toEqual([10, 15, 20, 25]);
  });
});
