import { h } from "../../lib/dom";

export type Tab = "runs" | "data";

const TABS: readonly (readonly [Tab, string])[] = [
  ["runs", "Runs"],
  ["data", "Datasets"],
];
const KEYS: Record<string, (at: number) => number> = {
  ArrowRight: (at) => (at + 1) % TABS.length,
  ArrowLeft: (at) => (at + TABS.length - 1) % TABS.length,
  Home: () => 0,
  End: () => TABS.length - 1,
};
let serial = 0;

/** The tabs of the panel: arrows turn to the next one. */
export class Tabs {
  readonly node: HTMLElement;
  private readonly buttons = new Map<Tab, HTMLButtonElement>();

  constructor(
    pages: Readonly<Record<Tab, HTMLElement>>,
    private readonly turn: (tab: Tab) => void,
  ) {
    const prefix = `nbm-tab-${++serial}-`;
    this.node = h("div", { class: "nbm-tabs", role: "tablist", "aria-label": "What is listed" });
    for (const [tab, label] of TABS) {
      const page = pages[tab];
      page.id = `${prefix}${tab}-page`;
      page.setAttribute("role", "tabpanel");
      page.setAttribute("aria-label", label);
      const node = h(
        "button",
        {
          type: "button",
          class: "nbm-tab",
          role: "tab",
          id: prefix + tab,
          "aria-controls": page.id,
          onClick: () => turn(tab),
          onKeydown: (event: KeyboardEvent) => this.onKey(event, tab),
        },
        label,
      );
      this.buttons.set(tab, node);
      this.node.append(node);
    }
    this.show("runs");
  }

  show(shown: Tab): void {
    for (const [tab, node] of this.buttons) {
      node.setAttribute("aria-selected", String(tab === shown));
      node.tabIndex = tab === shown ? 0 : -1;
    }
  }

  private onKey(event: KeyboardEvent, tab: Tab): void {
    const to = KEYS[event.key]?.(TABS.findIndex(([each]) => each === tab));
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const [next] = TABS[to]!;
    this.turn(next);
    this.buttons.get(next)!.focus();
  }
}
