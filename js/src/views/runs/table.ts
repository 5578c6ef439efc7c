import { AskError } from "../../lib/ask";
import { h } from "../../lib/dom";
import type { Stage } from "../../lib/stage";
import { type Choices, chooseColumns } from "./columns";
import { edit } from "./edit";
import { Foot } from "./foot";
import { Grid } from "./grid";
import { Layout, measurer } from "./layout";
import { type Line, Lines } from "./lines";
import { nextSort, sorted } from "./order";
import { Rows } from "./rows";
import { Ticks } from "./ticks";
import { Tools } from "./tools";
import type { Args, Column, Data, Row, Run, Sort } from "./types";

const OPEN_AT_FIRST = 200; // rows; with more, groups begin folded
const MOST_CURVES = 10;

/** The table of runs: what is known of it, and what changes in place when something is done or comes in. */
export class Table {
  readonly node: HTMLElement;
  private readonly tools: Tools;
  private readonly grid: Grid;
  private readonly foot: Foot;
  private readonly rows: Rows;
  private readonly ticks: Ticks;
  private measure: (text: string) => number;
  private readonly opened = new Map<string, Row[]>(); // attempts by the run that stands for them
  private folded = new Set<string | null>();
  private data!: Data;
  private layout!: Layout;
  private sort: Sort | null = null;
  private room = 0;
  private isInside = false;
  private late: Data | null = null;
  private readonly watch: ResizeObserver;

  constructor(private readonly stage: Stage<Args, Data>) {
    this.tools = new Tools({
      change: (change, refused) => void this.change(change, refused),
      columns: (anchor) => this.columns(anchor),
      compare: () => this.compare(),
      curves: () => this.curves(),
      explore: () => this.explore(),
      save: (name) => this.save(name),
      forget: (name) => this.forget(name),
    });
    this.grid = new Grid({
      sort: (column) => this.sortBy(column),
      tick: (run, isRange) =>
        this.ticks.tick(
          run,
          isRange,
          [...this.rows.known()].map((row) => row.run),
        ),
      tickAll: () => this.ticks.turnAll([...this.rows.known()].slice(0, OPEN_AT_FIRST).map((row) => row.run)),
      open: (run) => this.open(run),
      group: (place) => this.turnGroup(place),
      attempts: (row) => void this.turnAttempts(row),
      act: (name, row, anchor) => void this.act(name, row, anchor),
      need: (from, to) => this.rows.need(from, to),
    });
    this.foot = new Foot({
      change: (change) => void this.change(change),
      columns: (anchor) => this.columns(anchor),
      showEqual: (isShown) => this.showEqual(isShown),
      refresh: () => void this.change({}),
      showLate: () => this.showLate(),
    });
    this.rows = new Rows(
      (offset, limit) => this.fetch(offset, limit),
      () => this.draw(),
      () => this.foot.say("the other rows need the kernel: run the cell again"),
    );
    this.ticks = new Ticks((ids) => {
      stage.select(ids);
      this.tools.ticked(ids.length);
      this.grid.ticked();
    });
    this.node = h("div", { class: "nbm-runs-table" }, this.tools.node, this.grid.node, this.foot.node);
    stage.body.append(this.node);
    this.measure = measurer(stage.root);
    this.grid.node.addEventListener("pointerenter", () => {
      this.isInside = true;
    });
    this.grid.node.addEventListener("pointerleave", () => {
      this.isInside = false;
      this.showLate();
    });
    this.watch = new ResizeObserver(() => this.onSize());
    this.watch.observe(this.grid.node);
    this.begin(stage.data);
    this.ticks.first(stage.data.rows.map((row) => row.run));
  }

  close(): void {
    this.watch.disconnect();
    this.grid.close();
  }

  /** Data of other arguments: from the top. */
  take(data: Data): boolean {
    const isSame = JSON.stringify({ ...data.asked, pinned: [] }) === JSON.stringify({ ...this.data.asked, pinned: [] });
    this.begin(data, isSame);
    if (!isSame) this.grid.toTop();
    return true;
  }

  /** Newer data of the same table: in place, and never while the pointer is on rows that would move. */
  patch(data: Data): boolean {
    const order = (rows: Row[]) => rows.map((row) => row.run.id).join();
    const isMoved = order(data.rows) !== order(this.data.rows) || data.total !== this.data.total;
    if (isMoved && (this.isInside || this.grid.node.scrollTop > 0)) {
      this.late = data;
      this.foot.say("something changed", true);
    } else this.begin(data, true);
    return true;
  }

  private showLate(): void {
    const { late } = this;
    if (!late) return;
    this.late = null;
    this.begin(late, true);
  }

  private begin(data: Data, isKept = false): void {
    const isNewGroup = this.data?.asked.group !== data.asked.group;
    this.data = data;
    this.late = null;
    this.sort = data.sort;
    this.stage.args = { ...data.asked };
    if (!isKept) this.opened.clear();
    if (isNewGroup) this.folded = new Set(data.total > OPEN_AT_FIRST ? data.groups?.map(({ text }) => text) : []);
    this.rows.begin(data.rows, data.total, isKept);
    this.ticks.know(data.rows.map((row) => row.run));
    this.tools.show(data);
    this.tools.ticked(this.ticks.ids.length);
    this.foot.show(data);
    this.lay();
  }

  private lay(): void {
    this.layout = new Layout(this.data, this.data.rows, this.data.asked.pinned, this.measure, this.room);
    this.draw();
  }

  private draw(): void {
    const { data } = this;
    const folded = new Set(data.groups?.flatMap(({ text }, place) => (this.folded.has(text) ? [place] : [])));
    const open = new Map<number, number>();
    for (const [id, attempts] of this.opened) {
      const place = this.rows.placeOf(id);
      if (place !== null) open.set(place, attempts.length);
    }
    this.grid.node.hidden = data.total === 0;
    this.grid.show({
      data,
      layout: this.layout,
      lines: new Lines(data.total, data.groups, folded, open),
      sort: this.sort,
      row: (line) => this.rowOf(line),
      isOpen: (row) => this.opened.has(this.rows.at(row)?.run.id ?? ""),
      isFolded: (place) => folded.has(place),
      isTicked: (id) => this.ticks.has(id),
    });
  }

  private rowOf(line: Line): Row | null {
    if (line.kind === "group") return null;
    const row = this.rows.at(line.row);
    return line.kind === "row" || !row ? row : (this.opened.get(row.run.id)?.[line.attempt] ?? null);
  }

  private onSize(): void {
    const room = this.grid.node.clientWidth;
    const isOther = room !== this.room;
    if (this.room === 0) this.measure = measurer(this.stage.root); // in the page only now: its font is known
    this.room = room;
    if (isOther) this.lay();
    else this.grid.redraw();
  }

  // -- asking

  private get have(): object {
    return {
      have: this.data.columns.map((column) => column.key),
      drawn: this.data.drawn,
      baseline: this.data.baseline,
    };
  }

  private fetch(offset: number, limit: number): Promise<{ total: number; rows: Row[] }> {
    return this.stage.desk.view("runs/page", { ...this.stage.args, ...this.have, offset, limit });
  }

  private async change(change: Partial<Args>, refused?: (error: unknown) => boolean): Promise<void> {
    this.foot.say("");
    await this.stage.update(change, (error) => {
      if (refused?.(error)) return true;
      if (!isAway(error)) return false;
      this.foot.say("this needs the kernel: run the cell again");
      return true;
    });
  }

  private sortBy(column: Column | null): void {
    const sort = nextSort(column?.key ?? "run", column, this.sort);
    this.foot.say("");
    void this.stage.update({ sort }, (error) => {
      if (!isAway(error)) return false;
      this.sortHere(sort);
      return true;
    });
  }

  /** Where nobody can be asked, the rows that are here are sorted. */
  private sortHere(sort: Sort | null): void {
    if (this.data.groups) {
      this.foot.say("sorting groups needs the kernel: run the cell again");
      return;
    }
    const rows = sort ? sorted(this.data.rows, this.data.columns, sort) : this.data.rows;
    this.sort = sort;
    this.rows.reorder(rows);
    const isAll = rows.length >= this.data.total;
    this.foot.say(isAll ? "" : `sorted are the ${rows.length} saved rows; the others need the kernel`);
    this.grid.toTop();
    this.draw();
  }

  // -- columns

  private columns(anchor: HTMLElement): void {
    const { data } = this;
    const of = (kind: string) => data.columns.filter((column) => column.key.startsWith(`${kind}.`));
    const fields = data.columns.filter((column) => !/^(metric|param|tag)\./.test(column.key));
    const known: Choices = { runs: data.runs, metrics: of("metric"), params: of("param"), tags: of("tag"), fields };
    chooseColumns(anchor, known, () => this.stage.desk.view("runs/columns", this.stage.args), {
      shown: () => this.data.columns.filter((column) => column.shown).map((column) => column.key),
      pinned: () => this.data.asked.pinned,
      show: (key, isShown) => this.showColumn(key, isShown),
      pin: (key, isPinned) => this.pinColumn(key, isPinned),
      reset: () => void this.change({ columns: null, pinned: null as never, hide_equal: null as never, metric: null }),
    });
  }

  private showColumn(key: string, isShown: boolean): void {
    const column = this.data.columns.find((each) => each.key === key);
    const shown = this.data.columns.filter((each) => each.shown).map((each) => each.key);
    const columns = isShown ? [...shown, key] : shown.filter((each) => each !== key);
    if (!column) return void this.change({ columns });
    column.shown = isShown;
    this.data.asked.columns = columns;
    this.stage.args = { ...this.data.asked };
    this.lay();
  }

  private pinColumn(key: string, isPinned: boolean): void {
    const pinned = this.data.asked.pinned.filter((each) => each !== key);
    if (isPinned) pinned.push(key);
    this.data.asked.pinned = pinned;
    this.stage.args = { ...this.data.asked };
    const column = this.data.columns.find((each) => each.key === key);
    if (isPinned && !column?.shown) this.showColumn(key, true);
    else this.lay();
  }

  private showEqual(isShown: boolean): void {
    const equal = this.data.columns.filter((column) => column.equal);
    if (equal.length < this.data.equal || this.data.asked.columns) return void this.change({ hide_equal: !isShown });
    for (const column of equal) column.shown = isShown;
    this.data.asked.hide_equal = !isShown;
    this.stage.args = { ...this.data.asked };
    this.foot.show(this.data);
    this.lay();
  }

  // -- rows

  private turnGroup(place: number): void {
    const { text } = this.data.groups![place]!;
    if (!this.folded.delete(text)) this.folded.add(text);
    this.draw();
  }

  private async turnAttempts(place: number): Promise<void> {
    const row = this.rows.at(place);
    if (!row?.run.attempts) return;
    const { id } = row.run;
    if (!this.opened.delete(id)) {
      try {
        const found = await this.stage.desk.view("runs/attempts", { ...this.stage.args, ...this.have, run: id });
        this.opened.set(id, found.rows);
      } catch (error) {
        if (isAway(error)) this.foot.say("the other attempts need the kernel: run the cell again");
        else this.stage.say(error);
      }
    }
    this.draw();
  }

  private async act(name: string, row: Row, anchor: HTMLElement): Promise<void> {
    const { desk } = this.stage;
    const { run } = row;
    try {
      if (name === "note" || name === "tags") {
        if (await edit(desk, name, run, anchor)) await this.stage.update({});
        this.grid.node.focus({ preventScroll: true });
      } else if (name === "pin") {
        const experiment = this.data.place ?? run.experiment;
        await desk.act("pin", { experiment, run: run.is_baseline ? null : run.id });
        await this.stage.update({});
      } else if (name === "stop") {
        await desk.act("stop", { run: run.id });
        this.foot.say(`#${run.number} was asked to stop: it does at its next log call`);
      }
    } catch (error) {
      if (isAway(error)) this.foot.say("changing something needs the kernel: run the cell again");
      else this.stage.say(error);
    }
  }

  // -- other views

  private open(run: Run): void {
    const title = run.number === null ? (run.name ?? "run") : `#${run.number}${run.name ? ` ${run.name}` : ""}`;
    this.stage.open({ view: "run", args: { run: run.id }, title });
  }

  private compare(): void {
    const runs = this.ticks.inOrder(this.data.baseline);
    this.stage.open({
      view: "compare",
      args: { runs: runs.map(({ id }) => id) },
      title: `Compare ${runs.length} runs`,
    });
  }

  private curves(): void {
    const ticked = this.ticks.inOrder(null).map(({ id }) => id);
    const first = [...this.rows.known()].slice(0, MOST_CURVES).map((row) => row.run.id);
    const metrics = this.data.drawn ? [this.data.drawn] : this.data.metric ? [this.data.metric] : [];
    const runs = ticked.length ? ticked : first;
    this.stage.open({ view: "curves", args: { runs, metrics }, title: `Curves of ${runs.length} runs` });
  }

  private explore(): void {
    const { asked, experiment, metric } = this.data;
    const args = { filter: asked.filter, experiment: experiment ?? "*", metric };
    this.stage.open({ view: "explore", args, title: `Explore ${experiment ?? "all runs"}` });
  }

  private async save(name: string): Promise<void> {
    const { filter, experiment, sort, group, columns, pinned, metric, fold, hide_equal } = this.data.asked;
    const settings = { filter, experiment, sort, group, columns, pinned, metric, fold, hide_equal };
    const saved = await this.stage.desk.act<{ name: string }>("save_view", { name, settings });
    await this.change({ view: saved.name });
  }

  private async forget(name: string): Promise<void> {
    await this.stage.desk.act("forget_view", { name });
    await this.change(this.data.asked.view === name ? { view: null } : {});
  }
}

/** Whether nobody is there who could answer. */
function isAway(error: unknown): boolean {
  return error instanceof AskError && ["saved", "no-store", ""].includes(error.kind);
}
