import { h } from "../lib/dom";
import { short } from "../lib/format";
import type { Cleanup, Context } from "../lib/host";
import { type Stage, stageView } from "../lib/stage";
import { type DatasetRow, type DatasetsData, FIRST, type ListArgs, versionPage, versionsOf } from "./datasets/data";
import { cell, counted, finder, foot, heading, link, quiet, refill, table } from "./datasets/parts";

const EMPTY = 'No dataset yet. ml.data.save(df, "train"), or %mldata save df train, makes the first version of one.';
const FEW = 8; // a shorter list is found through by eye
const HEADS = [
  ["dataset", false],
  ["main", false],
  ["versions", true],
  ["rows × columns", true],
  ["size", true],
  ["changed", true],
  ["tags, branches", false],
  ["message", false],
] as const;

/** All datasets, the one that was changed last first; a click on one opens its versions. */
export function datasets(context: Context): Cleanup {
  return stageView<ListArgs, DatasetsData>(context, (stage) => {
    const title = h("div", { class: "nbm-list-title" });
    const field = finder("Filter by name", stage.args.find ?? "", (find) => void stage.update({ find, limit: FIRST }));
    const tools = h("div", { class: "nbm-tools" }, field);
    const place = h("div");
    const fill = (data: DatasetsData): boolean => {
      const { rows, total, all } = data;
      const isFound = Boolean(stage.args.find?.trim());
      title.replaceChildren(h("b", {}, "datasets"), h("span", { class: "nbm-q" }, counted(total, all, "dataset")));
      tools.hidden = all <= FEW && !isFound;
      refill(
        place,
        rows.length
          ? table(
              "datasets",
              HEADS.map(heading),
              rows.map((row) => line(stage, row)),
            )
          : empty(isFound),
        foot(rows.length, total, stage.args, (limit) => void stage.update({ limit }), "ml.data.list().df()"),
      );
      return true;
    };
    stage.body.append(title, tools, place);
    fill(stage.data);
    return { patch: fill, take: fill };
  });
}

function empty(isFound: boolean): HTMLElement {
  return h("div", { class: "nbm-empty" }, isFound ? "No dataset has this in its name." : EMPTY);
}

function line(stage: Stage, row: DatasetRow): HTMLElement {
  const { dataset, at, newest } = row;
  const open = link(short(dataset, 60), () => stage.open(versionsOf(dataset)), {
    title: `${dataset}: open its versions`,
    "data-act": `dataset ${dataset}`,
  });
  const tip = link(`v${at}`, () => stage.open(versionPage({ id: row.id, dataset, number: at })), {
    title: `Open ${dataset}@v${at}`,
    "aria-label": `v${at} of ${dataset}`,
    "data-act": `tip ${dataset}`,
  });
  return h(
    "tr",
    {},
    h("td", { class: "nbm-strong" }, open),
    h("td", {}, tip, newest === at ? null : h("span", { class: "nbm-q" }, ` · newest v${newest}`)),
    cell.number(row.count),
    cell.shape(row.shape),
    cell.size(row.size_bytes),
    cell.time(row.changed_at),
    row.refs.length ? cell.refs(row.refs, row.more_refs) : h("td", {}, quiet()),
    cell.message(row.message),
  );
}
