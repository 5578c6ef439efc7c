import { button, h } from "../../lib/dom";
import { openPopover } from "../../lib/popover";

/** The button that brings the saved views of a store back; away where there is none. */
export class SavedViews {
  readonly node: HTMLButtonElement;
  private names: readonly string[] = [];

  constructor(private readonly open: (name: string) => void) {
    this.node = button("Views", () => this.choose(), {
      "aria-haspopup": "dialog",
      title: "Saved views: table and charts, in the main area",
      hidden: true,
    });
  }

  show(names: readonly string[]): void {
    this.names = names;
    this.node.hidden = !names.length;
  }

  private choose(): void {
    const panel = openPopover(this.node, "Saved views");
    const list = this.names.map((name) =>
      button(name, () => {
        panel.close();
        this.open(name);
      }),
    );
    panel.box.append(h("div", { class: "nbm-saved-views" }, ...list));
    list[0]?.focus();
  }
}
