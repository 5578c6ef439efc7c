import type { AskError } from "../../lib/ask";
import { button, h } from "../../lib/dom";
import { number, size } from "../../lib/format";
import type { StoreInfo } from "../server";
import type { PanelRun } from "./data";
import type { DataTab } from "./datatab";
import { Experiments } from "./experiments";
import { Rest } from "./rest";
import { RunList, type RunListActions } from "./runlist";
import { Said } from "./said";
import { SavedViews } from "./saved";
import { type Tab, Tabs } from "./tabs";

/** What the panel asks its owner to do. */
export interface PanelActions extends RunListActions {
  filter(text: string): void;
  experiment(name: string): void;
  order(key: string): void;
  reverse(): void;
  more(): void;
  compare(): void;
  stop(): void;
  table(): void;
  /** Open a saved view. */
  saved(name: string): void;
  deleted(): void;
  store(key: string): void;
  starter(): void;
  retry(): void;
  /** Turn to another tab. */
  tab(tab: Tab): void;
}

const ORDERS: [string, string][] = [
  ["newest", "newest"],
  ["metric", "best"],
  ["name", "name"],
  ["duration", "longest"],
  ["status", "status"],
];
const TYPING_MS = 300;

/** The parts of the panel, from top to bottom. */
export class PanelView {
  readonly runs: RunList;
  readonly experiments: Experiments;
  readonly saved: SavedViews;
  readonly rest: Rest;
  readonly root: HTMLElement;
  readonly order: HTMLSelectElement;
  private readonly chooser = h("div");
  private readonly storeFacts = h("div", { class: "nbm-q nbm-store-facts" });
  private readonly storeLine = h("div", { class: "nbm-store", hidden: true }, this.chooser, this.storeFacts);
  private readonly problem = h("div", { class: "nbm-problem", role: "alert", hidden: true });
  private readonly filterProblem = h("div", { class: "nbm-filter-problem", id: "nbm-filter-problem", hidden: true });
  private readonly filter: HTMLInputElement;
  private readonly sortLine: HTMLElement;
  private readonly count = h("span", { class: "nbm-count", role: "status" });
  private readonly reverse: HTMLButtonElement;
  private readonly empty = h("div", { class: "nbm-empty", hidden: true });
  private readonly body: HTMLElement;
  private readonly foot = h("div", { class: "nbm-actions" });
  private readonly editing = h("div", { class: "nbm-editing", hidden: true });
  private readonly said = new Said();
  private readonly tabs: Tabs;
  private readonly compare: HTMLButtonElement;
  private readonly insert: HTMLButtonElement;
  private readonly stop: HTMLButtonElement;
  private readonly restore: HTMLButtonElement;
  private readonly bar = h("div", { class: "nbm-bar", hidden: true });
  private typing: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly actions: PanelActions,
    private readonly data: DataTab,
  ) {
    this.runs = new RunList(actions);
    this.rest = new Rest(actions);
    this.experiments = new Experiments((name) => actions.experiment(name));
    this.filter = h("input", {
      type: "search",
      class: "nbm-filter",
      placeholder: "filter: val_acc > .9",
      "aria-label": "Filter runs",
      spellcheck: "false",
      title: "lr < .1 and val_acc > .9 order by val_acc desc",
      onInput: () => {
        clearTimeout(this.typing);
        this.typing = setTimeout(() => actions.filter(this.filter.value), TYPING_MS);
      },
      onKeydown: (event: KeyboardEvent) => {
        event.stopPropagation();
        if (event.key === "Enter" || event.key === "Escape") {
          clearTimeout(this.typing);
          if (event.key === "Escape") this.filter.value = "";
          actions.filter(this.filter.value);
        } else if (event.key === "ArrowDown") {
          event.preventDefault();
          this.runs.node.focus();
        }
      },
    });
    this.order = h(
      "select",
      { "aria-label": "Order of the runs", onChange: () => actions.order(this.order.value) },
      ...ORDERS.map(([value, label]) => h("option", { value }, label)),
    );
    this.reverse = button("↓", () => actions.reverse(), {
      "aria-label": "Turn the order round",
      title: "Turn the order round",
    });
    this.compare = button("Compare", () => actions.compare(), { class: "nbm-button nbm-primary" });
    this.insert = button("Insert", () => actions.insert(), {
      title: "Insert a cell with the chosen run below the active one (Enter, or drag it)",
    });
    this.stop = button("Stop", () => actions.stop(), { title: "At the next logged value", hidden: true });
    this.restore = button("Restore", () => actions.remove(), { hidden: true });
    this.saved = new SavedViews((name) => actions.saved(name));
    this.foot.append(
      this.restore,
      this.stop,
      this.compare,
      this.insert,
      button("Table", () => actions.table(), { title: "All columns, in the main area" }),
      this.saved.node,
    );
    this.sortLine = h(
      "div",
      { class: "nbm-sort" },
      this.count,
      h("span", { class: "nbm-by" }, this.order, this.reverse),
    );
    this.body = h(
      "div",
      { class: "nbm-panel-body" },
      this.experiments.node,
      h("div", { class: "nbm-filter-line" }, this.filter, this.filterProblem),
      this.sortLine,
      this.empty,
      h("div", { class: "nbm-list-scroll" }, this.runs.node, this.rest.node),
      this.editing,
      this.said.node,
      this.foot,
    );
    this.tabs = new Tabs({ runs: this.body, data: data.node }, (tab) => actions.tab(tab));
    this.root = h(
      "div",
      { class: "nbm-view nbm-live nbm-panel nbm-bare" },
      this.bar,
      this.storeLine,
      this.problem,
      this.tabs.node,
      this.body,
    );
  }

  /** Whether the datasets are looked at; without a store there are none. */
  get isOnData(): boolean {
    return this.root.classList.contains("nbm-shows-data") && !this.root.classList.contains("nbm-bare");
  }

  /** Show the runs or the datasets; false if they are shown already. */
  turn(tab: Tab): boolean {
    const isData = tab === "data";
    if (this.root.classList.contains("nbm-shows-data") === isData) return false;
    this.root.classList.toggle("nbm-shows-data", isData);
    if (isData) this.body.after(this.data.node);
    else this.data.node.remove();
    this.tabs.show(tab);
    return true;
  }

  /** The store: where, how large, how much is in it, in step or not; a chooser where there are several. */
  store(store: StoreInfo | null, stores: readonly StoreInfo[], counted: string | null): void {
    this.storeLine.hidden = store === null && stores.length === 0;
    const known = store && !stores.some((each) => each.key === store.key) ? [store, ...stores] : stores;
    const key = JSON.stringify([store?.key, known.map((each) => each.path)]);
    const isOpen = this.chooser.contains(document.activeElement) && this.chooser.dataset.store === store?.key;
    if (this.chooser.dataset.key !== key && !isOpen) {
      this.chooser.dataset.key = key;
      this.chooser.dataset.store = store?.key ?? "";
      const hadFocus = this.chooser.contains(document.activeElement);
      this.chooser.replaceChildren(this.storeChooser(store, known));
      if (hadFocus) this.chooser.querySelector("select")?.focus();
    }
    const facts = store && [
      size(store.size_bytes),
      counted,
      store.pending_bytes ? `${size(store.pending_bytes)} pending` : "in step",
    ];
    const text = facts ? facts.filter(Boolean).join(" · ") : "";
    if (this.storeFacts.textContent !== text) this.storeFacts.textContent = text;
    this.storeFacts.title = store?.pending_bytes
      ? "what is pending is safe in the journals and taken into the file at the next look"
      : "";
  }

  private storeChooser(store: StoreInfo | null, known: readonly StoreInfo[]): HTMLElement {
    if (store && known.length === 1) return h("span", { class: "nbm-store-path", title: store.path }, store.path);
    return h(
      "select",
      {
        "aria-label": "Store",
        class: "nbm-store-path",
        title: store?.path,
        onChange: (event: Event) => this.actions.store((event.target as HTMLSelectElement).value),
      },
      store === null ? h("option", { value: "" }, "choose a store") : null,
      ...known.map((each) => h("option", { value: each.key, selected: each.key === store?.key }, each.path)),
    );
  }

  /** What failed, above the old picture; null when it works again. */
  fail(error: AskError | null): void {
    this.problem.hidden = error === null;
    this.root.classList.toggle("nbm-stale", error !== null);
    if (!error) return;
    const key = `${error.message}\n${error.hint}`;
    if (this.problem.dataset.key === key) return;
    this.problem.dataset.key = key;
    this.problem.replaceChildren(
      h("div", {}, error.message),
      error.hint ? h("div", { class: "nbm-q" }, error.hint) : "",
      button("Try again", () => this.actions.retry()),
    );
  }

  /** What is wrong with the filter, below it; the place is underlined. */
  filterFailed(error: AskError | null): void {
    this.filterProblem.hidden = error === null;
    const [first = "", ...marked] = error?.message.replace(/^the filter cannot be read: /, "").split("\n") ?? [];
    this.filterProblem.replaceChildren(
      h("div", {}, first),
      marked.length ? h("pre", {}, marked.map((line) => line.replace(/^ {2}/, "")).join("\n")) : "",
      error?.hint ? h("div", { class: "nbm-q" }, error.hint) : "",
    );
    if (error) {
      this.filter.setAttribute("aria-invalid", "true");
      this.filter.setAttribute("aria-describedby", this.filterProblem.id);
    } else {
      this.filter.removeAttribute("aria-invalid");
      this.filter.removeAttribute("aria-describedby");
    }
  }

  busy(isBusy: boolean): void {
    this.bar.hidden = !isBusy;
  }

  /** The line above the list, and how many of them are shown. */
  counts(shown: number, total: number, isDeleted: boolean, metric: string | null): void {
    const what = isDeleted ? "deleted" : total === 1 ? "run" : "runs";
    const text = shown < total ? `${number(shown)} of ${number(total)} ${what}` : `${number(total)} ${what}`;
    const full = metric ? `${text} · ${metric}` : text;
    this.count.title = metric ? `the numbers are the last values of ${metric}` : "";
    if (this.count.textContent !== full) this.count.textContent = full;
  }

  sorted(order: string, isReversed: boolean, metric: string | null, isFromFilter: boolean): void {
    this.order.value = order;
    this.order.disabled = isFromFilter;
    this.reverse.disabled = isFromFilter;
    this.order.title = isFromFilter ? "the filter says the order" : metric ? `best: by ${metric}` : "";
    this.reverse.textContent = isReversed ? "↑" : "↓";
    this.reverse.setAttribute("aria-pressed", String(isReversed));
  }

  /** What would fill an empty list; null when it is not empty. */
  emptied(lines: readonly string[] | null, ...buttons: HTMLButtonElement[]): void {
    this.empty.hidden = lines === null;
    this.runs.node.hidden = lines !== null;
    this.empty.replaceChildren(...(lines ?? []).map((line) => h("p", {}, line)), ...buttons);
  }

  /** Whether there is a store to be looked at: without one only the empty state is shown. */
  furnished(hasStore: boolean): void {
    this.root.classList.toggle("nbm-bare", !hasStore);
  }

  /** What can be done with the runs that are chosen. */
  chosen(runs: readonly PanelRun[], canInsert: boolean, isDeleted: boolean): void {
    this.compare.textContent = runs.length > 1 ? `Compare (${runs.length})` : "Compare";
    this.compare.disabled = runs.length < 2;
    this.compare.title = runs.length < 2 ? "Choose two runs or more: Ctrl or Shift and click, or Space" : "";
    this.insert.disabled = runs.length === 0 || !canInsert || isDeleted;
    this.stop.hidden = isDeleted || !runs.some(({ run }) => run.status === "running");
    this.restore.hidden = !isDeleted || runs.length === 0;
  }

  filterText(text: string): void {
    if (document.activeElement !== this.filter) this.filter.value = text;
  }

  /** Something to fill in, which nothing that is said replaces; null when it is done. */
  edit(line: HTMLElement | null): void {
    this.editing.hidden = line === null;
    this.editing.replaceChildren(line ?? "");
  }

  /** One line of what was done, perhaps with a way back; `seconds` later it goes. */
  say(parts: (Node | string)[], seconds = 0): void {
    (this.isOnData ? this.data.said : this.said).say(parts, seconds);
  }
}
