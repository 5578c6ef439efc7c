import { beforeEach, describe, expect, it, vi } from "vitest";
import type { DatasetRow, DatasetsData, VersionRow } from "../../views/datasets/data";
import { inPlace, linesOf } from "./datalines";
import { DataTree } from "./datatree";

const HOSTILE = "<img src=x onerror='window.hacked=1'>";

function versionRow(dataset: string, number: number, more: Partial<VersionRow> = {}): VersionRow {
  return {
    id: `${dataset}-${number}`,
    number,
    kind: "table",
    refs: [],
    more_refs: 0,
    created_at: "2026-01-01T00:00:00Z",
    run: null,
    shape: "10 × 2",
    size_bytes: 1000,
    new_bytes: 0,
    kept: "kept",
    parents: [],
    message: "",
    content: "nb1:0123",
    ...more,
  };
}

function row(dataset: string, count: number, more: Partial<DatasetRow> = {}): DatasetRow {
  return {
    dataset,
    kind: "table",
    id: `${dataset}-${count}`,
    at: count,
    newest: count,
    count,
    shape: "10 × 2",
    size_bytes: 1000,
    changed_at: "2026-01-01T00:00:00Z",
    message: "",
    refs: [],
    more_refs: 0,
    ...more,
  };
}

const of = (...rows: DatasetRow[]): DatasetsData => ({ rows, total: rows.length, all: rows.length });
const opened = (dataset: string, total: number, ...numbers: number[]) => ({
  opened: { rows: numbers.map((number) => versionRow(dataset, number)), total },
});

describe("linesOf", () => {
  it("shows versions where a dataset is unfolded, and the way to more of both", () => {
    const data = { ...of(row("a", 3, opened("a", 3, 3, 2)), row("b", 1, opened("b", 1, 1))), total: 9 };
    expect(linesOf(data, new Set(["a"]), 5000).map(({ id }) => id)).toEqual([
      "d:a",
      "v:a-3",
      "v:a-2",
      "m:a",
      "d:b",
      "m:",
    ]);
  });
  it("offers no more than the server sends", () => {
    const data = of(row("a", 3, opened("a", 3, 3, 2)));
    expect(linesOf(data, new Set(["a"]), 2).map(({ id }) => id)).toEqual(["d:a", "v:a-3", "v:a-2"]);
  });
  it("says when main is not at the newest version", () => {
    const [line] = linesOf(of(row("a", 3, { at: 2 })), new Set(), 5000);
    expect(line).toMatchObject({ at: "v2", version: { id: "a-3", number: 2 } });
    expect(line!.facts).toContain("newest\u00a0v3");
  });
});

it("keeps known datasets in their place, new ones first", () => {
  expect(inPlace([row("b", 2), row("a", 1), row("new", 1)], ["a", "b"]).map(({ dataset }) => dataset)).toEqual([
    "new",
    "a",
    "b",
  ]);
});

describe("DataTree", () => {
  let tree: DataTree;
  const actions = {
    openDataset: vi.fn(),
    openVersion: vi.fn(),
    insert: vi.fn(),
    drag: vi.fn(),
    chosen: vi.fn(),
    toggle: vi.fn(),
    more: vi.fn(),
  };
  const press = (key: string, more: KeyboardEventInit = {}) =>
    tree.node.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, ...more }));
  const names = () => [...tree.node.children].map((each) => (each as HTMLElement).dataset.line);
  const line = (id: string) => [...tree.node.children].find((each) => (each as HTMLElement).dataset.line === id)!;

  beforeEach(() => {
    vi.resetAllMocks();
    tree = new DataTree(actions, 5000);
    document.body.replaceChildren(tree.node);
    tree.node.focus();
    tree.show(of(row("a", 3, opened("a", 3, 3, 2)), row("b", 1)));
  });

  it("is gone through, unfolded and folded by arrows", () => {
    press("Home");
    press("ArrowRight");
    expect(actions.toggle).toHaveBeenLastCalledWith("a", true);
    expect(names()).toEqual(["d:a", "v:a-3", "v:a-2", "m:a", "d:b"]);
    expect(line("d:a").getAttribute("aria-expanded")).toBe("true");
    press("ArrowRight");
    expect(tree.chosen).toEqual([{ id: "a-3", dataset: "a", number: 3 }]);
    expect(tree.node.getAttribute("aria-activedescendant")).toBe(line("v:a-3").id);
    press("ArrowLeft");
    press("ArrowLeft");
    expect(actions.toggle).toHaveBeenLastCalledWith("a", false);
    expect(names()).toEqual(["d:a", "d:b"]);
  });

  it("gives the versions that are chosen, each once, and none for a way to more", () => {
    press("Home");
    press("ArrowRight");
    press("End");
    press("Home", { shiftKey: true });
    expect(tree.chosen.map(({ id }) => id)).toEqual(["b-1", "a-2", "a-3"]);
  });

  it("inserts with Enter, opens with Alt+Enter, goes on with Enter at the end of a page", () => {
    press("Home");
    press("Enter");
    expect(actions.insert).toHaveBeenCalledOnce();
    press("Enter", { altKey: true });
    expect(actions.openDataset).toHaveBeenCalledWith("a");
    press("ArrowRight");
    press("ArrowRight");
    press("Enter", { altKey: true });
    expect(actions.openVersion).toHaveBeenCalledWith({ id: "a-3", dataset: "a", number: 3 });
    press("ArrowDown");
    press("ArrowDown");
    press("Enter");
    expect(actions.more).toHaveBeenCalledWith("a");
    expect(actions.insert).toHaveBeenCalledOnce();
  });

  it("keeps what is chosen and the nodes of lines that did not change", () => {
    line("d:b").dispatchEvent(new MouseEvent("click", { bubbles: true }));
    const before = line("d:b");
    tree.show(of(row("new", 1), row("a", 4), row("b", 1)));
    expect(line("d:b")).toBe(before);
    expect(tree.chosen.map(({ id }) => id)).toEqual(["b-1"]);
  });

  it("does not move what is under the pointer", () => {
    tree.node.dispatchEvent(new Event("pointerenter"));
    tree.show(of(row("b", 2), row("a", 3)));
    expect(names()).toEqual(["d:a", "d:b"]);
    tree.node.dispatchEvent(new Event("pointerleave"));
    expect(names()).toEqual(["d:b", "d:a"]);
  });

  it("takes every text as text", () => {
    const refs = [{ name: HOSTILE, kind: "tag" as const, number: 1 }];
    const inside = { opened: { rows: [versionRow(HOSTILE, 1, { message: HOSTILE, refs })], total: 1 } };
    tree.opened.add(HOSTILE);
    tree.show(of(row(HOSTILE, 1, { ...inside, refs, message: HOSTILE })));
    expect(tree.node.querySelector("img")).toBeNull();
    expect(tree.node.textContent).toContain(HOSTILE);
  });
});
