import { h } from "../../lib/dom";
import { runLabel, short } from "../../lib/format";
import type { Scale } from "../../lib/scale";
import type { Stage } from "../../lib/stage";
import { onThemeChange } from "../../lib/theme";
import { Bars, type ForestData } from "./bars";
import { type Brush, isKept } from "./brush";
import { Head } from "./head";
import { lookOf } from "./look";
import { Matches } from "./matches";
import { Outcome } from "./outcome";
import { FEW, isDark, type Paint, paints } from "./paint";
import { Parallel } from "./parallel";
import { Scatter } from "./scatter";
import type { Memory, Shared } from "./shared";
import { type ExploreData, nameOf, Table } from "./table";
import { Tip } from "./tip";

const FOREST_MS = 400;
const LISTED_MS = 100;

/** The three panels and the list, and what links them. */
export class Page implements Shared {
  table: Table;
  paints: readonly Paint[] = [];
  kept = new Uint8Array();
  matching: readonly number[] = [];
  dark = false;
  private readonly head: Head;
  private readonly parallel: Parallel;
  private readonly scatter: Scatter;
  private readonly bars: Bars;
  private readonly matches: Matches;
  private readonly tip = new Tip();
  private readonly outcome: Outcome;
  private readonly undo: (() => void)[] = [];
  private width = 0;
  private frame = 0;
  private listing: ReturnType<typeof setTimeout> | undefined;
  private growing: ReturnType<typeof setTimeout> | undefined;
  private forestTurn = 0;

  constructor(
    private readonly stage: Stage<any, ExploreData>,
    readonly memory: Memory,
  ) {
    this.table = new Table(stage.data);
    this.head = new Head(this, stage);
    this.parallel = new Parallel(this);
    this.scatter = new Scatter(this);
    this.bars = new Bars(this, () => this.askForest());
    this.matches = new Matches(this);
    this.outcome = new Outcome(this, stage, () => this.clearAll());
    const panels = h("div", { class: "nbm-explore-panels" }, this.scatter.el, this.bars.el, this.matches.el);
    if (this.table.count) stage.body.append(this.head.el, this.parallel.el, this.outcome.el, panels, this.tip.el);
    else stage.body.append(this.head.el, h("div", { class: "nbm-empty" }, nothing(stage.data)));
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || !memory.brushes.size) return;
      this.clearAll();
      event.stopPropagation();
    };
    stage.body.addEventListener("keydown", onKey);
    const watch = new ResizeObserver(() => {
      if (stage.body.clientWidth === this.width) return;
      this.layout();
    });
    watch.observe(stage.body);
    this.undo.push(
      () => stage.body.removeEventListener("keydown", onKey),
      () => watch.disconnect(),
      onThemeChange(() => requestAnimationFrame(() => this.layout())),
    );
    this.take();
    if (memory.focus !== null) {
      const same = [...stage.body.querySelectorAll<HTMLElement>("[aria-label]")];
      same.find((each) => each.getAttribute("aria-label") === memory.focus)?.focus({ preventScroll: true });
      memory.focus = null;
    }
  }

  /** Judge by another metric. */
  chooseMetric(key: string): void {
    const { memory, table } = this;
    const before = table.metricKey ?? "";
    memory.axes = (memory.axes ?? []).filter((each) => each !== before);
    memory.brushes.delete(before);
    memory.y = null;
    void this.stage.update({ metric: key });
  }

  /** Newer data of the same question, in place. */
  patch(data: ExploreData): boolean {
    if ((data.runs.id.length === 0) !== (this.table.count === 0)) return false;
    this.table = new Table(data);
    this.take();
    return true;
  }

  close(): void {
    const held = document.activeElement;
    this.memory.focus = this.stage.body.contains(held) ? (held?.getAttribute("aria-label") ?? null) : null;
    for (const undo of this.undo) undo();
    this.outcome.close();
    clearTimeout(this.growing);
    clearTimeout(this.listing);
    cancelAnimationFrame(this.frame);
    this.parallel.close();
    this.scatter.close();
  }

  private take(): void {
    const { memory, table } = this;
    const metric = table.metricKey;
    if (memory.axes) {
      memory.axes = memory.axes.filter((key) => table.has(key));
      if (metric && !memory.axes.includes(metric)) memory.axes.push(metric);
    }
    for (const key of [...memory.brushes.keys()]) if (!table.has(key)) memory.brushes.delete(key);
    this.keep();
    this.layout();
    if (memory.byForest) this.askForest();
  }

  private get x(): string | null {
    const first = this.table.data.axes[0];
    const found = [this.memory.x, first === undefined ? null : `param.${first}`, "duration_s"];
    return found.find((key): key is string => key !== null && this.table.has(key)) ?? null;
  }

  private get y(): string | null {
    return this.memory.y !== null && this.table.has(this.memory.y) ? this.memory.y : this.table.metricKey;
  }

  /** The column that colours; null: the colours of the runs. */
  get colouring(): string | null {
    const { colour } = this.memory;
    if (colour === "run") return null;
    if (colour !== null && this.table.has(colour)) return colour;
    return this.table.count > FEW ? this.table.metricKey : null;
  }

  scale(key: string): Scale | null {
    return this.table.scale(key, this.memory.logs.get(key) ?? null);
  }

  private layout(): void {
    this.width = this.stage.body.clientWidth;
    if (!this.width) return; // not on the page yet: the ResizeObserver calls again
    this.memory.axes ??= this.firstAxes();
    const by = this.colouring;
    this.dark = isDark(this.stage.body);
    this.paints = paints(this.table, by, by === null ? null : this.scale(by), this.dark);
    this.head.draw(by);
    this.parallel.layout(this.memory.axes ?? []);
    this.scatter.layout(this.x, this.y);
    this.later();
  }

  /** The strongest stands beside the metric; what would not be seen is left for "add an axis". */
  firstAxes(): string[] {
    const { data, metricKey } = this.table;
    const wanted = this.stage.args.params?.length ? data.axes : data.axes.slice(0, this.parallel.room - 1);
    return [...[...wanted].reverse().map((key) => `param.${key}`), ...(metricKey ? [metricKey] : [])];
  }

  /** Which runs pass, best first. */
  private keep(): void {
    const { table, memory } = this;
    this.kept = new Uint8Array(table.count).fill(1);
    for (const [key, brush] of memory.brushes) {
      const { cells } = table.column(key)!;
      for (let run = 0; run < table.count; run++) if (!isKept(brush, cells[run] ?? null)) this.kept[run] = 0;
    }
    const matching: number[] = [];
    for (let run = 0; run < table.count; run++) if (this.kept[run]) matching.push(run);
    const goal = table.goal(table.metricKey);
    if (goal) {
      const { cells } = table.column(table.metricKey!)!;
      const worth = (run: number) => {
        const cell = cells[run];
        if (typeof cell !== "number" || Number.isNaN(cell)) return Number.NEGATIVE_INFINITY;
        return goal === "max" ? cell : -cell;
      };
      matching.sort((a, b) => worth(b) - worth(a) || a - b);
    }
    this.matching = matching;
  }

  /** The panels follow a brush at the next frame. */
  private later(): void {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => {
      this.parallel.draw();
      this.scatter.draw();
      this.slowly();
    });
  }

  /** Words and tables follow ten times a second: a brush is not held up by them. */
  private slowly(): void {
    const list = () => {
      this.listing = undefined;
      this.bars.draw();
      this.matches.draw(this.memory.axes ?? []);
      this.outcome.draw();
    };
    if (this.outcome.isEmpty) list();
    else this.listing ??= setTimeout(list, LISTED_MS);
  }

  brush(key: string, brush: Brush | null): void {
    if (brush) this.memory.brushes.set(key, brush);
    else this.memory.brushes.delete(key);
    this.brushed();
  }

  /** Where somebody keeps what is chosen, it is told. */
  chosen(): void {
    const { model, args } = this.stage;
    if (model.keep) this.stage.args = { ...args, look: lookOf(this.memory, this.firstAxes()) };
  }

  private clearAll(): void {
    this.memory.brushes.clear();
    this.brushed();
    this.outcome.say("all runs");
  }

  private brushed(): void {
    this.chosen();
    this.keep();
    this.later();
    if (this.memory.byForest) this.askForest();
  }

  move(key: string, to: number): void {
    const axes = (this.memory.axes ?? []).filter((each) => each !== key);
    const place = Math.min(axes.length, Math.max(0, to));
    axes.splice(place, 0, key);
    if (axes.indexOf(key) === this.memory.axes?.indexOf(key)) return;
    this.memory.axes = axes;
    this.layout();
    this.chosen();
    this.outcome.say(`${nameOf(key)} is axis ${place + 1} of ${axes.length}`);
  }

  hide(key: string): void {
    this.memory.axes = (this.memory.axes ?? []).filter((each) => each !== key);
    this.memory.brushes.delete(key);
    const isHeld = this.parallel.el.contains(document.activeElement);
    this.keep();
    this.layout();
    this.chosen();
    if (isHeld) this.parallel.el.querySelector<HTMLElement>("button")?.focus({ preventScroll: true });
  }

  show(key: string): void {
    this.with(key, () => {
      const axes = (this.memory.axes ?? []).filter((each) => each !== key);
      const last = axes.indexOf(this.table.metricKey ?? "");
      axes.splice(last < 0 ? axes.length : last, 0, key);
      this.memory.axes = axes;
    });
  }

  /** The axes of the first picture. */
  reset(): void {
    this.memory.axes = null;
    this.take();
    this.chosen();
  }

  switchLog(key: string): void {
    this.memory.logs.set(key, this.scale(key)?.kind !== "log");
    this.layout();
    this.chosen();
  }

  chooseX(key: string): void {
    this.with(key, () => {
      this.memory.x = key;
    });
  }

  chooseY(key: string): void {
    this.with(key, () => {
      this.memory.y = key;
    });
  }

  chooseColour(key: string): void {
    this.with(key, () => {
      this.memory.colour = key;
    });
  }

  /** Do something with a column, which is asked for first if it is not here. */
  private with(key: string, change: () => void): void {
    if (this.table.has(key) || key === "run") {
      change();
      this.layout();
      this.chosen();
      return;
    }
    const here = Object.keys(this.table.data.columns);
    const names = (kind: string) =>
      [...here, key].filter((each) => each.startsWith(`${kind}.`)).map((each) => each.slice(kind.length + 1));
    const shown = (this.memory.axes ?? []).filter((each) => each.startsWith("param.")).map((each) => each.slice(6));
    const params = key.startsWith("param.") ? [...new Set([...shown, key.slice(6)])] : shown;
    change();
    this.chosen();
    // until the answer is here the column is unknown: what was chosen must not be dropped meanwhile
    void this.stage.update({ params, metrics: names("metric").slice(-100) });
  }

  point(run: number | null, at?: { clientX: number; clientY: number }): void {
    this.parallel.point(run);
    this.scatter.point(run);
    if (run === null || !at) {
      this.tip.hide();
      return;
    }
    const keys = [...new Set([this.table.metricKey, this.x, ...(this.memory.axes ?? [])])].filter(
      (key): key is string => key !== null && this.table.has(key),
    );
    this.tip.show(this.table, run, keys, at);
  }

  openRun(run: number): void {
    const { runs } = this.table.data;
    const title = runLabel({ number: runs.number[run], name: runs.name[run], id: runs.id[run] });
    this.stage.open({ view: "run", args: { run: runs.id[run] }, title });
  }

  /** A forest of the runs that are kept, once the brush rests. */
  private askForest(): void {
    const turn = ++this.forestTurn;
    this.bars.setForest(null);
    clearTimeout(this.growing);
    this.growing = setTimeout(() => {
      const { data } = this.table;
      const runs = this.memory.brushes.size ? this.matching.map((run) => data.runs.id[run]!) : null;
      this.stage.desk.view<ForestData>("explore/forest", { ...this.stage.args, metric: data.metric, runs }).then(
        (found) => turn === this.forestTurn && this.bars.setForest(found),
        (error) => turn === this.forestTurn && this.bars.setForest(null, String(error?.message ?? error)),
      );
    }, FOREST_MS);
  }
}

/** What is said where there is no run. */
function nothing(data: ExploreData): string {
  const where = data.experiment === null ? "" : ` of experiment ${short(data.experiment, 60)}`;
  if (data.filter.trim()) return `No run${where} matches this filter.`;
  return `No run${where} yet. A cell that starts with %mlrun makes one.`;
}
