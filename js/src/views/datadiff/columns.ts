import { bars } from "../../lib/bars";
import { h } from "../../lib/dom";
import { number, short, size } from "../../lib/format";
import { reachable } from "../../lib/scrolls";
import type { Change, DiffData, Profile } from "./data";

/** The columns that differ, the most changed first; one with changed cells can be chosen, to see only those. */
export function columnList(data: DiffData, chosen: string | null, choose: (name: string | null) => void): HTMLElement {
  const head = ["column", "change", "before / after", "values"].map((text) => h("th", { scope: "col" }, text));
  const row = (change: Change) => {
    const profile = data.profiles[change.name];
    const isChosen = change.name === chosen;
    const label = short(change.name, 60);
    const name = change.cells
      ? h(
          "button",
          {
            type: "button",
            class: "nbm-link",
            "aria-pressed": String(isChosen),
            title: isChosen ? "Show the cells of all columns" : "Show only the cells of this column",
            onClick: () => choose(isChosen ? null : change.name),
          },
          label,
        )
      : label;
    return h(
      "tr",
      { "aria-current": isChosen ? "true" : null },
      h("td", { title: change.name }, name),
      h("td", {}, change.change),
      h("td", {}, profile ? drawn(profile) : null),
      h("td", { class: "nbm-q" }, profile?.said ?? ""),
    );
  };
  return list("columns that differ", head, data.changes.map(row), data.total - data.changes.length);
}

/** Both distributions over each other; side by side where they share no bins. */
function drawn({ bins: [before, after], apart }: Profile): Node {
  return apart ? h("span", {}, bars(before, null), " → ", bars(after, null)) : bars(before, after);
}

/** The files that differ. */
export function fileList(data: DiffData): HTMLElement {
  const head = [
    h("th", { scope: "col" }, "file"),
    h("th", { scope: "col" }, "change"),
    h("th", { scope: "col", class: "nbm-n" }, "before"),
    h("th", { scope: "col", class: "nbm-n" }, "after"),
  ];
  const side = (value: string | number | null) => {
    if (typeof value === "number") return h("td", { class: "nbm-n" }, size(value));
    return h("td", { class: value === null ? "nbm-n nbm-q" : null, title: value }, value === null ? "·" : short(value));
  };
  const rows = data.changes.map((each) =>
    h(
      "tr",
      {},
      h("td", { title: each.name }, short(each.name, 80)),
      h("td", {}, each.change),
      side(each.before),
      side(each.after),
    ),
  );
  return list("files that differ", head, rows, data.total - data.changes.length);
}

function list(label: string, head: HTMLElement[], rows: HTMLElement[], left: number): HTMLElement {
  const table = h(
    "table",
    { class: "nbm-list nbm-near", "aria-label": label },
    h("thead", {}, h("tr", {}, ...head)),
    h("tbody", {}, ...rows),
  );
  const more = left > 0 ? h("div", { class: "nbm-q" }, `${number(left)} more differ: .df() has all`) : null;
  return h("div", {}, reachable(h("div", { class: "nbm-list-wrap" }, table), label), more);
}
