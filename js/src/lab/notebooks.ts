import type { JupyterFrontEnd } from "@jupyterlab/application";
import type { ISessionContext } from "@jupyterlab/apputils";
import type { INotebookTracker, NotebookPanel } from "@jupyterlab/notebook";
import type { StoreRef } from "./server";

/** The notebook and its kernel, as the server looks their store up. */
export function notebookRef(app: JupyterFrontEnd, panel: NotebookPanel): StoreRef {
  return {
    notebook: app.serviceManager.contents.localPath(panel.context.path),
    kernel: panel.sessionContext.session?.kernel?.id ?? null,
  };
}

/** The same for what runs in a session: a notebook, or a console. */
export function sessionRef(app: JupyterFrontEnd, session: ISessionContext): StoreRef {
  return {
    notebook: app.serviceManager.contents.localPath(session.path),
    kernel: session.session?.kernel?.id ?? null,
  };
}

/** Calls back with the notebook that is in use, also when its kernel or its path becomes another one. */
export function onNotebook(notebooks: INotebookTracker, callback: (current: NotebookPanel | null) => void): void {
  const known = new WeakSet<NotebookPanel>();
  const tell = () => {
    const current = notebooks.currentWidget;
    if (current && !known.has(current)) {
      known.add(current);
      const again = () => {
        if (notebooks.currentWidget === current) callback(current);
      };
      current.sessionContext.kernelChanged.connect(again);
      current.context.pathChanged.connect(again);
    }
    callback(current);
  };
  notebooks.currentChanged.connect(tell);
  tell();
}
