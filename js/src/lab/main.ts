import type { ILayoutRestorer, JupyterFrontEnd } from "@jupyterlab/application";
import { MainAreaWidget, WidgetTracker } from "@jupyterlab/apputils";
import type { Message } from "@lumino/messaging";
import { Widget } from "@lumino/widgets";
import { type Cleanup, VERSION } from "../lib/host";
import type { OpenRequest } from "../lib/open";
import { renderView } from "../lib/stage";
import { HostModel, serverAsk } from "./host";
import { runsIcon } from "./icon";
import { identity } from "./identity";
import type { Server, StoreRef } from "./server";
import type { Watch } from "./watch";

/** What is open in the main area: enough to open it again after a reload. */
export interface Opened extends OpenRequest {
  store: StoreRef;
}

/** The command that opens a view; the layout is restored through it. */
export const OPEN_VIEW = "nbmlops:open-view";

/** A view of ours as a widget of JupyterLab, fed by the server. */
class ViewPanel extends Widget {
  readonly model: HostModel;
  private cleanup: Cleanup | null = null;
  private isOld = false;
  private readonly watching: { look(): Promise<void>; dispose(): void };

  constructor(
    readonly opened: Opened,
    server: Server,
    watch: Watch,
  ) {
    super();
    this.addClass("nbm-main");
    const state = { v: VERSION, view: opened.view, args: opened.args, data: null };
    const ask = serverAsk(server, opened.store);
    this.model = new HostModel(state, async (request) => {
      this.isOld = true; // until there is an answer of now
      const answer: any = await ask(request);
      this.isOld = answer.age_s !== undefined || Boolean(answer.error?.kind?.startsWith("Store"));
      return answer;
    });
    const address = (run: string, path: string) =>
      opened.store.key ? server.artifactUrl(opened.store.key, run, path) : null;
    this.model.set("downloadUrl", address);
    let isFirst = true;
    this.watching = watch.add({
      ref: opened.store,
      isVisible: () => this.isVisible,
      changed: () => {
        if (!isFirst) this.model.touch();
        isFirst = false;
      },
      beat: () => {
        if (this.isOld && !isFirst) this.model.touch(); // what was held or gone may be back, with the same stamp
      },
    });
  }

  override dispose(): void {
    this.watching.dispose();
    super.dispose();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.cleanup ??= renderView({ model: this.model, el: this.node });
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    void this.watching.look();
  }

  protected override onBeforeDetach(message: Message): void {
    this.cleanup?.();
    this.cleanup = null;
    super.onBeforeDetach(message);
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    this.node.tabIndex = -1;
    this.node.focus();
  }
}

type MainView = MainAreaWidget<ViewPanel>;

/** The views in the main area: one widget a view and its arguments. */
export class MainViews {
  private readonly tracker = new WidgetTracker<MainView>({ namespace: "nbmlops-view" });

  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly server: Server,
    private readonly watch: Watch,
    /** Jupyter Notebook has room for one document in the middle; there the views stand at the right. */
    private readonly area: "main" | "right" = "main",
  ) {}

  /** Open a view, or show the one that is open. */
  open(opened: Opened): MainView {
    const id = identity(opened);
    const known = this.tracker.find((widget) => widget.id === id);
    if (known) {
      this.app.shell.activateById(id);
      return known;
    }
    const widget = new MainAreaWidget({ content: new ViewPanel(opened, this.server, this.watch) });
    widget.toolbar.hide();
    widget.id = id;
    widget.title.label = opened.title;
    widget.title.caption = `${opened.title} · nbmlops`;
    widget.title.icon = runsIcon;
    widget.title.closable = true;
    this.app.shell.add(widget, this.area);
    void this.tracker.add(widget);
    this.app.shell.activateById(id);
    return widget;
  }

  restore(restorer: ILayoutRestorer): void {
    void restorer.restore(this.tracker, {
      command: OPEN_VIEW,
      args: ({ content: { opened } }) => JSON.parse(JSON.stringify(opened)),
      name: (widget) => widget.id,
    });
  }

  /** The view whose page holds this node. */
  around(node: Node): Opened | null {
    return this.tracker.find((widget) => widget.node.contains(node))?.content.opened ?? null;
  }
}
