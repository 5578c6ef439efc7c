import { describe, expect, it } from "vitest";
import { number } from "../../lib/format";
import { categoryScale, NOT_SET, numberScale } from "../../lib/scale";
import { type Brush, brushBetween, described, isKept, placesOf, stepped } from "./brush";

const cells = [0, 5, 10, Number.NaN, "auto", null];
const numbers = numberScale(cells);
const kinds = categoryScale(["a", "b", "c", null], ["a", "b", "c"]);
const kept = (brush: Brush | null) => cells.filter((cell) => brush && isKept(brush, cell));

describe("a brush of numbers", () => {
  it("keeps what lies between", () => {
    expect(kept(brushBetween(numbers, 0.4, 0.6))).toEqual([5]);
    expect(kept(brushBetween(numbers, 0.6, 0.4))).toEqual([5]);
  });

  it("is open at the ends of the axis: a later run beyond them is kept too", () => {
    const brush = brushBetween(numbers, 0.5, 1)!;
    expect(brush.range).toEqual([5, Number.POSITIVE_INFINITY]);
    expect(isKept(brush, 99)).toBe(true);
    expect(isKept(brush, Number.POSITIVE_INFINITY)).toBe(false);
  });

  it("reaches into the band, and may lie in it alone", () => {
    expect(kept(brushBetween(numbers, -1.4, -0.6))).toEqual([Number.NaN]);
    expect(kept(brushBetween(numbers, -1.4, 0.1))).toEqual([0, Number.NaN]);
    expect(kept(brushBetween(numbers, -3.5, -1.5))).toEqual(["auto", null]);
    expect(kept(brushBetween(numbers, -1.2, -0.25))).toEqual([Number.NaN]);
  });

  it("is nothing where nothing is", () => {
    expect(brushBetween(numbers, -0.4, -0.2)).toBeNull();
    expect(brushBetween(numberScale([1, 2]), 0.5, 0.5)).toBeNull();
  });

  it("stands where it was drawn, also on an axis of another kind", () => {
    expect(placesOf(numbers, brushBetween(numbers, 0.2, 0.7)!)).toEqual([0.2, 0.7].map((at) => expect.closeTo(at, 9)));
    const wide = numberScale([1, 100], true);
    const places = placesOf(numberScale([1, 100], false), brushBetween(wide, 0.5, 1)!);
    expect(places).toEqual([expect.closeTo(9 / 99, 9), 1]);
  });

  it("in words", () => {
    expect(described(brushBetween(numbers, 0.2, 0.7)!, number)).toBe("2 to 7");
    expect(described(brushBetween(numbers, -1.4, 0.3)!, number)).toBe("up to 3, NaN");
    expect(described({ range: null, words: ["a", NOT_SET] }, number)).toBe("a, not set");
  });
});

describe("a brush of categories", () => {
  it("takes a label whose middle is inside", () => {
    expect(brushBetween(kinds, 0.1, 0.6)?.words).toEqual(["a", "b"]);
    expect(brushBetween(kinds, 0.2, 0.3)).toBeNull();
    expect(brushBetween(kinds, -1.2, 0.2)?.words).toEqual([NOT_SET, "a"]);
    expect(isKept({ range: null, words: ["b"] }, "b")).toBe(true);
    expect(isKept({ range: null, words: ["b"] }, null)).toBe(false);
  });

  it("covers the stretches of its labels", () => {
    expect(placesOf(kinds, { range: null, words: ["a", "b"] })).toEqual([0, expect.closeTo(2 / 3, 9)]);
  });
});

describe("arrow keys", () => {
  it("begin at the top or at the bottom", () => {
    expect(stepped(numbers, null, true, null)).toEqual({ range: [7.5, Number.POSITIVE_INFINITY].map(near), words: [] });
    expect(stepped(numbers, null, false, null)).toEqual({ range: null, words: [NOT_SET] });
    expect(stepped(kinds, null, true, null)?.words).toEqual(["c"]);
    expect(stepped(numberScale([0, 1]), null, false, null)?.range).toEqual([Number.NEGATIVE_INFINITY, near(0.25)]);
  });

  it("move it step by step, through the band too, and stop at the ends", () => {
    let brush = stepped(kinds, null, true, null);
    const seen: (string | undefined)[] = [];
    for (let time = 0; time < 5; time++) {
      brush = stepped(kinds, brush, false, null);
      seen.push(brush?.words.join());
    }
    expect(seen).toEqual(["b", "a", NOT_SET, NOT_SET, NOT_SET]);
    for (let time = 0; time < 5; time++) brush = stepped(kinds, brush, true, null);
    expect(brush?.words).toEqual(["c"]);
  });

  it("move a range by a twentieth, and with an edge only that end", () => {
    const start = brushBetween(numbers, 0.5, 0.75)!;
    expect(stepped(numbers, start, true, null)?.range).toEqual([5.5, 8].map(near));
    expect(stepped(numbers, start, true, "top")?.range).toEqual([5, 8].map(near));
    expect(stepped(numbers, start, false, "bottom")?.range).toEqual([4.5, 7.5].map(near));
    expect(stepped(numbers, start, true, "bottom")?.range).toEqual([5.5, 7.5].map(near));
  });

  it("never make it empty", () => {
    let brush = brushBetween(numbers, 0.5, 0.55)!;
    for (let time = 0; time < 30; time++) brush = stepped(numbers, brush, false, "top")!;
    expect(brush.range).not.toBeNull();
    for (let time = 0; time < 80; time++) brush = stepped(numbers, brush, time % 3 > 0, null)!;
    expect(kept(brush).length + (brush.range ? 1 : 0)).toBeGreaterThan(0);
  });
});

function near(value: number) {
  return Number.isFinite(value) ? expect.closeTo(value, 5) : value;
}
