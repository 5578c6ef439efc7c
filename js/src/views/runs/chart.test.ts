import { expect, test } from "vitest";
import { argsOf, keptOf, problemOf, titleOf } from "./chart";

const OF = { filter: "lr < 1", experiment: "wine", sort: null, group: null, fold: true };

test("a chart asks for the runs of its table", () => {
  const curves = { kind: "curves", half: true, metrics: ["loss"], smoothing: 0.6 };
  expect(argsOf(curves, OF)).toEqual({ metrics: ["loss"], smoothing: 0.6, of: OF });
  const explore = { kind: "explore", metric: "acc", look: { x: "param.lr" } };
  const asked = { metric: "acc", look: { x: "param.lr" }, filter: "lr < 1", experiment: "wine" };
  expect(argsOf(explore, OF)).toEqual(asked);
  expect(keptOf(explore, { ...asked, params: ["lr"] })).toEqual({ ...explore, params: ["lr"] });
  expect(keptOf(curves, { of: OF, metrics: ["acc"], log: true })).toEqual({
    kind: "curves",
    half: true,
    metrics: ["acc"],
    log: true,
  });
});

test("what another version kept of a chart is left out", () => {
  const odd = { kind: "curves", metrics: "loss", smoothing: 3, log: "yes", colours: 1 };
  expect(argsOf(odd, OF)).toEqual({ of: OF });
});

test("a chart that is not known says so", () => {
  expect(problemOf({ kind: null })).toContain("cannot be read");
  expect(problemOf({ kind: "heatmap" })).toContain("heatmap");
  expect(problemOf({ kind: "toString" })).toContain("toString");
  expect(problemOf({ kind: "curves" })).toBeNull();
});

test("titles", () => {
  expect(titleOf({ kind: "curves", metrics: ["a", "b", "c", "d", "e"] })).toBe("Curves of a, b, c and 2 more");
  expect(titleOf({ kind: "curves" })).toBe("Curves");
  expect(titleOf({ kind: "explore", metric: "acc" })).toBe("Exploration of acc");
  expect(titleOf({ kind: "heatmap" })).toBe("Chart");
});
