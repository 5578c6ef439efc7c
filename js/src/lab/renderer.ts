import type { ISessionContext } from "@jupyterlab/apputils";
import type { INotebookTracker } from "@jupyterlab/notebook";
import type { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import type { ReadonlyPartialJSONObject } from "@lumino/coreutils";
import type { Message } from "@lumino/messaging";
import { Panel, Widget } from "@lumino/widgets";
import { AskError } from "../lib/ask";
import { h } from "../lib/dom";
import type { Cleanup, State } from "../lib/host";
import { VERSION } from "../lib/host";
import { isKnown, renderView } from "../lib/stage";
import { keepSession } from "./around";
import { type Ask, HostModel } from "./host";
import { LiveOutput, WIDGET } from "./live";
import { Owned } from "./owned";

/** What a cell of ours carries beside the widget: the state it is drawn from with no kernel. */
export const MIME = "application/vnd.nbmlops.view+json";
// before the widget manager (-10), which shows "Loading widget" for ever where no kernel has the widget
const RANK = -20;
/** How long a saved picture waits for its widget before it can be clicked itself. */
const PATIENCE_MS = 2000;

export interface Surroundings {
  rendermime: IRenderMimeRegistry;
  notebooks: INotebookTracker | null;
  /** Who answers the questions of a saved view in this notebook or console. */
  askFor(session: ISessionContext): Ask;
}

/** Draw our outputs everywhere: live where the kernel has them, else from what was saved. */
export function registerRenderer(around: Surroundings): void {
  around.notebooks?.widgetAdded.connect((_, panel) => {
    Owned.of(panel.sessionContext); // from the start: what opens while the page looks away is known, too
  });
  around.rendermime.addFactory({ safe: true, mimeTypes: [MIME], createRenderer: () => new SavedView(around) }, RANK);
}

/** What draws an output's other forms, and the session it belongs to. */
interface Holder {
  rendermime: IRenderMimeRegistry;
  session: ISessionContext | null;
}

/** One output: the saved view at once, in its place the live widget as soon as the kernel is known to have it. */
class SavedView extends Panel implements IRenderMime.IRenderer {
  private model: IRenderMime.IMimeModel | null = null;
  private holder: Holder | null = null;
  private owned: Owned | null = null;
  private still: Widget | null = null;
  private live: LiveOutput | null = null;
  private cleanup: Cleanup | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly around: Surroundings) {
    super();
    this.addClass("nbm-cell");
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const before = this.modelId;
    this.model = model;
    // the same widget hears of changes itself
    if (!this.isAttached || (this.live?.isSeen && before === this.modelId)) return;
    this.dropLive();
    this.dropStill();
    this.settle();
  }

  override dispose(): void {
    this.owned?.changed.disconnect(this.settle, this);
    this.dropStill();
    super.dispose();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.holder = holderOf(this, this.around);
    const session = this.holder.session;
    keepSession(this.node, session);
    const owned = session && Owned.of(session);
    if (owned !== this.owned) {
      this.owned?.changed.disconnect(this.settle, this);
      this.owned = owned;
      owned?.changed.connect(this.settle, this);
    }
    if (session && !session.isReady) void session.ready.then(() => this.settle()).catch(() => {});
    this.settle();
  }

  /** The widget that the saved picture stands for. */
  private get modelId(): string | undefined {
    return (this.model?.data[MIME] as { model_id?: string } | undefined)?.model_id;
  }

  /** What asks the widget manager for the widget, if the kernel has it. */
  private get widget(): ReadonlyPartialJSONObject | null {
    const id = this.modelId;
    const { rendermime, session } = this.holder ?? {};
    if (!id || !session?.isReady || !this.owned?.has(id) || !rendermime?.getFactory(WIDGET)) return null;
    const found = this.model!.data[WIDGET] as ReadonlyPartialJSONObject | undefined;
    return found ? { ...found, model_id: id } : null;
  }

  /** Show what can be shown now. */
  private settle(): void {
    if (!this.model || !this.holder || this.isDisposed) return;
    const { widget } = this;
    const isOver = Boolean(this.live?.isSeen && !widget);
    if (!widget) this.dropLive();
    const isFirst = !this.still && !this.live;
    if (isFirst) this.showStill(isOver);
    if (!widget || this.live) return;
    if (isFirst) this.hold();
    this.live = new LiveOutput(this.holder.rendermime, widget, () => this.onDrawn());
    this.addWidget(this.live);
  }

  /** Nobody should start something in a picture that is replaced in a moment. */
  private hold(): void {
    const { node } = this.still!;
    node.inert = true;
    this.timer = setTimeout(() => {
      node.inert = false;
    }, PATIENCE_MS);
  }

  private onDrawn(): void {
    const still = this.still?.node;
    if (still?.contains(document.activeElement)) {
      // somebody is at work in the picture
      still.addEventListener("focusout", () => setTimeout(() => this.onDrawn()), { once: true });
      return;
    }
    if (!this.live || this.isDisposed) return;
    this.dropStill();
    this.live.reveal();
    this.node.dataset.shows = "live";
  }

  private showStill(isOver: boolean): void {
    const saved = unpacked(this.model?.data[MIME]);
    this.node.dataset.shows = "saved";
    const host = new Widget();
    if (saved?.data && isKnown(saved.view)) {
      const model = new HostModel(saved, this.ask());
      model.set("saved", true);
      try {
        this.cleanup = renderView({ model, el: host.node });
      } catch (error) {
        console.error(error);
      }
    }
    if (host.node.querySelector(".nbm-view[data-ready]")) {
      this.still = host;
      this.addWidget(host);
    } else {
      this.cleanup?.();
      this.cleanup = null;
      host.dispose();
      this.still = this.other();
      this.addWidget(this.still);
    }
    if (isOver) this.still.node.append(note("The kernel that drew this is gone. This is what was saved."));
  }

  /** The picture without us: as HTML, else as text. */
  private other(): Widget {
    const { data } = this.model!;
    const mime = data["text/html"] ? "text/html" : "text/plain";
    const renderer = this.holder!.rendermime.createRenderer(mime);
    void renderer.renderModel(this.model!);
    const around = new Panel();
    around.addWidget(renderer);
    return around;
  }

  private dropStill(): void {
    clearTimeout(this.timer);
    this.cleanup?.();
    this.cleanup = null;
    this.still?.dispose();
    this.still = null;
  }

  private dropLive(): void {
    this.live?.dispose();
    this.live = null;
  }

  private ask(): Ask {
    const session = this.holder?.session;
    if (session && this.model!.trusted) return this.around.askFor(session);
    const [message, hint] = session
      ? [
          "this is a saved picture of a notebook that is not trusted",
          "run the cell, or trust the notebook, to see more",
        ]
      : ["this is a saved picture", "open the notebook and run the cell to see more"];
    return () => Promise.reject(new AskError(message, hint, "saved"));
  }
}

/** Found by what is around: a notebook, a console, or the copy of an output in the main area. */
function holderOf(widget: Widget, around: Surroundings): Holder {
  let rendermime: IRenderMimeRegistry | undefined;
  let session: ISessionContext | undefined;
  for (let at = widget.parent; at; at = at.parent) {
    const known = at as Widget & { rendermime?: IRenderMimeRegistry; sessionContext?: ISessionContext };
    rendermime ??= known.rendermime;
    session ??= known.sessionContext;
  }
  const panel = around.notebooks?.find(
    ({ node, content }) => node.contains(widget.node) || content.rendermime === rendermime,
  );
  return {
    rendermime: rendermime ?? panel?.content.rendermime ?? around.rendermime,
    session: session ?? panel?.sessionContext ?? null,
  };
}

/** The state of a view as `nbmlops/ui/shown.py` packed it; null if it is of a newer version, or broken. */
function unpacked(packed: unknown): State | null {
  const found = packed as { v?: number; view?: string; packed?: string } | null;
  if (!found || typeof found !== "object" || !(Number(found.v) <= VERSION)) return null;
  try {
    const { args, data, known } = JSON.parse(found.packed ?? "");
    return { v: Number(found.v), view: String(found.view), args: args ?? {}, data: data ?? null, known };
  } catch {
    return null;
  }
}

function note(text: string): HTMLElement {
  return h("div", { class: "nbm-view nbm-q nbm-saved-note", role: "status" }, text);
}
