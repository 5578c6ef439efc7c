import { describe, expect, it, vi } from "vitest";
import { drawRow } from "./compare/rows";
import { columnList, fileList } from "./datadiff/columns";
import type { Change, DiffData, Profile } from "./datadiff/data";

const change = (name: string, more: Partial<Change> = {}): Change => ({
  name,
  change: "1 cell",
  cells: 1,
  before: null,
  after: null,
  place: 0,
  ...more,
});

const data = (changes: Change[], profiles: Record<string, Profile> = {}) =>
  ({ title: ["a → b"], summary: {}, changes, total: changes.length, profiles }) as unknown as DiffData;

describe("columns that differ", () => {
  it("can be called like what every object has, or nothing", () => {
    const chosen = vi.fn();
    const [one, two] = [change("constructor"), change("", { place: 1 })];
    const node = columnList(data([one, two]), two, chosen);
    const names = [...node.querySelectorAll("button")];
    expect(names.map((each) => [each.textContent, each.getAttribute("aria-pressed")])).toEqual([
      ["constructor", "false"],
      ["''", "true"],
    ]);
    expect(node.querySelector("svg")).toBeNull();
    names[0]!.click();
    names[1]!.click();
    expect(chosen.mock.calls).toEqual([[one], [null]]);
  });

  it("are drawn over each other only where they count the same things", () => {
    const profile = (is_shared: boolean): Profile => ({
      said: "",
      bins: [
        [1, 2],
        [2, 1],
      ],
      is_shared,
    });
    const node = columnList(data([change("x"), change("y")], { x: profile(true), y: profile(false) }), null, () => {});
    const cells = [...node.querySelectorAll("tbody tr")].map((row) => row.querySelectorAll("svg").length);
    expect(cells).toEqual([1, 2]);
  });

  it("that only distributions tell of are quiet and no button", () => {
    const node = columnList(data([change("x", { cells: null, is_quiet: true })]), null, () => {});
    expect(node.querySelector("tbody button")).toBeNull();
    expect(node.querySelectorAll("tbody td")[1]?.className).toBe("nbm-q");
  });
});

describe("files that differ", () => {
  it("have sizes on the right, and a renamed one both names on the left", () => {
    const node = fileList(
      data([
        change("old.bin", { change: "renamed", before: "old.bin", after: "new.bin" }),
        change("x", { change: "modified", before: 10, after: 2000 }),
      ]),
    );
    const cells = [...node.querySelectorAll("tbody tr")].map((row) => [...row.children].map((td) => td.textContent));
    expect(cells).toEqual([
      ["old.bin → new.bin", "renamed", "·", "·"],
      ["x", "modified", "10 B", "2 kB"],
    ]);
  });
});

describe("a row of a comparison", () => {
  it("opens what tells more of its difference", () => {
    const open = vi.fn();
    const link = { label: "Diff", view: "datadiff", args: { before: "1", after: "2" }, title: "raw@v1 → raw@v2" };
    const row = { key: "raw", cells: ["raw@v1", "raw@v2"], state: "changed" as const, links: [null, link] };
    const node = drawRow(row, 2, open);
    node.querySelector("button")!.click();
    expect(open).toHaveBeenCalledWith(link);
    expect(drawRow(row, 2).querySelector("button")).toBeNull();
  });
});
