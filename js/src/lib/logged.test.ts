// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { frameHeight, loggedHtml } from "./logged";

describe("frameHeight", () => {
  it("grows with what a page holds, within bounds", () => {
    const table = (rows: number) => `<table>${"<tr><td>1</td></tr>".repeat(rows)}</table>`;
    expect(frameHeight("")).toBe(64);
    expect(frameHeight(table(6))).toBeGreaterThan(frameHeight(table(3)));
    expect(frameHeight(table(5000))).toBe(420);
  });
});

describe("loggedHtml", () => {
  it("stands in a frame where nothing runs and nothing is loaded", () => {
    const host = document.createElement("div");
    const { node, undo } = loggedHtml("<script>1</script><p>hello</p>", host);
    const frame = node.querySelector("iframe")!;
    expect(frame.getAttribute("sandbox")).toBe("");
    expect(frame.srcdoc).toContain("default-src 'none'");
    expect(frame.srcdoc).toContain("<p>hello</p>");
    expect(node.querySelectorAll("script, p")).toHaveLength(0);
    undo();
  });
});
