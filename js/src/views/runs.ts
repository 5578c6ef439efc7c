import { h } from "../lib/dom";
import { runLabel } from "../lib/format";
import type { Context } from "../lib/host";
import { stageView } from "../lib/stage";

/** The table of runs. */
export function runs(context: Context) {
  return stageView(context, (stage) => {
    stage.body.append(h("ul", {}, ...stage.data.rows.map((row: any) => h("li", {}, runLabel(row.run)))));
  });
}
