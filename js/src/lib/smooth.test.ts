// @vitest-environment node
import { describe, expect, it } from "vitest";
import { smooth } from "./smooth";

const even = (...y: number[]) => ({ x: Float64Array.from(y.keys()), y: Float64Array.from(y) });

describe("smooth", () => {
  it("leaves a curve alone at weight 0", () => {
    const curve = even(1, 5, 2);
    expect(smooth(curve, 0)).toBe(curve.y);
  });
  it("is the mean with weights that fall by the same factor each step, from the first value on", () => {
    const found = smooth(even(1, 2, 4), 0.5);
    expect(found[0]).toBeCloseTo(1);
    expect(found[1]).toBeCloseTo((0.5 * 1 + 2) / 1.5);
    expect(found[2]).toBeCloseTo((0.25 * 1 + 0.5 * 2 + 4) / 1.75);
  });
  it("keeps a constant curve constant", () => {
    for (const value of smooth(even(3, 3, 3, 3), 0.97)) expect(value).toBeCloseTo(3);
  });
  it("keeps gaps as gaps, which have no weight", () => {
    const found = smooth(even(1, Number.NaN, Number.POSITIVE_INFINITY, 1), 0.9);
    expect([...found].map(Number.isNaN)).toEqual([false, true, true, false]);
    expect(found[3]).toBeCloseTo(1);
  });
  it("weighs by distance: a far value counts more than a near one", () => {
    const x = Float64Array.from([0, 1, 2, 10]);
    const near = smooth({ x, y: Float64Array.from([0, 0, 1, 1]) }, 0.5)[2]!;
    const far = smooth({ x, y: Float64Array.from([0, 0, 0, 1]) }, 0.5)[3]!;
    expect(far).toBeGreaterThan(near);
  });
  it("does not depend on how finely a long curve is drawn", () => {
    const wave = (count: number) => {
      const x = Float64Array.from({ length: count }, (_, place) => (place / (count - 1)) * 100_000);
      return { x, y: x.map((each) => Math.sin(each / 5000)) };
    };
    const coarse = smooth(wave(1001), 0.95, 100_000);
    const fine = smooth(wave(4001), 0.95, 100_000);
    for (let place = 100; place < 1001; place += 100) expect(coarse[place]!).toBeCloseTo(fine[place * 4]!, 1);
  });
  it("takes several values at one place", () => {
    const found = smooth({ x: Float64Array.from([1, 1, 2]), y: Float64Array.from([4, 6, 5]) }, 0.5);
    expect([...found].every(Number.isFinite)).toBe(true);
  });
});
