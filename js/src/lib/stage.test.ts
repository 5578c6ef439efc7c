import { beforeEach, describe, expect, it, vi } from "vitest";
import { FakeModel, settled } from "../../test/model";
import { AskError } from "./ask";
import { h } from "./dom";
import type { Context } from "./host";
import { type Drawn, register, renderView, type Stage, stageView } from "./stage";

let el: HTMLElement;
let stage: Stage;
let drawings: number;
let drawn: Drawn;

function list(context: Context) {
  return stageView(context, (given) => {
    stage = given;
    drawings += 1;
    stage.body.append(h("input"), h("ul", {}, ...stage.data.rows.map((row: string) => h("li", {}, row))));
    return drawn;
  });
}

function broken(context: Context) {
  return stageView(context, () => {
    throw new TypeError("no rows");
  });
}

const root = () => el.querySelector<HTMLElement>(".nbm-view")!;
const rows = () => [...el.querySelectorAll("li")].map((row) => row.textContent);
const problem = () => {
  const found = [...el.querySelectorAll<HTMLElement>(".nbm-problem")].filter((each) => !each.hidden);
  return found.length ? found.map((each) => each.textContent).join() : null;
};
const press = (label: string) =>
  [...el.querySelectorAll("button")].find((each) => each.textContent === label && !each.closest("[hidden]"))!.click();

beforeEach(() => {
  el = h("div");
  document.body.append(el);
  drawings = 0;
  drawn = {};
  register({ list, broken });
});

describe("renderView", () => {
  it("says what it cannot draw", () => {
    for (const [view, v, words] of [
      ["list", 99, "newer nbmlops"],
      ["future", 1, "not known"],
    ] as const) {
      const close = renderView({ model: new FakeModel(view, {}, null, { v }), el });
      expect(el.textContent).toContain(words);
      expect(el.querySelector("[role=alert]")).not.toBeNull();
      close();
      expect(el.childElementCount).toBe(0);
    }
  });
});

describe("stageView", () => {
  it("draws what it was given without asking", () => {
    const model = new FakeModel("list", {}, { rows: ["a", "b"] });
    renderView({ model, el });
    expect(rows()).toEqual(["a", "b"]);
    expect(root().dataset.ready).toBe("1");
    expect(model.sent).toEqual([]);
  });
  it("asks where it was given nothing, with a bar meanwhile", async () => {
    const model = new FakeModel("list", { filter: "x" });
    renderView({ model, el });
    expect(model.sent[0]).toMatchObject({ kind: "view", name: "list", args: { filter: "x" } });
    expect(el.querySelector<HTMLElement>(".nbm-bar")!.hidden).toBe(false);
    expect(root().dataset.ready).toBeUndefined();
    await model.answer({ rows: ["c"] });
    expect(rows()).toEqual(["c"]);
    expect(el.querySelector<HTMLElement>(".nbm-bar")!.hidden).toBe(true);
  });
  it("keeps the old picture while it asks and when that fails, and can try again", async () => {
    const model = new FakeModel("list", {}, { rows: ["a"] });
    renderView({ model, el });
    void stage.update({ sort: "lr" });
    expect(rows()).toEqual(["a"]);
    await model.refuse("the store is gone", "ml.store() says where it was");
    expect(problem()).toContain("the store is gone · ml.store() says where it was");
    expect(rows()).toEqual(["a"]);
    press("Try again");
    expect(model.sent.at(-1).args).toEqual({ sort: "lr" });
    await model.answer({ rows: ["b"] });
    expect(problem()).toBeNull();
    expect(rows()).toEqual(["b"]);
  });
  it("takes only the answer to the last question", async () => {
    const model = new FakeModel("list", {}, { rows: [] });
    renderView({ model, el });
    void stage.update({ filter: "a" });
    void stage.update({ filter: "ab" });
    const [first, second] = model.sent.map((sent) => sent.id);
    model.emit("msg:custom", { id: second, ok: true, data: { rows: ["ab"] } });
    model.emit("msg:custom", { id: first, ok: true, data: { rows: ["a"] } });
    await settled();
    expect(rows()).toEqual(["ab"]);
  });
  it("keeps what an action failed with until the next one, whatever is loaded meanwhile", async () => {
    const model = new FakeModel("list", {}, { rows: ["a"] });
    renderView({ model, el });
    stage.say(new AskError("the tag was not kept"));
    expect(problem()).toContain("the tag was not kept");
    expect(problem()).not.toContain("Try again");
    model.emit("change:stamp");
    await model.answer({ rows: ["b"] });
    void stage.update({ filter: "x" });
    await model.answer({ rows: ["c"] });
    expect([rows(), problem()]).toEqual([["c"], expect.stringContaining("the tag was not kept")]);
    void stage.desk.act("tag", {});
    expect(problem()).toBeNull();
    await model.answer(null);
  });
  it("tries an action again where it is told how", () => {
    renderView({ model: new FakeModel("list", {}, { rows: [] }), el });
    const again = vi.fn();
    stage.say(new AskError("the file did not come"), again);
    press("Try again");
    expect(again).toHaveBeenCalledOnce();
    expect(problem()).toBeNull();
  });
  it("takes back by itself what a load failed with, when one succeeds", async () => {
    const model = new FakeModel("list", {}, { rows: ["a"] });
    renderView({ model, el });
    model.emit("change:stamp");
    await model.refuse("the store is gone");
    expect(problem()).toContain("the store is gone");
    model.emit("change:stamp");
    await model.answer({ rows: ["a"] });
    expect(problem()).toBeNull();
  });
  it("says that it could not be drawn until it can", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const model = new FakeModel("broken", {}, { rows: [] });
    renderView({ model, el });
    model.emit("change:stamp");
    await model.answer({ rows: [] });
    expect(problem()).toContain("could not be drawn");
  });
  it("says how old an answer is", async () => {
    const model = new FakeModel("list");
    renderView({ model, el });
    await model.answer({ rows: [] }, { age_s: 65, notice: "the file is held" });
    expect(el.querySelector(".nbm-old")!.textContent).toBe("as of 1 min 05 s ago · the file is held");
  });
  it("says when it cannot be drawn, with a way on", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    renderView({ model: new FakeModel("broken", {}, { rows: [] }), el });
    expect(problem()).toContain("this could not be drawn: TypeError: no rows");
    expect(root().dataset.ready).toBeUndefined();
    expect(logged).toHaveBeenCalled();
  });
  it("offers no second try where nobody can be asked", () => {
    renderView({ model: new FakeModel("list", {}, { rows: [] }), el });
    stage.say(new AskError("this is a saved picture", "run the cell", "saved"));
    expect(problem()).toBe("this is a saved picture · run the cell Dismiss");
    press("Dismiss");
    expect(problem()).toBeNull();
  });
  it("tells Python what is chosen", () => {
    const model = new FakeModel("list", {}, { rows: [] });
    renderView({ model, el });
    stage.select(["a", "b"]);
    expect(model.saved).toEqual([["a", "b"]]);
  });
});

describe("a store that changes", () => {
  it("is asked again quietly, and drawn only if the answer is another one", async () => {
    const model = new FakeModel("list", {}, { rows: ["a"] });
    renderView({ model, el });
    model.emit("change:stamp");
    expect(el.querySelector<HTMLElement>(".nbm-bar")!.hidden).toBe(true);
    await model.answer({ rows: ["a"] });
    expect(drawings).toBe(1);
    model.emit("change:stamp");
    await model.answer({ rows: ["b"] });
    expect([drawings, rows()]).toEqual([2, ["b"]]);
  });
  it("is patched in place where the view can", async () => {
    const seen: unknown[] = [];
    drawn = { patch: (data) => seen.push(data) > 0 };
    const model = new FakeModel("list", {}, { rows: ["a"] });
    renderView({ model, el });
    model.emit("change:stamp");
    await model.answer({ rows: ["b"] });
    expect([drawings, seen]).toEqual([1, [{ rows: ["b"] }]]);
  });
  it("waits while somebody types", async () => {
    const model = new FakeModel("list", {}, { rows: ["a"] });
    renderView({ model, el });
    const input = el.querySelector("input")!;
    input.focus();
    input.value = "los";
    model.emit("change:stamp");
    expect(model.sent).toHaveLength(0);
    input.blur();
    await settled();
    expect(model.sent).toHaveLength(1);
  });
  it("asks while a field only has the focus, and draws anew when it has not", async () => {
    const model = new FakeModel("list", {}, { rows: ["a"] });
    renderView({ model, el });
    const input = el.querySelector("input")!;
    input.focus();
    model.emit("change:stamp");
    await model.answer({ rows: ["b"] });
    expect([document.activeElement === input, rows()]).toEqual([true, ["a"]]);
    input.blur();
    await settled();
    await model.answer({ rows: ["b"] });
    expect(rows()).toEqual(["b"]);
  });
  it("does not wait for a slider, a box or a choice that has the focus", async () => {
    const model = new FakeModel("list", {}, { rows: ["a"] });
    renderView({ model, el });
    const slider = h("input", { type: "range", value: "1" });
    const box = h("input", { type: "checkbox" });
    const choice = h("select", {}, h("option", {}, "a"), h("option", {}, "b"));
    stage.body.append(slider, box, choice);
    drawn = {};
    let asked = 0;
    for (const each of [slider, box, choice]) {
      each.focus();
      each.value = "b";
      model.emit("change:stamp");
      expect(model.sent).toHaveLength(++asked);
      await model.answer({ rows: ["a"] });
    }
  });
  it("waits for a longer text that has the focus", () => {
    const model = new FakeModel("list", {}, { rows: ["a"] });
    renderView({ model, el });
    const text = h("textarea");
    stage.body.append(text);
    text.focus();
    model.emit("change:stamp");
    expect(model.sent).toHaveLength(0);
  });
});

describe("a view inside another", () => {
  const open = (title: string) => stage.open({ view: "list", args: { of: title }, title });

  it("opens one at a time, and leaves nothing behind", async () => {
    const model = new FakeModel("list", {}, { rows: ["a"] });
    const close = renderView({ model, el });
    const outer = stage;
    const heard = model.heard;
    open("first");
    await model.answer({ rows: ["inner"] });
    const [one] = [model.heard];
    stage = outer;
    open("second");
    expect(model.heard).toBe(one);
    expect(el.querySelectorAll(".nbm-opened")).toHaveLength(1);
    press("Close");
    expect(model.heard).toBe(heard);
    open("third");
    close();
    expect(model.heard).toBe(0);
    expect(el.childElementCount).toBe(0);
  });

  it("opens several below each other, each to be closed", () => {
    const model = new FakeModel("list", {}, { rows: ["a"] });
    const close = renderView({ model, el });
    const heard = model.heard;
    stage.open(
      { view: "list", args: { of: "one" }, title: "one" },
      { view: "list", args: { of: "two" }, title: "two" },
    );
    const titles = () => [...el.querySelectorAll(".nbm-place-head b")].map((each) => each.textContent);
    expect(titles()).toEqual(["one", "two"]);
    press("Close");
    expect(titles()).toEqual(["two"]);
    press("Close");
    expect(titles()).toEqual([]);
    expect(model.heard).toBe(heard);
    close();
    expect(model.heard).toBe(0);
  });
  it("tells whoever keeps it how it is looked at", async () => {
    const kept: object[] = [];
    const model = Object.assign(new FakeModel("list", { of: 1 }, { rows: ["a"] }), {
      keep: (args: object) => void kept.push(args),
    });
    renderView({ model, el });
    expect(kept).toEqual([]);
    stage.args = { of: 2 };
    expect(kept).toEqual([{ of: 2 }]);
  });
});
