// @vitest-environment node
import { describe, expect, it } from "vitest";
import { extent, odd, pointAt, refined, unpack } from "./series";

const f = (...values: number[]) => Float64Array.from(values);
const bytes = (view: ArrayBufferView) =>
  btoa(String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset, view.byteLength)));

describe("unpack", () => {
  it("makes even steps of three numbers", () => {
    expect([...unpack({ even: [5, 10, 3] })]).toEqual([5, 15, 25]);
  });
  it("reads floats of both sizes, NaN and infinity among them", () => {
    const values = [0.5, Number.NaN, Number.NEGATIVE_INFINITY];
    expect([...unpack({ f4: bytes(Float32Array.from(values)) })]).toEqual(values);
    expect([...unpack({ f8: bytes(Float64Array.from([...values, 1e300])) })]).toEqual([...values, 1e300]);
    expect(unpack({ f4: "" })).toHaveLength(0);
  });
});

describe("pointAt", () => {
  const x = f(0, 10, 20, 30);
  it("takes the nearest point", () => {
    expect(pointAt(x, 14, 0)).toBe(1);
    expect(pointAt(x, 16, 0)).toBe(2);
    expect(pointAt(x, 30, 0)).toBe(3);
  });
  it("takes none beyond the ends, but for half a step", () => {
    expect(pointAt(x, 34, 0)).toBe(3);
    expect(pointAt(x, 36, 0)).toBe(-1);
    expect(pointAt(x, -6, 0)).toBe(-1);
    expect(pointAt(f(), 1, 5)).toBe(-1);
  });
  it("finds a lone point within reach", () => {
    expect(pointAt(f(100), 102, 3)).toBe(0);
    expect(pointAt(f(100), 104, 3)).toBe(-1);
  });
});

describe("refined", () => {
  it("puts finer points into their stretch and keeps what is around", () => {
    const whole = { x: f(0, 10, 20, 30), y: f(1, 2, 3, 4) };
    const part = { x: f(10, 12, 15, 20), y: f(2, 9, 8, 3) };
    const found = refined(whole, part, [9, 21]);
    expect([...found.x]).toEqual([0, 10, 12, 15, 20, 30]);
    expect([...found.y]).toEqual([1, 2, 9, 8, 3, 4]);
  });
  it("takes away what was coarse there even if nothing finer is", () => {
    const found = refined({ x: f(0, 1), y: f(5, 6) }, { x: f(), y: f() }, [1, 1]);
    expect([...found.x]).toEqual([0]);
  });
});

describe("extent", () => {
  const x = f(0, 1, 2, 3);
  it("is of the values in sight, and of where the line crosses the edges", () => {
    expect(extent(x, f(0, 10, 20, 100), [0.5, 2])).toEqual([5, 20]);
    expect(extent(x, f(0, 10, 20, 100), [1, 2.5])).toEqual([10, 60]);
  });
  it("passes over gaps, and over what a logarithm has no place for", () => {
    expect(extent(x, f(Number.NaN, 3, Number.POSITIVE_INFINITY, 2), [0, 3])).toEqual([2, 3]);
    expect(extent(x, f(-1, 0, 0.5, 4), [0, 3], true)).toEqual([0.5, 4]);
    expect(extent(x, f(Number.NaN, Number.NaN, Number.NaN, Number.NaN), [0, 3])).toBeNull();
  });
});

it("odd counts what is not finite", () => {
  expect(odd(f(1, Number.NaN, Number.POSITIVE_INFINITY, Number.NaN))).toEqual({ nan: 2, inf: 1 });
});
