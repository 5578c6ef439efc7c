// @vitest-environment node
import { describe, expect, it } from "vitest";
import { commonScale, sparkPath } from "./spark";

describe("small curves", () => {
  it("share one scale, without the one that is far beyond all others", () => {
    expect(
      commonScale([
        [1, 2],
        [2, 3],
      ]),
    ).toEqual([1, 3]);
    expect(
      commonScale([
        [0, 1],
        [1, 2],
        [0, 1e9],
      ]),
    ).toEqual([0, 2]);
    expect(commonScale([["NaN"], []])).toBeNull();
  });
  it("have gaps where a value is not finite, and dots for lone points", () => {
    expect(sparkPath([0, 1], [0, 1])).toBe("M1.0,14.5 63.0,1.5");
    expect(sparkPath([0, "NaN", 1], [0, 1])).toBe("M1.0,14.5 1.0,14.5M63.0,1.5 63.0,1.5");
    expect(sparkPath(["NaN"], null)).toBe("");
    expect(sparkPath([5, 5], null)).toBe("M1.0,8.0 63.0,8.0");
    expect(sparkPath([0, 9], [0, 1])).toBe("M1.0,14.5 63.0,1.5");
  });
});
