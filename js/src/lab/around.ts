import type { JupyterFrontEnd } from "@jupyterlab/application";
import type { ISessionContext } from "@jupyterlab/apputils";
import type { INotebookTracker } from "@jupyterlab/notebook";
import type { MainViews } from "./main";
import { notebookRef, sessionRef } from "./notebooks";
import type { StoreRef } from "./server";

const sessions = new WeakMap<Node, ISessionContext>();

/** Remember the session that an output of ours belongs to, also where no notebook is around it. */
export function keepSession(output: Node, session: ISessionContext | null): void {
  if (session) sessions.set(output, session);
  else sessions.delete(output);
}

/** The session of the output that this node is in. */
export function sessionAround(node: Node): ISessionContext | null {
  for (let at: Node | null = node; at; at = at.parentNode) {
    const known = sessions.get(at);
    if (known) return known;
  }
  return null;
}

interface Around {
  app: JupyterFrontEnd;
  notebooks: INotebookTracker | null;
  views: Pick<MainViews, "around">;
}

/** The store that a node of the page shows: of its tab, else of its output's session, else of the notebook in use. */
export function storeAround(node: Node, { app, notebooks, views }: Around): StoreRef {
  const opened = views.around(node);
  if (opened) return { ...opened.store };
  const session = sessionAround(node);
  if (session) return sessionRef(app, session);
  const inside = notebooks?.find((panel) => panel.node.contains(node)) ?? notebooks?.currentWidget;
  return inside ? notebookRef(app, inside) : {};
}
