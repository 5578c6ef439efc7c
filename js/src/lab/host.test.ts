// @vitest-environment node
import { describe, expect, it, vi } from "vitest";
import { AskError, Desk } from "../lib/ask";
import { HostModel, serverAsk } from "./host";

const state = { v: 1, view: "run", args: {}, data: null };

describe("HostModel", () => {
  it("answers a view's questions, each by its own id", async () => {
    const model = new HostModel(state, async ({ name }) => ({ ok: true, data: `answer to ${name}` }));
    const desk = new Desk(model);
    expect(await Promise.all([desk.view("a"), desk.view("b")])).toEqual(["answer to a", "answer to b"]);
  });

  it("says what failed in the words of the server", async () => {
    const model = new HostModel(state, () => Promise.reject(new AskError("offline", "wait", "offline")));
    await expect(new Desk(model).view("a")).rejects.toMatchObject({
      message: "offline",
      hint: "wait",
      kind: "offline",
    });
    const broken = new HostModel(state, () => Promise.reject(new TypeError("odd")));
    await expect(new Desk(broken).view("a")).rejects.toThrow("odd");
  });

  it("tells the view how old an answer is", async () => {
    const ages: unknown[] = [];
    const answers: object[] = [
      { ok: true, data: 1, age_s: 12, notice: "held" },
      { ok: true, data: 2 },
    ];
    const desk = new Desk(new HostModel(state, async () => answers.shift()!), 1000, (age) => ages.push(age));
    await desk.view("a");
    await desk.view("a");
    expect(ages).toEqual([{ seconds: 12, notice: "held" }, null]);
  });

  it("tells of changes, once", () => {
    const model = new HostModel(state, async () => ({}));
    const [changed, touched] = [vi.fn(), vi.fn()];
    model.on("change:selection", changed);
    model.on("change:stamp", touched);
    model.set("selection", ["a"]);
    model.set("selection", model.get("selection"));
    model.touch();
    model.off("change:stamp", touched);
    model.touch();
    expect([changed, touched].map((each) => each.mock.calls.length)).toEqual([1, 1]);
  });
});

describe("serverAsk", () => {
  it("looks the store of a notebook up once", async () => {
    const server = {
      stores: vi.fn().mockResolvedValue({ belongs: "k" }),
      answer: vi.fn().mockResolvedValue({ ok: true }),
    };
    const ref: { notebook: string; key?: string | null } = { notebook: "a.ipynb" };
    const ask = serverAsk(server as any, ref);
    await ask({ id: 1 });
    await ask({ id: 2 });
    expect(server.stores).toHaveBeenCalledTimes(1);
    expect(server.answer.mock.calls.map(([found]) => found.key)).toEqual(["k", "k"]);
  });

  it("says so where no store belongs to the notebook, and asks again later", async () => {
    const server = { stores: vi.fn().mockResolvedValue({ belongs: null }), answer: vi.fn() };
    const ask = serverAsk(server as any, { notebook: "a.ipynb" });
    await expect(ask({})).rejects.toMatchObject({ kind: "no-store" });
    await expect(ask({})).rejects.toMatchObject({ kind: "no-store" });
    expect(server.stores).toHaveBeenCalledTimes(2);
  });
});
