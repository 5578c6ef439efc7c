import { ILabShell, ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ICommandPalette } from "@jupyterlab/apputils";
import { PageConfig } from "@jupyterlab/coreutils";
import { INotebookTracker } from "@jupyterlab/notebook";
import { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import { ISettingRegistry } from "@jupyterlab/settingregistry";
import { IStateDB } from "@jupyterlab/statedb";
import "../views/index";
import { ACT, type ActRequest } from "../lib/act";
import { AskError } from "../lib/ask";
import { JUMP, type JumpRequest, OPEN, type OpenRequest } from "../lib/open";
import { storeAround } from "./around";
import { DATA_STARTER, insertCells } from "./cells";
import { addCommands } from "./commands";
import { DataActions } from "./data";
import { serverAsk } from "./host";
import { MainViews } from "./main";
import { notebookRef, onNotebook, sessionRef } from "./notebooks";
import type { DataOutside } from "./panel/datatab";
import { Memory } from "./panel/memory";
import { type Outside, RunsPanel } from "./panel/panel";
import { registerRenderer } from "./renderer";
import { RunActions } from "./runs";
import { Server } from "./server";
import { Watch } from "./watch";

const ID = "nbmlops:plugin";
const RANK = 900;
const COMES_MS = 10_000; // a notebook that the address names opens after the layout is restored

const plugin: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: "Runs and datasets beside the notebook that made them.",
  autoStart: true,
  optional: [
    INotebookTracker,
    ILayoutRestorer,
    ICommandPalette,
    ISettingRegistry,
    IRenderMimeRegistry,
    ILabShell,
    IStateDB,
  ],
  activate,
};

function activate(
  app: JupyterFrontEnd,
  notebooks: INotebookTracker | null,
  restorer: ILayoutRestorer | null,
  palette: ICommandPalette | null,
  settings: ISettingRegistry | null,
  rendermime: IRenderMimeRegistry | null,
  shell: ILabShell | null,
  state: IStateDB | null,
): void {
  const server = new Server(app.serviceManager.serverSettings);
  const watch = new Watch(server);
  const views = new MainViews(app, server, watch, shell ? "main" : "right");
  const actions = new RunActions(app, server, notebooks, views);
  const data = new DataActions(server, notebooks, views);
  const outsideOfData: DataOutside = {
    openDataset: (dataset) => actions.attempt(() => data.openDataset(dataset)),
    openVersion: (version) => actions.attempt(() => data.openVersion(version)),
    insert: () => actions.attempt(() => data.insert(panel.chosenData)),
    drag: (version, event) => actions.attempt(() => data.drag(version, event)),
    compare: () => actions.attempt(() => data.compare(panel.chosenData)),
    lineage: () => actions.attempt(() => data.lineage(panel.chosenData)),
    table: () => actions.attempt(() => data.openTable()),
    starter: () => actions.attempt(() => insertCells(notebooks, DATA_STARTER)),
  };
  const outside: Outside = {
    open: (run) => actions.openRun(run),
    insert: () => actions.attempt(() => actions.insert(panel.chosen)),
    remove: () =>
      actions.attempt(() => (panel.isShowingDeleted ? actions.restore(panel.chosen) : actions.remove(panel.chosen))),
    drag: (run, event) => actions.drag(run, event),
    compare: () => actions.attempt(() => actions.compare(panel.chosen)),
    table: () => actions.openTable(panel.experiment),
    saved: (name) => actions.openSaved(name),
    stop: () => actions.attempt(() => actions.stop(panel.chosen)),
    starter: () => actions.attempt(() => actions.insertStarter()),
  };
  const panel: RunsPanel = new RunsPanel(server, watch, outside, new Memory(state), outsideOfData);
  actions.panel = panel;
  data.panel = panel;
  addCommands(app, panel, actions, data, views, palette);
  app.shell.add(panel, "left", { rank: RANK });
  restorer?.add(panel, panel.id);
  if (restorer) views.restore(restorer);
  if (rendermime)
    registerRenderer({ rendermime, notebooks, askFor: (session) => serverAsk(server, sessionRef(app, session)) });
  if (notebooks) onNotebook(notebooks, (current) => panel.follow(current ? notebookRef(app, current) : {}));

  const isNamed = PageConfig.getOption("treePath").endsWith(".ipynb"); // the address says which notebook
  void app.restored.then(() => setTimeout(() => panel.settle(), isNamed ? COMES_MS : 0));

  const around = (node: EventTarget | null) => storeAround(node as Node, { app, notebooks, views });
  document.addEventListener(OPEN, (event) => {
    event.preventDefault();
    const request = (event as CustomEvent<OpenRequest>).detail;
    const ref = around(event.target);
    const known = ref.key ? Promise.resolve({ belongs: ref.key }) : server.stores(ref).catch(() => ({ belongs: null }));
    void known.then(({ belongs }) => views.open({ ...request, store: { ...ref, key: belongs ?? ref.key } }));
  });
  document.body.dataset.nbmlops = ""; // views offer what only this extension can do
  document.addEventListener(ACT, (event) => {
    const request = (event as CustomEvent<ActRequest>).detail;
    const { name, args } = request;
    request.answer = serverAsk(
      server,
      around(event.target),
    )({ id: 0, kind: "action", name, args }).then((answer: any) => {
      if (!answer.ok) throw new AskError(answer.error?.message ?? "failed", answer.error?.hint);
    });
  });
  document.addEventListener(JUMP, (event) => {
    event.preventDefault();
    const { run } = (event as CustomEvent<JumpRequest>).detail;
    actions.attempt(() => actions.jump(around(event.target), run));
  });

  void settings?.load(ID).then((found) => {
    const apply = () => {
      watch.period = Number(found.get("refreshSeconds").composite) || 2;
      panel.columns = found.get("columns").composite as string[];
    };
    apply();
    found.changed.connect(apply);
  });
}

export default plugin;
