import { h } from "../../lib/dom";
import { number, runLabel, short } from "../../lib/format";
import { nameOf, type Table } from "./table";

const MOST = 10; // lines

/** What is said of the run under the pointer. */
export class Tip {
  readonly el = h("div", { class: "nbm-explore-tip", hidden: true });

  hide(): void {
    this.el.hidden = true;
  }

  /** Say the values of these columns, beside a point of the page. */
  show(table: Table, run: number, keys: readonly string[], at: { clientX: number; clientY: number }): void {
    const { runs } = table.data;
    const status = runs.status[run];
    this.el.hidden = false;
    this.el.replaceChildren(
      h("b", {}, runLabel({ number: runs.number[run], name: runs.name[run], id: runs.id[run] })),
      h("span", { class: "nbm-q" }, status === "finished" ? "click opens it" : `${status}, click opens it`),
      ...keys
        .slice(0, MOST)
        .flatMap((key) => [
          h("span", { class: "nbm-q" }, short(nameOf(key), 28)),
          h("span", { class: "nbm-explore-number" }, short(number(table.column(key)!.cells[run]), 32)),
        ]),
    );
    const box = this.el.parentElement!.getBoundingClientRect();
    const [x, y] = [at.clientX - box.left, at.clientY - box.top];
    const isLeft = x > box.width - this.el.offsetWidth - 24;
    this.el.style.left = `${Math.max(0, isLeft ? x - this.el.offsetWidth - 14 : x + 14)}px`;
    this.el.style.top = `${Math.max(0, Math.min(y + 12, box.height - this.el.offsetHeight))}px`;
  }
}
