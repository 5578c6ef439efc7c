import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ICommandPalette } from "@jupyterlab/apputils";
import { INotebookTracker } from "@jupyterlab/notebook";
import { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import { ISettingRegistry } from "@jupyterlab/settingregistry";
import "../views/index";
import { OPEN, type OpenRequest } from "../lib/open";
import { serverAsk } from "./host";
import { MainViews, OPEN_VIEW, type Opened } from "./main";
import { notebookRef } from "./notebooks";
import { registerRenderer } from "./renderer";
import { Server, type StoreRef } from "./server";
import { Watch } from "./watch";

const ID = "nbmlops:plugin";

const plugin: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: "Runs beside the notebook that made them.",
  autoStart: true,
  optional: [INotebookTracker, ILayoutRestorer, ICommandPalette, ISettingRegistry, IRenderMimeRegistry],
  activate,
};

function activate(
  app: JupyterFrontEnd,
  notebooks: INotebookTracker | null,
  restorer: ILayoutRestorer | null,
  _palette: ICommandPalette | null,
  settings: ISettingRegistry | null,
  rendermime: IRenderMimeRegistry | null,
): void {
  const server = new Server(app.serviceManager.serverSettings);
  const watch = new Watch(server);
  const views = new MainViews(app, server, watch);

  app.commands.addCommand(OPEN_VIEW, {
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
  if (restorer) views.restore(restorer);
  if (rendermime)
    registerRenderer({ rendermime, notebooks, askFor: (panel) => serverAsk(server, notebookRef(app, panel)) });

  /** The store that a node of the page shows. */
  const around = (node: Node): StoreRef => {
    const panel = notebooks?.find((widget) => widget.node.contains(node)) ?? notebooks?.currentWidget;
    return views.around(node)?.store ?? (panel ? notebookRef(app, panel) : {});
  };
  document.addEventListener(OPEN, (event) => {
    event.preventDefault();
    const request = (event as CustomEvent<OpenRequest>).detail;
    const ref = { ...around(event.target as Node) };
    const known = ref.key ? Promise.resolve({ belongs: ref.key }) : server.stores(ref).catch(() => ({ belongs: null }));
    void known.then(({ belongs }) => {
      views.open({ ...request, store: { ...ref, key: belongs ?? ref.key } });
    });
  });

  void settings?.load(ID).then((found) => {
    const apply = () => {
      watch.period = Number(found.get("refreshSeconds").composite) || 2;
    };
    apply();
    found.changed.connect(apply);
  });
}

export default plugin;
