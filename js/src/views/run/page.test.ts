import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeModel } from "../../../test/model";
import { h } from "../../lib/dom";
import { register, renderView } from "../../lib/stage";
import { run } from "../run";
import type { MetricRow, RunData } from "./data";

const row = (key: string, last: number): MetricRow => ({
  key,
  last,
  last_step: null,
  min: last,
  max: last,
  mean: last,
  count: 1,
  non_finite: 0,
  best: null,
  goal: null,
  is_guess: false,
  delta: null,
});
const rows = (word: string, count: number, last: number) =>
  Array.from({ length: count }, (_, at) => row(`${word}${at}`, last));

function page(last: number, status = "running"): RunData {
  const name = { id: "a", number: 1, name: null, status, experiment: "e", is_baseline: false };
  return {
    run: name,
    kind: "run",
    seed: null,
    started_at: null,
    ended_at: null,
    duration_s: null,
    deleted_at: null,
    notebook: null,
    cell_id: null,
    execution_count: null,
    git: { sha: null, dirty: null },
    note: null,
    is_note_cut: false,
    error: null,
    tags: [],
    parent: null,
    children: { runs: [], total: 0 },
    attempts: { runs: [], total: 0 },
    baseline: null,
    params: { rows: [], total: 0 },
    metrics: { rows: rows("m", 13, last), total: 15 },
    system: { rows: rows("system/s", 14, last), total: 14 },
    counts: { cells: 0, outputs: 0, series: 0, entries: 0, artifacts: 0 },
    environment: null,
    offered: 0,
    figures: [],
  };
}

let el: HTMLElement;
const find = <T extends Element = HTMLElement>(css: string) => el.querySelector<T>(css)!;
const metrics = () => [...find(".nbm-run-numbers").querySelectorAll("tbody tr")].map((each) => each.textContent);

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(HTMLElement.prototype, "offsetParent", "get").mockReturnValue(document.body);
  register({ run });
  el = h("div");
  document.body.append(el);
});
afterEach(() => {
  vi.useRealTimers();
});

async function answer(model: FakeModel, name: string, data: unknown): Promise<void> {
  const { id } = model.sent.filter((sent) => sent.name === name).at(-1);
  model.emit("msg:custom", { id, ok: true, data });
  await vi.advanceTimersByTimeAsync(0);
}

describe("the page of a run that goes on", () => {
  it("asks no more once it is closed, also if a question was under way", async () => {
    const model = new FakeModel("run", { run: "a" }, page(1));
    const close = renderView({ model, el });
    await vi.advanceTimersByTimeAsync(2000);
    expect(model.sent).toHaveLength(1);
    close();
    await vi.advanceTimersByTimeAsync(20_000);
    expect([model.sent.length, vi.getTimerCount()]).toEqual([1, 0]);
  });

  it("keeps a list whole that was asked for whole, with the newest values", async () => {
    const model = new FakeModel("run", { run: "a" }, page(1));
    const close = renderView({ model, el });
    expect(metrics()).toHaveLength(13);
    [...find(".nbm-run-numbers").querySelectorAll("button")]
      .find((each) => each.textContent === "Show all 15")!
      .click();
    await answer(model, "run/metrics", { rows: rows("m", 15, 1) });
    expect(metrics()).toHaveLength(15);
    await vi.advanceTimersByTimeAsync(2000);
    await answer(model, "run", page(2));
    expect(metrics()).toHaveLength(15);
    expect([metrics()[0], metrics()[14]]).toEqual(["m02", "m141"]);
    expect(find(".nbm-run-numbers").textContent).not.toContain("Show all");
    await answer(model, "run/metrics", { rows: rows("m", 15, 2) });
    expect(metrics()[14]).toBe("m142");
    close();
  });

  it("shows a list whole also if it was drawn anew while that was asked for", async () => {
    const model = new FakeModel("run", { run: "a" }, page(1));
    const close = renderView({ model, el });
    await vi.advanceTimersByTimeAsync(2000);
    [...find(".nbm-run-numbers").querySelectorAll("button")]
      .find((each) => each.textContent === "Show all 15")!
      .click();
    await answer(model, "run", page(2));
    await answer(model, "run/metrics", { rows: rows("m", 15, 2) });
    expect(metrics()).toHaveLength(15);
    close();
  });

  it("lets a measure be looked for while new values come", async () => {
    const model = new FakeModel("run", { run: "a" }, page(1));
    const close = renderView({ model, el });
    find<HTMLButtonElement>("[data-section=system] button").click();
    await vi.advanceTimersByTimeAsync(0);
    const field = find<HTMLInputElement>("[data-section=system] input");
    field.focus();
    await vi.advanceTimersByTimeAsync(2000);
    await answer(model, "run", page(2));
    expect([field.isConnected, document.activeElement === field]).toEqual([true, true]);
    field.blur();
    await vi.advanceTimersByTimeAsync(2000);
    await answer(model, "run", page(3));
    expect(find("[data-section=system] tbody tr").textContent).toBe("s0333");
    close();
  });
});
