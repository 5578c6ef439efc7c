import { h } from "../../lib/dom";
import type { Stage } from "../../lib/stage";
import { Charts } from "./charts";
import { Choosing } from "./choosing";
import { Doing, isAway } from "./doing";
import { Foot } from "./foot";
import { Grid } from "./grid";
import { Layout, measurer } from "./layout";
import { type Line, Lines } from "./lines";
import { nextSort, sorted } from "./order";
import { Rows } from "./rows";
import { Ticks } from "./ticks";
import { Tools } from "./tools";
import type { Args, Chart, Column, Data, Row, Sort } from "./types";

const OPEN_AT_FIRST = 200; // rows; with more, groups begin folded

/** The table of runs: what is known of it, and what changes in place when something is done or comes in. */
export class Table {
  readonly node: HTMLElement;
  private readonly tools: Tools;
  readonly grid: Grid;
  readonly foot: Foot;
  readonly charts: Charts;
  readonly rows: Rows;
  readonly ticks: Ticks;
  private measure: (text: string) => number;
  private readonly opened = new Map<string, Row[]>(); // attempts by the run that stands for them
  private folded = new Set<string | null>();
  data!: Data;
  private layout?: Layout;
  private sort: Sort | null = null;
  private room = 0;
  private isInside = false;
  private asking = 0;
  private late: Data | null = null;
  private readonly watch: ResizeObserver;

  constructor(readonly stage: Stage<Args, Data>) {
    const choosing = new Choosing(this);
    const doing = new Doing(this);
    this.tools = new Tools({
      change: (change, refused) => void this.change(change, refused),
      columns: (anchor) => choosing.open(anchor),
      charts: (anchor) => this.charts.open(anchor),
      compare: () => doing.compare(),
      curves: () => doing.curves(),
      explore: () => doing.explore(),
      save: (name) => doing.save(name),
      forget: (name) => doing.forget(name),
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
      open: (run) => doing.open(run),
      group: (place) => this.turnGroup(place),
      attempts: (row) => this.turnAttempts(row),
      act: (name, row, anchor) => void doing.act(name, row.run, anchor),
      need: (from, to) => this.rows.need(from, to),
    });
    this.foot = new Foot({
      change: (change) => void this.change(change),
      columns: (anchor) => choosing.open(anchor),
      showEqual: (isShown) => choosing.showEqual(isShown),
      refresh: () => void this.change({}),
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
    this.charts = new Charts(this);
    const parts = [this.tools.node, this.grid.node, this.foot.node, this.charts.node];
    this.node = h("div", { class: "nbm-runs-table" }, ...parts);
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
    this.charts.close();
  }

  /** Data of other arguments: from the top. */
  take(data: Data): boolean {
    const rows = (asked: Args) => JSON.stringify({ ...asked, pinned: [], charts: [], named: null });
    const isSame = rows(data.asked) === rows(this.data.asked);
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
      this.foot.say("something changed", "Show", () => this.showLate());
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
    for (const id of this.opened.keys()) void this.openAttempts(id);
    if (isNewGroup) this.folded = new Set(data.total > OPEN_AT_FIRST ? data.groups?.map(({ text }) => text) : []);
    this.rows.begin(data.rows, data.total, isKept);
    this.ticks.know(data.rows.map((row) => row.run));
    this.tools.show(data);
    this.tools.ticked(this.ticks.ids.length);
    this.foot.show(data);
    this.lay();
    this.charts.show(data);
    this.keepCharts(this.charts.kept);
  }

  /** The table is asked for with these charts from now on. */
  keepCharts(charts: Chart[]): void {
    this.data.asked.charts = charts;
    this.stage.args = { ...this.stage.args, charts };
  }

  toldCharts(count: number): void {
    this.tools.charted(count);
  }

  /** Other columns are in sight: draw all anew. */
  lay(): void {
    const widths = this.layout?.byKey ?? new Map();
    this.layout = new Layout(this.data, this.measure, this.room, widths);
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
      layout: this.layout!,
      lines: new Lines(data.total, data.groups, folded, open),
      sort: this.sort,
      row: (line) => this.rowOf(line),
      isOpen: (row) => this.opened.has(this.rows.at(row)?.run.id ?? ""),
      isFolded: (place) => folded.has(place),
      isTicked: (id) => this.ticks.has(id),
      isAnyTicked: () => this.ticks.ids.length > 0,
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
    if (this.room === 0) {
      this.measure = measurer(this.stage.root); // in the page only now: its font is known
      this.layout = undefined;
    }
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

  /** Ask with other arguments; what fails is said under the table if nobody is there to be asked. */
  async change(change: Partial<Args>, refused?: (error: unknown) => boolean): Promise<void> {
    this.foot.say("");
    this.asking += 1;
    if ("charts" in change) this.charts.isTold = true;
    await this.stage.update(change, (error) => {
      if (refused?.(error)) return true;
      if (!isAway(error)) return false;
      this.foot.say("this needs the kernel: run the cell again");
      return true;
    });
    this.asking -= 1;
  }

  /** Whether an answer is on its way. */
  get isAsking(): boolean {
    return this.asking > 0;
  }

  private sortBy(column: Column | null): void {
    const sort = nextSort(column?.key ?? "run", column, this.sort);
    void this.change({ sort }, (error) => {
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

  // -- rows

  private turnGroup(place: number): void {
    const { text } = this.data.groups![place]!;
    if (!this.folded.delete(text)) this.folded.add(text);
    this.draw();
  }

  private turnAttempts(place: number): void {
    const run = this.rows.at(place)?.run;
    if (!run?.attempts) return;
    if (this.opened.delete(run.id)) this.draw();
    else void this.openAttempts(run.id);
  }

  private async openAttempts(id: string): Promise<void> {
    try {
      const found = await this.stage.desk.view("runs/attempts", { ...this.stage.args, ...this.have, run: id });
      if (found.rows.length) this.opened.set(id, found.rows);
      else this.opened.delete(id);
      this.draw();
    } catch (error) {
      if (isAway(error)) this.foot.say("the other attempts need the kernel: run the cell again");
      else this.stage.say(error);
    }
  }
}
