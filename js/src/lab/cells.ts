import type { JupyterFrontEnd } from "@jupyterlab/application";
import { type INotebookTracker, NotebookActions, type NotebookPanel } from "@jupyterlab/notebook";
import { MimeData } from "@lumino/coreutils";
import { Drag } from "@lumino/dragdrop";
import { AskError } from "../lib/ask";
import { h } from "../lib/dom";

export const STARTER = [
  "%load_ext nbmlops\nimport nbmlops as ml",
  "%mlrun first lr=0.1\n\nlr = 0.01\nfor step in range(50):\n    ml.log(loss=1 / (1 + lr * step), step=step)",
];
export const DATA_STARTER = [
  "%load_ext nbmlops\nimport nbmlops as ml, pandas as pd",
  'df = pd.DataFrame({"id": [1, 2, 3], "price": [10.0, 12.5, 9.0]})\nml.data.save(df, "prices", message="first")',
];
const CELLS = "application/vnd.jupyter.cells"; // what a notebook takes when it is dropped on it
const SHOWN_MS = 2000;
const MARK = "nbm-made-here";

/** Insert code cells below the active cell of the notebook that is in use; the first of them becomes the active one. */
export function insertCells(notebooks: INotebookTracker | null, sources: readonly string[]): NotebookPanel {
  const panel = notebooks?.currentWidget;
  if (!panel?.content.model || panel.content.model.readOnly)
    throw new AskError(
      "there is no open notebook to insert into",
      "open the notebook, then insert again",
      "no-notebook",
    );
  const { content } = panel;
  const first = content.activeCellIndex + 1;
  for (const source of sources) {
    NotebookActions.insertBelow(content);
    content.activeCell?.model.sharedModel.setSource(source);
  }
  content.activeCellIndex = first;
  return panel;
}

/** Source that calls nbmlops under the name that the notebook imports it by; it is imported if it is not. */
export function calling(panel: NotebookPanel | null, source: (name: string) => string): string {
  const code = [...(panel?.content.model?.cells ?? [])].filter((cell) => cell.type === "code");
  const alias = code
    .map((cell) => /^\s*import\s+nbmlops\s+as\s+(\w+)/m.exec(cell.sharedModel.source)?.[1])
    .find(Boolean);
  const call = source(alias ?? "ml");
  return alias ? call : `import nbmlops as ml\n${call}`;
}

/** The source that gets runs again. */
export function sourceOf(panel: NotebookPanel | null, numbers: readonly number[]): string {
  const [only] = numbers;
  return calling(panel, (name) =>
    numbers.length === 1 ? `run = ${name}.get(${only})` : `${name}.compare(${numbers.join(", ")})`,
  );
}

/** Drag source to a notebook, which takes it as a cell. */
export function dragSource(source: string, event: PointerEvent, from: unknown): Promise<unknown> {
  const mimeData = new MimeData();
  mimeData.setData(CELLS, [
    { cell_type: "code", source, metadata: {}, outputs: [], execution_count: null, trusted: true },
  ]);
  const dragImage = h("div", { class: "nbm-view nbm-drag" }, source.split("\n").at(-1)!);
  const drag = new Drag({ mimeData, dragImage, proposedAction: "copy", supportedActions: "copy", source: from });
  return drag.start(event.clientX, event.clientY);
}

/** Open a notebook if it is not, scroll to a cell and mark it for a moment. */
export async function jumpToCell(
  app: JupyterFrontEnd,
  notebooks: INotebookTracker,
  where: { notebook: string; cell: string; label: string },
): Promise<void> {
  const contents = app.serviceManager.contents;
  let panel = notebooks.find((each) => contents.localPath(each.context.path) === where.notebook) ?? null;
  if (!panel) {
    await app.commands.execute("docmanager:open", { path: where.notebook });
    panel = notebooks.find((each) => contents.localPath(each.context.path) === where.notebook) ?? null;
  }
  if (!panel) throw new AskError(`${where.notebook} could not be opened`, "open it from the file browser");
  await panel.context.ready;
  await panel.revealed;
  app.shell.activateById(panel.id);
  const { content } = panel;
  const at = content.widgets.findIndex((cell) => cell.model.id === where.cell);
  if (at < 0)
    throw new AskError(
      `the cell that made ${where.label} is no longer in ${where.notebook}`,
      "open the run: its page has the source as it was",
      "no-cell",
    );
  content.mode = "command";
  content.deselectAll();
  content.activeCellIndex = at;
  const cell = content.widgets[at]!;
  await content.scrollToCell(cell, "center");
  cell.addClass(MARK);
  setTimeout(() => cell.removeClass(MARK), SHOWN_MS);
}
