// @vitest-environment node
import { describe, expect, it } from "vitest";
import { tagChanges, tagsText } from "./edit";

describe("tags as a line of text", () => {
  it("comes back as it was", () => {
    const tags = { best: "", team: "vision", formula: "a=b" };
    expect(tagsText(tags)).toBe("best, team=vision, formula=a=b");
    expect(tagChanges(tags, tagsText(tags))).toEqual([]);
  });

  it("says what is new, what is another and what is gone", () => {
    const found = tagChanges({ best: "", team: "vision" }, " team = speech ,, new ");
    expect(found).toEqual([
      ["best", null],
      ["team", "speech"],
      ["new", ""],
    ]);
  });
});
