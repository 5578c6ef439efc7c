import { beforeEach, expect, it, vi } from "vitest";

const getText = vi.fn();
vi.mock("@jupyterlab/apputils", () => ({ InputDialog: { getText } }));

const { dataOffers } = await import("./datacommands");

const versions = [1, 2].map((number) => ({ id: `i${number}`, dataset: "train", number }));
const actions = {
  find: vi.fn(async (ref: string) => ({ id: ref, dataset: ref.split("@")[0], number: 1 })),
  openVersion: vi.fn(),
  openDataset: vi.fn(),
  openTable: vi.fn(),
  compare: vi.fn(),
  lineage: vi.fn(),
  insert: vi.fn(),
};
let panel: any;
const run = async (id: string, args: object = {}) =>
  dataOffers(panel, actions as any, () => {})
    .find((offer) => offer.id === `nbmlops:${id}`)!
    .execute(args);

beforeEach(() => {
  vi.clearAllMocks();
  panel = { isVisible: true, chosenData: versions };
});

it("takes the version that is named, else the chosen one, else it asks", async () => {
  await run("open-version", { version: "train@gold" });
  expect(actions.openVersion).toHaveBeenLastCalledWith(expect.objectContaining({ id: "train@gold" }));
  await run("open-version");
  expect(actions.openVersion).toHaveBeenLastCalledWith(versions[0]);
  panel.isVisible = false;
  getText.mockResolvedValueOnce({ value: "asked@v1" }).mockResolvedValueOnce({ value: null });
  await run("open-version");
  expect(actions.openVersion).toHaveBeenLastCalledWith(expect.objectContaining({ id: "asked@v1" }));
  await run("open-version");
  expect(actions.openVersion).toHaveBeenCalledTimes(3);
});

it("compares and inserts what is chosen, or what is named", async () => {
  await run("compare-versions");
  expect(actions.compare).toHaveBeenLastCalledWith(versions);
  await run("compare-versions", { versions: ["a@v1", "a@v2"] });
  expect(actions.compare.mock.lastCall![0].map(({ id }: any) => id)).toEqual(["a@v1", "a@v2"]);
  await run("insert-version");
  expect(actions.insert).toHaveBeenLastCalledWith(versions);
  await run("insert-version", { version: "a@v1" });
  expect(actions.insert.mock.lastCall![0]).toHaveLength(1);
  await run("open-dataset", { dataset: "train" });
  expect(actions.openDataset).toHaveBeenCalledWith("train");
});

it("refuses what is no name", async () => {
  for (const version of [3, "", {}, [null]])
    await expect(run("open-version", { version })).rejects.toThrow("is named by a text");
  await expect(run("compare-versions", { versions: ["a", 2] })).rejects.toThrow("is named by a text");
});
