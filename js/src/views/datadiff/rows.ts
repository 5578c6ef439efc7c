import { type Rows, valueCell } from "../../lib/cells";
import { button, h } from "../../lib/dom";
import { number, short } from "../../lib/format";
import { reachable } from "../../lib/scrolls";
import type { Stage } from "../../lib/stage";
import type { Change, DiffArgs, DiffData, Kind } from "./data";

const PAGE = 100;
const LABELS: Record<Kind, string> = { changed: "cells changed", added: "rows added", removed: "rows removed" };

/** What a person looks at; it outlives a new picture. */
export interface Look {
  kind: Kind | null;
  column: Change | null;
}

/** The cells that changed and the rows that came and went: the first ones, and more on request. */
export class RowsPart {
  readonly node = h("div", { class: "nbm-datadiff-rows" });
  private found: Rows = { names: [], rows: [] };
  private total = 0;
  private turn = 0;

  constructor(
    private readonly stage: Stage<DiffArgs, DiffData>,
    private readonly look: Look,
    private readonly say: (error: unknown) => void,
  ) {}

  /** How many there are of each kind. */
  private count(kind: Kind): number {
    const { rows, cells = {} } = this.stage.data.summary;
    if (kind !== "changed") return rows?.[kind] ?? 0;
    return Object.values(cells).reduce((sum, each) => sum + each, 0);
  }

  /** Show what is looked at now: from what came along if that will do, else it is asked for. */
  async show(): Promise<void> {
    const { data } = this.stage;
    const kinds = (["changed", "added", "removed"] as const).filter((kind) => this.count(kind));
    if (!kinds.length) {
      this.node.replaceChildren();
      return;
    }
    if (!this.look.kind || !kinds.includes(this.look.kind)) this.look.kind = kinds[0]!;
    const { kind, column } = this.look;
    const isOfOne = kind === "changed" && column !== null;
    this.total = isOfOne ? (column.cells ?? 0) : this.count(kind);
    const known = kind === "changed" ? data.cells : data[kind];
    const mine = ++this.turn;
    if (!isOfOne && known) this.found = known;
    else {
      const found = await this.ask(0);
      if (!found || mine !== this.turn) return;
      this.found = found;
    }
    this.draw(kinds);
  }

  private async ask(offset: number): Promise<Rows | null> {
    const { kind, column } = this.look;
    const about = { ...this.stage.args, offset, limit: PAGE };
    try {
      if (kind === "changed")
        return await this.stage.desk.view<Rows>("datadiff/cells", { ...about, place: column?.place ?? null });
      return await this.stage.desk.view<Rows>("datadiff/rows", { ...about, kind });
    } catch (error) {
      this.say(error);
      return null;
    }
  }

  private draw(kinds: readonly Kind[]): void {
    const { kind, column } = this.look;
    const held = this.node.contains(document.activeElement) ? document.activeElement?.getAttribute("data-act") : null;
    const tabs = kinds.map((each) =>
      button(
        `${number(this.count(each))} ${LABELS[each]}`,
        () => {
          this.look.kind = each;
          void this.show();
        },
        { "aria-pressed": String(each === kind), "data-act": each },
      ),
    );
    const one =
      kind === "changed" && column !== null
        ? h(
            "span",
            { class: "nbm-q" },
            ` of ${short(column.name, 40) || "''"} · `,
            button("All columns", () => this.choose(null), { class: "nbm-button nbm-quiet-button", "data-act": "all" }),
          )
        : null;
    this.node.replaceChildren(
      h("div", { class: "nbm-tools", role: "group", "aria-label": "what changed" }, ...tabs, one),
      this.table(),
      ...this.foot(kinds),
    );
    if (held) this.node.querySelector<HTMLElement>(`[data-act="${held}"]`)?.focus({ preventScroll: true });
  }

  private table(): HTMLElement {
    const { names, rows } = this.found;
    const isCells = this.look.kind === "changed";
    const css = (at: number) => (isCells && at >= names.length - 2 ? "nbm-datadiff-side" : "");
    const isNumber = names.map((_, at) => rows.some((row) => typeof row[at] === "number"));
    const heads = names.map((name, at) =>
      h("th", { scope: "col", class: isNumber[at] ? "nbm-n" : null, title: name }, short(name, 40)),
    );
    const table = h(
      "table",
      { class: "nbm-list", "aria-label": LABELS[this.look.kind!] },
      h("thead", {}, h("tr", {}, ...heads)),
      h("tbody", {}, ...rows.map((row) => h("tr", {}, ...row.map((value, at) => valueCell(value, css(at)))))),
    );
    return reachable(h("div", { class: "nbm-list-wrap" }, table), LABELS[this.look.kind!]);
  }

  private foot(kinds: readonly Kind[]): HTMLElement[] {
    const shown = this.found.rows.length;
    const left = this.found.left_out ?? 0;
    const beyond = left ? [h("div", { class: "nbm-q" }, `${number(left)} more columns are left out here`)] : [];
    if (shown >= this.total) return beyond;
    let isAsked = false; // a disabled button would lose the focus
    const more = button("More", async () => {
      if (isAsked) return;
      isAsked = true;
      const mine = this.turn;
      const found = await this.ask(shown);
      isAsked = false;
      if (!found || mine !== this.turn) return;
      const wide = this.found.names.length; // a saved view has fewer columns than the kernel answers
      this.found = { ...this.found, rows: [...this.found.rows, ...found.rows.map((row) => row.slice(0, wide))] };
      this.draw(kinds);
    });
    more.dataset.act = "more";
    return [h("div", { class: "nbm-q" }, `first ${number(shown)} of ${number(this.total)} `, more), ...beyond];
  }

  /** Only the cells of one column, or of all. */
  choose(column: Change | null): void {
    this.look.column = column;
    if (column !== null) this.look.kind = "changed";
    void this.show();
  }
}
