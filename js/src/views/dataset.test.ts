import { beforeEach, describe, expect, it } from "vitest";
import { FakeModel } from "../../test/model";
import { h } from "../lib/dom";
import { OPEN } from "../lib/open";
import { renderView } from "../lib/stage";
import { diffOf } from "./datasets/data";
import "./index";

const HOSTILE = "<img src=x onerror='window.hacked=1'>";
let el: HTMLElement;
let opened: any[];

function version(number: number, more: object = {}) {
  return {
    ...{ id: `id${number}`, number, kind: "table", refs: [], more_refs: 0, created_at: "2026-01-01T00:00:00Z" },
    ...{ run: null, shape: "3 × 2", size_bytes: 100, new_bytes: 0, kept: "kept", parents: [], message: "" },
    content: "nb1:0",
    ...more,
  };
}
const dataset = (name: string, more: object = {}) => ({
  ...{ dataset: name, kind: "table", id: `${name}-2`, at: 2, newest: 2, count: 2, shape: "3 × 2", size_bytes: 100 },
  ...{ changed_at: "2026-01-01T00:00:00Z", message: "", refs: [], more_refs: 0 },
  ...more,
});
const press = (label: string) => [...el.querySelectorAll("button")].find((each) => each.textContent === label)!.click();
const tick = (number: number) => el.querySelector<HTMLInputElement>(`[aria-label="Choose v${number}"]`)!.click();

function draw(view: string, args: object, data: object): FakeModel {
  const model = new FakeModel(view, args, data);
  renderView({ model, el });
  return model;
}

beforeEach(() => {
  el = h("div");
  opened = [];
  document.body.replaceChildren(el);
  el.addEventListener(OPEN, (event) => {
    event.preventDefault();
    opened.push((event as CustomEvent).detail);
  });
});

it("opens a pair of versions the older one first, and pairs of datasets as they were chosen", () => {
  const [one, two] = [1, 2].map((number) => ({ id: `i${number}`, dataset: "a", number })) as any;
  const wanted = { view: "datadiff", args: { before: "i1", after: "i2" }, title: "a@v1 → v2" };
  expect([diffOf(one, two), diffOf(two, one)]).toEqual([wanted, wanted]);
  expect(diffOf({ ...two, dataset: "b" }, one).title).toBe("b@v2 → a@v1");
});

describe("dataset", () => {
  const data = { dataset: "train", rows: [version(2), version(1)], total: 2, all: 2 };

  it("compares two versions that are ticked, whatever comes meanwhile", async () => {
    const model = draw("dataset", { dataset: "train" }, data);
    tick(2);
    model.emit("change:stamp");
    await model.answer({ ...data, rows: [version(3), version(2), version(1)], total: 3, all: 3 });
    expect(el.textContent).toContain("3 versions");
    tick(1);
    press("Compare (2)");
    expect(opened).toEqual([{ view: "datadiff", args: { before: "id1", after: "id2" }, title: "train@v1 → v2" }]);
    tick(3);
    expect([...el.querySelectorAll("button")].find((each) => each.textContent === "Compare (3)")!.disabled).toBe(true);
  });

  it("draws the lineage of what is ticked, else of where main is", () => {
    const main = [{ name: "main", kind: "branch", number: 1 }];
    draw("dataset", { dataset: "train" }, { ...data, rows: [version(2), version(1, { refs: main })] });
    press("Lineage");
    tick(2);
    press("Lineage");
    expect(opened.map(({ args }) => args.version)).toEqual(["id1", "id2"]);
  });

  it("opens a version and the run that made it", () => {
    const run = { id: "r", number: 12, name: "adam" };
    draw("dataset", { dataset: "train" }, { ...data, rows: [version(1, { run })] });
    press("v1");
    press("#12 adam");
    expect(opened.map(({ view, args }) => [view, args])).toEqual([
      ["dataversion", { version: "id1" }],
      ["run", { run: "r" }],
    ]);
  });

  it("goes on page by page in place", async () => {
    const model = draw("dataset", { dataset: "train" }, { ...data, total: 300, all: 300 });
    press("More");
    expect(model.sent[0]).toMatchObject({ name: "dataset", args: { dataset: "train", limit: 202 } });
    const field = el.querySelector("input[type=search]");
    await model.answer({ ...data, total: 300, all: 300, rows: [version(3), version(2), version(1)] });
    expect(el.querySelectorAll("tbody tr")).toHaveLength(3);
    expect(el.querySelector("input[type=search]")).toBe(field);
  });

  it("leaves out columns of nothing", () => {
    draw("dataset", { dataset: "train" }, data);
    const heads = [...el.querySelectorAll("th")].map((each) => each.textContent);
    expect(heads).toEqual(["chosen", "version", "saved", "rows × columns", "size", "values", "content"]);
  });
});

describe("datasets", () => {
  it("opens the versions of one, and the version that its name means", () => {
    draw("datasets", {}, { rows: [dataset("train", { newest: 5 })], total: 1, all: 1 });
    expect(el.textContent).toContain("newest v5");
    press("train");
    press("v2");
    expect(opened).toEqual([
      { view: "dataset", args: { dataset: "train" }, title: "train" },
      { view: "dataversion", args: { version: "train-2" }, title: "train@v2" },
    ]);
  });

  it("says what makes the first one", () => {
    draw("datasets", {}, { rows: [], total: 0, all: 0 });
    expect(el.textContent).toContain('ml.data.save(df, "train")');
  });

  it("takes names and messages as text", () => {
    const refs = [{ name: HOSTILE, kind: "tag", number: null }];
    draw("datasets", {}, { rows: [dataset(HOSTILE, { message: HOSTILE, refs })], total: 1, all: 1 });
    expect(el.querySelector("img")).toBeNull();
    expect(el.textContent).toContain("<img");
  });
});
