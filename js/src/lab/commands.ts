import type { JupyterFrontEnd } from "@jupyterlab/application";
import { type ICommandPalette, InputDialog } from "@jupyterlab/apputils";
import type { ReadonlyJSONObject } from "@lumino/coreutils";
import { AskError } from "../lib/ask";
import { isKnown } from "../lib/stage";
import type { DataActions } from "./data";
import { dataOffers } from "./datacommands";
import type { MainViews, Opened } from "./main";
import { OPEN_VIEW } from "./main";
import type { PanelRun } from "./panel/data";
import type { RunsPanel } from "./panel/panel";
import type { RunActions } from "./runs";

const CATEGORY = "nbmlops";
const LIST = ".nbm-sidebar .nbm-runs-list";
const TREE = ".nbm-sidebar .nbm-data-list";
const KNOWN = "runs, run, compare, curves, explore, media, live, datasets, dataset, dataversion, datadiff, lineage";

const RUN = { type: "string", description: "Number (12) or id of the run; left out, the chosen one" };
const RUNS = { type: "array", items: { type: "string" }, description: "Numbers or ids; left out, the chosen ones" };
const EXPERIMENT = { type: "string", description: "Name of the experiment, * for all; left out, the chosen one" };

/** A command as a person finds it in the palette, and under a shorter name in the menu of the list. */
export interface Offer {
  id: string;
  label: string;
  /** In the menu of the list; left out, it is not there. */
  short?: string;
  caption: string;
  args?: Record<string, ReadonlyJSONObject>;
  execute(args: any): unknown;
  isEnabled?(): boolean;
  isInMenu?(): boolean;
}

/** Every command of the extension, in the palette and in the menu of the list. */
export function addCommands(
  app: JupyterFrontEnd,
  panel: RunsPanel,
  actions: RunActions,
  data: DataActions,
  views: MainViews,
  palette: ICommandPalette | null,
): void {
  const { commands } = app;
  commands.addCommand(OPEN_VIEW, {
    label: (args) => String(args.title ?? "Open a view of nbmlops"),
    describedBy: {
      args: {
        type: "object",
        required: ["view"],
        properties: {
          view: { type: "string", description: `Name of the view: ${KNOWN}` },
          args: { type: "object", description: "Its arguments; runs and versions are named by their ids" },
          title: { type: "string", description: "Title of the tab" },
          store: { type: "object", description: "Which store: its key, or the path of a notebook" },
        },
      },
    },
    execute: (args) => {
      try {
        return views.open(openedOf(args, panel));
      } catch (error) {
        actions.tell(error);
        return null;
      }
    },
  });
  const show = () => {
    app.shell.activateById(panel.id);
    panel.turnTab("data");
  };
  const ofRuns = offers(app, panel, actions).map((offer) => ({ offer, selector: LIST }));
  const ofData = dataOffers(panel, data, show).map((offer) => ({ offer, selector: TREE }));
  [...ofRuns, ...ofData].forEach(({ offer, selector }, rank) => {
    const { id, label, short, caption, isEnabled } = offer;
    commands.addCommand(id, {
      label: (args) => (args.isMenu ? (short ?? label) : label),
      caption,
      isEnabled,
      isVisible: (args) => !args.isMenu || (offer.isInMenu ?? isEnabled ?? (() => true))(),
      describedBy: { args: { type: "object", properties: offer.args ?? {} } },
      execute: (args) => actions.attempt(() => offer.execute(args ?? {})),
    });
    palette?.addItem({ command: id, category: CATEGORY });
    if (short) app.contextMenu.addItem({ command: id, args: { isMenu: true }, selector, rank });
  });
}

/** What is to be opened, as somebody else's code or an older layout says it. */
function openedOf({ view, args, title, store }: Record<string, any>, panel: RunsPanel): Opened {
  const isMapping = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
  if (typeof view !== "string" || !isKnown(view))
    throw new AskError(
      view === undefined ? "no view was named" : `there is no view ${JSON.stringify(view).slice(0, 60)}`,
      `${OPEN_VIEW} takes {view: "runs", args: {}}; views are ${KNOWN}`,
    );
  if (args !== undefined && !isMapping(args))
    throw new AskError(`the arguments of a view are an object; found ${JSON.stringify(args).slice(0, 60)}`);
  const ref = isMapping(store) ? store : panel.ref;
  if (!ref.key && !ref.notebook) throw new AskError("no store is in use", "open a notebook, or choose a store first");
  return { view, args: args ?? {}, title: typeof title === "string" ? title : view, store: { ...ref } };
}

/** The names of runs in the arguments of a command; undefined if they are left out. */
function named(value: unknown): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  const found = Array.isArray(value) ? value : [value];
  for (const each of found)
    if (typeof each !== "string" && typeof each !== "number")
      throw new AskError(
        `a run is named by its number or id; found ${JSON.stringify(each).slice(0, 60)}`,
        'such as {run: "12"} or {runs: ["11", "12"]}',
      );
  return found.map(String);
}

function experimentOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== "string")
    throw new AskError(
      `an experiment is a name; found ${JSON.stringify(value).slice(0, 60)}`,
      'such as {experiment: "wine"}',
    );
  return value;
}

function offers(app: JupyterFrontEnd, panel: RunsPanel, actions: RunActions): Offer[] {
  const isChosen = () => panel.chosen.length > 0;

  /** The run that is named, else the chosen one, else the one that is asked for. */
  const one = async (args: { run?: unknown }, title: string): Promise<PanelRun | null> => {
    const ref = named(args.run)?.[0];
    if (ref !== undefined) return actions.find(ref);
    if (panel.isVisible && panel.chosen[0]) return panel.chosen[0];
    const { value } = await InputDialog.getText({ title, label: "Number of the run", placeholder: "12" });
    return value ? actions.find(value) : null;
  };
  const several = async (args: { runs?: unknown }): Promise<PanelRun[] | null> => {
    const refs = named(args.runs);
    if (refs) return Promise.all(refs.map((run) => actions.find(run)));
    if (panel.isVisible && panel.chosen.length > 1) return panel.chosen;
    const title = "Compare runs";
    const { value } = await InputDialog.getText({ title, label: "Numbers of the runs", placeholder: "12 11" });
    if (value === null) return null;
    return Promise.all(
      value
        .split(/[\s,]+/)
        .filter(Boolean)
        .map((run) => actions.find(run)),
    );
  };

  const first = (): PanelRun => {
    const [run] = panel.chosen;
    if (!run) throw new AskError("no run is chosen", "choose one in the list of the panel");
    return run;
  };

  return [
    {
      id: "nbmlops:show-panel",
      label: "Show the runs",
      caption: "Show the panel with the runs of this notebook",
      execute: () => {
        app.shell.activateById(panel.id);
        panel.turnTab("runs");
      },
    },
    {
      id: "nbmlops:refresh",
      label: "Refresh the runs",
      caption: "Look at the store now",
      execute: () => panel.look(),
    },
    {
      id: "nbmlops:open-table",
      label: "Open the table of runs",
      caption: "All columns of the runs, in the main area",
      args: { experiment: EXPERIMENT },
      execute: (args) => actions.openTable(experimentOf(args.experiment) ?? panel.experiment),
    },
    {
      id: "nbmlops:open-run",
      label: "Open a run",
      short: "Open",
      caption: "Open the page of a run in the main area",
      args: { run: RUN },
      execute: async (args) => {
        const run = await one(args, "Open a run");
        if (run) actions.openRun(run);
      },
    },
    {
      id: "nbmlops:compare-runs",
      label: "Compare runs",
      short: "Compare",
      caption: "Compare two runs or more in the main area",
      args: { runs: RUNS },
      execute: async (args) => {
        const runs = await several(args);
        if (runs) actions.compare(runs);
      },
      isInMenu: () => panel.chosen.length > 1,
    },
    {
      id: "nbmlops:insert-run",
      label: "Insert a run into the notebook",
      short: "Insert into the notebook",
      caption: "Insert a cell that gets the run, below the active one",
      args: { run: RUN },
      execute: async (args) => {
        const run = await one(args, "Insert a run");
        if (run) await actions.insert(!args.run && panel.chosen.length > 1 ? panel.chosen : [run]);
      },
    },
    {
      id: "nbmlops:jump-to-cell",
      label: "Go to the cell that made a run",
      short: "Go to its cell",
      caption: "Open the notebook at the cell that made the run",
      args: { run: RUN },
      execute: async (args) => {
        const run = await one(args, "Go to the cell of a run");
        if (run) await actions.jump(panel.ref, run.run.id);
      },
    },
    {
      id: "nbmlops:stop-run",
      label: "Stop the run",
      short: "Stop",
      caption: "Stop the chosen runs at their next logged value",
      execute: () => actions.stop(panel.chosen),
      isEnabled: () => panel.chosen.some(({ run }) => run.status === "running"),
    },
    {
      id: "nbmlops:edit-tags",
      label: "Edit tags",
      short: "Edit tags",
      caption: "Edit the tags of the chosen run",
      execute: () => actions.editTags(first()),
      isEnabled: isChosen,
    },
    {
      id: "nbmlops:edit-note",
      label: "Edit note",
      short: "Edit note",
      caption: "Edit the note of the chosen run",
      execute: () => actions.editNote(first()),
      isEnabled: isChosen,
    },
    {
      id: "nbmlops:delete-run",
      label: "Delete the run",
      short: "Delete",
      caption: "Take the chosen runs off the lists; they can be restored",
      execute: () => actions.remove(panel.chosen),
      isEnabled: () => isChosen() && !panel.isShowingDeleted,
    },
    {
      id: "nbmlops:restore-run",
      label: "Restore the run",
      short: "Restore",
      caption: "Put the chosen deleted runs back",
      execute: () => actions.restore(panel.chosen),
      isEnabled: () => isChosen() && panel.isShowingDeleted,
    },
    {
      id: "nbmlops:insert-starter",
      label: "Insert a starter cell",
      caption: "Insert cells that load nbmlops and make a first run",
      execute: () => actions.insertStarter(),
    },
  ];
}
