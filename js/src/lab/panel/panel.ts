import type { Message } from "@lumino/messaging";
import { Widget } from "@lumino/widgets";
import { AskError } from "../../lib/ask";
import { button } from "../../lib/dom";
import { number } from "../../lib/format";
import type { Named } from "../../views/datasets/data";
import { runsIcon } from "../icon";
import type { Pulse, Server, StoreInfo, StoreRef } from "../server";
import type { Watch } from "../watch";
import { askPanel } from "./ask";
import { ALL, NOTHING, PAGE, type PanelArgs, type PanelData, type PanelRun, START } from "./data";
import { type DataOutside, DataTab } from "./datatab";
import type { Memory } from "./memory";
import type { Tab } from "./tabs";
import { type PanelActions, PanelView } from "./view";

const REST = 2; // a store that takes long to answer is asked less often
const [AGE_MS, SAID_S, UNDO_S] = [15_000, 6, 30];

/** What the panel leaves to the rest of JupyterLab. */
export type Outside = Pick<
  PanelActions,
  "open" | "insert" | "remove" | "drag" | "compare" | "table" | "saved" | "stop" | "starter"
>;

/** The panel beside the notebook: which store, what is asked of it, and when. */
export class RunsPanel extends Widget {
  /** The store that is looked at, and the notebook in use. */
  readonly ref: StoreRef = {};
  data: PanelData | null = null;
  readonly view: PanelView;
  readonly datasets: DataTab;
  private readonly args = { ...START };
  private readonly watching: { look(): Promise<void>; dispose(): void };
  private store: StoreInfo | null = null;
  private stores: StoreInfo[] = [];
  private isChosen = false; // by hand: it stays when another cell or notebook is used
  private isMoved = false; // to another notebook, since the last look
  private readable = ""; // the last filter that was understood
  private isRecalled = false; // what was kept of the stores is here
  private isOpening = true; // JupyterLab: a notebook may be about to come
  private isAwaited = true; // the first answer for the notebook in use
  private turn = 0;
  private restUntil = 0;
  private planned: ReturnType<typeof setTimeout> | undefined;
  private problems: { look: AskError | null; answer: AskError | null } = { look: null, answer: null };
  private readonly clock: ReturnType<typeof setInterval>;

  constructor(
    private readonly server: Server,
    watch: Watch,
    private readonly outside: Outside,
    private readonly memory: Memory,
    outsideOfData: DataOutside,
  ) {
    super();
    this.id = "nbmlops-panel";
    this.title.icon = runsIcon;
    this.title.caption = "Runs and datasets (nbmlops)";
    this.addClass("nbm-sidebar");
    this.node.tabIndex = -1;
    this.node.setAttribute("role", "region");
    this.node.setAttribute("aria-label", "Runs and datasets");
    this.datasets = new DataTab(server, outsideOfData, {
      ask: () => void this.load(true),
      canInsert: () => Boolean(this.ref.notebook),
    });
    this.view = new PanelView(
      {
        ...outside,
        chosen: () => this.showChosen(),
        filter: (text) => this.change({ filter: text, limit: PAGE }),
        experiment: (experiment) => this.change({ experiment, limit: PAGE }),
        order: (order) => this.change({ order, is_reversed: false }),
        reverse: () => this.change({ is_reversed: !this.args.is_reversed }),
        more: () => this.change({ limit: this.args.limit + PAGE }),
        deleted: () => this.change({ deleted: !this.args.deleted, limit: PAGE }),
        store: (key) => this.choose(key),
        retry: () => void this.look(),
        tab: (tab: Tab) => this.turnTab(tab),
      },
      this.datasets,
    );
    this.node.append(this.view.root);
    this.watching = watch.add({
      ref: this.ref,
      isVisible: () => this.isVisible,
      beat: (pulse) => this.onBeat(pulse),
      changed: () => this.loadInTime(),
      failed: (error) => this.onFailed(error),
    });
    void memory.ready.then(() => this.recall());
    this.clock = setInterval(() => this.isVisible && !document.hidden && this.growOld(), AGE_MS);
  }

  override dispose(): void {
    this.watching.dispose();
    clearInterval(this.clock);
    clearTimeout(this.planned);
    super.dispose();
  }

  /** The runs that are chosen; none while the datasets are looked at. */
  get chosen(): PanelRun[] {
    return this.view.isOnData ? [] : this.view.runs.chosen;
  }

  /** The versions of data that are chosen; none while the runs are looked at. */
  get chosenData(): Named[] {
    return this.view.isOnData ? this.datasets.chosen : [];
  }

  /** Turn to the runs or to the datasets. */
  turnTab(tab: Tab): void {
    this.memory.keepTab(tab);
    if (!this.view.turn(tab)) return;
    this.showStore();
    this.showChosen();
    void this.load(this.view.isOnData && !this.datasets.data);
  }

  private growOld(): void {
    if (this.view.isOnData) this.datasets.tree.age();
    else this.view.runs.age();
  }

  /** Whether the store that is shown is the one of the notebook in use. */
  get isOfNotebook(): boolean {
    return this.store?.belongs ?? false;
  }

  get experiment(): string {
    return this.data?.experiment ?? ALL;
  }

  get isShowingDeleted(): boolean {
    return this.args.deleted;
  }

  /** Another notebook, or another kernel of it, is in use. */
  follow(ref: StoreRef): void {
    if (ref.notebook === this.ref.notebook && ref.kernel === this.ref.kernel) return;
    this.isMoved = ref.notebook !== this.ref.notebook;
    if (this.isMoved) this.isAwaited = true;
    if (ref.notebook) this.isOpening = false;
    this.isChosen = this.isChosen && !this.isMoved;
    Object.assign(this.ref, { notebook: ref.notebook, kernel: ref.kernel });
    if (!this.isVisible) return;
    void this.look();
    void this.findStores();
  }

  /** No notebook is about to open by itself any more. */
  settle(): void {
    if (!this.isOpening) return;
    this.isOpening = false;
    if (this.isVisible) void this.findStores();
  }

  set columns(columns: string[]) {
    this.change({ columns });
  }

  /** Look at the store at once. */
  async look(): Promise<void> {
    await this.watching.look();
    await this.load();
  }

  /** Say in the panel what was done, perhaps with a way back. */
  say(text: string, undo?: HTMLButtonElement): void {
    this.view.say(undo ? [text, undo] : [text], undo ? UNDO_S : SAID_S);
  }

  /** Say in the panel what failed. */
  sayFailed(error: unknown): void {
    const known = error instanceof AskError && error.hint ? `${error.message}: ${error.hint}` : "";
    this.view.say([known || (error instanceof Error ? error.message : String(error))]);
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    if (!this.data) this.showLooking();
    void this.watching.look();
    void this.findStores();
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    this.node.focus(); // until there is something better
    this.focusInside();
  }

  /** From the panel itself to what is in it, as soon as it is there. */
  private focusInside(): void {
    if (document.activeElement !== this.node) return;
    const { node } = this.view.isOnData ? this.datasets.tree : this.view.runs;
    const empty = this.view.isOnData ? this.datasets.node : this.view.root;
    (node.offsetParent ? node : empty.querySelector<HTMLElement>(".nbm-empty:not([hidden]) button"))?.focus();
  }

  private onFailed(error: AskError): void {
    this.isAwaited = false;
    if (!this.data) this.view.emptied([]); // what is wrong stands above
    this.problem({ look: error });
  }

  private onBeat(pulse: Pulse): void {
    if (this.ref.notebook || !this.isOpening) this.isAwaited = false;
    const wrong = pulse.store?.problem;
    this.problem({ look: wrong ? new AskError(wrong.message, wrong.hint, wrong.kind) : null });
    const hasVanished = pulse.store !== null && !pulse.store.exists && !this.isMoved;
    this.isMoved = false;
    if (!this.isChosen && pulse.belongs && pulse.belongs !== this.ref.key) {
      this.turnTo(pulse.belongs);
      if (pulse.store?.key === pulse.belongs) this.store = pulse.store;
      void this.look();
      return;
    }
    if (!this.isChosen && !pulse.belongs && this.ref.notebook && this.ref.key && !hasVanished) {
      this.turnTo(null);
      this.problem({ look: null });
      this.store = null;
    } else this.store = pulse.store;
    this.showStore();
    const isFine = !this.problems.look && !this.problems.answer;
    if (this.store?.exists && !this.data && isFine) this.view.emptied(["Reading the runs."]);
    if (!this.store) this.showNothing();
    else if (this.problems.answer) this.loadInTime(); // what was held or gone may be back, with the same stamp
  }

  /** Show what is wrong: with the store itself, else with the last answer. */
  private problem(change: Partial<{ look: AskError | null; answer: AskError | null }>): void {
    Object.assign(this.problems, change);
    const wrong = this.problems.look ?? this.problems.answer;
    this.view.fail(wrong);
    if (wrong) this.view.busy(false);
  }

  private turnTo(key: string | null): void {
    this.ref.key = key;
    this.data = null;
    this.datasets.reset();
    this.turn++; // what is under way is of another store
    this.problems.answer = null;
    this.readable = "";
    Object.assign(this.args, { experiment: ALL, deleted: false, limit: PAGE, filter: "" });
    if (key !== null) Object.assign(this.args, this.memory.of(key));
    if (key === null) this.view.furnished(false);
  }

  private choose(key: string): void {
    if (!key || key === this.ref.key) return;
    this.isChosen = true;
    this.turnTo(key);
    void this.look();
  }

  private async findStores(): Promise<void> {
    try {
      const found = await this.server.stores(this.ref);
      this.stores = found.stores.filter((each) => each.exists);
    } catch {
      return; // the next look says what is wrong
    }
    if (!this.ref.key && !this.ref.notebook && !this.isOpening && this.stores[0]) {
      this.turnTo(this.stores[0].key);
      await this.look();
    }
    this.showStore();
    if (!this.ref.key) this.showNothing();
  }

  /** What was kept came after the first look: it holds if nothing was changed meanwhile. */
  private recall(): void {
    this.isRecalled = true;
    if (this.memory.tab === "data") this.turnTab("data");
    const { key } = this.ref;
    const kept = key ? this.memory.of(key) : null;
    const { filter, experiment, order, is_reversed } = START;
    const isAsBegun = this.memory.isLike(this.args, { filter, experiment, order, is_reversed });
    if (kept && isAsBegun) this.change(kept);
  }

  private change(change: Partial<PanelArgs>): void {
    Object.assign(this.args, change);
    if (this.ref.key) void this.load(true);
  }

  /** Ask again, but let a large store rest for some times as long as the last answer took. */
  private loadInTime(): void {
    clearTimeout(this.planned);
    this.planned = setTimeout(() => void this.load(), Math.max(0, this.restUntil - performance.now()));
  }

  /** Ask the store; by itself with the last filter that could be read, at a wish with the one that is typed. */
  private async load(isWish = this.data === null): Promise<void> {
    if (!this.ref.key) return;
    if (this.view.isOnData) return this.loadData(isWish);
    const mine = ++this.turn;
    const began = performance.now();
    clearTimeout(this.planned);
    this.view.busy(isWish);
    const filter = isWish ? this.args.filter : this.readable;
    try {
      const { data, held } = await askPanel(this.server, this.ref, { ...this.args, filter });
      if (mine !== this.turn) return;
      this.data = data;
      this.readable = filter;
      if (isWish && this.isRecalled && this.ref.key)
        this.memory.keep(this.ref.key, { ...this.args, experiment: data.experiment });
      this.problem({ look: null, answer: held });
      if (filter === this.args.filter) this.view.filterFailed(null);
      this.draw();
    } catch (error) {
      if (mine !== this.turn) return;
      const known = error instanceof AskError ? error : new AskError(String(error));
      if (known.kind === "FilterError") {
        this.view.filterFailed(known);
        if (!this.data) void this.load(false); // the list is there all the same
      } else this.problem({ answer: known });
    } finally {
      if (mine === this.turn) this.view.busy(false);
      this.restUntil = performance.now() + REST * (performance.now() - began);
    }
  }

  /** The same for the datasets. */
  private async loadData(isWish: boolean): Promise<void> {
    const began = performance.now();
    clearTimeout(this.planned);
    this.view.busy(isWish || !this.datasets.data);
    try {
      const found = await this.datasets.load(this.ref);
      if (!found) return;
      this.problem({ look: null, answer: found.held });
      this.showStore();
      this.focusInside();
    } catch (error) {
      this.problem({ answer: error instanceof AskError ? error : new AskError(String(error)) });
    }
    this.view.busy(false);
    this.restUntil = performance.now() + REST * (performance.now() - began);
  }

  private draw(): void {
    const { data, view, args } = this;
    if (!data) return;
    view.furnished(true);
    if (view.isOnData && !this.datasets.data) void this.load(true); // the tab was chosen before there was a store
    args.experiment = data.experiment;
    view.saved.show(data.views ?? []);
    view.experiments.show(data.experiments, data.experiment);
    view.runs.show(data, args.columns);
    const isMetricShown = args.columns.includes("metric") && data.rows.length > 0;
    view.counts(data.rows.length, data.total, args.deleted, isMetricShown ? data.metric : null);
    view.sorted(args.order, args.is_reversed, data.metric, /\border\s+by\b/i.test(args.filter));
    view.rest.show({
      shown: data.rows.length,
      total: data.total,
      most: data.most ?? data.total,
      deleted: data.deleted,
      isDeleted: args.deleted,
    });
    view.filterText(args.filter);
    const clear = () => this.change({ filter: "" });
    if (data.rows.length) view.emptied(null);
    else if (args.filter) view.emptied(["No run matches the filter."], button("Clear the filter", clear));
    else if (args.deleted) view.emptied(["No run is deleted."]);
    else view.emptied(["No runs yet.", "Put %mlrun on top of a cell, and run it."], this.starter());
    this.showStore();
    this.showChosen();
    view.root.dataset.ready = String(Number(view.root.dataset.ready ?? 0) + 1);
    this.focusInside();
  }

  private showStore(): void {
    const counted = this.data?.experiments.reduce((total, each) => total + each.runs, 0);
    const runs = this.view.isOnData ? null : (counted ?? this.store?.runs ?? null);
    const words = runs === null ? null : `${number(runs)} ${runs === 1 ? "run" : "runs"}`;
    this.view.store(this.store, this.isLooking ? [] : this.stores, words);
  }

  /** Whether nobody knows yet which store is meant. */
  private get isLooking(): boolean {
    return !this.ref.key && (this.isAwaited || (this.isOpening && !this.ref.notebook));
  }

  private showLooking(): void {
    this.view.busy(true);
    if (this.isLooking) this.view.emptied(["Looking for the store of this notebook."]);
  }

  private showNothing(): void {
    const { view } = this;
    if (this.isLooking) {
      this.showLooking();
      return;
    }
    view.furnished(false);
    view.busy(false);
    view.runs.show(NOTHING, []);
    if (this.ref.notebook)
      view.emptied(
        ["No store belongs to this notebook yet.", "Its first run makes one: mlops.duckdb in the notebook's folder."],
        this.starter(),
      );
    else view.emptied(["No store was found here.", "Open a notebook, or choose a store above."]);
    view.root.dataset.ready = String(Number(view.root.dataset.ready ?? 0) + 1);
    this.focusInside();
  }

  private starter(): HTMLButtonElement {
    return button("Insert a starter cell", () => this.outside.starter(), { disabled: !this.ref.notebook });
  }

  private showChosen(): void {
    this.view.chosen(this.view.runs.chosen, Boolean(this.ref.notebook), this.args.deleted);
    this.datasets.showChosen();
  }
}
