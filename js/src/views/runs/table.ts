import { h } from "../../lib/dom";
import type { Stage } from "../../lib/stage";
import { Attempts } from "./attempts";
import { Charts } from "./charts";
import { Choosing } from "./choosing";
import { Doing, isAway } from "./doing";
import { Foot } from "./foot";
import { Grid } from "./grid";
import { Late } from "./late";
import { cellsOf, Layout, measurer } from "./layout";
import { type Line, Lines } from "./lines";
import { nextSort, sorted } from "./order";
import { Rows } from "./rows";
import { follow, Ticks } from "./ticks";
import { Tools } from "./tools";
import type { Args, Chart, Column, Data, Row, Run, Sort } from "./types";

const OPEN_AT_FIRST = 200; // rows; with more, groups begin folded
const AGE_MS = 15_000;
const FAR = "the other rows need the kernel: run the cell again";

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
  private readonly attempts: Attempts;
  private folded = new Set<string | null>();
  data!: Data;
  private layout?: Layout;
  private sort: Sort | null = null;
  private room = 0;
  private asking = 0;
  private readonly late: Late;
  private readonly watch: ResizeObserver;
  private readonly clock: ReturnType<typeof setInterval>;
  readonly choosing = new Choosing(this);
  private readonly unfollow: () => void;

  constructor(readonly stage: Stage<Args, Data>) {
    const doing = new Doing(this);
    this.tools = new Tools({
      change: (change, refused) => void this.change(change, refused),
      columns: (anchor) => this.choosing.open(anchor),
      charts: (anchor) => this.charts.open(anchor),
      compare: () => doing.compare(),
      curves: () => doing.curves(),
      explore: () => doing.explore(),
      save: (name) => doing.save(name),
      forget: (name) => doing.forget(name),
    });
    this.grid = new Grid({
      sort: (column) => this.sortBy(column),
      tick: (run, isRange) => this.ticks.tick(run, isRange, this.known),
      tickAll: () => this.ticks.turnAll(this.known.slice(0, OPEN_AT_FIRST)),
      open: (run) => doing.open(run),
      group: (place) => this.turnGroup(place),
      attempts: (row) => this.turnAttempts(row),
      act: (name, row, anchor) => void doing.act(name, row.run, anchor),
      need: (from, to) => this.rows.need(from, to),
    });
    this.foot = new Foot({
      change: (change) => void this.change(change),
      columns: (anchor) => this.choosing.open(anchor),
      showEqual: (isShown) => this.choosing.showEqual(isShown),
      refresh: () => void this.change({}),
    });
    this.rows = new Rows(
      (offset, limit) => this.fetch(offset, limit),
      () => {
        this.foot.unsay(FAR);
        this.ticks.know(this.known);
        this.draw();
      },
      (error) => this.failed(error, FAR, () => this.retry()),
    );
    this.attempts = new Attempts(
      (run) => stage.desk.view("runs/attempts", { ...stage.args, ...this.have, run }),
      () => this.draw(),
      (error) => this.failed(error, "the other attempts need the kernel: run the cell again"),
    );
    this.ticks = new Ticks((ids) => {
      stage.select(ids);
      this.showTicks();
    });
    this.charts = new Charts(this);
    const parts = [this.tools.node, this.grid.node, this.foot.node, this.charts.node];
    this.node = h("div", { class: "nbm-runs-table" }, ...parts);
    stage.body.append(this.node);
    this.measure = measurer(stage.root);
    this.late = new Late(this);
    this.watch = new ResizeObserver(() => this.onSize());
    this.watch.observe(this.grid.node);
    this.begin(stage.data);
    this.unfollow = follow(
      stage.model,
      this.ticks,
      () => this.known,
      () => this.showTicks(),
    );
    this.clock = setInterval(() => !document.hidden && this.grid.age(), AGE_MS);
  }

  close(): void {
    this.unfollow();
    clearInterval(this.clock);
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
    this.late.take(data);
    return true;
  }

  /** Draw these; in place if what was looked at is kept. */
  begin(data: Data, isKept = false): void {
    const isNewGroup = this.data?.asked.group !== data.asked.group;
    const areCellsKept = isKept && cellsOf(this.data) === cellsOf(data);
    this.data = data;
    this.late.drop();
    this.sort = data.sort;
    this.stage.args = { ...data.asked };
    if (isNewGroup) this.folded = new Set(data.total > OPEN_AT_FIRST ? data.groups?.map(({ text }) => text) : []);
    this.rows.begin(data.rows, data.total, areCellsKept);
    this.attempts.begin(isKept, areCellsKept);
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
    for (const [id, count] of this.attempts.counts()) {
      const place = this.rows.placeOf(id);
      if (place !== null) open.set(place, count);
    }
    this.grid.node.hidden = data.total === 0;
    this.grid.show({
      data,
      layout: this.layout!,
      lines: new Lines(data.total, data.groups, folded, open),
      sort: this.sort,
      row: (line) => this.rowOf(line),
      isOpen: (row) => this.attempts.isOpen(this.rows.at(row)?.run.id ?? ""),
      isFolded: (place) => folded.has(place),
      isTicked: (id) => this.ticks.has(id),
      isAnyTicked: () => this.ticks.ids.length > 0,
    });
  }

  private rowOf(line: Line): Row | null {
    if (line.kind === "group") return null;
    const row = this.rows.at(line.row);
    return line.kind === "row" || !row ? row : this.attempts.at(row.run.id, line.attempt);
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
    const { columns, drawn, baseline } = this.data;
    return { have: columns.map((column) => column.key), drawn, baseline };
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
    if (run?.attempts) this.attempts.toggle(run.id);
  }

  private retry(): void {
    this.foot.say("");
    this.rows.retry();
    this.grid.redraw();
  }

  /** What could not be had is said, with a way on where it may help. */
  private failed(error: unknown, away: string, again?: () => void): void {
    if (!isAway(error)) this.stage.say(error);
    else this.foot.say(away, again ? "Try again" : "", again);
  }

  // -- ticks

  /** Runs that are here, in order. */
  private get known(): Run[] {
    return [...this.rows.known()].map((row) => row.run);
  }

  private showTicks(): void {
    this.tools.ticked(this.ticks.ids.length);
    this.grid.ticked();
  }
}
