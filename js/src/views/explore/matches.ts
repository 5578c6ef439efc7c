import { arrange, button, h } from "../../lib/dom";
import { middle, number, runLabel, short } from "../../lib/format";
import { quiet } from "./paint";
import type { Shared } from "./shared";
import { nameOf } from "./table";

const MOST = 50;
const COLUMNS = 7;

interface Row {
  el: HTMLTableRowElement;
  head: HTMLElement;
  mark: HTMLElement;
  label: HTMLElement;
  run: number;
}

/** The runs that are kept, best first, with the values of the axes. */
export class Matches {
  readonly el: HTMLElement;
  private readonly head = h("tr");
  private readonly body = h("tbody");
  private readonly table = h("table", { class: "nbm-explore-list" }, h("thead", {}, this.head), this.body);
  private readonly rest = h("div", { class: "nbm-q nbm-explore-rest" });
  private readonly rows = new Map<string, Row>();

  constructor(private readonly shared: Shared) {
    const list = { class: "nbm-scroll", tabindex: "0", role: "group", "aria-label": "list of matching runs" };
    this.el = h(
      "section",
      { class: "nbm-explore-matches", "aria-label": "matching runs" },
      h("div", list, this.table),
      this.rest,
    );
    this.el.addEventListener("pointerleave", () => shared.point(null));
  }

  draw(keys: readonly string[]): void {
    const { shared } = this;
    const metric = shared.table.metricKey;
    // beside the metric stands what is beside it in the picture
    const columns = [...(metric ? [metric] : []), ...keys.filter((key) => key !== metric).reverse()]
      .filter((key) => shared.table.has(key))
      .slice(0, COLUMNS);
    const heads = columns.map((key) =>
      h("th", { scope: "col", class: this.css(key), title: nameOf(key) }, middle(nameOf(key), 18)),
    );
    this.head.replaceChildren(h("th", { scope: "col" }, "run"), ...heads);
    const shown = shared.matching.slice(0, MOST).map((run) => this.row(run, columns));
    arrange(
      this.body,
      shown.map((row) => row.el),
    );
    for (const [id, row] of [...this.rows]) if (!shown.includes(row)) this.rows.delete(id);
    const left = shared.matching.length - shown.length;
    const unordered = shared.table.data.is_ordered ? "in the order of the filter" : "newest first";
    const order = metric && shared.table.goal(metric) ? "best first" : unordered;
    this.rest.textContent = left > 0 ? `first ${shown.length} of ${number(shared.matching.length)}, ${order}` : "";
    this.rest.hidden = left <= 0;
    this.table.hidden = shown.length === 0;
  }

  private css(key: string): string {
    return this.shared.table.column(key)!.kind === "number" ? "nbm-explore-number" : "";
  }

  /** The row of a run as it is now; the one that is there already keeps the focus. */
  private row(run: number, columns: readonly string[]): Row {
    const { shared } = this;
    const { runs } = shared.table.data;
    const id = runs.id[run]!;
    const row = this.rows.get(id) ?? this.fresh();
    this.rows.set(id, row);
    row.run = run;
    row.mark.style.color = shared.paints[run]?.colour ?? quiet(shared.dark);
    row.label.textContent = runLabel({ number: runs.number[run], name: runs.name[run], id });
    const cells = columns.map((key) => {
      const cell = shared.table.column(key)!.cells[run] ?? null;
      const title = cell === null ? "not set" : String(cell);
      return h("td", { class: this.css(key), title }, short(number(cell), 24));
    });
    arrange(row.el, [row.head, ...cells]);
    return row;
  }

  private fresh(): Row {
    const { shared } = this;
    const mark = h("span", { class: "nbm-sq", "aria-hidden": "true" }, "■");
    const label = h("span");
    const open = button("", () => shared.openRun(row.run), {
      class: "nbm-explore-open",
      onFocus: () => shared.point(row.run),
    });
    open.append(mark, " ", label);
    const head = h("th", { scope: "row" }, open);
    const el = h("tr", { onPointerenter: () => shared.point(row.run) }, head);
    const row: Row = { el, head, mark, label, run: 0 };
    return row;
  }
}
