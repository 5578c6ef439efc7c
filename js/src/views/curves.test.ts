import { expect, it } from "vitest";
import { FakeModel } from "../../test/model";
import type { Packed } from "../lib/series";
import { curves } from "./curves";
import type { CurvesData } from "./curves/data";

const doubles = (...values: number[]): Packed => ({
  f8: btoa(String.fromCharCode(...new Uint8Array(Float64Array.from(values).buffer))),
});

/** Runs of these ids, each with a point of each metric. */
function dataOf(ids: string[], shown = ["loss", "acc"], change: Partial<CurvesData> = {}): CurvesData {
  const points = { count: 2, x: doubles(0, 1), y: doubles(1, 2) };
  return {
    runs: ids.map((id, place) => ({ id, number: place + 1, name: id, status: "running" })),
    total: ids.length,
    metrics: shown.map((key) => ({ key, runs: ids.length })),
    shown,
    x: "step",
    axes: shown.map(() => "step"),
    groups: null,
    groupable: [],
    series: shown.flatMap((_, metric) => ids.map((_, run) => ({ metric, run, ...points }))),
    ...change,
  };
}

function grouped(runs: number, shown?: string[]): CurvesData {
  const points = { count: 2, x: doubles(0, 1), y: doubles(1, 2), low: doubles(0, 1), high: doubles(2, 3) };
  return dataOf(["a"], shown, {
    groups: [
      { label: "lr 0.1", runs },
      { label: "lr 1", runs: 1 },
    ],
    series: [0, 1].map((group) => ({ metric: 0, group, ...points })),
  });
}

function shown(data: CurvesData) {
  const model = new FakeModel("curves", {}, data);
  const el = document.body.appendChild(document.createElement("div"));
  curves({ model, el });
  const all = <E extends HTMLElement>(css: string) => [...el.querySelectorAll<E>(css)];
  return {
    row: (name: string) => all<HTMLButtonElement>(".nbm-curves-row").find((row) => row.textContent?.includes(name))!,
    title: (key: string) => all<HTMLButtonElement>(`[data-metric="${key}"] .nbm-curves-metric`)[0]!,
    rows: () => all(".nbm-curves-row").map((row) => row.querySelector(".nbm-curves-name")?.textContent),
    plots: () => all(".nbm-curves-cell").map((cell) => cell.dataset.metric),
    text: () => el.textContent,
    take: (next: CurvesData) => {
      const before = model.get("state");
      model.set("state", { ...before, data: next });
    },
  };
}

it("keeps a group hidden that another run comes to", () => {
  const view = shown(grouped(3));
  view.row("lr 0.1").click();
  view.take(grouped(4));
  expect(view.row("lr 0.1").textContent).toContain("(4 runs)");
  expect(view.row("lr 0.1").getAttribute("aria-pressed")).toBe("false");
  expect(view.row("lr 1").getAttribute("aria-pressed")).toBe("true");
});

it("keeps a run hidden that is given another name", () => {
  const view = shown(dataOf(["a", "b"]));
  view.row("a").click();
  const renamed = dataOf(["b", "a"]);
  renamed.runs[1]!.name = "other";
  view.take(renamed);
  expect(view.row("other").getAttribute("aria-pressed")).toBe("false");
  expect(view.row("b").getAttribute("aria-pressed")).toBe("true");
});

it("keeps a plot large, and the focus on it, when another metric comes", () => {
  const view = shown(dataOf(["a"], ["loss", "acc"]));
  view.title("acc").focus();
  view.title("acc").click();
  view.take(dataOf(["a"], ["auc", "acc", "loss"]));
  expect(view.plots()).toEqual(["auc", "acc", "loss"]);
  expect(view.title("acc").getAttribute("aria-expanded")).toBe("true");
  expect(view.title("loss").getAttribute("aria-expanded")).toBe("false");
  expect(document.activeElement).toBe(view.title("acc"));
});

it("keeps a plot large when what lies along its bottom is another", () => {
  const view = shown(dataOf(["a"], ["loss", "acc"]));
  view.title("acc").click();
  view.take(dataOf(["a"], ["loss", "acc"], { x: "relative", axes: ["relative", "relative"] }));
  expect(view.title("acc").getAttribute("aria-expanded")).toBe("true");
});

it("keeps the focus on a row while newer data come, and says the new names", () => {
  const view = shown(dataOf(["a", "b"]));
  const row = view.row("b");
  row.focus();
  const next = dataOf(["c", "a", "b"]);
  next.runs[2]!.name = "best";
  view.take(next);
  expect(document.activeElement).toBe(row);
  expect(view.rows()).toEqual(["#1 c", "#2 a", "#3 best"]);
  row.click(); // it stands for the same run, at its new place
  expect(view.row("best").getAttribute("aria-pressed")).toBe("false");
  expect(view.row("#2 a").getAttribute("aria-pressed")).toBe("true");
});

it("says why it is empty, and draws what comes then", () => {
  const view = shown(dataOf([], []));
  expect(view.text()).toContain("No runs are chosen");
  view.take(dataOf(["a"], ["loss"]));
  expect(view.plots()).toEqual(["loss"]);
  expect(view.text()).not.toContain("No runs are chosen");
});
