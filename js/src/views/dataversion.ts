import { bars } from "../lib/bars";
import { type Rows, valueCell } from "../lib/cells";
import { button, h } from "../lib/dom";
import { number, short } from "../lib/format";
import type { Cleanup, Context } from "../lib/host";
import { reachable } from "../lib/scrolls";
import { type Stage, stageView } from "../lib/stage";
import { versionsOf } from "./datasets/data";

interface ColumnProfile {
  name: string;
  type: string;
  nulls: number;
  rows: number;
  distinct: number | null;
  bars: number[];
  said: string;
}

interface VersionData {
  version: {
    id: string;
    dataset: string;
    name: string;
    shape: string;
    message: string;
    rows: number | null;
    columns: number | null;
  };
  /** Where it came from, in a line. */
  line: string;
  columns: ColumnProfile[];
  head: Rows | { missing: string };
}

/** One version of a dataset: its columns with their distributions, its first rows, where it came from. */
export function dataversion(context: Context): Cleanup {
  return stageView(context, ({ data, body, args, open }: Stage<{ version: string }, VersionData>) => {
    const { version } = data;
    body.append(
      h(
        "div",
        { class: "nbm-dataversion-title" },
        h("b", {}, version.name),
        h("span", {}, version.shape),
        version.message ? h("span", { class: "nbm-q", title: version.message }, short(version.message, 80)) : null,
        h(
          "span",
          { class: "nbm-dataversion-tools" },
          button("All versions", () => open(versionsOf(version.dataset))),
          button("Lineage", () =>
            open({ view: "lineage", args: { version: args.version }, title: `${version.name} lineage` }),
          ),
        ),
      ),
      h("div", { class: "nbm-q" }, data.line),
    );
    if (data.columns.length) body.append(schema(data));
    body.append(
      "missing" in data.head ? h("div", { class: "nbm-q" }, data.head.missing) : first(data.head, version.rows),
    );
  });
}

function schema(data: VersionData): HTMLElement {
  const heads = [
    ["column", false],
    ["type", false],
    ["missing", true],
    ["distinct", true],
    ["distribution", false],
    ["values", false],
  ] as const;
  const rows = data.columns.map((each) =>
    h(
      "tr",
      {},
      h("td", { title: each.name }, short(each.name, 60)),
      h("td", {}, h("code", {}, each.type)),
      h("td", { class: "nbm-n" }, missing(each)),
      h("td", { class: "nbm-n" }, number(each.distinct)),
      h("td", {}, bars(each.bars, null)),
      h("td", { class: "nbm-q" }, each.said),
    ),
  );
  const left = (data.version.columns ?? 0) - data.columns.length;
  return h(
    "div",
    { class: "nbm-dataversion-part" },
    table(
      "columns",
      heads.map(([text, isNumber]) => h("th", { scope: "col", class: isNumber ? "nbm-n" : null }, text)),
      rows,
      "nbm-near",
    ),
    left > 0 ? h("div", { class: "nbm-q" }, `${number(left)} more columns: .df() has all`) : null,
  );
}

function missing({ nulls, rows }: ColumnProfile): string {
  if (!nulls || !rows) return "·";
  const share = (100 * nulls) / rows;
  return share < 0.1 ? "<0.1 %" : `${number(share, 2)} %`;
}

function first(head: Rows, total: number | null): HTMLElement {
  const isNumber = head.names.map((_, at) => head.rows.some((row) => typeof row[at] === "number"));
  const heads = head.names.map((name, at) =>
    h("th", { scope: "col", class: isNumber[at] ? "nbm-n" : null, title: name }, short(name, 40)),
  );
  const rows = head.rows.map((row) => h("tr", {}, ...row.map((value) => valueCell(value))));
  const isPart = total !== null && total > head.rows.length;
  return h(
    "div",
    { class: "nbm-dataversion-part nbm-dataversion-rows" },
    table("first rows", heads, rows),
    isPart ? h("div", { class: "nbm-q" }, `first ${number(head.rows.length)} of ${number(total)} rows`) : null,
  );
}

function table(label: string, heads: HTMLElement[], rows: HTMLElement[], css = ""): HTMLElement {
  const found = h(
    "table",
    { class: `nbm-list ${css}`, "aria-label": label },
    h("thead", {}, h("tr", {}, ...heads)),
    h("tbody", {}, ...rows),
  );
  return reachable(h("div", { class: "nbm-list-wrap" }, found), label);
}
