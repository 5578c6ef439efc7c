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
