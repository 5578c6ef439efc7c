import { button, h } from "../../lib/dom";
import { middle, number, runLabel, short } from "../../lib/format";
import { quiet } from "./paint";
import type { Shared } from "./shared";
import { nameOf } from "./table";

const MOST = 50;
const COLUMNS = 7;

/** The runs that are kept, best first, with the values of the axes. */
export class Matches {
  readonly el: HTMLElement;
  private readonly table = h("table", { class: "nbm-explore-list" });
  private readonly rest = h("div", { class: "nbm-q nbm-explore-rest" });

  constructor(private readonly shared: Shared) {
    this.el = h(
      "section",
      { class: "nbm-explore-matches", "aria-label": "matching runs" },
      h(
        "div",
        { class: "nbm-scroll", tabindex: "0", role: "region", "aria-label": "list of matching runs" },
        this.table,
      ),
      this.rest,
    );
    this.el.addEventListener("pointerleave", () => shared.point(null));
  }

  draw(keys: readonly string[]): void {
    const { shared } = this;
    const { runs } = shared.table.data;
    const metric = shared.table.metricKey;
    // beside the metric stands what is beside it in the picture
    const columns = [...(metric ? [metric] : []), ...keys.filter((key) => key !== metric).reverse()]
      .filter((key) => shared.table.has(key))
      .slice(0, COLUMNS);
    const head = columns.map((key) => {
      const css = shared.table.column(key)!.kind === "number" ? "nbm-explore-number" : "";
      return h("th", { scope: "col", class: css, title: nameOf(key) }, middle(nameOf(key), 18));
    });
    const rows = shared.matching.slice(0, MOST).map((run) => {
      const label = runLabel({ number: runs.number[run], name: runs.name[run], id: runs.id[run] });
      const mark = h("span", { class: "nbm-sq", "aria-hidden": "true" }, "■");
      mark.style.color = shared.paints[run]?.colour ?? quiet(shared.dark);
      const cells = columns.map((key) => {
        const column = shared.table.column(key)!;
        const cell = column.cells[run] ?? null;
        const css = column.kind === "number" ? "nbm-explore-number" : "";
        return h("td", { class: css, title: cell === null ? "not set" : String(cell) }, short(number(cell), 24));
      });
      const open = button("", () => shared.openRun(run), {
        class: "nbm-explore-open",
        onFocus: () => shared.point(run),
      });
      open.append(mark, " ", label);
      return h("tr", { onPointerenter: () => shared.point(run) }, h("th", { scope: "row" }, open), ...cells);
    });
    this.table.replaceChildren(
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "run"), ...head)),
      h("tbody", {}, ...rows),
    );
    const left = shared.matching.length - rows.length;
    const order = metric && shared.table.goal(metric) ? "best first" : "newest first";
    this.rest.textContent = left > 0 ? `first ${rows.length} of ${number(shared.matching.length)}, ${order}` : "";
    this.rest.hidden = left <= 0;
    this.table.hidden = rows.length === 0;
  }
}
