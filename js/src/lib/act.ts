import { AskError, type Desk } from "./ask";

/** Does an action through the Jupyter server, which answers while the kernel is busy. */
export const ACT = "nbmlops:act";

export interface ActRequest {
  name: string;
  args: Record<string, unknown>;
  /** Set by whoever takes the request. */
  answer?: Promise<unknown>;
}

/**
 * Do an action by every way there is: through the kernel, and through the server if JupyterLab's extension is there.
 * The first that succeeds counts; a kernel that runs a cell may answer only when the cell is over.
 */
export function actAnyway(el: HTMLElement, desk: Desk, name: string, args: Record<string, unknown>): Promise<unknown> {
  const detail: ActRequest = { name, args };
  el.dispatchEvent(new CustomEvent<ActRequest>(ACT, { detail, bubbles: true, composed: true }));
  const ways = [desk.act(name, args), ...(detail.answer ? [detail.answer] : [])];
  return Promise.any(ways).catch((failed: AggregateError) => {
    const errors = failed.errors.filter((error) => error instanceof AskError);
    throw errors[errors.length - 1] ?? failed.errors[0];
  });
}
