import { describe, expect, it } from "vitest";
import { ChildModel } from "../lib/child";
import { register } from "../lib/stage";
import { compare } from "./compare";
import type { CompareData } from "./compare/data";
import { arrow, cellText, drawRow } from "./compare/rows";

const run = (number: number, name: string) => ({
  number,
  name,
  id: `id${number}`,
  status: number === 3 ? "failed" : "finished",
  experiment: "wine",
  is_baseline: number === 1,
  started_at: null,
});

const rows = (name: string, noun: string, ...keys: [string, ...(number | string | null)[]][]) => ({
  kind: "rows" as const,
  name,
  title: name,
  noun,
  notes: [],
  rows: keys.map(([key, ...cells]) => ({ key, cells, state: "changed" as const })),
  differing: keys.length,
  equal: [{ key: "depth", cells: [6], state: "equal" as const }],
  equals: 1,
});

function answer(runs: number): CompareData {
  const values = Array.from({ length: runs }, (_, place) => place / 10);
  return {
    runs: [run(1, "sgd"), run(2, "adam"), run(3, "lion")].slice(0, runs),
    other: "id2",
    sections: [
      rows("metrics", "metrics", ["acc", ...values]),
      rows("parameters", "parameters", ["lr", ...values], ["<b>x</b>", ...values.map(() => "<i>")]),
      {
        kind: "pairs",
        name: "code",
        title: "code",
        noun: "cells",
        notes: [],
        total: 2,
        against: "id2",
        pairs: [
          {
            title: "cell [1]",
            kind: "text",
            state: "changed",
            said: "1 line changed",
            diff: { hunks: [[["-", 1, null, "a"]]], left_out: 0, lines: [1, 0] },
          },
          { title: "cell [2]", kind: "text", state: "equal" },
        ],
      },
      { kind: "view", name: "unknown", title: "unknown", noun: "", notes: [], view: "nobody-draws-this", args: {} },
    ],
    notes: ["max acc of 3 runs"],
  };
}

/** The view with its first data, and every question that it asks. */
function shown(data: CompareData, next?: CompareData) {
  const asked: any[] = [];
  const listeners: Record<string, (content?: unknown) => void> = {};
  const outer = {
    get: () => undefined,
    set() {},
    save_changes() {},
    on: (event: string, callback: () => void) => {
      listeners[event] = callback;
    },
    off() {},
    send: (content: any) => {
      asked.push(content);
      if (next) queueMicrotask(() => listeners["msg:custom"]!({ id: content.id, ok: true, data: next }));
    },
  };
  register({ compare });
  const el = document.body.appendChild(document.createElement("div"));
  compare({ model: new ChildModel(outer, "compare", { runs: data.runs.map(({ id }) => id) }, data), el });
  const change = async () => {
    listeners["change:stamp"]!();
    await new Promise((resolve) => setTimeout(resolve));
  };
  const press = (name: string) =>
    [...el.querySelectorAll("button")].find((node) => (node.ariaLabel ?? node.textContent) === name)!.click();
  return { el, asked, press, change };
}

describe("the comparison", () => {
  it("shows only what differs, and folds the rest into a line", () => {
    const { el, press } = shown(answer(2));
    const keys = () => [...el.querySelectorAll("tbody th[scope=row]")].map((node) => node.textContent);
    expect(keys()).toEqual(["acc", "lr", "<b>x</b>"]);
    expect(el.querySelector("b.nbm-cmp-tools-title")?.textContent).toBe("#2 adam vs #1 sgd");
    press("▸ 1 parameter equal");
    expect(keys()).toEqual(["acc", "lr", "<b>x</b>", "depth"]);
    const box = el.querySelector<HTMLInputElement>("input[type=checkbox]")!;
    box.click();
    expect(keys()).toEqual(["acc", "depth", "lr", "<b>x</b>", "depth"]);
    box.click();
    expect(keys()).toEqual(["acc", "lr", "<b>x</b>"]);
  });

  it("keeps the focus on what was pressed", () => {
    const { el } = shown(answer(2));
    const fold = el.querySelector<HTMLElement>('[data-section=parameters] [data-act="equal"]')!;
    fold.focus();
    fold.click();
    expect(document.activeElement?.textContent).toBe("▾ 1 parameter equal");
  });

  it("asks again with the other run as the reference, without a run, or beside another one", () => {
    const pair = shown(answer(2));
    pair.press("Swap");
    expect(pair.asked.at(-1).args).toMatchObject({ runs: ["id2", "id1"], reference: "id2", other: null });
    const many = shown(answer(3));
    many.press("Remove: #2 adam");
    expect(many.asked.at(-1).args).toMatchObject({ runs: ["id1", "id3"] });
    many.press("Make reference: #3 lion");
    expect(many.asked.at(-1).args).toMatchObject({ reference: "id3" });
    const select = many.el.querySelector<HTMLSelectElement>("select")!;
    select.value = "id3";
    select.dispatchEvent(new Event("change"));
    expect(many.asked.at(-1).args).toMatchObject({ other: "id3" });
  });

  it("opens both runs below itself where no JupyterLab takes them", () => {
    const { el, press, asked } = shown(answer(2));
    press("Open both");
    const opened = [...el.querySelectorAll(".nbm-opened")].map((each) => each.getAttribute("aria-label"));
    expect(opened).toEqual(["#1 sgd", "#2 adam"]);
    expect(asked).toEqual([]);
  });

  it("leaves out a section that nothing here draws, and shows markup as text", () => {
    const { el } = shown(answer(2));
    expect([...el.querySelectorAll<HTMLElement>("tbody[data-section]")].map((node) => node.dataset.section)).toEqual([
      "metrics",
      "parameters",
      "code",
    ]);
    expect(el.querySelector("i")).toBeNull();
    expect(el.textContent).toContain("1 cell equal");
    expect(el.textContent).toContain("max acc of 3 runs");
  });

  it("says the status of a run that did not finish", () => {
    expect(shown(answer(3)).el.querySelector("thead")?.textContent).toContain("failed");
  });

  it("takes newer numbers in place when the store changed, and keeps the rest as it is", async () => {
    const next = answer(2);
    next.sections[0] = rows("metrics", "metrics", ["acc", 0, 0.7]);
    const { el, change } = shown(answer(2), next);
    const before = [...el.querySelectorAll("tbody[data-section]")];
    el.querySelector<HTMLElement>('[data-section=metrics] [data-act="fold"]')!.focus();
    await change();
    const after = [...el.querySelectorAll("tbody[data-section]")];
    expect(after.map((node, place) => node === before[place])).toEqual([false, true, true]);
    expect(after[0]!.textContent).toContain("0.7");
    expect(document.activeElement?.textContent).toBe("▾ metrics");
  });

  it("draws anew when a run came or went", async () => {
    const { el, change } = shown(answer(3), answer(2));
    await change();
    expect(el.querySelector("b.nbm-cmp-tools-title")?.textContent).toBe("#2 adam vs #1 sgd");
  });

  it("shows texts of several lines line by line", () => {
    const data = answer(2);
    const found = rows("parameters", "parameters", ["prompt", "be↵kind", "be↵brief"]);
    found.rows[0] = {
      ...found.rows[0]!,
      diff: { hunks: [[["-", 2, null, "kind"]]], left_out: 0, lines: [2, 2] },
    } as any;
    data.sections[1] = found;
    const { el } = shown(data);
    expect(el.querySelector("[data-section=parameters] table.nbm-diff")?.textContent).toContain("kind");
  });

  it("draws a single run", () => {
    const { el } = shown({ ...answer(1), notes: ["there is no other run"] });
    expect(el.querySelector("b.nbm-cmp-tools-title")?.textContent).toBe("#1 sgd");
  });
});

describe("a row", () => {
  it("shows more digits where the rounded ones would look equal", () => {
    const close = { key: "a", cells: [0.97153, 0.97154], texts: ["0.97153", "0.97154"], state: "changed" as const };
    expect([cellText(close, 0), cellText(close, 1)]).toEqual(["0.97153", "0.97154"]);
    expect(cellText({ key: "a", cells: ["NaN", null], state: "changed" }, 0)).toBe("NaN");
    expect(cellText({ key: "a", cells: ["NaN", null], state: "changed" }, 1)).toBeNull();
    expect(cellText({ key: "t", cells: [61], state: "equal", kind: "duration" }, 1)).toBe("1 min 01 s");
  });

  it("says better and worse in words, by sign and by arrow", () => {
    const node = drawRow({ key: "loss", cells: [0.2, 0.1], deltas: [null, [-0.1, true]], state: "changed" }, 2);
    expect(node.textContent).toBe("loss0.20.1-0.1 ▼ better");
    expect([arrow(1, true), arrow(1, false), arrow(-1, true), arrow(-1, false), arrow(1, null)].join("")).toBe("▲△▼▽");
  });

  it("has a cell for every column, whatever the number of runs", () => {
    for (const runs of [1, 2, 3, 12]) {
      const cells = Array.from({ length: runs }, (_, place) => place);
      expect(drawRow({ key: "k", cells, state: "changed" }, runs).cells.length).toBe(2 * runs + 1);
    }
  });
});
