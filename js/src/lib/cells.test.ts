import { describe, expect, it } from "vitest";
import { valueCell, written } from "./cells";

describe("values of a table", () => {
  it.each([
    [null, "NULL"],
    ["", "''"],
    ["NULL", "NULL"],
    [0.1 + 0.2, "0.30000000000000004"],
    [false, "false"],
    [{ a: [1] }, '{"a":[1]}'],
  ])("writes %s as %s", (value, text) => expect(written(value)).toBe(text));

  it("tells a missing value from the text NULL, and lines numbers up", () => {
    expect(valueCell(null).className).toBe("nbm-q");
    expect(valueCell("NULL").className).toBe("");
    expect(valueCell(1.5).className).toBe("nbm-n");
    expect(valueCell("NaN").className).toBe("nbm-n");
  });

  it("cuts what is long, and shows markup as text", () => {
    const cell = valueCell(`<b>${"x".repeat(200)}`);
    expect(cell.children.length).toBe(0);
    expect(cell.textContent!.length).toBeLessThanOrEqual(80);
    expect(cell.title).toContain("xxx");
  });
});
