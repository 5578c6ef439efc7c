import type { JupyterFrontEnd } from "@jupyterlab/application";
import type { NotebookPanel } from "@jupyterlab/notebook";
import type { StoreRef } from "./server";

/** The notebook and its kernel, as the server looks their store up. */
export function notebookRef(app: JupyterFrontEnd, panel: NotebookPanel): StoreRef {
  return {
    notebook: app.serviceManager.contents.localPath(panel.context.path),
    kernel: panel.sessionContext.session?.kernel?.id ?? null,
  };
}
