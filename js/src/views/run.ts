import type { Context } from "../lib/host";
import { stageView } from "../lib/stage";
import type { RunData } from "./run/data";
import { type Args, Page } from "./run/page";

/** Everything of one run: what is read at a glance first, the rest when it is opened. */
export function run(context: Context) {
  const folds = new Map<string, boolean>();
  return stageView<Args, RunData>(context, (stage) => {
    const page = new Page(stage, folds);
    return { undo: () => page.close(), patch: (data) => page.patch(data) };
  });
}
