import { describe, expect, it } from "vitest";
import { layered } from "./layout";

const at = (ids: string[], edges: [string, string][]) =>
  Object.fromEntries(layered(ids, edges).map(({ id, column, row }) => [id, [column, row]]));

describe("lineage", () => {
  it("leads every edge to the right, by the longest way", () => {
    expect(
      at(
        ["raw", "clean", "train", "model"],
        [
          ["raw", "clean"],
          ["clean", "train"],
          ["train", "model"],
          ["raw", "model"],
        ],
      ),
    ).toEqual({ raw: [0, 0], clean: [1, 0], train: [2, 0], model: [3, 0] });
  });

  it("puts things near what they come from", () => {
    const found = at(
      ["a", "b", "of b", "of a"],
      [
        ["b", "of b"],
        ["a", "of a"],
      ],
    );
    expect(found["of a"]).toEqual([1, 0]);
    expect(found["of b"]).toEqual([1, 1]);
  });

  it("cuts a circle and forgets edges of things that are not there", () => {
    const found = at(
      ["a", "b"],
      [
        ["a", "b"],
        ["b", "a"],
        ["gone", "b"],
      ],
    );
    expect(new Set(Object.values(found).map(([column]) => column)).size).toBe(2);
  });
});
