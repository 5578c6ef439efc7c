import { describe, expect, it } from "vitest";
import { dataSource, variable } from "./snippets";

const version = (dataset: string, number: number) => ({ id: `${dataset}${number}`, dataset, number });

describe("dataSource", () => {
  it("loads one version under the name of its dataset", () => {
    expect(dataSource("ml", [version("train", 3)])).toBe('train = ml.data.load("train@v3")');
  });
  it("compares two, and loads more of them", () => {
    expect(dataSource("nb", [version("a", 1), version("a", 2)])).toBe('nb.data.diff("a@v1", "a@v2")');
    expect(dataSource("ml", [version("a", 1), version("a", 2), version("b c", 1)])).toBe(
      ['a_v1 = ml.data.load("a@v1")', 'a_v2 = ml.data.load("a@v2")', 'b_c_v1 = ml.data.load("b c@v1")'].join("\n"),
    );
  });
  it("quotes a name that no dataset should have", () => {
    expect(dataSource("ml", [version('a"); import os #\n', 1)])).toBe(
      'a_import_os = ml.data.load("a\\"); import os #\\n@v1")',
    );
  });
});

describe("variable", () => {
  it.each([
    ["raw prices", "raw_prices"],
    ["über-größe", "über_größe"],
    ["2024.sales", "data_2024_sales"],
    ["class", "class_"],
    ["ml", "ml_"],
    ["---", "data"],
  ])("%s is %s", (name, wanted) => {
    expect(variable(name, "ml")).toBe(wanted);
  });
});
