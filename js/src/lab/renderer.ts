import type { INotebookTracker, NotebookPanel } from "@jupyterlab/notebook";
import type { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import { PromiseDelegate } from "@lumino/coreutils";
import type { Message } from "@lumino/messaging";
import { Panel, Widget } from "@lumino/widgets";
import { AskError } from "../lib/ask";
import type { Cleanup, State } from "../lib/host";
import { VERSION } from "../lib/host";
import { isKnown, renderView } from "../lib/stage";
import { type Ask, HostModel } from "./host";
import { Owned } from "./owned";

/** What a cell of ours carries beside the widget: the state it is drawn from with no kernel. */
export const MIME = "application/vnd.nbmlops.view+json";
const WIDGET = "application/vnd.jupyter.widget-view+json";
const HTML = "text/html";
// before the widget manager (-10), which shows "Loading widget" for ever where no kernel has the widget
const RANK = -20;

export interface Surroundings {
  rendermime: IRenderMimeRegistry;
  notebooks: INotebookTracker | null;
  /** Who answers the questions of a saved view in this notebook. */
  askFor(panel: NotebookPanel): Ask;
}

/** Draw our outputs everywhere: live where the kernel has them, else from what was saved. */
export function registerRenderer(around: Surroundings): void {
  around.notebooks?.widgetAdded.connect((_, panel) => {
    Owned.of(panel.sessionContext); // from the start: what opens while the page looks away is known, too
  });
  around.rendermime.addFactory({ safe: true, mimeTypes: [MIME], createRenderer: () => new SavedView(around) }, RANK);
}

type Saved = State & { model_id?: string };

/** One output: the saved view at once, the live widget as soon as the kernel is known to have it. */
class SavedView extends Panel implements IRenderMime.IRenderer {
  private model: IRenderMime.IMimeModel | null = null;
  private panel: NotebookPanel | null = null;
  private owned: Owned | null = null;
  private shown: "nothing" | "saved" | "live" = "nothing";
  private cleanup: Cleanup | null = null;
  private readonly attached = new PromiseDelegate<void>();

  constructor(private readonly around: Surroundings) {
    super();
    this.addClass("nbm-output");
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.model = model;
    if (this.isAttached) this.settle(true);
    await Promise.race([this.attached.promise, Promise.resolve()]);
  }

  override dispose(): void {
    this.owned?.changed.disconnect(this.onOwned, this);
    this.cleanup?.();
    this.cleanup = null;
    super.dispose();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.panel = this.around.notebooks?.find((panel) => panel.node.contains(this.node)) ?? null;
    const owned = this.panel ? Owned.of(this.panel.sessionContext) : null;
    if (owned !== this.owned) {
      this.owned?.changed.disconnect(this.onOwned, this);
      this.owned = owned;
      owned?.changed.connect(this.onOwned, this);
    }
    this.attached.resolve();
    this.settle(false);
  }

  private onOwned(): void {
    if (this.isAttached) this.settle(false);
  }

  private get saved(): Saved {
    return this.model?.data[MIME] as unknown as Saved;
  }

  /** Show what can be shown now; `isNew` when the output itself changed. */
  private settle(isNew: boolean): void {
    if (!this.model || this.isDisposed) return;
    const id = this.saved?.model_id;
    const isLive = Boolean(id && this.panel && this.owned?.has(id) && this.model.data[WIDGET]);
    if (isLive && (isNew || this.shown !== "live")) this.showLive();
    else if (!isLive && (isNew || this.shown !== "saved")) this.showSaved();
  }

  private clear(): void {
    this.cleanup?.();
    this.cleanup = null;
    for (const widget of [...this.widgets]) widget.dispose();
  }

  private showLive(): void {
    this.clear();
    this.shown = "live";
    this.hand(this.panel!.content.rendermime, WIDGET);
  }

  private showSaved(): void {
    const wasLive = this.shown === "live";
    this.clear();
    this.shown = "saved";
    const { saved } = this;
    if (!saved || typeof saved !== "object" || !(saved.v <= VERSION) || !isKnown(saved.view)) {
      this.hand(this.around.rendermime, this.model!.data[HTML] ? HTML : "text/plain");
      return;
    }
    const host = new Widget();
    this.addWidget(host);
    const state = { v: saved.v, view: saved.view, args: saved.args ?? {}, data: saved.data ?? null };
    const model = new HostModel(state, this.ask());
    model.set("saved", true);
    this.cleanup = renderView({ model, el: host.node });
    if (wasLive) host.node.append(note("The kernel that drew this is gone: this is what was saved."));
  }

  private ask(): Ask {
    if (this.panel && this.model!.trusted) return this.around.askFor(this.panel);
    const [message, hint] = this.panel
      ? ["this notebook is not trusted, so nothing is asked for it", "run the cell, or trust the notebook"]
      : ["this is a saved picture", "open the notebook and run the cell to make it live"];
    return () => Promise.reject(new AskError(message, hint, "saved"));
  }

  private hand(rendermime: IRenderMimeRegistry, mime: string): void {
    const renderer = rendermime.createRenderer(mime);
    this.addWidget(renderer);
    void renderer.renderModel(this.model!);
  }
}

function note(text: string): HTMLElement {
  const node = document.createElement("div");
  node.className = "nbm-view nbm-q nbm-saved-note";
  node.setAttribute("role", "status");
  node.textContent = text;
  return node;
}
