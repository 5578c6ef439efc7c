import { beforeEach, expect, it, vi } from "vitest";
import { DataTab } from "./datatab";

const row = (dataset: string, count: number) => ({
  dataset,
  kind: "table",
  id: `${dataset}-${count}`,
  at: count,
  newest: count,
  count,
  shape: "1 × 1",
  size_bytes: 1,
  changed_at: "2026-01-01T00:00:00Z",
  message: "",
  refs: [],
  more_refs: 0,
});
const outside = {
  openDataset: vi.fn(),
  openVersion: vi.fn(),
  insert: vi.fn(),
  drag: vi.fn(),
  compare: vi.fn(),
  lineage: vi.fn(),
  table: vi.fn(),
  starter: vi.fn(),
};

let tab: DataTab;
let asked: any[];
let answers: ((answer: any) => void)[];
const ask = vi.fn();
const button = (label: string) => [...tab.node.querySelectorAll("button")].find((each) => each.textContent === label)!;
const pick = (dataset: string, held: MouseEventInit = {}) =>
  [...tab.tree.node.children]
    .find((each) => (each as HTMLElement).dataset.line === `d:${dataset}`)!
    .dispatchEvent(new MouseEvent("click", { bubbles: true, ...held }));
const load = async (data: object, more: object = {}) => {
  const loading = tab.load({ key: "k" });
  answers.at(-1)!({ ok: true, data, ...more });
  return loading;
};

beforeEach(() => {
  vi.resetAllMocks();
  asked = [];
  answers = [];
  const server = {
    answer: (_: object, request: any) => {
      asked.push(request);
      return new Promise<any>((resolve) => answers.push(resolve));
    },
  };
  tab = new DataTab(server, outside, { ask, canInsert: () => true });
});

it("says how the first dataset is made, and that a filter hides all", async () => {
  await load({ rows: [], total: 0, all: 0 });
  expect(tab.node.textContent).toContain("%mldata save df train");
  button("Insert a starter cell").click();
  expect(outside.starter).toHaveBeenCalledOnce();
  await load({ rows: [], total: 0, all: 3 });
  expect(tab.node.textContent).toContain("0 of 3 datasets");
  button("Clear the filter").click();
  expect(ask).toHaveBeenCalledOnce();
});

it("asks for the versions of what is unfolded, and for more of them", async () => {
  await load({ rows: [row("a", 60)], total: 1, all: 1 });
  expect(asked[0]).toMatchObject({ kind: "view", name: "datasets", args: { find: "", limit: 100, opened: {} } });
  tab.tree.node.querySelector<HTMLElement>(".nbm-twist")!.click();
  expect(ask).toHaveBeenCalledOnce();
  const versions = Array.from({ length: 20 }, (_, at) => ({
    ...{ id: `v${at}`, number: 60 - at, kind: "table", refs: [], more_refs: 0, created_at: "", run: null },
    ...{ shape: "", size_bytes: 1, new_bytes: 0, kept: "", parents: [], message: "", content: "" },
  }));
  await load({ rows: [{ ...row("a", 60), opened: { rows: versions, total: 60 } }], total: 1, all: 1 });
  expect(asked[1].args.opened).toEqual({ a: 20 });
  tab.tree.node.querySelector<HTMLElement>(".nbm-data-more")!.click();
  void tab.load({ key: "k" });
  expect(asked[2].args.opened).toEqual({ a: 120 });
});

it("offers what can be done with what is chosen", async () => {
  await load({ rows: [row("a", 1), row("b", 1)], total: 2, all: 2 });
  const states = () => ["Insert", "Lineage"].map((label) => button(label).disabled);
  expect([button("Compare").disabled, ...states()]).toEqual([true, true, true]);
  pick("a");
  expect([button("Compare").disabled, ...states()]).toEqual([true, false, false]);
  pick("b", { ctrlKey: true });
  expect([button("Compare (2)").disabled, ...states()]).toEqual([false, false, true]);
  expect(tab.chosen.map(({ dataset }) => dataset)).toEqual(["a", "b"]);
});

it("shows the answer to the last question only", async () => {
  const first = tab.load({ key: "k" });
  const second = tab.load({ key: "k" });
  answers[1]!({ ok: true, data: { rows: [row("new", 1)], total: 1, all: 1 } });
  answers[0]!({ ok: true, data: { rows: [row("old", 1)], total: 1, all: 1 } });
  expect([await first, await second]).toEqual([null, { held: null }]);
  expect(tab.tree.node.textContent).toContain("new");
  expect(tab.tree.node.textContent).not.toContain("old");
});

it("says why an answer is an old one, and what is refused", async () => {
  const found = await load({ rows: [], total: 0, all: 0 }, { age_s: 5, notice: "held by another" });
  expect(found!.held!.message).toBe("held by another");
  const loading = tab.load({ key: "k" });
  answers.at(-1)!({
    ok: false,
    error: { message: "there is no view 'datasets'", hint: "restart", kind: "UsageError" },
  });
  await expect(loading).rejects.toThrow("there is no view");
});

it("forgets all of a store when another is looked at", async () => {
  await load({ rows: [row("a", 1)], total: 1, all: 1 });
  pick("a");
  tab.reset();
  expect([tab.chosen, tab.data, tab.tree.node.childElementCount]).toEqual([[], null, 0]);
});
