// @vitest-environment node
import { afterEach, describe, expect, it, vi } from "vitest";
import { FakeModel } from "../../test/model";
import { type Age, Desk } from "./ask";

describe("Desk", () => {
  afterEach(() => {
    vi.useRealTimers();
  });
  it("sends a question and gives its answer back, whatever the order", async () => {
    const model = new FakeModel("runs");
    const desk = new Desk(model);
    const [first, second] = [desk.view("runs", { filter: "" }), desk.act("tag", { run: "a" })];
    expect(model.sent).toMatchObject([
      { kind: "view", name: "runs", args: { filter: "" } },
      { kind: "action", name: "tag", args: { run: "a" } },
    ]);
    const [one, two] = model.sent.map((sent) => sent.id);
    model.emit("msg:custom", { id: two, ok: true, data: "done" });
    model.emit("msg:custom", { id: one, ok: true, data: [1] });
    expect(await second).toBe("done");
    expect(await first).toEqual([1]);
  });
  it("takes no answer of another view of the same model, also one of another window", async () => {
    const model = new FakeModel("runs");
    const [sorted, filtered] = [new Desk(model).view("runs", { sort: "lr" }), new Desk(model).view("runs", {})];
    const [one, two] = model.sent.map((sent) => sent.id);
    model.emit("msg:custom", { id: two, ok: true, data: "filtered" });
    model.emit("msg:custom", { id: one, ok: true, data: "sorted" });
    expect(await Promise.all([sorted, filtered])).toEqual(["sorted", "filtered"]);
  });
  it("fails with the words of the other side", async () => {
    const model = new FakeModel("runs");
    const asked = new Desk(model).view("runs");
    void model.refuse("no such run", "ml.runs() lists them", "UnknownReference");
    await expect(asked).rejects.toMatchObject({
      message: "no such run",
      hint: "ml.runs() lists them",
      kind: "UnknownReference",
    });
  });
  it("gives up after a while, and says what may be the matter", async () => {
    vi.useFakeTimers();
    const asked = new Desk(new FakeModel("runs"), 1000).view("runs");
    const failed = expect(asked).rejects.toThrow("the kernel is busy or gone");
    await vi.advanceTimersByTimeAsync(1001);
    await failed;
  });
  it("fails at once where nothing can be sent", async () => {
    const model = new FakeModel("runs");
    model.send = () => {
      throw new Error("Kernel is dead");
    };
    await expect(new Desk(model).view("runs")).rejects.toMatchObject({
      message: "the kernel cannot be reached: Kernel is dead",
      kind: "offline",
    });
  });
  it("tells how old an answer is, and that the next one is not", async () => {
    const model = new FakeModel("runs");
    const ages: (Age | null)[] = [];
    const desk = new Desk(model, 1000, (age) => ages.push(age));
    void desk.view("runs");
    await model.answer(1, { age_s: 12, notice: "the file is held by duckdb" });
    void desk.view("runs");
    await model.answer(2);
    expect(ages).toEqual([{ seconds: 12, notice: "the file is held by duckdb" }, null]);
  });
  it("ends what is open when it is closed, and hears no more", async () => {
    const model = new FakeModel("runs");
    const desk = new Desk(model);
    const asked = desk.view("runs");
    desk.close();
    await expect(asked).rejects.toThrow("closed");
    expect(model.heard).toBe(0);
  });
  it("asks nobody for what was saved with it", async () => {
    const known = [{ name: "curves", args: { runs: ["a"], x: "step" }, data: { series: [] } }];
    const model = new FakeModel("run", {}, null, { known });
    const desk = new Desk(model);
    expect(await desk.view("curves", { x: "step", runs: ["a"] })).toEqual({ series: [] });
    expect(model.sent).toEqual([]);
    void desk.view("curves", { x: "wall", runs: ["a"] }).catch(() => {});
    expect(model.sent).toHaveLength(1);
    desk.close();
  });
});
