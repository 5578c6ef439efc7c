import { h } from "../../lib/dom";
import { duration, moment, number, short } from "../../lib/format";
import type { Ink } from "../../lib/paint";
import { type Axis, Plot } from "../../lib/plot";
import { extent, type Span } from "../../lib/series";
import { around, panned } from "../../lib/zoom";
import { type CurvesArgs, type CurvesData, inkOf, type Line, type Owner, type Reading, readingAt } from "./data";

const HEIGHT = 180;
const TALL = 340;
const MOST_NAMED = 12; // runs in the text that stands for a plot

export interface GridEvents {
  /** The cursor is somewhere, or nowhere. */
  pointed(cell: Cell, at: { x: number; y: number } | null): void;
  zoomed(axis: Axis, span: Span | null): void;
}

/** One metric: its plot, and the text that stands for it. */
export class Cell {
  readonly el: HTMLElement;
  readonly lines: Line[];
  inks: Ink[] = [];
  private readonly plot: Plot;
  private readonly place = h("div", { class: "nbm-curves-plot", role: "img" });
  private readonly none = h("div", { class: "nbm-curves-none nbm-q" });
  private readonly said = h("span", { class: "nbm-curves-here nbm-q" });
  private readonly spoken = h("div", { class: "nbm-unseen", "aria-live": "polite" });
  private readonly title: HTMLButtonElement;
  private at: number | null = null;

  constructor(
    readonly metric: string,
    readonly axis: Axis,
    lines: Line[],
    private readonly owners: () => Owner[],
    private readonly args: () => CurvesArgs,
    private readonly events: GridEvents,
    private height = HEIGHT,
  ) {
    this.lines = lines;
    this.title = h(
      "button",
      {
        type: "button",
        class: "nbm-curves-metric",
        title: `${metric}\nenlarges or shrinks`,
        "aria-expanded": "false",
        onClick: () => this.enlarge(!this.isLarge),
      },
      short(metric, 60),
    );
    const frame = h(
      "div",
      {
        class: "nbm-curves-frame",
        tabindex: 0,
        role: "group",
        "aria-label": `${metric}: arrows move the cursor, + and - zoom, shift with arrows pans, 0 shows all`,
        onKeydown: (event: KeyboardEvent) => this.key(event),
        onBlur: () => this.events.pointed(this, null),
      },
      this.place,
      this.none,
    );
    this.el = h(
      "section",
      { class: "nbm-curves-cell", "data-metric": metric },
      h("div", { class: "nbm-curves-title" }, this.title, this.said),
      frame,
      this.spoken,
    );
    this.plot = new Plot(this.place, {
      axis,
      height,
      logX: args().logX,
      logY: args().log,
      onZoom: (span) => events.zoomed(axis, span),
      onReset: () => events.zoomed(axis, null),
      onCursor: (at) => events.pointed(this, at),
    });
  }

  /** Ink of the lines as they are now. */
  ink(whole: Span): void {
    const weight = this.args().smoothing ?? 0;
    this.inks = this.lines.map((line) => inkOf(line, this.owners()[line.owner]!, weight));
    this.plot.set(this.inks, whole);
    this.none.textContent = this.whyNone(whole);
    this.place.setAttribute("aria-label", this.asText());
  }

  /** Why a plot is empty; nothing where it is not. */
  private whyNone(whole: Span): string {
    const shown = this.inks.filter((ink) => !ink.isHidden);
    if (!shown.length) return this.inks.length ? "every run is hidden" : "";
    const hasAny = (isLog: boolean) => shown.some(({ line }) => extent(line.x, line.y, whole, isLog));
    if (hasAny(this.args().log ?? false)) return "";
    return hasAny(false) ? "no value is above 0: a log axis shows none" : "every value is NaN or infinite";
  }

  axes(): void {
    this.plot.reset({ logX: this.args().logX, logY: this.args().log });
  }

  zoom(span: Span | null): void {
    this.plot.zoom(span);
  }

  cursor(x: number | null): void {
    this.at = x;
    this.plot.cursor(x);
  }

  emphasise(owner: number): void {
    this.plot.emphasise(owner < 0 ? -1 : this.lines.findIndex((line) => line.owner === owner));
  }

  /** What every line that is shown says at a place; at its end with null. */
  readings(at: number | null): Reading[] {
    const [low, high] = this.plot.sight;
    const near = (high - low) / 100;
    return this.lines
      .map((line, place) => readingAt(line, this.inks[place]!, at, near))
      .filter(({ owner }) => !this.owners()[owner]!.isHidden);
  }

  /** The line that is nearest to a height of the plot. */
  nearest(readings: readonly Reading[], y: number): number {
    let [best, least] = [-1, 0.12];
    for (const { owner, value } of readings) {
      const apart = value === undefined ? Number.POSITIVE_INFINITY : this.plot.apart(value, y);
      if (apart < least) [best, least] = [owner, apart];
    }
    return best;
  }

  /** What one line says here, beside the metric's name. */
  say(text: string): void {
    this.said.textContent = text;
  }

  /** The place of x in words. */
  placed(x: number): string {
    if (this.axis === "wall") return moment(new Date(x * 1000).toISOString());
    return this.axis === "relative" ? `${duration(x)} after the start` : `step ${number(x, 6)}`;
  }

  destroy(): void {
    this.plot.destroy();
  }

  get isLarge(): boolean {
    return this.title.getAttribute("aria-expanded") === "true";
  }

  enlarge(isLarge: boolean): void {
    this.title.setAttribute("aria-expanded", String(isLarge));
    this.el.classList.toggle("nbm-large", isLarge);
    this.plot.reset({ height: isLarge ? TALL : this.height });
  }

  /** Draw these lines from now on, in a plot of this height where it is not enlarged. */
  take(lines: readonly Line[], height: number): void {
    this.lines.splice(0, this.lines.length, ...lines);
    if (height === this.height) return;
    this.height = height;
    this.enlarge(this.isLarge);
  }

  private key(event: KeyboardEvent): void {
    const { sight } = this.plot;
    const [low, high] = sight;
    const isLog = this.args().logX ?? false;
    const at = this.at ?? (event.key === "ArrowLeft" ? high : low);
    const middle = isLog && at <= 0 ? low : at; // the cursor may stand left of what a log axis has
    const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (move && event.shiftKey) this.events.zoomed(this.axis, panned(sight, move / 4, isLog));
    else if (move) this.step(move, at);
    else if (event.key === "+" || event.key === "=") this.events.zoomed(this.axis, around(middle, sight, 0.5, isLog));
    else if (event.key === "-") this.events.zoomed(this.axis, around(middle, sight, 2, isLog));
    else if (event.key === "0" || event.key === "Escape") this.events.zoomed(this.axis, null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** To the next point of any line, but far enough to get through a long one. */
  private step(move: number, from: number): void {
    const [low, high] = this.plot.sight;
    const least = (high - low) / 200;
    let next = move > 0 ? high : low;
    for (const [place, line] of this.inks.entries()) {
      if (this.owners()[this.lines[place]!.owner]!.isHidden) continue;
      for (const x of line.line.x)
        if ((x - from) * move >= least && (x - next) * move < 0 && this.at !== null) next = x;
    }
    if (this.at === null) next = from;
    this.events.pointed(this, { x: next, y: Number.NaN });
    const readings = this.readings(next).slice(0, MOST_NAMED);
    const told = readings.map(({ owner, value }) => `${this.owners()[owner]!.label} ${number(value)}`);
    this.spoken.textContent = `${this.placed(next)}: ${told.join(", ")}`;
  }

  private asText(): string {
    const readings = this.readings(null);
    if (!readings.length) return `${this.metric}: nothing is drawn`;
    const said = readings
      .slice(0, MOST_NAMED)
      .map(({ owner, value }) => `${this.owners()[owner]!.label} ends at ${number(value)}`);
    const rest = readings.length > MOST_NAMED ? `, and ${readings.length - MOST_NAMED} more` : "";
    return `Curves of ${this.metric} over ${this.axis === "step" ? "step" : "time"}: ${said.join(", ")}${rest}`;
  }
}

/** The stretch of x that all lines of an axis have together. */
export function wholeOf(lines: readonly Line[], isLog: boolean): Span {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { raw } of lines) {
    const from = isLog
      ? (raw.x.find((x) => x > 0) ?? Number.POSITIVE_INFINITY)
      : (raw.x[0] ?? Number.POSITIVE_INFINITY);
    low = Math.min(low, from);
    high = Math.max(high, raw.x[raw.x.length - 1] ?? Number.NEGATIVE_INFINITY);
  }
  if (low > high) return isLog ? [1, 10] : [0, 1];
  if (low === high) return isLog ? [low / 2, high * 2] : [low - 1, high + 1];
  return [low, high];
}

/** A cell a metric; of those that are there already each stays, and what is enlarged stays so. */
export function cellsOf(
  data: CurvesData,
  lines: readonly Line[],
  known: readonly Cell[],
  owners: () => Owner[],
  args: () => CurvesArgs,
  events: GridEvents,
): Cell[] {
  const left = new Map(known.map((cell) => [cell.metric, cell]));
  const height = data.shown.length === 1 ? TALL : HEIGHT;
  const cells = data.shown.map((metric, place) => {
    const own = lines.filter((line) => line.metric === place);
    const old = left.get(metric);
    if (old && old.axis === data.axes[place]) {
      left.delete(metric);
      old.take(own, height);
      return old;
    }
    const fresh = new Cell(metric, data.axes[place]!, own, owners, args, events, height);
    if (old?.isLarge) fresh.enlarge(true);
    return fresh;
  });
  for (const cell of left.values()) cell.destroy();
  return cells;
}
