import { expect, test } from "vitest";
import { Memory } from "./memory";

function database(kept: unknown) {
  const saved: unknown[] = [];
  return { saved, fetch: async () => kept as any, save: async (_: string, value: unknown) => void saved.push(value) };
}

const ONE = { filter: "lr < .1", experiment: "wine", order: "metric", is_reversed: true };

test("what was kept comes back, store by store", async () => {
  const first = database(undefined);
  const memory = new Memory(first);
  await memory.ready;
  expect(memory.of("a")).toBeNull();
  memory.keep("a", { ...ONE, limit: 7 } as any);
  memory.keep("a", ONE);
  memory.keep("b", { ...ONE, filter: "" });
  expect(first.saved).toHaveLength(2);
  const again = new Memory(database(first.saved.at(-1)));
  await again.ready;
  expect(again.of("a")).toEqual(ONE);
  expect(again.of("b")?.filter).toBe("");
});

test("of many stores those that were used last are kept", async () => {
  const state = database(undefined);
  const memory = new Memory(state);
  for (let n = 0; n < 60; n++) memory.keep(`store${n}`, ONE);
  expect(memory.of("store9")).toBeNull();
  expect(memory.of("store10")).toEqual(ONE);
});

test("what another version kept, and a database that fails, do no harm", async () => {
  const odd = new Memory(database([["a", { filter: 5 }], 3, ["b"], ["c", ONE]]));
  await odd.ready;
  expect(odd.of("a")).toBeNull();
  expect(odd.of("c")).toEqual(ONE);
  const broken = {
    fetch: async () => Promise.reject(new Error("no")),
    save: async () => Promise.reject(new Error("no")),
  };
  const memory = new Memory(broken as any);
  await memory.ready;
  memory.keep("a", ONE);
  expect(memory.of("a")).toEqual(ONE);
});

test("the tab that was looked at comes back", async () => {
  const kept = new Map<string, unknown>();
  const state = {
    fetch: async (id: string) => kept.get(id) as any,
    save: async (id: string, value: unknown) => void kept.set(id, value),
  };
  const memory = new Memory(state);
  await memory.ready;
  expect(memory.tab).toBe("runs");
  memory.keepTab("data");
  const again = new Memory(state);
  await again.ready;
  expect(again.tab).toBe("data");
  for (const odd of ["shop", 3, ["data"]]) {
    kept.set("nbmlops:panel-tab", odd);
    const other = new Memory(state);
    await other.ready;
    expect(other.tab).toBe("runs");
  }
});
