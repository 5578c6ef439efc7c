import type { Context } from "../lib/host";
import { stageView } from "../lib/stage";
import { Table } from "./runs/table";
import type { Args, Data } from "./runs/types";

/** The table of runs. */
export function runs(context: Context) {
  return stageView<Args, Data>(context, (stage) => {
    const table = new Table(stage);
    return {
      undo: () => table.close(),
      patch: (data) => table.patch(data),
      take: (data) => table.take(data),
    };
  });
}
