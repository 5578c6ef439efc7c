import { drawDiff } from "../../lib/diff";
import { button, h } from "../../lib/dom";
import { duration, heading, MISSING, moment, number, signed, size, toNumber } from "../../lib/format";
import { statusNode } from "../../lib/status";
import type { CompareRow, RowLink, RowsSection } from "./data";

/** A cell as it is read: numbers rounded, unless that would hide a difference. */
export function cellText(row: CompareRow, place: number): string | null {
  const cell = row.cells.length === 1 ? row.cells[0] : row.cells[place];
  if (cell === null || cell === undefined) return null;
  const said = row.texts?.[row.cells.length === 1 ? 0 : place];
  if (said != null) return said;
  if (row.kind === "time") return moment(String(cell));
  const found = toNumber(cell);
  if (found === null) return String(cell);
  if (row.kind === "duration") return duration(found);
  return row.kind === "size" ? size(found) : number(cell);
}

/** Up or down by sign, filled where it is better and hollow where it is worse. */
export function arrow(value: number, isBetter: boolean | null): string {
  if (isBetter === null || !value) return "";
  return value > 0 ? (isBetter ? "▲" : "△") : isBetter ? "▼" : "▽";
}

function delta(found: [number | string, boolean | null] | null | undefined, withWord: boolean): HTMLElement | null {
  if (!found) return null;
  const value = toNumber(found[0]);
  if (!value) return null;
  const [css, word] = found[1] === null ? ["nbm-q", ""] : found[1] ? ["nbm-good", "better"] : ["nbm-bad", "worse"];
  return h(
    "span",
    { class: `nbm-cmp-delta ${css}`, title: `${value}${word ? `, ${word}` : ""}` },
    signed(value),
    " ",
    arrow(value, found[1]),
    word ? h("span", { class: withWord ? "" : "nbm-unseen" }, ` ${word}`) : null,
  );
}

function valueCell(row: CompareRow, place: number, isPair: boolean): HTMLTableCellElement {
  const text = cellText(row, place);
  if (text === null) return h("td", { class: "nbm-cmp-n nbm-q", title: "not recorded" }, MISSING);
  const isEqual = row.cells.length === 1;
  const isSame = !isPair && !isEqual && place > 0 && text === cellText(row, 0);
  const isBest = row.best === place;
  const cell = row.cells[isEqual ? 0 : place];
  const isWord = typeof cell === "string" && toNumber(cell) === null;
  return h(
    "td",
    {
      class: `nbm-cmp-n${isSame || isEqual ? " nbm-q" : ""}${isBest ? " nbm-cmp-best" : ""}`,
      title: row.titles?.[isEqual ? 0 : place] ?? (isWord ? text : String(cell)),
    },
    row.kind === "status" ? statusNode(text) : text,
    isBest ? h("span", { class: "nbm-unseen" }, " best of the row") : null,
  );
}

/** How many columns a row has: its name, the values, beside each but the first what is said of it, and an empty one. */
export function columnsOf(runs: number): number {
  return 2 * runs + 1;
}

/** One row: what it is, its value in every run, and beside it how it differs from the reference. */
export function drawRow(row: CompareRow, runs: number, open?: (link: RowLink) => void): HTMLTableRowElement {
  const isPair = runs === 2;
  const title = [row.key, row.about].filter(Boolean).join("\n");
  const line = h(
    "tr",
    { class: `nbm-cmp-row nbm-cmp-${row.state}` },
    h("th", { scope: "row", class: "nbm-cmp-key", title }, heading(row.key, 36)),
  );
  for (let place = 0; place < runs; place++) {
    line.append(valueCell(row, place, isPair));
    if (place === 0) continue;
    const said = isPair && row.said ? h("span", { class: "nbm-q" }, row.said) : null;
    const link = row.links?.[place];
    const more = link && open ? linkButton(row, link, place, open) : null;
    line.append(h("td", { class: "nbm-cmp-change" }, delta(row.deltas?.[place], isPair) ?? said, more));
  }
  line.append(h("td", { class: "nbm-cmp-rest" }));
  return line;
}

function linkButton(row: CompareRow, link: RowLink, place: number, open: (link: RowLink) => void): HTMLElement {
  return button(link.label, () => open(link), {
    class: "nbm-cmp-link nbm-cmp-more",
    title: link.title,
    "aria-label": `${link.label} ${link.title}`,
    "data-act": `link ${row.key} ${place}`,
  });
}

export interface RowsOptions {
  runs: number;
  width: number;
  /** Whether equal rows are shown. */
  isOpen: boolean;
  textMode: "unified" | "split";
  onTurn(): void;
  onWhole(): void;
  onOpen(link: RowLink): void;
}

/** The rows of a section that differ, and the line that stands for those that do not. */
export function drawRows(section: RowsSection, options: RowsOptions): HTMLElement[] {
  const rows: HTMLElement[] = section.rows.flatMap((row) => {
    const drawn = drawRow(row, options.runs, options.onOpen);
    if (!row.diff) return [drawn];
    const wide = h("div", { class: "nbm-cmp-wide" }, drawDiff(row.diff, options.textMode, row.key));
    return [drawn, h("tr", {}, h("td", { colspan: options.width, class: "nbm-cmp-wide-cell" }, wide))];
  });
  const line = (...children: (Node | string)[]) =>
    h(
      "tr",
      { class: "nbm-cmp-row nbm-cmp-line" },
      h("td", { colspan: options.width, class: "nbm-q" }, h("span", { class: "nbm-cmp-stick" }, ...children)),
    );
  if (section.rows.length < section.differing) {
    const said = `first ${number(section.rows.length)} of ${number(section.differing)} that differ `;
    rows.push(line(said, button("Show all", options.onWhole)));
  }
  if (section.equals) {
    const one = section.equals === 1 ? section.noun.replace(/s$/, "") : section.noun;
    const where = section.rows.length || section.title === section.noun ? "" : `${section.title} · `;
    const words = `${options.isOpen ? "▾" : "▸"} ${where}${number(section.equals)} ${one} equal`;
    rows.push(
      line(
        button(words, options.onTurn, {
          class: "nbm-cmp-fold",
          "aria-expanded": String(options.isOpen),
          "data-act": "equal",
        }),
      ),
    );
    if (options.isOpen) {
      rows.push(...section.equal.map((row) => drawRow(row, options.runs)));
      if (section.equal.length < section.equals) {
        const said = `first ${number(section.equal.length)} of ${number(section.equals)} `;
        rows.push(line(said, button("Show all", options.onWhole)));
      }
    }
  }
  for (const note of section.rows.length ? section.notes : []) rows.push(line(note));
  return rows;
}
