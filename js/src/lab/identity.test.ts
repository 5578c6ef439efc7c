// @vitest-environment node
import { expect, it } from "vitest";
import { identity } from "./identity";
import type { Opened } from "./main";

const table = (args: Record<string, unknown>, store: Opened["store"] = { key: "k" }): Opened => ({
  view: "runs",
  args,
  title: "Runs",
  store,
});

it("is another one for every view, store and argument, whatever their letters", () => {
  const all = [
    table({ filter: "lr <= 0.01" }),
    table({ filter: "lr >= 0.01" }),
    table({ filter: "lr _= 0.01" }),
    table({ experiment: "実験一" }),
    table({ experiment: "実験二" }),
    table({ experiment: "\ud800" }),
    table({}, { key: "a" }),
    table({}, { notebook: "a" }),
    table({}, { notebook: "a_b.ipynb" }),
    table({}, { notebook: "a b.ipynb" }),
    { ...table({}, { key: "a" }), view: "explore" },
  ].map(identity);
  expect(new Set(all).size).toBe(all.length);
});

it("is the same after a reload, and plain enough for a selector", () => {
  const opened = table({ filter: 'a = "ü" and b', runs: ["1", "2"] });
  expect(identity(JSON.parse(JSON.stringify(opened)))).toBe(identity(opened));
  expect(identity({ ...opened, title: "renamed" })).toBe(identity(opened));
  expect(identity(opened)).toMatch(/^nbmlops-[\w-]+$/);
});
