import { button, h } from "../lib/dom";
import { runLabel, short } from "../lib/format";
import type { Cleanup, Context } from "../lib/host";
import { type Stage, stageView } from "../lib/stage";
import {
  type DatasetData,
  diffOf,
  FIRST,
  type ListArgs,
  lineageOf,
  type Named,
  nameOf,
  type VersionRow,
  versionPage,
} from "./datasets/data";
import { cell, counted, finder, foot, heading, link, quiet, refill, table } from "./datasets/parts";

type Args = ListArgs & { dataset: string };

interface Column {
  head: readonly [string, boolean];
  cell(row: VersionRow, stage: Stage): HTMLElement;
  /** Whether there is anything of it; a column of nothing is left out. */
  has?(row: VersionRow): boolean;
}

const COLUMNS: readonly Column[] = [
  {
    head: ["tags, branches", false],
    cell: (row) => cell.refs(row.refs, row.more_refs),
    has: (row) => row.refs.length > 0,
  },
  { head: ["saved", true], cell: (row) => cell.time(row.created_at) },
  { head: ["message", false], cell: (row) => cell.message(row.message), has: (row) => row.message !== "" },
  { head: ["run", false], cell: runCell, has: (row) => row.run !== null },
  { head: ["rows × columns", true], cell: (row) => cell.shape(row.shape) },
  { head: ["size", true], cell: (row) => cell.size(row.size_bytes) },
  { head: ["added", true], cell: (row) => cell.size(row.new_bytes), has: (row) => row.new_bytes > 0 },
  { head: ["values", false], cell: (row) => h("td", { class: "nbm-q" }, row.kept) },
  { head: ["from", false], cell: fromCell, has: (row) => row.parents.length > 0 },
  { head: ["content", false], cell: (row) => h("td", {}, h("code", {}, row.content)) },
];

/** The versions of a dataset, the newest first: open one, tick two and compare them, see where one came from. */
export function dataset(context: Context): Cleanup {
  const ticked = new Map<string, Named>(); // it outlives a new picture
  return stageView<Args, DatasetData>(context, (stage) => {
    const name = stage.data.dataset;
    const count = h("span", { class: "nbm-q" });
    const label = "Filter by message, tag or v12";
    const field = finder(label, stage.args.find ?? "", (find) => void stage.update({ find, limit: FIRST }));
    const compare = button("Compare", () => isPair() && stage.open(diffOf(...pair())), {
      class: "nbm-button nbm-primary",
    });
    const lineage = button("Lineage", () => meant() && stage.open(lineageOf(meant()!)));
    const place = h("div");
    const pair = () => [...ticked.values()] as [Named, Named];
    const isPair = () => ticked.size === 2;
    const named = ({ id, number }: VersionRow): Named => ({ id, number, dataset: name });
    const meant = (): Named | undefined => {
      const [one] = pair();
      const tip = stage.data.rows.find((row) => row.refs.some(({ name: ref }) => ref === "main")) ?? stage.data.rows[0];
      return ticked.size === 1 ? one : tip && named(tip);
    };
    const mark = () => {
      compare.textContent = ticked.size > 1 ? `Compare (${ticked.size})` : "Compare";
      compare.disabled = !isPair();
      compare.title = isPair() ? pair().map(nameOf).join(", ") : "Tick two versions";
      const of = meant();
      lineage.disabled = of === undefined;
      lineage.title = of ? `Where ${nameOf(of)} came from and what was made of it` : "";
    };
    const tick = (row: VersionRow, isTicked: boolean) => {
      if (isTicked) ticked.set(row.id, named(row));
      else ticked.delete(row.id);
      mark();
    };
    const line = (row: VersionRow, columns: readonly Column[]) =>
      h(
        "tr",
        {},
        h(
          "td",
          {},
          h("input", {
            type: "checkbox",
            checked: ticked.has(row.id),
            "aria-label": `Choose v${row.number}`,
            "data-act": `tick ${row.id}`,
            onChange: (event: Event) => tick(row, (event.target as HTMLInputElement).checked),
          }),
        ),
        h(
          "td",
          { class: "nbm-strong" },
          link(`v${row.number}`, () => stage.open(versionPage(named(row))), {
            title: `Open ${nameOf(named(row))}`,
            "data-act": `open ${row.id}`,
          }),
        ),
        ...columns.map((column) => column.cell(row, stage)),
      );
    const fill = (data: DatasetData): boolean => {
      const { rows, total, all } = data;
      count.textContent = counted(total, all, "version");
      const columns = COLUMNS.filter(({ has }) => !has || rows.some(has));
      const heads = [heading(["", false]), heading(["version", false]), ...columns.map(({ head }) => heading(head))];
      heads[0]!.append(h("span", { class: "nbm-unseen" }, "chosen"));
      refill(
        place,
        rows.length
          ? table(
              `versions of ${name}`,
              heads,
              rows.map((row) => line(row, columns)),
            )
          : h("div", { class: "nbm-empty" }, "No version has this in its message, tags or branches."),
        foot(rows.length, total, stage.args, (limit) => void stage.update({ limit }), "ml.data.log(...).df()"),
      );
      mark();
      return true;
    };
    stage.body.append(
      h("div", { class: "nbm-list-title" }, h("b", { title: name }, short(name, 80)), count),
      h("div", { class: "nbm-tools" }, compare, lineage, field),
      place,
    );
    fill(stage.data);
    return { patch: fill, take: fill };
  });
}

function runCell({ run }: VersionRow, stage: Stage): HTMLElement {
  if (!run) return h("td", {}, quiet());
  const label = runLabel(run);
  return h(
    "td",
    {},
    link(label, () => stage.open({ view: "run", args: { run: run.id }, title: label })),
  );
}

function fromCell({ parents }: VersionRow): HTMLElement {
  return h("td", {}, parents.length ? parents.map((each) => `v${each}`).join(", ") : quiet());
}
