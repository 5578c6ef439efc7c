// @vitest-environment node
import { describe, expect, it } from "vitest";
import { Contents, type Entry } from "./contents";

const place = (step: number) => ({ run: "r", key: "roc", step });
const entry = (step: number): Entry => ({ ...place(step), kind: "image", mime: "image/png", data: `d${step}` });

function desk(answer: (places: [string, string, number][]) => Entry[]) {
  const asked: number[][] = [];
  return {
    asked,
    view: async (_: string, args: any) => {
      asked.push(args.places.map((each: any) => each[2]));
      return { places: answer(args.places) } as any;
    },
  };
}

describe("Contents", () => {
  it("asks once for what is wanted together, and never again", async () => {
    const server = desk((places) => places.map(([, , step]) => entry(step)));
    const contents = new Contents(server);
    const found = await Promise.all([1, 2, 2].map((step) => contents.get(place(step))));
    expect(found.map((each) => each.data)).toEqual(["d1", "d2", "d2"]);
    await contents.get(place(1));
    expect(server.asked).toEqual([[1, 2]]);
  });
  it("asks again for what did not fit", async () => {
    const server = desk((places) =>
      places.map(([, , step], at) => (at ? { ...entry(step), is_later: true } : entry(step))),
    );
    const contents = new Contents(server);
    const found = await Promise.all([1, 2, 3].map((step) => contents.get(place(step))));
    expect(found.map((each) => each.step)).toEqual([1, 2, 3]);
    expect(server.asked).toEqual([[1, 2, 3], [2, 3], [3]]);
  });
  it("says what is gone, and what could not be asked", async () => {
    const gone = await new Contents(desk(() => [])).get(place(1));
    expect(gone.missing).toContain("forgotten");
    const failing = { view: async () => Promise.reject(new Error("busy")) };
    await expect(new Contents(failing).get(place(1))).rejects.toThrow("busy");
  });
  it("draws what was saved without asking", async () => {
    const server = desk(() => []);
    const contents = new Contents(server, [entry(4)]);
    expect((await contents.get(place(4))).data).toBe("d4");
    expect(server.asked).toEqual([]);
  });
});
