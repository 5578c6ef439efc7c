import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Owner } from "./data";
import { Legend } from "./legend";

let owners: Owner[];
let legend: Legend;
const changed = vi.fn();
const rows = () => [...legend.el.querySelectorAll<HTMLButtonElement>(".nbm-curves-row")];
const shown = () => owners.filter((owner) => !owner.isHidden).map((owner) => owner.label);
const seen = () =>
  [...rows()].sort((a, b) => Number(a.style.order) - Number(b.style.order)).map((row) => row.textContent);

beforeEach(() => {
  changed.mockClear();
  owners = ["a", "b", "c"].map((label) => ({ key: label, label, colour: "#25c", dash: [], isHidden: false }));
  legend = new Legend(
    owners,
    changed,
    () => {},
    () => {},
  );
  document.body.append(legend.el);
});

describe("the legend", () => {
  it("hides and shows a line with a click", () => {
    rows()[1]!.click();
    expect(shown()).toEqual(["a", "c"]);
    expect(rows().map((row) => row.getAttribute("aria-pressed"))).toEqual(["true", "false", "true"]);
    rows()[1]!.click();
    expect(shown()).toEqual(["a", "b", "c"]);
    expect(changed).toHaveBeenCalledTimes(2);
  });
  it.each(["shiftKey", "altKey"])("shows one only with %s, and all with the same again", (key) => {
    const click = () => rows()[2]!.dispatchEvent(new MouseEvent("click", { [key]: true }));
    click();
    expect(shown()).toEqual(["c"]);
    click();
    expect(shown()).toEqual(["a", "b", "c"]);
  });
  it("offers to show all while something is hidden", () => {
    const all = [...legend.el.querySelectorAll("button")].find((button) => button.textContent === "Show all")!;
    expect(all.hidden).toBe(true);
    rows()[0]!.click();
    expect(all.hidden).toBe(false);
    all.click();
    expect(shown()).toEqual(["a", "b", "c"]);
  });
  it("says values at the cursor, largest first, what is not finite and what is missing last", () => {
    const readings = [
      { owner: 0, value: Number.NaN },
      { owner: 1, value: 0.5 },
      { owner: 2, value: 12 },
    ];
    legend.say("loss · step 4", readings, true, 2);
    expect(seen()).toEqual(["c12", "b0.5", "aNaN"]);
    expect(legend.el.querySelector(".nbm-bold")?.textContent).toBe("c12");
    legend.say("loss · last", readings.slice(1), false, -1);
    expect(seen()).toEqual(["a·", "b0.5", "c12"]);
  });
  it("writes a name as text", () => {
    owners = [{ key: "x", label: "<img src=x onerror=alert(1)>", colour: "#25c", dash: [], isHidden: false }];
    legend.take(owners);
    expect(legend.el.querySelector("img")).toBeNull();
    expect(legend.el.textContent).toContain("<img");
  });
});
