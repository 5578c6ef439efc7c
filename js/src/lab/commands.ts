import type { JupyterFrontEnd } from "@jupyterlab/application";
import { type ICommandPalette, InputDialog } from "@jupyterlab/apputils";
import type { ReadonlyJSONObject } from "@lumino/coreutils";
import type { MainViews, Opened } from "./main";
import { OPEN_VIEW } from "./main";
import type { PanelRun } from "./panel/data";
import type { RunsPanel } from "./panel/panel";
import type { RunActions } from "./runs";

const CATEGORY = "nbmlops";
const LIST = ".nbm-sidebar .nbm-runs-list";

const RUN = { type: "string", description: "Number (12) or id of the run; left out, the chosen one" };
const RUNS = { type: "array", items: { type: "string" }, description: "Numbers or ids; left out, the chosen ones" };

/** Every command of the extension, in the palette and in the menu of the list. */
export function addCommands(
  app: JupyterFrontEnd,
  panel: RunsPanel,
  actions: RunActions,
  views: MainViews,
  palette: ICommandPalette | null,
): void {
  const { commands } = app;
  const add = (
    id: string,
    label: string,
    caption: string,
    execute: (args: any) => unknown,
    properties: Record<string, ReadonlyJSONObject> = {},
    isEnabled?: () => boolean,
  ) => {
    commands.addCommand(id, {
      label,
      caption,
      isEnabled,
      describedBy: { args: { type: "object", properties } },
      execute: (args) => actions.attempt(() => execute(args)),
    });
    palette?.addItem({ command: id, category: CATEGORY });
  };

  /** The run that is named, else the chosen one, else the one that is asked for. */
  const one = async (args: { run?: string }, title: string): Promise<PanelRun | null> => {
    if (args.run) return actions.find(String(args.run));
    if (panel.isVisible && panel.chosen[0]) return panel.chosen[0];
    const { value } = await InputDialog.getText({ title, label: "Number of the run", placeholder: "12" });
    return value ? actions.find(value) : null;
  };
  const several = async (args: { runs?: string[] }, title: string): Promise<PanelRun[]> => {
    if (args.runs) return Promise.all(args.runs.map((run) => actions.find(String(run))));
    if (panel.isVisible && panel.chosen.length > 1) return panel.chosen;
    const { value } = await InputDialog.getText({ title, label: "Numbers of the runs", placeholder: "12 11" });
    return Promise.all(
      (value ?? "")
        .split(/[\s,]+/)
        .filter(Boolean)
        .map((run) => actions.find(run)),
    );
  };
  const isChosen = () => panel.chosen.length > 0;
  const isRunning = () => panel.chosen.some(({ run }) => run.status === "running");

  commands.addCommand(OPEN_VIEW, {
    label: (args) => String(args.title ?? "Open a view of nbmlops"),
    describedBy: {
      args: {
        type: "object",
        required: ["view", "args", "title", "store"],
        properties: {
          view: { type: "string", description: "Name of the view: runs, run, compare, curves, explore, media, live" },
          args: { type: "object", description: "Its arguments; runs are named by their ids" },
          title: { type: "string", description: "Title of the tab" },
          store: { type: "object", description: "Which store: its key, or the path of a notebook" },
        },
      },
    },
    execute: (args) => views.open(args as unknown as Opened),
  });

  add("nbmlops:show-panel", "Show the runs", "Show the panel with the runs of this notebook", () =>
    app.shell.activateById(panel.id),
  );
  add("nbmlops:refresh", "Refresh the runs", "Look at the store now", () => panel.look());
  add(
    "nbmlops:open-run",
    "Open a run",
    "Open the page of a run in the main area",
    async (args) => {
      const run = await one(args, "Open a run");
      if (run) actions.openRun(run);
    },
    { run: RUN },
  );
  add(
    "nbmlops:compare-runs",
    "Compare runs",
    "Compare two runs or more in the main area",
    async (args) => {
      const runs = await several(args, "Compare runs");
      if (runs.length) actions.compare(runs);
    },
    { runs: RUNS },
  );
  add(
    "nbmlops:insert-run",
    "Insert a run into the notebook",
    "Insert a cell that gets the run, below the active one",
    async (args) => {
      const run = await one(args, "Insert a run");
      if (run) actions.insert(!args.run && panel.chosen.length > 1 ? panel.chosen : [run]);
    },
    { run: RUN },
  );
  add(
    "nbmlops:open-table",
    "Open the table of runs",
    "All columns of the runs, in the main area",
    (args) => actions.openTable(String(args.experiment ?? panel.experiment)),
    { experiment: { type: "string", description: "Name of the experiment, * for all; left out, the chosen one" } },
  );
  add(
    "nbmlops:jump-to-cell",
    "Go to the cell that made the run",
    "Open the notebook at the cell that made the run",
    async (args) => {
      const run = await one(args, "Go to the cell of a run");
      if (run) await actions.jump(panel.ref, run.run.id);
    },
    { run: RUN },
  );
  add(
    "nbmlops:stop-run",
    "Stop the run",
    "Stop it at its next logged value",
    () => actions.stop(panel.chosen),
    {},
    isRunning,
  );
  add(
    "nbmlops:edit-tags",
    "Edit tags",
    "Edit the tags of the chosen run",
    () => actions.editTags(panel.chosen[0]!),
    {},
    isChosen,
  );
  add(
    "nbmlops:edit-note",
    "Edit note",
    "Edit the note of the chosen run",
    () => actions.editNote(panel.chosen[0]!),
    {},
    isChosen,
  );
  add(
    "nbmlops:delete-run",
    "Delete the run",
    "Take the chosen runs off the lists; they can be restored",
    () => actions.remove(panel.chosen),
    {},
    () => isChosen() && !panel.isShowingDeleted,
  );
  add(
    "nbmlops:restore-run",
    "Restore the run",
    "Put the chosen deleted runs back",
    () => actions.restore(panel.chosen),
    {},
    () => isChosen() && panel.isShowingDeleted,
  );
  add("nbmlops:insert-starter", "Insert a starter cell", "Insert cells that load nbmlops and make a first run", () =>
    actions.insertStarter(),
  );

  const menu = ["open-run", "compare-runs", "insert-run", "jump-to-cell", "stop-run", "edit-tags", "edit-note"];
  [...menu, "delete-run", "restore-run"].forEach((name, rank) => {
    app.contextMenu.addItem({ command: `nbmlops:${name}`, selector: LIST, rank });
  });
}
