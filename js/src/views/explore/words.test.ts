import { describe, expect, it } from "vitest";
import { NOT_SET } from "../../lib/scale";
import type { Brush } from "./brush";
import { type ExploreData, Table } from "./table";
import { filterText, outwards } from "./words";

function table(change: Partial<ExploreData> = {}): Table {
  return new Table({
    experiment: "wine",
    filter: "",
    total: 3,
    is_ordered: false,
    runs: { id: ["a", "b", "c"], number: [1, 2, 3], name: [null, null, null], status: [] },
    metric: "val/acc",
    metrics: [],
    params: [],
    axes: [],
    equal: 0,
    left_out: 0,
    twins: {},
    columns: {
      "param.lr": { kind: "number", values: [0.1, "auto", null] },
      "param.x": { kind: "number", values: [1, "Infinity", 3] },
      "param.model": { kind: "category", labels: ["it's", "mlp"], codes: [0, 1, null] },
      "param.long": { kind: "category", labels: ["a…"], codes: [0, 0, 0], is_cut: true },
      "param.bn": { kind: "flag", labels: ["False", "True"], codes: [0, 1, null] },
      "metric.val/acc": { kind: "number", values: [0.1, "NaN", 0.3] },
      duration_s: { kind: "number", values: [1, 2, 3] },
    },
    has_forest: false,
    ...change,
  });
}

const text = (brushes: Record<string, Brush>, change: Partial<ExploreData> = {}) =>
  filterText(table(change), new Map(Object.entries(brushes)));
const inf = Number.POSITIVE_INFINITY;

describe("brushes as a filter", () => {
  it("of numbers", () => {
    expect(text({ "param.lr": { range: [0.0012345, 0.1], words: [] } })).toBe(
      "param.`lr` >= 0.001234 and param.`lr` <= 0.1",
    );
    expect(text({ "metric.val/acc": { range: [0.2, inf], words: [] } })).toBe("metric.`val/acc` >= 0.2");
    expect(text({ duration_s: { range: [-inf, 2], words: [] } })).toBe("duration_s <= 2");
    expect(text({ duration_s: { range: [-inf, inf], words: [] } })).toBe("duration_s is finite");
  });

  it("of words among numbers, and of missing values", () => {
    expect(text({ "param.lr": { range: [0.01, 0.1], words: ["auto", NOT_SET] } })).toBe(
      "((param.`lr` >= 0.01 and param.`lr` <= 0.1) or param.`lr` is null or param.`lr` in ('auto'))",
    );
    expect(text({ "metric.val/acc": { range: null, words: ["NaN"] } })).toBe("metric.`val/acc` is nan");
  });

  it("of categories and flags", () => {
    expect(text({ "param.model": { range: null, words: ["it's", "mlp"] } })).toBe("param.`model` in ('it''s', 'mlp')");
    expect(text({ "param.bn": { range: null, words: ["True", NOT_SET] } })).toBe(
      "(param.`bn` is true or param.`bn` is null)",
    );
  });

  it("together with the filter that is there", () => {
    const brush = { "param.model": { range: null, words: ["mlp"] } };
    expect(text(brush, { filter: "a = 1 or b = 2" })).toBe("(a = 1 or b = 2) and param.`model` in ('mlp')");
    expect(text({}, { filter: "a = 1" })).toBe("a = 1");
  });

  it("is none where only the ids of the runs can say it", () => {
    const brush = { "param.model": { range: null, words: ["mlp"] } };
    expect(text(brush, { filter: "order by lr" })).toBeNull();
    expect(text(brush, { total: 5000 })).toBeNull();
    expect(text({ "param.long": { range: null, words: ["a…"] } })).toBeNull();
    expect(text({ "param.x": { range: [2, inf], words: [] } })).toBeNull();
    expect(text({ "param.x": { range: null, words: ["inf"] } })).toBeNull();
  });
});

describe("the edge of a brush", () => {
  it("is written in few digits, on its outer side", () => {
    expect(outwards(0.00123456, -1)).toBe("0.001234");
    expect(outwards(0.00123456, 1)).toBe("0.001235");
    expect(outwards(-5.55555, -1)).toBe("-5.556");
    expect(outwards(64, 1)).toBe("64");
    expect(outwards(0, 1)).toBe("0");
    expect(outwards(1e-7, 1)).toBe("1e-7");
  });
});
