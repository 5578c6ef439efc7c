/** Opens a view in JupyterLab's main area if the extension is there, else below the element in the same cell. */
export const OPEN = "nbmlops:open";

export interface OpenRequest {
  view: string;
  args: Record<string, unknown>;
  title: string;
}

/** True when somebody (the JupyterLab extension) took the request. */
export function requestOpen(el: HTMLElement, request: OpenRequest): boolean {
  const event = new CustomEvent<OpenRequest>(OPEN, {
    detail: request,
    bubbles: true,
    composed: true,
    cancelable: true,
  });
  return !el.dispatchEvent(event);
}

/** Goes to the cell that made a run, where there is a notebook to go to. */
export const JUMP = "nbmlops:jump";

export interface JumpRequest {
  /** Id of the run. */
  run: string;
}

/** Whether our JupyterLab extension is around: only then there is a notebook to go to. */
export function isInLab(): boolean {
  return document.body.dataset.nbmlops !== undefined;
}

/** True when the JupyterLab extension took the request; it says by itself when the cell is gone. */
export function requestJump(el: HTMLElement, run: string): boolean {
  const detail = { run };
  const event = new CustomEvent<JumpRequest>(JUMP, { detail, bubbles: true, composed: true, cancelable: true });
  return !el.dispatchEvent(event);
}
