import { expect, test } from "vitest";
import { lookOf, memoryOf } from "./look";
import { freshMemory } from "./shared";

test("what was chosen comes back, open ends too", () => {
  const memory = freshMemory();
  memory.axes = ["param.lr", "metric.acc"];
  memory.logs.set("param.lr", true);
  memory.brushes.set("param.lr", { range: [Number.NEGATIVE_INFINITY, 0.3], words: ["NaN"] });
  memory.x = "param.lr";
  memory.colour = "run";
  const look = JSON.parse(JSON.stringify(lookOf(memory, [])));
  expect(memoryOf(look)).toEqual(memory);
});

test("nothing chosen is nothing kept", () => {
  const memory = freshMemory();
  memory.axes = ["a"];
  expect(lookOf(memory, ["a"])).toEqual({});
});

test("what another version kept does no harm", () => {
  const odd = {
    axes: 5,
    logs: [["a"], 3],
    brushes: [["a", { range: [1, "x"] }], null],
    x: 7,
    colour: {},
    byForest: "yes",
  };
  expect(memoryOf(odd)).toEqual(freshMemory());
  expect(memoryOf("look")).toEqual(freshMemory());
  expect(memoryOf(null)).toEqual(freshMemory());
});
