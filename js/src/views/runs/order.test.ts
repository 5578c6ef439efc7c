// @vitest-environment node
import { describe, expect, it } from "vitest";
import { nextSort, sorted } from "./order";
import { Ticks } from "./ticks";
import type { Column, Row, Run } from "./types";

const column = (key: string, kind: string, goal: Column["goal"] = null): Column => ({
  key,
  label: key,
  kind,
  shown: true,
  goal,
});
const run = (number: number): Run => ({
  number,
  id: `r${number}`,
  name: null,
  status: "finished",
  experiment: "wine",
  is_baseline: false,
});
const row = (number: number, ...cells: unknown[]): Row => ({ run: run(number), cells });

describe("nextSort", () => {
  it("begins with what is better, turns round, goes back", () => {
    const acc = column("metric.acc", "metric", "max");
    const first = nextSort("metric.acc", acc, null);
    expect(first).toEqual({ key: "metric.acc", descending: true });
    const second = nextSort("metric.acc", acc, first);
    expect(second).toEqual({ key: "metric.acc", descending: false });
    expect(nextSort("metric.acc", acc, second)).toBeNull();
    expect(nextSort("metric.loss", column("metric.loss", "metric", "min"), first)?.descending).toBe(false);
    expect(nextSort("param.lr", column("param.lr", "number"), first)?.descending).toBe(false);
  });
});

describe("sorted", () => {
  const columns = [column("metric.acc", "metric")];
  const rows = [row(1, 0.5), row(2, "NaN"), row(3, null), row(4, "Infinity"), row(5, 0.9), row(6, "text")];
  const order = (descending: boolean) =>
    sorted(rows, columns, { key: "metric.acc", descending }).map((each) => each.run.number);

  it("puts what is missing or NaN last, either way", () => {
    expect(order(false)).toEqual([1, 5, 4, 6, 2, 3]);
    expect(order(true)).toEqual([4, 5, 1, 6, 2, 3]);
  });
  it("sorts by the number of the run", () => {
    const found = sorted(rows, columns, { key: "run", descending: true });
    expect(found.map((each) => each.run.number)).toEqual([6, 5, 4, 3, 2, 1]);
  });
});

describe("Ticks", () => {
  const runs = [5, 4, 3, 2, 1].map(run);

  it("begins with the last two, the older first", () => {
    let ids: string[] = [];
    const ticks = new Ticks((found) => {
      ids = found;
    });
    ticks.first(runs);
    expect(ids).toEqual(["r4", "r5"]);
    ticks.turnAll(runs);
    expect(ids).toEqual([]);
    new Ticks((found) => {
      ids = found;
    }).first([run(1)]);
    expect(ids, "one run is nothing to compare").toEqual([]);
  });

  it("ticks a range, in the order of the table", () => {
    const ticks = new Ticks(() => {});
    ticks.tick(runs[0]!, false, runs);
    ticks.tick(runs[3]!, true, runs);
    expect(ticks.ids).toEqual(["r5", "r4", "r3", "r2"]);
    ticks.tick(runs[1]!, true, runs);
    expect(ticks.ids).toEqual(["r5"]);
  });

  it("compares with the baseline, else with the oldest", () => {
    const ticks = new Ticks(() => {});
    for (const each of [runs[0]!, runs[4]!, runs[2]!]) ticks.tick(each, false, runs);
    expect(ticks.inOrder(null).map(({ id }) => id)).toEqual(["r1", "r3", "r5"]);
    expect(ticks.inOrder("r3").map(({ id }) => id)).toEqual(["r3", "r1", "r5"]);
  });
});
