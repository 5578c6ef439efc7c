import { expect, it } from "vitest";
import { ChildModel } from "../lib/child";
import { OPEN } from "../lib/open";
import { type FooterData, footer } from "./footer";

const DATA: FooterData = {
  run: { id: "id12", number: 12, name: "adam" },
  label: "#12 adam",
  parts: [[["4.2 s", "nbm-q"]], [["val_acc", "nbm-q"], [" "], ["0.972"], ["+0.014 ▲", "nbm-good evil", "better"]]],
  warnings: [["disk <b>full</b>"]],
  notes: [["recorded in mlops.duckdb (new)"]],
  against: "id11",
};

function shown(data: FooterData) {
  const outer = { get() {}, set() {}, save_changes() {}, on() {}, off() {}, send() {} };
  const el = document.body.appendChild(document.createElement("div"));
  const opened: unknown[] = [];
  el.addEventListener(OPEN, (event) => {
    event.preventDefault();
    opened.push((event as CustomEvent).detail);
  });
  footer({ model: new ChildModel(outer, "footer", { run: data.run.id }, data), el });
  return { el, opened };
}

it("is the line of text with two words behind it", () => {
  const { el, opened } = shown(DATA);
  expect(el.querySelector(".nbm-foot-line")?.textContent).toBe("■\u00a0#12 adam · 4.2 s · val_acc 0.972+0.014 ▲");
  expect(el.querySelector(".nbm-good")?.className).toBe("nbm-good");
  const [compare, open] = el.querySelectorAll<HTMLElement>("button.nbm-foot-word");
  compare!.click();
  open!.click();
  expect(opened).toEqual([
    { view: "compare", args: { runs: ["id11", "id12"] }, title: "#12 compared" },
    { view: "run", args: { run: "id12" }, title: "#12 adam" },
  ]);
});

it("offers no comparison where there is nothing to compare with, and shows markup as text", () => {
  const { el } = shown({ ...DATA, against: null });
  expect([...el.querySelectorAll("button")].map((node) => node.textContent)).toEqual(["Open"]);
  expect(el.textContent).toContain("disk <b>full</b>");
});
