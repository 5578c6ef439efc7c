import { beforeEach, describe, expect, it, vi } from "vitest";
import { FakeModel, settled } from "../../../test/model";
import { h } from "../../lib/dom";
import { runs } from "../runs";
import type { Args, Column, Data, Row } from "./types";

const TOTAL = 600;
const NOW = "2026-03-01T12:00:00Z";

let el: HTMLElement;
let close: () => void;

const column = (key: string, kind = "text", more: Partial<Column> = {}): Column => ({
  key,
  label: key.replace(/^(param|metric)\./, ""),
  kind,
  shown: true,
  ...more,
});
const COLUMNS = [column("age", "time"), column("param.opt"), column("param.note")];

/** A row whose cells say which column they are of. */
const row = (number: number, columns = COLUMNS, attempts?: number): Row => ({
  run: {
    number,
    id: `r${number}`,
    name: null,
    status: "finished",
    experiment: "wine",
    is_baseline: false,
    ...(attempts ? { attempts } : {}),
  },
  cells: columns.map(({ key, kind }) => (kind === "time" ? NOW : `${key} of ${number}`)),
});

const args = (): Args => ({
  filter: "",
  experiment: "wine",
  current: "wine",
  sort: null,
  group: null,
  columns: null,
  pinned: [],
  metric: null,
  fold: true,
  hide_equal: true,
  charts: [],
  named: null,
});

function data(more: Partial<Data> = {}, columns = COLUMNS): Data {
  const newest = more.total ?? TOTAL;
  return {
    asked: args(),
    experiment: "wine",
    place: "wine",
    experiments: ["wine"],
    of: { filter: "", experiment: "wine", sort: null, group: null, fold: true },
    views: [],
    left_out: [],
    sort: null,
    total: newest,
    runs: newest,
    columns: columns.map((each) => ({ ...each })),
    equal: 0,
    more: 0,
    twins: [],
    metric: null,
    drawn: null,
    groups: null,
    elsewhere: 0,
    baseline: null,
    guest: null,
    rows: Array.from({ length: 200 }, (_, place) => row(newest - place, columns, place === 0 ? 2 : undefined)),
    empty: "",
    ...more,
  };
}

function shown(model: FakeModel): FakeModel {
  close = runs({ model, el });
  return model;
}
const fresh = (more: Partial<Data> = {}) => shown(new FakeModel("runs", args(), data(more)));

const grid = () => el.querySelector<HTMLElement>(".nbm-runs-grid")!;
const said = () => el.querySelector(".nbm-foot .nbm-said")!.textContent;
const line = (run: string) => grid().querySelector<HTMLElement>(`[data-run=${run}]`);
const cell = (run: string, key: string) => line(run)?.querySelector(`[data-key="${key}"]`)?.textContent;
const heads = () => [...grid().querySelectorAll(".nbm-head .nbm-clip")].map((each) => each.textContent);
const attempts = () => grid().querySelectorAll(".nbm-attempt").length;
const word = (label: string) =>
  [...document.querySelectorAll("button")].find((each) => each.textContent === label) as HTMLButtonElement;
const ticks = () => el.querySelector(".nbm-what .nbm-primary")!.textContent;

/** Answer what was asked last under that name. */
async function answer(model: FakeModel, name: string, found: unknown): Promise<void> {
  const request = model.sent.filter((sent) => sent.name === name).at(-1);
  model.emit("msg:custom", { id: request.id, ok: true, data: found });
  await settled();
}
async function refuse(model: FakeModel, name: string, message: string, kind = ""): Promise<void> {
  const request = model.sent.filter((sent) => sent.name === name).at(-1);
  model.emit("msg:custom", { id: request.id, ok: false, error: { message, hint: "try again", kind } });
  await settled();
}
const asked = (model: FakeModel, name: string) => model.sent.filter((sent) => sent.name === name).length;

async function scroll(top: number): Promise<void> {
  grid().scrollTop = top;
  grid().dispatchEvent(new Event("scroll"));
  await new Promise((resolve) => requestAnimationFrame(resolve));
}
/** At row 500, with its page here. */
async function below(model: FakeModel, columns = COLUMNS): Promise<void> {
  await scroll(500 * 24);
  await vi.waitFor(() => expect(asked(model, "runs/page")).toBeGreaterThan(0));
  await answer(model, "runs/page", { total: TOTAL, rows: page(columns) });
}
const page = (columns: Column[]) => Array.from({ length: 200 }, (_, place) => row(200 - place, columns));

/** The quiet answer after something changed in the store. */
async function changed(model: FakeModel, found: Data): Promise<void> {
  model.emit("change:stamp");
  await answer(model, "runs", found);
}

/** Untick a column in the chooser. */
function hide(label: string): void {
  word("Columns").click();
  const option = [...document.querySelectorAll<HTMLElement>(".nbm-popover label")].find(
    (each) => each.textContent?.trim() === label,
  )!;
  option.querySelector("input")!.click();
}

beforeEach(() => {
  el = h("div");
  document.body.append(el);
});

describe("the ticked runs", () => {
  it("are the last two where nothing is chosen", () => {
    const model = fresh();
    expect(model.get("selection")).toEqual(["r599", "r600"]);
    expect(ticks()).toBe("Compare (2)");
  });

  it("are those that Python knows, wherever they stand", () => {
    const model = new FakeModel("runs", args(), data());
    model.set("selection", ["r600", "r598", "r597", "r3"]);
    shown(model);
    expect(model.get("selection")).toEqual(["r600", "r598", "r597", "r3"]);
    expect(model.saved).toEqual([]);
    expect(ticks()).toBe("Compare (4)");
    expect(line("r598")!.getAttribute("aria-selected")).toBe("true");
    expect(line("r599")!.getAttribute("aria-selected")).toBe("false");
  });

  it("are the same in two views of one output", () => {
    const model = fresh();
    const other = h("div");
    document.body.append(other);
    const closeOther = runs({ model, el: other });
    line("r598")!.querySelector<HTMLInputElement>("input")!.click();
    for (const view of [el, other]) {
      expect(view.querySelector(".nbm-what .nbm-primary")!.textContent).toBe("Compare (3)");
      expect(view.querySelector("[data-run=r598]")!.getAttribute("aria-selected")).toBe("true");
    }
    closeOther();
    close();
    expect(model.heard).toBe(0);
  });
});

describe("columns that change", () => {
  it("never put a value under another head, though the page below is asked for again", async () => {
    const model = fresh();
    await below(model);
    expect(cell("r100", "param.opt")).toBe("param.opt of 100");
    const wider = [COLUMNS[0]!, column("metric.acc"), ...COLUMNS.slice(1)];
    const found = data({}, wider);
    found.rows[0]!.run.status = "running";
    await changed(model, found);
    expect(heads()).toContain("acc");
    expect(cell("r100", "metric.acc")).toBeUndefined();
    await vi.waitFor(() => expect(asked(model, "runs/page")).toBe(2));
    await answer(model, "runs/page", { total: TOTAL, rows: page(wider) });
    expect(cell("r100", "param.opt")).toBe("param.opt of 100");
  });

  it("ask for the attempts in sight again", async () => {
    const model = fresh();
    word("×2").click();
    await answer(model, "runs/attempts", { rows: [row(7)] });
    expect(cell("r7", "param.opt")).toBe("param.opt of 7");
    const wider = [column("metric.acc"), ...COLUMNS];
    await changed(model, data({}, wider));
    expect(line("r7")).toBeNull();
    await answer(model, "runs/attempts", { rows: [row(7, wider)] });
    expect(cell("r7", "param.opt")).toBe("param.opt of 7");
  });
});

describe("attempts", () => {
  it("that are folded while they are under way stay folded", async () => {
    const model = fresh();
    word("×2").click();
    word("×2").click();
    await answer(model, "runs/attempts", { rows: [row(7)] });
    expect(attempts()).toBe(0);
    expect(word("×2").getAttribute("aria-expanded")).toBe("false");
  });

  it("of another filter do not come back with a late answer", async () => {
    const model = fresh();
    word("×2").click();
    const filter = el.querySelector<HTMLInputElement>(".nbm-filter")!;
    filter.value = "lr > 0";
    filter.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
    await answer(model, "runs", data({ asked: { ...args(), filter: "lr > 0" } }));
    await answer(model, "runs/attempts", { rows: [row(7)] });
    expect(attempts()).toBe(0);
  });

  it("that cannot be had are folded again, and say why", async () => {
    const model = fresh();
    word("×2").click();
    await refuse(model, "runs/attempts", "the store is gone", "StoreError");
    expect(el.querySelector(".nbm-problem:not([hidden])")!.textContent).toContain("the store is gone");
    expect(word("×2").getAttribute("aria-expanded")).toBe("false");
  });
});

describe("a page that cannot be had", () => {
  it("says so with a way to try again", async () => {
    const model = fresh();
    await scroll(500 * 24);
    await vi.waitFor(() => expect(asked(model, "runs/page")).toBe(1));
    await refuse(model, "runs/page", "no answer");
    expect(said()).toContain("the other rows need the kernel");
    await scroll(501 * 24);
    expect(asked(model, "runs/page")).toBe(1);
    word("Try again").click();
    await vi.waitFor(() => expect(asked(model, "runs/page")).toBe(2));
    await answer(model, "runs/page", { total: TOTAL, rows: page(COLUMNS) });
    expect(cell("r100", "param.opt")).toBe("param.opt of 100");
    expect(said()).toBe("");
  });
});

describe("rows that wait", () => {
  it("do not undo a choice of columns", async () => {
    const model = fresh();
    await scroll(2400);
    await changed(model, data({ total: TOTAL + 1 }));
    expect(said()).toContain("something changed");
    hide("opt");
    expect(heads()).not.toContain("opt");
    grid().dispatchEvent(new Event("pointerenter"));
    grid().dispatchEvent(new Event("pointerleave"));
    expect(grid().getAttribute("aria-rowcount")).toBe("602");
    expect(heads()).not.toContain("opt");
    expect(said()).toBe("");
    model.emit("change:stamp");
    expect(model.sent.at(-1).args.columns).toEqual(["age", "param.note"]);
  });

  it("leave no word when they were shown", async () => {
    const model = fresh();
    await scroll(2400);
    await changed(model, data({ total: TOTAL + 1 }));
    word("Show").click();
    expect(grid().getAttribute("aria-rowcount")).toBe("602");
    expect(said()).toBe("");
  });

  it("leave other words alone", async () => {
    const model = fresh();
    await scroll(2400);
    await changed(model, data({ total: TOTAL + 1 }));
    word("Keys").click();
    grid().dispatchEvent(new Event("pointerleave"));
    expect(grid().getAttribute("aria-rowcount")).toBe("602");
    expect(said()).toContain("arrows move");
  });
});

describe("a quiet answer", () => {
  it("that was asked for before does not undo a choice of columns", async () => {
    const model = fresh();
    model.emit("change:stamp");
    hide("opt");
    const found = data({ baseline: "r1" });
    await answer(model, "runs", found);
    expect(heads()).not.toContain("opt");
    expect(asked(model, "runs")).toBe(1);
  });

  it("that lacks a chosen column is asked for again", async () => {
    const model = fresh();
    model.emit("change:stamp");
    hide("opt");
    await answer(model, "runs", data({ baseline: "r1" }, COLUMNS.slice(0, 2)));
    expect(heads()).toContain("note");
    expect(model.sent.at(-1)).toMatchObject({ name: "runs", args: { columns: ["age", "param.note"] } });
  });
});

describe("ages", () => {
  it("go on where nothing changes, until the view is gone", () => {
    vi.useFakeTimers({ now: Date.parse(NOW) + 60_000 });
    try {
      fresh();
      expect(cell("r600", "age")).toBe("1\u00a0min\u00a0ago");
      vi.advanceTimersByTime(120_000);
      expect(cell("r600", "age")).toBe("3\u00a0min\u00a0ago");
      close();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("a deleted run", () => {
  it("that cannot be restored is told", async () => {
    const model = fresh();
    line("r600")!.querySelector<HTMLElement>(".nbm-name")!.closest<HTMLElement>(".nbm-gc")!.click();
    grid().dispatchEvent(new KeyboardEvent("keydown", { key: "Delete" }));
    await answer(model, "delete", {});
    await answer(model, "runs", data({ total: TOTAL - 1 }));
    expect(said()).toContain("#600 was deleted");
    word("Restore").click();
    await refuse(model, "restore", "the store is held", "Busy");
    expect(el.querySelector(".nbm-problem:not([hidden])")!.textContent).toContain("the store is held");
  });
});
