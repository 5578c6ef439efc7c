// @vitest-environment node
import { describe, expect, it } from "vitest";
import type { Span } from "./series";
import { around, inSight, panned } from "./zoom";

const close = ([low, high]: Span, [from, to]: Span) => {
  expect(low).toBeCloseTo(from, 9);
  expect(high).toBeCloseTo(to, 9);
};

describe("what is in sight", () => {
  it("is all, or what was zoomed to", () => {
    expect(inSight(null, [0, 9], false)).toEqual([0, 9]);
    expect(inSight([0, 4], [0, 9], false)).toEqual([0, 4]);
    expect(inSight([-3, 4], [0, 9], false)).toEqual([-3, 4]);
    expect(inSight([2, 4], [1, 9], true)).toEqual([2, 4]);
  });
  it.each([0, -5])("begins on a log axis with the data, where the zoom begins at %d", (low) => {
    expect(inSight([low, 4], [1, 9], true)).toEqual([1, 4]);
  });
  it("is all on a log axis that has nothing of the zoom", () => {
    expect(inSight([-9, -2], [1, 9], true)).toEqual([1, 9]);
    expect(inSight([0, 0.5], [1, 9], true)).toEqual([1, 9]);
    expect(inSight([1, Number.POSITIVE_INFINITY], [1, 9], true)).toEqual([1, 9]);
    expect(inSight([0, Number.POSITIVE_INFINITY], [1, 9], true)).toEqual([1, 9]);
  });
});

describe("by keyboard", () => {
  it("a stretch moves by a share of its width", () => {
    expect(panned([0, 8], 0.25, false)).toEqual([2, 10]);
    expect(panned([0, 8], -0.25, false)).toEqual([-2, 6]);
  });
  it("or narrows and widens around a place", () => {
    expect(around(2, [0, 8], 0.5, false)).toEqual([1, 5]);
    expect(around(0, [0, 8], 2, false)).toEqual([0, 16]);
  });
  it("on a log axis it stays above zero", () => {
    close(panned([1, 10_000], -0.25, true), [0.1, 1000]);
    close(panned([1, 10_000], 0.25, true), [10, 100_000]);
    close(around(100, [1, 10_000], 2, true), [0.01, 1e6]);
    close(around(1, [1, 10_000], 0.5, true), [1, 100]);
  });
});
