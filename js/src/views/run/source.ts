import { copyText } from "../../lib/copy";
import { button, h } from "../../lib/dom";
import { foldedText } from "../../lib/folded";
import { duration, moment, number } from "../../lib/format";
import { pythonNodes } from "../../lib/python";
import type { Stage } from "../../lib/stage";
import { statusNode } from "../../lib/status";
import { problem } from "./section";

interface CellRow {
  execution: string;
  cell: string | null;
  count: number | null;
  status: string;
  started_at: string | null;
  duration_s: number | null;
  error: string | null;
  source: string;
  is_cut: boolean;
  missing: string | null;
}

interface Answer {
  cells: CellRow[];
  offset: number;
  total: number;
}

const LINES = 40;

/** The cells of a run as they were when they ran. */
export async function source(stage: Stage, run: string, body: HTMLElement): Promise<void> {
  const list = h("div", { class: "nbm-cells" });
  const foot = h("div", { class: "nbm-fold" });
  let read = 0;
  const more = async () => {
    const found = await stage.desk.view<Answer>("run/source", { run, offset: read });
    read += found.cells.length;
    list.append(...found.cells.map(cell));
    foot.replaceChildren();
    if (read >= found.total || !found.cells.length) return;
    const rest = button("Show more", () => {
      rest.disabled = true;
      more().catch((error) => foot.replaceChildren(problem(error, () => void more())));
    });
    foot.append(h("span", { class: "nbm-q" }, `first ${number(read)} of ${number(found.total)} cells `), rest);
  };
  await more();
  body.append(list, foot);
}

function cell(row: CellRow): HTMLElement {
  const copy = button(
    "Copy",
    async () => {
      copy.textContent = (await copyText(row.source)) ? "Copied" : "Not allowed to copy here";
      setTimeout(() => {
        copy.textContent = "Copy";
      }, 1500);
    },
    { class: "nbm-button nbm-quiet-button", "aria-label": `Copy the source of cell ${row.count ?? ""}` },
  );
  const head = h(
    "div",
    { class: "nbm-run-cell-head" },
    h("span", { title: row.cell ? `cell ${row.cell}` : null }, `[${row.count ?? " "}]`),
    statusNode(row.status),
    row.error && h("span", { class: "nbm-bad" }, row.error),
    h(
      "span",
      { class: "nbm-q", title: row.started_at ? `began ${moment(row.started_at)}` : null },
      duration(row.duration_s),
    ),
    h("span", { class: "nbm-grow" }),
    copy,
  );
  const text = row.missing
    ? h("div", { class: "nbm-q" }, row.missing)
    : foldedText({
        text: row.source,
        nodes: pythonNodes,
        first: LINES,
        className: "nbm-code",
        label: `source of cell ${row.count ?? ""}`,
      });
  return h(
    "div",
    { class: "nbm-run-cell" },
    head,
    text,
    row.is_cut && h("div", { class: "nbm-q" }, "The rest is too long to be shown here."),
  );
}
