import { bars } from "../../lib/bars";
import { h } from "../../lib/dom";
import { number, short, size } from "../../lib/format";
import { reachable } from "../../lib/scrolls";
import type { Change, DiffData, Profile } from "./data";

/** The columns that differ, the most changed first; one with changed cells can be chosen, to see only those. */
export function columnList(data: DiffData, chosen: Change | null, choose: (one: Change | null) => void): HTMLElement {
  const head = ["column", "change", "before / after", "values"].map((text) => h("th", { scope: "col" }, text));
  const row = (change: Change) => {
    // a column may be called like something that every object has
    const profile = Object.hasOwn(data.profiles, change.name) ? data.profiles[change.name] : undefined;
    const isChosen = chosen !== null && change.place === chosen.place;
    const label = short(change.name, 60) || "''";
    const name = change.cells
      ? h(
          "button",
          {
            type: "button",
            class: "nbm-link",
            "aria-pressed": String(isChosen),
            title: isChosen ? "Show the cells of all columns" : "Show only the cells of this column",
            onClick: () => choose(isChosen ? null : change),
          },
          label,
        )
      : label;
    return h(
      "tr",
      { "aria-current": isChosen ? "true" : null },
      h("td", { title: change.name }, name),
      h(
        "td",
        { class: change.is_quiet ? "nbm-q" : null, title: change.change.length > 60 ? change.change : null },
        short(change.change, 60),
      ),
      h("td", {}, ...(profile ? pictures(profile) : [])),
      h("td", { class: "nbm-q" }, profile?.said ?? ""),
    );
  };
  return list("columns that differ", head, data.changes.map(row), data.total - data.changes.length);
}

/** Both over each other; one after the other where they count different things. */
function pictures({ bins: [before, after], is_shared }: Profile): (Node | string)[] {
  if (before && after && is_shared === false) return [bars(before, null), " → ", bars(after, null)];
  return before || after ? [bars(before, after)] : [];
}

/** The files that differ. */
export function fileList(data: DiffData): HTMLElement {
  const head = [
    h("th", { scope: "col" }, "file"),
    h("th", { scope: "col" }, "change"),
    h("th", { scope: "col", class: "nbm-n" }, "before"),
    h("th", { scope: "col", class: "nbm-n" }, "after"),
  ];
  const side = (value: string | number | null) =>
    typeof value === "number" ? h("td", { class: "nbm-n" }, size(value)) : h("td", { class: "nbm-n nbm-q" }, "·");
  const rows = data.changes.map((each) => {
    const isRenamed = each.change === "renamed";
    const name = isRenamed ? `${each.before} → ${each.after}` : each.name;
    const label = isRenamed ? `${short(String(each.before), 40)} → ${short(String(each.after), 40)}` : short(name, 80);
    return h("tr", {}, h("td", { title: name }, label), h("td", {}, each.change), side(each.before), side(each.after));
  });
  return list("files that differ", head, rows, data.total - data.changes.length);
}

function list(label: string, head: HTMLElement[], rows: HTMLElement[], left: number): HTMLElement {
  const table = h(
    "table",
    { class: "nbm-list", "aria-label": label },
    h("thead", {}, h("tr", {}, ...head)),
    h("tbody", {}, ...rows),
  );
  const more = left > 0 ? h("div", { class: "nbm-q" }, `${number(left)} more differ: .df() has all`) : null;
  return h("div", {}, reachable(h("div", { class: "nbm-list-wrap" }, table), label), more);
}
