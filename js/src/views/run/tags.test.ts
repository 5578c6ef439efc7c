import { describe, expect, it } from "vitest";
import { parseTag } from "./tags";

describe("parseTag", () => {
  it("reads a word, and a name with a value", () => {
    expect(parseTag(" best ")).toEqual({ key: "best", value: "" });
    expect(parseTag("team = vision=2")).toEqual({ key: "team", value: "vision=2" });
  });
  it("finds nothing where there is no name", () => {
    expect([parseTag(""), parseTag("  "), parseTag("=x")]).toEqual([null, null, null]);
  });
});
