import { h } from "../lib/dom";
import type { Cleanup, Context } from "../lib/host";
import { stageView } from "../lib/stage";
import { columnList, fileList } from "./datadiff/columns";
import type { DiffArgs, DiffData } from "./datadiff/data";
import { filePairs } from "./datadiff/files";
import { type Look, RowsPart } from "./datadiff/rows";

/** What changed between two versions, frames, files or arrays. */
export function datadiff(context: Context): Cleanup {
  const look: Look = { kind: null, column: null };
  return stageView<DiffArgs, DiffData>(context, (stage) => {
    const { data, body } = stage;
    const [names, ...said] = data.title;
    body.append(
      h("div", { class: "nbm-datadiff-title" }, h("b", {}, names), ...said.map((text) => h("span", {}, text))),
    );
    if (data.summary.identical) return;
    if (data.pairs) {
      body.append(fileList(data), filePairs(data.pairs));
      return;
    }
    const rows = new RowsPart(stage, look, (error) => stage.say(error));
    const columns = h("div");
    const draw = () =>
      columns.replaceChildren(
        ...(data.changes.length
          ? [
              columnList(data, look.column, (one) => {
                rows.choose(one);
                draw();
                const again = columns.querySelector<HTMLElement>('[aria-pressed="true"]');
                again?.focus({ preventScroll: true });
              }),
            ]
          : []),
      );
    draw();
    body.append(columns, rows.node);
    void rows.show();
  });
}
