import { AskError } from "../../lib/ask";
import { button, h } from "../../lib/dom";
import { duration, number } from "../../lib/format";
import { type DatasetsData, MOST, type Named } from "../../views/datasets/data";
import { finder } from "../../views/datasets/parts";
import type { Server, StoreRef } from "../server";
import { DataTree, type DataTreeActions } from "./datatree";
import { Said } from "./said";

const [PAGE, INSIDE, NEXT] = [100, 20, 100];

/** What the tab leaves to the rest of JupyterLab. */
export interface DataOutside extends Pick<DataTreeActions, "openDataset" | "openVersion" | "insert" | "drag"> {
  compare(): void;
  lineage(): void;
  /** All of it, in the main area. */
  table(): void;
  starter(): void;
}

/** What the tab asks of the panel that it is in. */
export interface DataOwner {
  /** Ask the store again at a wish. */
  ask(): void;
  canInsert(): boolean;
}

/** The tab of the datasets: a filter, the tree of them, and what can be done with those that are chosen. */
export class DataTab {
  readonly tree: DataTree;
  readonly node: HTMLElement;
  readonly said = new Said();
  private readonly filter: HTMLInputElement;
  private readonly count = h("span", { class: "nbm-count", role: "status" });
  private readonly empty = h("div", { class: "nbm-empty", hidden: true });
  private readonly compare: HTMLButtonElement;
  private readonly insert: HTMLButtonElement;
  private readonly lineage: HTMLButtonElement;
  private readonly inside = new Map<string, number>();
  private find = "";
  private limit = PAGE;
  private turn = 0;
  data: DatasetsData | null = null;

  constructor(
    private readonly server: Pick<Server, "answer">,
    private readonly outside: DataOutside,
    private readonly owner: DataOwner,
  ) {
    this.tree = new DataTree(
      {
        ...outside,
        chosen: () => this.showChosen(),
        toggle: (dataset, isOpen) => {
          if (isOpen) this.owner.ask();
          else this.inside.delete(dataset);
        },
        more: (dataset) => this.more(dataset),
      },
      MOST,
    );
    this.filter = finder("Filter datasets", "", (text) => {
      if (text === this.find) return;
      this.find = text;
      this.limit = PAGE;
      this.owner.ask();
    });
    this.filter.classList.add("nbm-filter");
    this.filter.placeholder = "filter by name";
    this.filter.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown") return;
      event.preventDefault();
      this.tree.node.focus();
    });
    this.compare = button("Compare", () => outside.compare(), { class: "nbm-button nbm-primary" });
    this.insert = button("Insert", () => outside.insert(), {
      title: "Insert a cell that loads the chosen version below the active one (Enter, or drag it)",
    });
    this.lineage = button("Lineage", () => outside.lineage(), {
      title: "Where the chosen version came from and what was made of it",
    });
    this.node = h(
      "div",
      { class: "nbm-data-body" },
      h("div", { class: "nbm-filter-line" }, this.filter),
      h(
        "div",
        { class: "nbm-sort" },
        this.count,
        button("Table", () => outside.table(), {
          class: "nbm-button nbm-quiet-button",
          title: "All datasets, in the main area",
        }),
      ),
      this.empty,
      h("div", { class: "nbm-list-scroll" }, this.tree.node),
      this.said.node,
      h("div", { class: "nbm-actions" }, this.compare, this.insert, this.lineage),
    );
    this.showChosen();
  }

  get chosen(): Named[] {
    return this.tree.chosen;
  }

  /** Another store is looked at. */
  reset(): void {
    this.turn++;
    this.data = null;
    this.find = this.filter.value = "";
    this.limit = PAGE;
    this.inside.clear();
    this.tree.reset();
    this.empty.hidden = true;
    this.count.textContent = "";
    this.showChosen();
  }

  /**
   * Ask the store and show what it answers; null when something newer was asked meanwhile.
   *
   * @returns why it is an old answer, if it is one.
   */
  async load(ref: StoreRef): Promise<{ held: AskError | null } | null> {
    const mine = ++this.turn;
    const opened = Object.fromEntries([...this.tree.opened].map((name) => [name, this.inside.get(name) ?? INSIDE]));
    const args = { find: this.find, limit: this.limit, opened };
    let answer: any;
    try {
      answer = await this.server.answer(ref, { id: 0, kind: "view", name: "datasets", args });
    } catch (error) {
      if (mine !== this.turn) return null;
      throw error;
    }
    if (mine !== this.turn) return null;
    if (!answer.ok) throw new AskError(answer.error.message, answer.error.hint, answer.error.kind);
    this.data = answer.data as DatasetsData;
    this.draw(this.data);
    if (answer.age_s === undefined) return { held: null };
    return { held: new AskError(answer.notice, `this is how it was ${duration(answer.age_s)} ago`) };
  }

  /** What can be done with what is chosen. */
  showChosen(): void {
    const { length } = this.chosen;
    this.compare.textContent = length > 1 ? `Compare (${length})` : "Compare";
    this.compare.disabled = length !== 2;
    this.compare.title = length === 2 ? "" : "Choose two versions: Ctrl or Shift and click, or Space";
    this.insert.disabled = length === 0 || !this.owner.canInsert();
    this.lineage.disabled = length !== 1;
  }

  private more(dataset: string): void {
    if (dataset) this.inside.set(dataset, Math.min((this.inside.get(dataset) ?? INSIDE) + NEXT, MOST));
    else this.limit = Math.min(this.limit + NEXT, MOST);
    this.owner.ask();
  }

  private draw(data: DatasetsData): void {
    const { total, all } = data;
    this.tree.show(data);
    this.tree.node.hidden = total === 0;
    this.count.textContent = `${total < all ? `${number(total)} of ` : ""}${number(all)} ${all === 1 ? "dataset" : "datasets"}`;
    this.empty.hidden = total > 0;
    if (all > 0) {
      const clear = button("Clear the filter", () => {
        this.find = this.filter.value = "";
        this.owner.ask();
      });
      this.empty.replaceChildren(h("p", {}, "No dataset has this in its name."), clear);
    } else
      this.empty.replaceChildren(
        h("p", {}, "No datasets yet."),
        h(
          "p",
          {},
          h("code", {}, "%mldata save df train"),
          " makes the first version of one, and the next time the next.",
        ),
        button("Insert a starter cell", () => this.outside.starter(), { disabled: !this.owner.canInsert() }),
      );
    this.showChosen();
    this.node.dataset.ready = String(Number(this.node.dataset.ready ?? 0) + 1);
  }
}
