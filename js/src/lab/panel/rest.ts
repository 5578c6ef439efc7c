import { button, h } from "../../lib/dom";
import { number } from "../../lib/format";
import type { PanelActions } from "./view";

/** How far the list goes. */
export interface Reach {
  shown: number;
  total: number;
  /** More than these are never sent. */
  most: number;
  deleted: number;
  isDeleted: boolean;
}

/** Below the list: more runs, where it ends, deleted ones. */
export class Rest {
  readonly node = h("div", { class: "nbm-rest" });
  private key = "";

  constructor(private readonly actions: Pick<PanelActions, "more" | "table" | "deleted">) {}

  show(reach: Reach): void {
    const key = JSON.stringify(reach);
    if (this.key === key) return;
    this.key = key;
    const { shown, total, deleted, isDeleted } = reach;
    this.node.replaceChildren(
      ...(shown < total ? this.further(reach) : []),
      isDeleted
        ? button("Back to the runs", () => this.actions.deleted())
        : deleted
          ? button(`Show ${number(deleted)} deleted`, () => this.actions.deleted())
          : "",
    );
  }

  private further({ shown, total, most, isDeleted }: Reach): HTMLElement[] {
    if (shown < most) return [button(`Show more of ${number(total)}`, () => this.actions.more())];
    const what = isDeleted ? "deleted runs; filter to see others." : "runs; the table shows the rest.";
    const line = h("span", { class: "nbm-q", role: "status" }, `The list ends after ${number(shown)} ${what}`);
    return isDeleted ? [line] : [line, button("Open the table", () => this.actions.table())];
  }
}
