import type { Context } from "../lib/host";
import { stageView } from "../lib/stage";
import { memoryOf } from "./explore/look";
import { Page } from "./explore/page";

import type { ExploreData } from "./explore/table";

/** Parallel coordinates, scatter and importance of many runs; a brush in one filters the others. */
export function explore(context: Context) {
  const memory = memoryOf(context.model.get("state")?.args?.look);
  return stageView<any, ExploreData>(context, (stage) => {
    const page = new Page(stage, memory);
    return { undo: () => page.close(), patch: (data) => page.patch(data) };
  });
}
