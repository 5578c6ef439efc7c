// @vitest-environment node
import { describe, expect, it } from "vitest";
import { FakeModel } from "../../test/model";
import { Desk } from "./ask";
import { ChildModel } from "./child";

describe("ChildModel", () => {
  it("has a state of its own and asks through the outer model", async () => {
    const outer = new FakeModel("compare");
    const [one, two] = [new ChildModel(outer, "curves", { runs: ["a"] }), new ChildModel(outer, "run", { run: "b" })];
    expect(one.get("state")).toMatchObject({ view: "curves", args: { runs: ["a"] }, data: null });
    const [first, second] = [new Desk(one).view("curves", {}), new Desk(two).view("run", {})];
    const [a, b] = outer.sent.map((sent) => sent.id);
    expect(a).not.toBe(b);
    outer.emit("msg:custom", { id: b, ok: true, data: "run" });
    outer.emit("msg:custom", { id: a, ok: true, data: "curves" });
    expect(await Promise.all([first, second])).toEqual(["curves", "run"]);
  });
  it("is answered three levels down, each view by its own", async () => {
    const outer = new FakeModel("compare");
    const run = new ChildModel(outer, "run", {});
    const page = new ChildModel(run, "explore", {});
    const asked = [run, page, new ChildModel(page, "curves", {})].map((model, at) => new Desk(model).view(String(at)));
    for (const sent of [...outer.sent].reverse()) outer.emit("msg:custom", { id: sent.id, ok: true, data: sent.name });
    expect(await Promise.all(asked)).toEqual(["0", "1", "2"]);
  });
  it("keeps what is chosen in it to itself, and passes on what the outer one hears", () => {
    const outer = new FakeModel("compare");
    const child = new ChildModel(outer, "runs", {});
    const heard: string[] = [];
    child.on("change:stamp", () => heard.push("stamp"));
    child.set("selection", ["a"]);
    expect(outer.get("selection")).toEqual([]);
    outer.emit("change:stamp");
    expect(heard).toEqual(["stamp"]);
    child.close();
    expect(outer.heard).toBe(0);
  });
  it("starts from what was saved with the outer view, also two levels down", () => {
    const known = [{ name: "curves", args: { runs: ["a"] }, data: { series: [1] } }];
    const outer = new FakeModel("runs", {}, {}, { known });
    const inner = new ChildModel(new ChildModel(outer, "run", { run: "a" }), "curves", { runs: ["a"] });
    expect(inner.get("state").data).toEqual({ series: [1] });
    expect(new ChildModel(outer, "curves", { runs: ["b"] }).get("state").data).toBeNull();
  });
});
