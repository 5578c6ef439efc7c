// @vitest-environment node
import { describe, expect, it } from "vitest";
import { tagChanges, tagsText, tagWords } from "./tags";

describe("tags as text", () => {
  it("is one line of words", () => {
    expect(tagsText({ best: "", team: "vision", v: null })).toBe("best, team=vision, v");
    expect(tagWords({ best: null, team: "vision" })).toEqual(["best", "team=vision"]);
    expect(tagWords(null)).toEqual([]);
  });
  it("tells what was changed, added and taken away", () => {
    expect(tagChanges({ best: "", team: "vision", old: "" }, "best, team=audio, new")).toEqual([
      ["old", null],
      ["team", "audio"],
      ["new", ""],
    ]);
    expect(tagChanges({ best: "" }, "")).toEqual([["best", null]]);
    expect(tagChanges({ best: "" }, " best ")).toEqual([]);
  });
  it("leaves values with commas and signs whole", () => {
    const tags = { places: "a, b", "x=y": "1=2", plain: "" };
    const text = tagsText(tags);
    expect(text).toBe("places=a, b\nx=y=1=2\nplain");
    expect(tagChanges(tags, text)).toEqual([]);
    expect(tagChanges(tags, "places=a, b, c\nx=y=1=2\nplain")).toEqual([["places", "a, b, c"]]);
    expect(tagChanges({ places: "a, b" }, "places=a, b")).toEqual([]);
  });
  it("leaves line breaks and blanks inside a value as they are", () => {
    const tags = { desc: "a\nb", padded: " x ", best: "" };
    const text = tagsText(tags);
    expect(text).toBe("desc=a↵b\npadded= x \nbest");
    expect(tagChanges(tags, text)).toEqual([]);
    expect(tagChanges(tags, text.replace("↵b", "↵c"))).toEqual([["desc", "a\nc"]]);
  });
  it("knows the words of a line below which another one was begun", () => {
    const tags = { best: "", team: "vision" };
    expect(tagChanges(tags, "best, team=vision\nnew")).toEqual([["new", ""]]);
    expect(tagChanges({}, "best, last\nplaces=a, b")).toEqual([
      ["best", ""],
      ["last", ""],
      ["places", "a, b"],
    ]);
  });
});
