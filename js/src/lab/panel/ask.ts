import { AskError } from "../../lib/ask";
import { duration } from "../../lib/format";
import type { Server, StoreRef } from "../server";
import { OWN_COLUMNS, type PanelArgs, type PanelData } from "./data";

/** What a store answers to the panel; `held` says why it is an old answer. */
export interface PanelAnswer {
  data: PanelData;
  held: AskError | null;
}

/** Asks the view `panel`; what is refused is thrown. */
export async function askPanel(server: Server, ref: StoreRef, args: PanelArgs): Promise<PanelAnswer> {
  const columns = args.columns.filter((each) => !OWN_COLUMNS.includes(each));
  const answer = await server.answer(ref, { id: 0, kind: "view", name: "panel", args: { ...args, columns } });
  if (!answer.ok) throw new AskError(answer.error.message, answer.error.hint, answer.error.kind);
  const isOld = answer.age_s !== undefined;
  const held = isOld ? new AskError(answer.notice, `this is how it was ${duration(answer.age_s)} ago`) : null;
  return { data: answer.data as PanelData, held };
}
