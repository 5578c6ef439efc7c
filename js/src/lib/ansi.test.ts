// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { ansiNodes, parseAnsi, withoutAnsi } from "./ansi";

const E = "\u001b";

describe("parseAnsi", () => {
  it("cuts a text where its colour changes", () => {
    expect(parseAnsi(`a${E}[31mred${E}[0m b`)).toEqual([
      { text: "a", classes: [], style: {} },
      { text: "red", classes: ["nbm-ansi-fg-1"], style: {} },
      { text: " b", classes: [], style: {} },
    ]);
  });
  it("keeps bold and colours together, and ends them one by one", () => {
    const parts = parseAnsi(`${E}[1;32;44mx${E}[22my${E}[39;49mz`);
    expect(parts.map((part) => part.classes)).toEqual([
      ["nbm-ansi-fg-2", "nbm-ansi-bg-4", "nbm-ansi-bold"],
      ["nbm-ansi-fg-2", "nbm-ansi-bg-4"],
      [],
    ]);
  });
  it("knows bright colours, the 256 and all colours", () => {
    expect(parseAnsi(`${E}[91mx`)[0]!.classes).toEqual(["nbm-ansi-fg-9"]);
    expect(parseAnsi(`${E}[38;5;9mx`)[0]!.classes).toEqual(["nbm-ansi-fg-9"]);
    expect(parseAnsi(`${E}[38;5;196mx`)[0]!.style.color).toBe("rgb(255, 0, 0)");
    expect(parseAnsi(`${E}[48;5;244mx`)[0]!.style.background).toBe("rgb(128, 128, 128)");
    expect(parseAnsi(`${E}[38;2;1;2;999mx`)[0]!.style.color).toBe("rgb(1, 2, 255)");
    expect(parseAnsi(`${E}[38;5;196;1mx`)[0]!.classes).toEqual(["nbm-ansi-bold"]);
  });
  it("drops what moves the cursor, sets titles or links", () => {
    const text = `${E}[2K${E}[1Aa${E}]0;title\u0007b${E}]8;;http://x.y${E}\\c${E}(B`;
    expect(withoutAnsi(text)).toBe("abc");
    expect(parseAnsi(`${E}[?25lx`)).toEqual([{ text: "x", classes: [], style: {} }]);
  });
  it("is text for a sequence that never ends", () => {
    expect(withoutAnsi(`a${E}[31`)).toBe(`a${E}[31`);
  });
});

describe("ansiNodes", () => {
  it("never makes markup of a text", () => {
    const box = document.createElement("pre");
    box.append(...ansiNodes(`<img src=x onerror=1>${E}[31m<script>1</script>`));
    expect(box.querySelectorAll("img, script")).toHaveLength(0);
    expect(box.textContent).toBe("<img src=x onerror=1><script>1</script>");
    expect(box.querySelector("span")!.className).toBe("nbm-ansi-fg-1");
  });
});
