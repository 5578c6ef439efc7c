import { beforeEach, describe, expect, it, vi } from "vitest";
import { button, h } from "./dom";
import { openPopover } from "./popover";

let view: HTMLElement;
let anchor: HTMLButtonElement;

const at = (left: number, top: number) => () => new DOMRect(left, top, 40, 20);
const boxes = () => [...document.querySelectorAll<HTMLElement>(".nbm-popover")];

beforeEach(() => {
  anchor = button("Columns", () => openPopover(anchor, "Columns"));
  anchor.getBoundingClientRect = at(100, 50);
  view = h("div", { class: "nbm-view" }, anchor);
  document.body.append(view);
});

describe("openPopover", () => {
  it("opens and closes with the same button, and never twice", () => {
    anchor.click();
    expect(boxes()).toHaveLength(1);
    anchor.click();
    expect([boxes().length, anchor.hasAttribute("aria-expanded")]).toEqual([0, false]);
    anchor.click();
    expect(boxes()).toHaveLength(1);
  });
  it("tells the second press that nothing was opened", () => {
    const onClose = vi.fn();
    openPopover(anchor, "Note");
    const none = openPopover(anchor, "Note", { onClose });
    none.box.append(h("input"));
    none.close();
    expect([boxes().length, onClose.mock.calls.length]).toEqual([0, 1]);
  });
  it("stays where it was when what it hangs on is drawn anew", async () => {
    const { box } = openPopover(anchor, "Note");
    await Promise.resolve();
    const { left, top } = box.style;
    expect([left, top]).toEqual(["100px", "72px"]);
    anchor.remove();
    anchor.getBoundingClientRect = at(0, 0);
    document.dispatchEvent(new Event("scroll"));
    expect([box.style.left, box.style.top]).toEqual([left, top]);
  });
  it("stands in its view even where what it should hang on is gone already", async () => {
    view.tabIndex = 0;
    view.getBoundingClientRect = at(30, 60);
    const other = h("div", { class: "nbm-view" });
    document.body.prepend(other);
    anchor.remove();
    const told = openPopover(anchor, "Note", { root: other });
    expect(told.box.parentElement).toBe(other);
    told.close();
    view.focus();
    const { box } = openPopover(anchor, "Note");
    await Promise.resolve();
    expect(box.parentElement).toBe(view);
    expect([box.style.left, box.style.top]).toEqual(["30px", "62px"]);
  });
});
