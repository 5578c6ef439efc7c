import { beforeEach, describe, expect, it, vi } from "vitest";
import { FakeModel } from "../../../test/model";
import type { OpenRequest } from "../../lib/open";
import { Outcome } from "./outcome";
import { freshMemory, type Memory } from "./shared";
import { type ExploreData, Table } from "./table";

const TOLD = 250; // until Python is told
let model: FakeModel;
let opened: OpenRequest[];
let memory: Memory;

/** The line below so many runs, of as many as match a filter, those of `matching` brushed. */
function line(count: number, total = count, matching = [...Array(count).keys()]) {
  const data = {
    experiment: "wine",
    filter: "",
    total,
    is_ordered: false,
    runs: { id: [...Array(count).keys()].map((run) => `id${run}`), number: [], name: [], status: [] },
    metric: null,
    metrics: [],
    params: [],
    axes: [],
    equal: 0,
    left_out: 0,
    twins: {},
    columns: { duration_s: { kind: "number", values: Array(count).fill(1) } },
    has_forest: false,
  } as unknown as ExploreData;
  data.runs.number = data.runs.id.map((_, run) => run + 1);
  const stage: any = {
    model,
    select: (ids: string[]) => model.set("selection", ids),
    open: (request: OpenRequest) => opened.push(request),
  };
  const outcome = new Outcome({ table: new Table(data), matching, memory }, stage, () => {});
  document.body.append(outcome.el);
  return { outcome, data };
}

const toTable = () => [...document.querySelectorAll("button")].find((each) => each.textContent?.includes("table"))!;

beforeEach(() => {
  vi.useFakeTimers();
  model = new FakeModel("explore");
  opened = [];
  memory = freshMemory();
  return () => vi.useRealTimers();
});

describe("what Python is told", () => {
  it("is nothing before somebody brushes: what was chosen before a reload stays", () => {
    model.set("selection", ["id1"]);
    const { outcome } = line(3);
    outcome.draw();
    vi.advanceTimersByTime(TOLD);
    expect(model.get("selection")).toEqual(["id1"]);
  });
  it("are the runs that pass, and none once the brushes are gone", () => {
    memory.brushes.set("duration_s", { range: [0, 1], words: [] });
    line(3, 3, [2]).outcome.draw();
    vi.advanceTimersByTime(TOLD);
    expect(model.get("selection")).toEqual(["id2"]);
    memory.brushes.clear();
    line(3).outcome.draw(); // drawn anew meanwhile
    vi.advanceTimersByTime(TOLD);
    expect(model.get("selection")).toEqual([]);
  });
});

describe("the table that it opens", () => {
  it("has the brushes as its filter where that says the same", () => {
    memory.brushes.set("duration_s", { range: [0, 1], words: [] });
    line(400).outcome.draw();
    toTable().click();
    expect(toTable().textContent).toBe("Show in table");
    expect(opened[0]!.args).toMatchObject({ filter: "duration_s >= 0 and duration_s <= 1" });
  });
  it("names the runs one by one where it does not", () => {
    line(3, 5000).outcome.draw();
    toTable().click();
    expect(opened[0]!.args).toMatchObject({ filter: "number in (1, 2, 3)" });
  });
  it("says that it names the first of them only", () => {
    line(1500, 5000).outcome.draw();
    expect(toTable().textContent).toBe("Show first 300 in table");
    toTable().click();
    expect(opened[0]!.title).toBe("runs · first 300 of 1\u202f500");
    expect((opened[0]!.args as any).filter).toContain(" 300)");
  });
  it("cannot be opened where no run has a number yet", () => {
    const { outcome, data } = line(2, 5000);
    data.runs.number = [null, null];
    outcome.draw();
    expect(toTable().disabled).toBe(true);
  });
});
