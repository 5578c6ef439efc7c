import { describe, expect, it } from "vitest";
import { bars, barsPath } from "./bars";

describe("bars", () => {
  it("draws nothing where there is nothing", () => {
    expect(barsPath([], 1, 0)).toBe("");
    expect(barsPath([0, 0], 2, 0)).toBe("");
    expect(bars(null, null).querySelector("path")).toBeNull();
  });

  it("draws the tallest as high as there is room, and a single one as at least a pixel", () => {
    expect(barsPath([9999, 1], 2, 0.9999)).toBe("M0.5 18v-17.0h47.0v17.0zM48.5 18v-1.0h47.0v1.0z");
  });

  it("draws two by shares: the same distribution of twice the rows is the same picture", () => {
    const [was, now] = bars([1, 2, 1], [2, 4, 2]).querySelectorAll("path");
    expect(was!.getAttribute("d")).toBe(now!.getAttribute("d"));
    expect([was!.getAttribute("class"), now!.getAttribute("class")]).toEqual(["nbm-bars-was", "nbm-bars-now"]);
  });

  it("says of one distribution only that it is the only one", () => {
    expect(bars([1], null).querySelector("path")!.getAttribute("class")).toBe("nbm-bars-only");
    expect(bars(null, [1]).querySelector("path")!.getAttribute("class")).toBe("nbm-bars-only");
  });
});
