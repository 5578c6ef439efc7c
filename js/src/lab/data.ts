import type { INotebookTracker } from "@jupyterlab/notebook";
import { AskError } from "../lib/ask";
import type { OpenRequest } from "../lib/open";
import {
  type DatasetData,
  type DatasetsData,
  diffOf,
  lineageOf,
  type Named,
  versionPage,
  versionsOf,
} from "../views/datasets/data";
import { calling, dragSource, insertCells } from "./cells";
import type { MainViews } from "./main";
import type { RunsPanel } from "./panel/panel";
import type { Server } from "./server";
import { dataSource } from "./snippets";

/** What can be done with versions of data, whether from the panel, the palette or the keyboard. */
export class DataActions {
  panel!: RunsPanel;

  constructor(
    private readonly server: Server,
    private readonly notebooks: INotebookTracker | null,
    private readonly views: MainViews,
  ) {}

  openVersion(version: Named): void {
    this.open(versionPage(version));
  }

  openDataset(dataset: string): void {
    this.open(versionsOf(dataset));
  }

  openTable(): void {
    this.open({ view: "datasets", args: {}, title: "Datasets" });
  }

  lineage(versions: readonly Named[]): void {
    const [version] = versions;
    if (!version || versions.length > 1)
      throw new AskError("the lineage is that of one version", "choose one in the list of the panel");
    this.open(lineageOf(version));
  }

  compare(versions: readonly Named[]): void {
    const [one, two] = versions;
    if (!one || !two || versions.length > 2)
      throw new AskError("two versions are compared", "choose them first: Ctrl or Shift and click, or Space");
    this.open(diffOf(one, two));
  }

  async insert(versions: readonly Named[]): Promise<void> {
    if (!this.panel.isOfNotebook) await this.panel.look(); // what is known may be of a moment ago
    insertCells(this.notebooks, [this.source(versions)]);
  }

  /** Drag a version, with all that are chosen if it is one of them. */
  drag(version: Named, event: PointerEvent): Promise<unknown> {
    const chosen = this.panel.chosenData;
    const versions = chosen.some(({ id }) => id === version.id) ? chosen : [version];
    return dragSource(this.source(versions), event, this.panel);
  }

  /** A version by its name, `train`, `train@v3` or `train@gold`, as somebody typed it or another extension sent it. */
  async find(ref: string): Promise<Named> {
    const [dataset = "", at = ""] = ref.trim().split("@");
    const found = at ? await this.at(dataset, at) : await this.tip(dataset);
    if (!found)
      throw new AskError(`there is no version ${JSON.stringify(ref.slice(0, 80))}`, "the panel lists what there is");
    return found;
  }

  private async tip(dataset: string): Promise<Named | null> {
    const { rows } = await this.ask<DatasetsData>("datasets", { find: dataset, limit: 5000 });
    const row = rows.find((each) => each.dataset === dataset);
    return row ? { id: row.id, dataset, number: row.at } : null;
  }

  private async at(dataset: string, at: string): Promise<Named | null> {
    const { rows } = await this.ask<DatasetData>("dataset", { dataset, find: at, limit: 5000 });
    const row = rows.find(({ number, refs }) => `v${number}` === at || refs.some(({ name }) => name === at));
    return row ? { id: row.id, dataset, number: row.number } : null;
  }

  private source(versions: readonly Named[]): string {
    if (!versions.length) throw new AskError("no version is chosen", "choose one in the list");
    if (!this.panel.isOfNotebook)
      throw new AskError(
        "these datasets are in another store than this notebook's",
        "open the notebook that they belong to",
      );
    return calling(this.notebooks?.currentWidget ?? null, (alias) => dataSource(alias, versions));
  }

  private open(request: OpenRequest): void {
    this.mustHaveStore();
    this.views.open({ ...request, store: { ...this.panel.ref } });
  }

  private mustHaveStore(): void {
    const { key, notebook } = this.panel.ref;
    if (!key && !notebook) throw new AskError("no store is in use", "open a notebook, or choose a store in the panel");
  }

  private async ask<T>(name: string, args: object): Promise<T> {
    this.mustHaveStore();
    const answer = await this.server.answer(this.panel.ref, { id: 0, kind: "view", name, args });
    if (!answer.ok) throw new AskError(answer.error.message, answer.error.hint, answer.error.kind);
    return answer.data as T;
  }
}
