import { expect, it, vi } from "vitest";
import { settled } from "../../test/model";
import { AskError } from "../lib/ask";
import { addCommands } from "./commands";

vi.mock("@jupyterlab/apputils", () => ({ InputDialog: {} }));
vi.mock("./main", () => ({ OPEN_VIEW: "nbmlops:open-view" }));

it("tells what fails when a run is inserted", async () => {
  const added = new Map<string, any>();
  const app = {
    commands: { addCommand: (id: string, options: object) => added.set(id, options) },
    contextMenu: { addItem: vi.fn() },
  };
  const run = { run: { id: "a", number: 1 } };
  const told: string[] = [];
  const actions = {
    find: async () => run,
    insert: () => Promise.reject(new AskError("there is no open notebook to insert into")),
    attempt: (what: () => unknown) => void (async () => what())().catch((error: Error) => told.push(error.message)),
  };
  const panel = { isVisible: false, chosen: [] };
  addCommands(app as any, panel as any, actions as any, {} as any, {} as any, null);
  added.get("nbmlops:insert-run").execute({ run: "1" });
  await settled();
  expect(told).toEqual(["there is no open notebook to insert into"]);
});
