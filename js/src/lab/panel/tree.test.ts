// @vitest-environment node
import { describe, expect, it } from "vitest";
import { experimentTree, visibleBranches } from "./tree";

const named = (...names: string[]) => names.map((name) => ({ name, runs: 2, running: name === "vision/vit" ? 1 : 0 }));

describe("experimentTree", () => {
  it("puts names with a common beginning below it, and counts their runs", () => {
    const tree = experimentTree(named("wine", "vision/resnet", "vision/vit", "vision"));
    expect(tree.map(({ label, runs, running }) => [label, runs, running])).toEqual([
      ["wine", 2, 0],
      ["vision", 6, 1],
    ]);
    expect(tree[1]!.children.map(({ label, path }) => [label, path])).toEqual([
      ["resnet", "vision/resnet"],
      ["vit", "vision/vit"],
    ]);
    expect(tree[1]!.experiment?.name).toBe("vision");
  });

  it("a folder of one thing is one line", () => {
    const [only] = experimentTree(named("a/b/c"));
    expect([only!.label, only!.path, only!.experiment?.name, only!.children]).toEqual(["a/b/c", "a/b/c", "a/b/c", []]);
  });

  it("empty parts of a name lose nothing", () => {
    const names = ["/", "a//b", "", "a/"];
    const found = visibleBranches(experimentTree(named(...names)), new Set()).flatMap(([each]) =>
      each.experiment ? [each.experiment.name] : [],
    );
    expect(found.sort()).toEqual([...names].sort());
  });

  it("closed branches hide what is below them", () => {
    const tree = experimentTree(named("vision/resnet", "vision/vit"));
    expect(visibleBranches(tree, new Set()).map(([each, level]) => [each.label, level])).toEqual([
      ["vision", 1],
      ["resnet", 2],
      ["vit", 2],
    ]);
    expect(visibleBranches(tree, new Set(["vision"]))).toHaveLength(1);
  });
});
