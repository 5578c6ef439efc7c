import { type IRenderMimeRegistry, MimeModel } from "@jupyterlab/rendermime";
import type { ReadonlyPartialJSONObject } from "@lumino/coreutils";
import { Panel } from "@lumino/widgets";

/** How the widget manager is asked for a widget. */
export const WIDGET = "application/vnd.jupyter.widget-view+json";

/**
 * The widget of the kernel. It is drawn out of sight: until there is something to see, the widget manager shows
 * "Loading widget", or an error.
 */
export class LiveOutput extends Panel {
  private readonly observer: MutationObserver;

  constructor(rendermime: IRenderMimeRegistry, widget: ReadonlyPartialJSONObject, onDrawn: () => void) {
    super();
    this.addClass("nbm-backstage");
    this.node.inert = true;
    const renderer = rendermime.createRenderer(WIDGET);
    this.addWidget(renderer);
    this.observer = new MutationObserver(() => {
      if (!this.node.querySelector(".nbm-view[data-ready]")) return;
      this.observer.disconnect();
      onDrawn();
    });
    this.observer.observe(this.node, { subtree: true, childList: true, attributeFilter: ["data-ready"] });
    // a copy: the widget manager takes the id out of what it was given when the widget is gone
    void renderer.renderModel(new MimeModel({ data: { [WIDGET]: { ...widget } }, trusted: true }));
  }

  get isSeen(): boolean {
    return !this.node.inert;
  }

  reveal(): void {
    this.node.inert = false;
    this.removeClass("nbm-backstage");
  }

  override dispose(): void {
    this.observer.disconnect();
    super.dispose();
  }
}
