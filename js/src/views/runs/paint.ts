import { h } from "../../lib/dom";
import { number, runLabel } from "../../lib/format";
import { fillRun } from "./cells";
import { groupFacts, groupLabel, type Layout } from "./layout";
import type { Line, Lines } from "./lines";
import type { Column, Data, Row, Sort } from "./types";

/** What the grid draws. */
export interface Shown {
  data: Data;
  layout: Layout;
  lines: Lines;
  sort: Sort | null;
  row(line: Line): Row | null;
  isOpen(row: number): boolean;
  isFolded(group: number): boolean;
  isTicked(id: string): boolean;
  isAnyTicked(): boolean;
}

/** The names of the columns, which way the rows are sorted, and the box that ticks all. */
export function paintHead(node: HTMLElement, shown: Shown): void {
  const { layout } = shown;
  const some = shown.isAnyTicked();
  const all = h("input", { type: "checkbox", tabindex: -1, "data-act": "all", indeterminate: some });
  all.setAttribute("aria-label", some ? "Untick all" : "Tick the first rows");
  const check = h(
    "div",
    { class: "nbm-gc nbm-check", role: "columnheader", title: all.getAttribute("aria-label") },
    all,
  );
  stick(check, layout, 0);
  node.setAttribute("aria-rowindex", "1");
  node.replaceChildren(
    check,
    headCell(shown, "run", 1, null, false),
    ...layout.writers.map(({ column, isRight }, at) => headCell(shown, layout.labels[at]!, at + 2, column, isRight)),
  );
}

function headCell(shown: Shown, text: string, place: number, column: Column | null, isRight: boolean): HTMLElement {
  const { sort, layout } = shown;
  const key = column?.key ?? "run";
  const cell = h("div", { class: `nbm-gc ${isRight ? "nbm-right" : ""}`, role: "columnheader" });
  cell.append(h("span", { class: "nbm-clip" }, text));
  stick(cell, layout, place);
  if (key === "tags") return cell; // nobody sorts by several things at once
  const isSorted = sort?.key === key;
  cell.dataset.sort = key;
  cell.setAttribute("aria-sort", isSorted ? (sort.descending ? "descending" : "ascending") : "none");
  if (isSorted) cell.append(h("span", { class: "nbm-way", "aria-hidden": "true" }, sort.descending ? "↓" : "↑"));
  const goal = column?.goal && `${column.goal === "max" ? "higher" : "lower"} is better`;
  const guess = goal && column.guess ? ", by its name" : "";
  cell.title = [column?.label ?? "run", goal && `${goal}${guess}`, "click to sort"].filter(Boolean).join(" · ");
  return cell;
}

/** One row; `place` is its place in the table, -1 for an attempt or the baseline on top. */
export function paintRow(
  node: HTMLElement,
  shown: Shown,
  row: Row,
  { isAttempt, place }: { isAttempt: boolean; place: number },
): void {
  const { layout } = shown;
  const isTicked = shown.isTicked(row.run.id);
  node.replaceChildren();
  node.classList.toggle("nbm-attempt", isAttempt);
  node.classList.toggle("nbm-baseline", row.run.is_baseline);
  node.setAttribute("aria-selected", String(isTicked));
  node.dataset.run = row.run.id;
  const box = h("input", { type: "checkbox", checked: isTicked, tabindex: -1, "data-act": "tick" });
  box.setAttribute("aria-label", `Tick ${runLabel(row.run)}`);
  const run = cellAt(layout, "nbm-who", 1);
  fillRun(run, row.run, { isOpen: place >= 0 && shown.isOpen(place), isAttempt });
  node.append(cellAt(layout, "nbm-check", 0, box), run);
  layout.writers.forEach((writer, at) => {
    const cell = cellAt(layout, writer.isRight ? "nbm-right" : "", at + 2);
    cell.dataset.key = writer.column.key;
    writer.fill(cell, row);
    node.append(cell);
  });
}

/** The head of a group: its value, how many runs, how the main metric is among them. */
export function paintGroup(node: HTMLElement, { data, isFolded }: Shown, place: number): void {
  const group = data.groups![place]!;
  const folded = isFolded(place);
  const label = (data.asked.group ?? "").replace(/^(param|tag)\./, "");
  const goal = data.columns.find((column) => column.key === `metric.${data.metric}`)?.goal;
  const facts = [`${number(group.runs)} run${group.runs === 1 ? "" : "s"}`, groupFacts(group, data.metric, goal)];
  const turn = h(
    "button",
    { type: "button", class: "nbm-turn", tabindex: -1, "data-act": "group", "aria-expanded": String(!folded) },
    h("span", { "aria-hidden": "true" }, folded ? "▸ " : "▾ "),
    groupLabel(label, group.text),
  );
  const said = h("span", { class: "nbm-q" }, facts.filter(Boolean).join(" · "));
  node.classList.add("nbm-group");
  node.append(h("div", { class: "nbm-gc nbm-wide", role: "gridcell" }, turn, said));
}

function cellAt(layout: Layout, css: string, place: number, ...children: Node[]): HTMLElement {
  const cell = h("div", { class: `nbm-gc ${css}`, role: "gridcell" }, ...children);
  stick(cell, layout, place);
  return cell;
}

/** Have a cell stay at the left, if its column does. */
function stick(cell: HTMLElement, layout: Layout, place: number): void {
  cell.setAttribute("aria-colindex", String(place + 1));
  if (place >= layout.sticky) return;
  cell.classList.add("nbm-sticky");
  if (place === layout.sticky - 1) cell.classList.add("nbm-edge");
  cell.style.left = `${layout.left(place)}px`;
}
