// @vitest-environment node
import { describe, expect, it } from "vitest";
import type { Packed } from "../../lib/series";
import { type CurvesData, inkOf, isCoarse, linesOf, ownersOf, readingAt, refine } from "./data";

const even = (count: number, first = 0): Packed => ({ even: [first, 1, count] });
const doubles = (...values: number[]): Packed => ({
  f8: btoa(String.fromCharCode(...new Uint8Array(Float64Array.from(values).buffer))),
});

function dataOf(change: Partial<CurvesData> = {}): CurvesData {
  return {
    runs: [
      { id: "a", number: 1, name: "adam", status: "finished" },
      { id: "b", number: 11, name: null, status: "running" },
    ],
    total: 2,
    metrics: [{ key: "loss", runs: 2 }],
    shown: ["loss"],
    x: "step",
    axes: ["step"],
    groups: null,
    groupable: [],
    series: [
      { metric: 0, run: 0, count: 3, x: even(3), y: doubles(3, 2, 1) },
      { metric: 0, run: 1, count: 1000, x: doubles(0, 500, 999), y: doubles(9, Number.NaN, 7) },
    ],
    ...change,
  };
}

describe("ownersOf", () => {
  it("are the runs; two of one colour differ by their dash", () => {
    const [adam, other] = ownersOf(dataOf());
    expect([adam!.label, other!.label]).toEqual(["#1 adam", "#11"]);
    expect(adam!.colour).toBe(other!.colour);
    expect(adam!.dash).not.toEqual(other!.dash);
  });
  it("or groups, which say of how many runs they are", () => {
    const groups = [
      { label: "lr 0.1", runs: 1 },
      { label: "lr 1", runs: 5 },
    ];
    expect(ownersOf(dataOf({ groups })).map(({ label }) => label)).toEqual(["lr 0.1 (1 run)", "lr 1 (5 runs)"]);
  });
});

describe("lines", () => {
  it("know whether there is more to ask for, and take it in", () => {
    const [short, long] = linesOf(dataOf());
    expect([isCoarse(short!), isCoarse(long!)]).toEqual([false, true]);
    refine(long!, [400, 600], { metric: 0, run: 1, count: 3, x: even(3, 499), y: doubles(1, 2, 3) });
    expect([...inkOf(long!, ownersOf(dataOf())[1]!, 0).line.x]).toEqual([0, 499, 500, 501, 999]);
    expect([...long!.raw.x]).toEqual([0, 500, 999]);
  });
  it("are smoothed from means where there are any, with the points pale behind", () => {
    const series = [
      { metric: 0, run: 0, count: 9, x: even(3), y: doubles(0, 9, 0), mean: { x: even(2), y: doubles(4, 4) } },
    ];
    const [line] = linesOf(dataOf({ series }));
    const ink = inkOf(line!, ownersOf(dataOf())[0]!, 0.5);
    expect([...ink.line.y]).toEqual([4, 4]);
    expect([...ink.pale!.y]).toEqual([0, 9, 0]);
  });
  it("of groups have a band that is smoothed along", () => {
    const series = [
      { metric: 0, group: 0, count: 4, x: even(2), y: doubles(2, 2), low: doubles(1, 1), high: doubles(3, 3) },
    ];
    const [line] = linesOf(dataOf({ series }));
    const ink = inkOf(line!, ownersOf(dataOf())[0]!, 0.9);
    expect([...ink.low!]).toEqual([1, 1]);
    expect(isCoarse(line!)).toBe(false);
  });
});

describe("readingAt", () => {
  const [line, other] = linesOf(dataOf());
  const [owner] = ownersOf(dataOf());
  const ink = inkOf(line!, owner!, 0);

  it("is the value of the nearest point, or the last one", () => {
    expect(readingAt(line!, ink, 1.2, 0.1).value).toBe(2);
    expect(readingAt(line!, ink, null, 0.1).value).toBe(1);
  });
  it("is nothing beyond the end of a run", () => {
    expect(readingAt(line!, ink, 50, 1).value).toBeUndefined();
  });
  it("names what is not finite", () => {
    expect(readingAt(other!, inkOf(other!, owner!, 0), 500, 1).value).toBeNaN();
    expect(readingAt(other!, inkOf(other!, owner!, 0.9), 500, 1).value).toBeNaN();
  });
  it("has the point as it was logged beside the smoothed one", () => {
    const found = readingAt(line!, inkOf(line!, owner!, 0.9), 2, 0.1);
    expect(found.raw).toBe(1);
    expect(found.value).toBeGreaterThan(1);
  });
});
