import type { JupyterFrontEnd } from "@jupyterlab/application";
import { Notification } from "@jupyterlab/apputils";
import type { INotebookTracker } from "@jupyterlab/notebook";
import { AskError } from "../lib/ask";
import { button } from "../lib/dom";
import { runLabel } from "../lib/format";
import { areWords, tagChanges, tagsText } from "../lib/tags";
import { dragSource, insertCells, jumpToCell, STARTER, sourceOf } from "./cells";
import type { MainViews } from "./main";
import type { PanelData, PanelRun } from "./panel/data";
import { type Edited, editLine } from "./panel/edit";
import type { RunsPanel } from "./panel/panel";
import type { Server, StoreRef } from "./server";

/** What can be done with runs, whether from the panel, the palette or the keyboard. */
export class RunActions {
  panel!: RunsPanel;

  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly server: Server,
    private readonly notebooks: INotebookTracker | null,
    private readonly views: MainViews,
  ) {}

  /** Do something, and say where the person looks what came of it. */
  attempt(what: () => Promise<unknown> | unknown): void {
    void (async () => what())().catch((error) => this.tell(error));
  }

  tell(error: unknown): void {
    if (this.panel.isVisible) this.panel.sayFailed(error);
    else
      Notification.warning(error instanceof AskError && error.hint ? `${error.message}: ${error.hint}` : String(error));
  }

  openRun(run: PanelRun): void {
    this.views.open({ view: "run", args: { run: run.run.id }, title: runLabel(run.run), store: { ...this.panel.ref } });
  }

  compare(runs: readonly PanelRun[]): void {
    if (runs.length < 2)
      throw new AskError("two runs or more are compared", "choose them first: Ctrl or Shift and click, or Space");
    const numbers = runs.map(({ run }) => (run.number === null ? (run.name ?? run.id.slice(-4)) : `#${run.number}`));
    const title = `Compare ${numbers.slice(0, 4).join(" ")}${numbers.length > 4 ? ` +${numbers.length - 4}` : ""}`;
    this.views.open({
      view: "compare",
      args: { runs: runs.map(({ run }) => run.id) },
      title,
      store: { ...this.panel.ref },
    });
  }

  openTable(experiment: string): void {
    this.mustHaveStore();
    const title = experiment === "*" ? "Runs" : `Runs · ${experiment}`;
    this.views.open({ view: "runs", args: { experiment }, title, store: { ...this.panel.ref } });
  }

  /** The table as it was saved under a name. */
  openSaved(view: string): void {
    this.views.open({ view: "runs", args: { view }, title: `Runs · ${view}`, store: { ...this.panel.ref } });
  }

  async insert(runs: readonly PanelRun[]): Promise<void> {
    if (this.panel.isShowingDeleted) throw new AskError("deleted runs are not inserted", "restore them first");
    if (!this.panel.isOfNotebook) await this.panel.look(); // what is known may be of a moment ago
    insertCells(this.notebooks, [this.source(runs)]);
  }

  insertStarter(): void {
    insertCells(this.notebooks, STARTER);
  }

  drag(run: PanelRun, event: PointerEvent): void {
    const chosen = this.panel.chosen;
    const runs = chosen.includes(run) ? chosen : [run];
    this.attempt(() => dragSource(this.source(runs), event, this.panel));
  }

  async jump(ref: StoreRef, run: string): Promise<void> {
    if (!this.notebooks) throw new AskError("there are no notebooks in this JupyterLab");
    const place = await this.ask(ref, "view", "place", { run });
    const label = runLabel(place.run);
    if (!place.cell_id || !place.notebook_name)
      throw new AskError(`${label} was not made in a cell of a notebook`, "it was made by a script or in a terminal");
    if (!place.notebook)
      throw new AskError(
        `${place.notebook_name}, which made ${label}, is not below this server's folder`,
        "it was moved, renamed or deleted",
      );
    await jumpToCell(this.app, this.notebooks, { notebook: place.notebook, cell: place.cell_id, label });
  }

  async stop(runs: readonly PanelRun[]): Promise<void> {
    const running = runs.filter(({ run }) => run.status === "running");
    if (!running.length) throw new AskError("only a run that is running can be stopped");
    for (const { run } of running) await this.act("stop", { run: run.id });
    this.panel.say(`${labels(running)} will stop at the next logged value`);
  }

  /** Take runs off the lists, with a way back. */
  async remove(runs: readonly PanelRun[]): Promise<void> {
    if (!runs.length) throw new AskError("no run is chosen");
    for (const { run } of runs) await this.act("delete", { run: run.id });
    const undo = button("Undo", () => this.attempt(() => this.restore(runs)));
    await this.panel.look();
    this.panel.say(`${labels(runs)} deleted`, undo);
  }

  async restore(runs: readonly PanelRun[]): Promise<void> {
    if (!runs.length) throw new AskError("no run is chosen");
    for (const { run } of runs) await this.act("restore", { run: run.id });
    await this.panel.look();
    this.panel.say(`${labels(runs)} restored`);
  }

  editTags(run: PanelRun): void {
    const ref = { ...this.panel.ref };
    this.edit({
      label: `Tags of ${runLabel(run.run)}`,
      value: tagsText(run.tags),
      placeholder: "best, team=vision",
      hint: areWords(run.tags) ? "comma between tags" : "one tag a line: Shift+Enter",
      rows: 2,
      save: async (text) => {
        for (const [key, value] of tagChanges(run.tags, text))
          await this.ask(ref, "action", "tag", { run: run.run.id, key, value });
      },
    });
  }

  editNote(run: PanelRun): void {
    const ref = { ...this.panel.ref };
    this.edit({
      label: `Note on ${runLabel(run.run)}`,
      value: run.note ?? "",
      placeholder: "what was tried",
      hint: "Shift+Enter: new line",
      rows: 4,
      save: (text) => this.ask(ref, "action", "note", { run: run.run.id, text }),
    });
  }

  /** A run by its number or id, as somebody typed it or another extension sent it. */
  async find(ref: string): Promise<PanelRun> {
    this.mustHaveStore();
    const text = ref.trim();
    const filter = /^#?\d+$/.test(text) ? text : `run_id = '${text.replaceAll("'", "")}'`;
    const args = { filter, experiment: "*", order: "newest", limit: 1, columns: [] };
    const found = (await this.ask(this.panel.ref, "view", "panel", args)) as PanelData;
    const [run] = found.rows;
    if (!run) throw new AskError(`there is no run ${text} in this store`, "the panel lists what there is");
    return run;
  }

  private mustHaveStore(): void {
    const { key, notebook } = this.panel.ref;
    if (!key && !notebook) throw new AskError("no store is in use", "open a notebook, or choose a store in the panel");
  }

  /** Something to fill in in the panel; it is for the store of now, also when the panel turns to another meanwhile. */
  private edit(edited: Omit<Edited, "leave">): void {
    const leave = () => {
      if (!line.isConnected) return; // another one stands there
      this.panel.view.edit(null);
      this.panel.view.runs.node.focus();
    };
    const save = async (text: string) => {
      await edited.save(text);
      leave();
      await this.panel.look();
    };
    this.app.shell.activateById(this.panel.id);
    const line = editLine({ ...edited, save, leave });
    this.panel.view.edit(line);
  }

  private source(runs: readonly PanelRun[]): string {
    const numbers = runs.flatMap(({ run }) => run.number ?? []);
    if (!numbers.length) throw new AskError("no run is chosen", "choose one in the list");
    if (!this.panel.isOfNotebook)
      throw new AskError(
        "these runs are in another store than this notebook's",
        "open the notebook that they belong to",
      );
    return sourceOf(this.notebooks?.currentWidget ?? null, numbers);
  }

  private act(name: string, args: object): Promise<any> {
    return this.ask(this.panel.ref, "action", name, args);
  }

  private async ask(ref: StoreRef, kind: string, name: string, args: object): Promise<any> {
    const answer = await this.server.answer(ref, { id: 0, kind, name, args });
    if (!answer.ok) throw new AskError(answer.error.message, answer.error.hint, answer.error.kind);
    return answer.data;
  }
}

function labels(runs: readonly PanelRun[]): string {
  return runs.length > 3 ? `${runs.length} runs` : runs.map(({ run }) => runLabel(run)).join(", ");
}
