// @vitest-environment node
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DASHES, NO_COLOUR, RUN_COLOURS, runColour, runStyles } from "./colours";

const PYTHON = readFileSync("../nbmlops/ui/colours.py", "utf8");

describe("colours of runs", () => {
  it("are those of Python", () => {
    expect([...RUN_COLOURS]).toEqual(PYTHON.match(/#[0-9a-f]{6}/g));
    const dashes = /DASHES[^=]*= (\(.*\))/.exec(PYTHON)![1]!;
    const written = dashes.replaceAll("(", "[").replaceAll(")", "]").replaceAll(",]", "]");
    expect(DASHES).toEqual(JSON.parse(written));
  });
  it("go round, and no number has none", () => {
    expect([runColour(1), runColour(11), runColour(null)]).toEqual([RUN_COLOURS[0], RUN_COLOURS[0], NO_COLOUR]);
  });
  it("take the next dash where they meet again", () => {
    const styles = runStyles([1, 2, 11, 21, null, 31, 41]);
    expect(styles.map((style) => DASHES.indexOf(style.dash))).toEqual([0, 0, 1, 2, 0, 3, 0]);
    expect(styles[2]!.colour).toBe(styles[0]!.colour);
  });
});
