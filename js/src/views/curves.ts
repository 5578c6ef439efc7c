import { arrange, h } from "../lib/dom";
import { number } from "../lib/format";
import type { Context } from "../lib/host";
import type { Axis } from "../lib/plot";
import type { Span } from "../lib/series";
import { type Stage, stageView } from "../lib/stage";
import {
  type CurvesArgs,
  type CurvesData,
  isCoarse,
  type Line,
  linesOf,
  type Owner,
  ownersOf,
  refine,
} from "./curves/data";
import { type Cell, cellsOf, wholeOf } from "./curves/grid";
import { Legend } from "./curves/legend";
import { Tools } from "./curves/tools";

const PATIENCE_MS = 150; // until finer points are asked for

/** Metrics of runs over each other: a plot a metric, one cursor, one zoom, one legend. */
export function curves(context: Context) {
  return stageView<CurvesArgs, CurvesData>(context, (stage) => {
    const view = new Curves(stage);
    return { undo: () => view.destroy(), patch: (data) => view.take(data), take: (data) => view.take(data) };
  });
}

class Curves {
  private data: CurvesData;
  private lines: Line[] = [];
  private owners: Owner[] = [];
  private cells: Cell[] = [];
  private readonly zooms = new Map<Axis, Span>();
  private readonly grid = h("div", { class: "nbm-curves-grid" });
  private readonly note = h("div", { class: "nbm-curves-note nbm-q" });
  private readonly tools: Tools;
  private readonly legend: Legend;
  private spoken: Cell | null = null;
  private at: { x: number; y: number } | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private turn = 0;

  constructor(private readonly stage: Stage<CurvesArgs, CurvesData>) {
    this.data = stage.data;
    this.tools = new Tools(() => stage.args, this.data, {
      ask: (change) => void stage.update(change),
      redraw: (change) => {
        stage.args = { ...stage.args, ...change };
        this.redraw("log" in change || "logX" in change);
      },
    });
    this.legend = new Legend(
      [],
      () => this.redraw(false),
      (owner) => this.emphasise(owner),
      () => {
        for (const axis of [...this.zooms.keys()]) this.zoom(axis, null);
      },
    );
    stage.body.append(this.tools.el, h("div", { class: "nbm-curves-main" }, this.grid, this.legend.el), this.note);
    this.take(this.data);
  }

  /** Take in newer data, or those of other arguments; what was hidden, zoomed and enlarged stays so. */
  take(data: CurvesData): boolean {
    const hidden = new Set(this.owners.filter((owner) => owner.isHidden).map((owner) => owner.key));
    this.data = data;
    this.owners = ownersOf(data);
    for (const owner of this.owners) owner.isHidden = hidden.has(owner.key);
    this.lines = linesOf(data);
    this.rebuild();
    this.tools.take(data);
    this.legend.take(this.owners);
    this.legend.el.hidden = !this.owners.length || !data.shown.length;
    this.redraw(false);
    // once all of them have their lines: a plot that moves loses the focus for a moment, and its readings are said
    const drawn = this.cells.map((cell) => cell.el);
    arrange(this.grid, drawn.length ? drawn : [h("div", { class: "nbm-empty" }, this.why())]);
    this.note.textContent = this.remarks();
    if (this.zooms.size) this.refineSoon();
    return true;
  }

  destroy(): void {
    clearTimeout(this.timer);
    this.turn += 1;
    for (const cell of this.cells) cell.destroy();
  }

  private rebuild(): void {
    const { data } = this;
    for (const axis of [...this.zooms.keys()]) if (!data.axes.includes(axis)) this.zooms.delete(axis);
    this.cells = cellsOf(
      data,
      this.lines,
      this.cells,
      () => this.owners,
      () => this.stage.args,
      {
        pointed: (cell, at) => this.point(cell, at),
        zoomed: (axis, span) => this.zoom(axis, span),
      },
    );
    this.grid.classList.toggle("nbm-one", this.cells.length === 1);
    this.legend.isZoomed = this.zooms.size > 0;
  }

  private why(): string {
    if (!this.data.runs.length && this.stage.args.of) return "The table has no runs to draw.";
    if (!this.data.runs.length) return "No runs are chosen: choose some in the table of runs.";
    if (!this.data.metrics.length) return "These runs logged no metrics: ml.log(loss=...) logs one.";
    return "No metric is chosen: choose some above.";
  }

  private redraw(hasOtherAxes: boolean): void {
    const isLog = this.stage.args.logX ?? false;
    const axisOf = (line: Line) => this.data.axes[line.metric];
    const axes = [...new Set(this.data.axes)];
    const wholes = new Map(
      axes.map((axis) => [
        axis,
        wholeOf(
          this.lines.filter((line) => axisOf(line) === axis),
          isLog,
        ),
      ]), // of all plots
    );
    for (const cell of this.cells) {
      cell.ink(wholes.get(cell.axis)!);
      cell.zoom(this.zooms.get(cell.axis) ?? null);
      if (hasOtherAxes) cell.axes();
      if (this.spoken?.axis === cell.axis) cell.cursor(this.at?.x ?? null);
    }
    this.say(this.spoken, this.at);
  }

  private zoom(axis: Axis, span: Span | null): void {
    const [low, high] = span ?? [0, 1];
    if (span && high - low > 0) this.zooms.set(axis, span);
    else {
      this.zooms.delete(axis);
      for (const line of this.lines) if (this.data.axes[line.metric] === axis) delete line.fine;
    }
    this.legend.isZoomed = this.zooms.size > 0;
    this.redraw(false);
    if (span) this.refineSoon();
  }

  private refineSoon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.refine(), PATIENCE_MS);
  }

  /** Ask for finer points of what is in sight, where there are any. */
  private async refine(): Promise<void> {
    const mine = ++this.turn;
    const { data, stage } = this;
    for (const [axis, span] of this.zooms) {
      const coarse = this.lines.filter((line) => data.axes[line.metric] === axis && isCoarse(line));
      const metrics = [...new Set(coarse.map((line) => data.shown[line.metric]!))];
      if (!metrics.length) continue;
      try {
        const asked = { runs: data.runs.map((run) => run.id), x: data.x, metrics, range: span };
        const found = await stage.desk.view<CurvesData>("curves", asked);
        if (mine !== this.turn || data !== this.data) return;
        const places = new Map(found.runs.map((run, place) => [place, data.runs.findIndex(({ id }) => id === run.id)]));
        for (const sent of found.series) {
          const metric = data.shown.indexOf(found.shown[sent.metric]!);
          const owner = places.get(sent.run ?? -1);
          const line = this.lines.find((each) => each.metric === metric && each.owner === owner);
          if (line) refine(line, span, sent);
        }
        this.redraw(false);
      } catch {
        // the coarse picture stays: with no kernel there is nobody to ask
      }
    }
    stage.root.dataset.fine = String(Number(stage.root.dataset.fine ?? 0) + 1);
  }

  private point(cell: Cell, at: { x: number; y: number } | null): void {
    for (const other of this.cells) {
      if (other.axis === cell.axis) other.cursor(at?.x ?? null);
    }
    this.say(cell, at);
  }

  /** Values of all runs at the cursor; without one where they end. */
  private say(cell: Cell | null, at: { x: number; y: number } | null): void {
    this.at = at;
    if (cell && at) this.spoken = cell;
    const spoken = this.spoken && this.cells.includes(this.spoken) ? this.spoken : this.cells[0];
    if (!spoken) return;
    const readings = spoken.readings(at?.x ?? null);
    const bold = at ? spoken.nearest(readings, at.y) : -1;
    const place = at ? spoken.placed(at.x) : "last";
    this.legend.say(`${spoken.metric} · ${place}`, readings, at !== null, bold);
    this.emphasise(bold);
    for (const other of this.cells) {
      const here = at && bold >= 0 && other.axis === spoken.axis ? other.readings(at.x) : [];
      const found = here.find((reading) => reading.owner === bold);
      other.say(found?.value === undefined ? "" : number(found.value));
    }
  }

  private emphasise(owner: number): void {
    for (const cell of this.cells) cell.emphasise(owner);
  }

  private remarks(): string {
    const { data } = this;
    const parts: string[] = [];
    if (data.runs.length < data.total) parts.push(`first ${data.runs.length} of ${number(data.total)} runs`);
    const thinned = this.lines.filter(isCoarse);
    if (thinned.length) {
      const most = Math.max(...thinned.map((line) => line.count));
      parts.push(`extremes of up to ${number(most)} points a curve are drawn; drag over a stretch to see more of them`);
    } else if (this.lines.length) parts.push("drag over a stretch to zoom, double click to see all");
    if (data.groups) {
      const band = this.stage.args.spread === "sd" ? "one standard deviation to each side" : "smallest to largest";
      parts.push(`line: mean of the runs · band: ${band}`);
    }
    return parts.join(" · ");
  }
}

export type { CurvesArgs, CurvesData };
