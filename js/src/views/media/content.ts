import { dataUrl } from "../../lib/bytes";
import { h, s } from "../../lib/dom";
import { foldedText } from "../../lib/folded";
import { number, short, size } from "../../lib/format";
import { loggedHtml } from "../../lib/logged";
import { pictureUrl, player } from "../../lib/picture";
import { reachable } from "../../lib/scrolls";
import type { Entry } from "./contents";

/** How an entry is drawn; `undo` is called when it goes. */
export interface Shown {
  node: HTMLElement;
  undo?: () => void;
}

/** One entry, in a cell of the grid or large in a dialog. */
export function entryNode(entry: Entry, host: HTMLElement, isLarge = false): Shown {
  const label = `${short(entry.key, 60)}, step ${number(entry.step)}`;
  if (entry.missing) return { node: h("div", { class: "nbm-q" }, short(entry.missing, 200)) };
  const url = pictureUrl(entry);
  if (url && entry.mime.startsWith("image/")) {
    return { node: h("img", { src: url, alt: label, class: isLarge ? "nbm-picture-large" : "nbm-media-picture" }) };
  }
  const sound = entry.data ? dataUrl(entry.mime, entry.data) : null;
  if (sound) return { node: player(entry.mime, sound, label) };
  if (entry.table) return { node: table(entry.table, isLarge) };
  if (entry.histogram) return { node: bars(entry.histogram, label) };
  if (entry.kind === "html" && entry.text !== undefined) return loggedHtml(entry.text, host, isLarge ? 600 : 200);
  if (entry.text !== undefined) {
    const text = foldedText({ text: entry.text, first: isLarge ? 200 : 8, className: "nbm-media-text", label });
    if (entry.is_cut) text.append(h("div", { class: "nbm-q" }, "The beginning of a longer text."));
    return { node: text };
  }
  return { node: h("div", { class: "nbm-q" }, `${entry.mime}, ${size(entry.size)}: it cannot be drawn here`) };
}

function table(found: NonNullable<Entry["table"]>, isLarge: boolean): HTMLElement {
  const rows = found.rows.slice(0, isLarge ? 50 : 8);
  const columns = found.columns.slice(0, isLarge ? 30 : 6);
  const isNumber = columns.map((_, at) => rows.every((row) => row[at] === null || typeof row[at] === "number"));
  const css = (at: number) => (isNumber[at] ? "nbm-n" : null);
  const head = columns.map((name, at) => h("th", { scope: "col", class: css(at), title: name }, short(name, 24)));
  const body = rows.map((row) =>
    h(
      "tr",
      {},
      ...columns.map((_, at) =>
        h("td", { class: css(at), title: String(row[at] ?? "") }, row[at] === null ? "·" : short(number(row[at]), 40)),
      ),
    ),
  );
  const parts = [
    rows.length < found.total && `first ${number(rows.length)} of ${number(found.total)} rows`,
    columns.length < found.total_columns && `${number(columns.length)} of ${number(found.total_columns)} columns`,
  ].filter(Boolean);
  return h(
    "div",
    {},
    reachable(
      h(
        "div",
        { class: "nbm-list-wrap" },
        h("table", { class: "nbm-list" }, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...body)),
      ),
      "table",
    ),
    parts.length > 0 && h("div", { class: "nbm-q" }, parts.join(" · ")),
  );
}

const WIDE = 200;
const HIGH = 80;

/** A histogram as bars as wide as their bins. */
export function bars(found: { counts: number[]; edges: number[] }, label: string): HTMLElement {
  const { counts, edges } = found;
  const low = edges[0]!;
  const span = edges.at(-1)! - low || 1;
  const top = Math.max(...counts, 1e-12);
  const picture = s("svg", {
    viewBox: `0 0 ${WIDE} ${HIGH}`,
    class: "nbm-histogram",
    role: "img",
    "aria-label": `histogram of ${label}`,
    preserveAspectRatio: "none",
  });
  counts.forEach((count, at) => {
    const x = ((edges[at]! - low) / span) * WIDE;
    const width = Math.max(((edges[at + 1]! - edges[at]!) / span) * WIDE - 0.5, 0.5);
    const height = (Math.max(count, 0) / top) * (HIGH - 2);
    const title = s("title", {}, `${number(edges[at])} to ${number(edges[at + 1])}: ${number(count)}`);
    picture.append(s("rect", { x, y: HIGH - height, width, height }, title));
  });
  const foot = h(
    "div",
    { class: "nbm-histogram-foot nbm-q" },
    h("span", {}, number(low)),
    h("span", {}, `highest ${number(Math.max(...counts, 0))}`),
    h("span", {}, number(edges.at(-1))),
  );
  return h("div", {}, picture, foot);
}
