import uPlot from "uplot";
import { type Ink, paint } from "./paint";
import { extent, type Span } from "./series";
import { cssColour, onThemeChange } from "./theme";
import { ANY, logPlaces, logTicks, numberTicks, SECONDS, secondTicks, WHOLE, wallTicks } from "./ticks";
import { inSight } from "./zoom";

/** What lies along the bottom: numbers, seconds since a beginning, or moments in seconds since 1970. */
export type Axis = "step" | "relative" | "wall";

export interface PlotOptions {
  axis: Axis;
  height: number;
  logX?: boolean;
  logY?: boolean;
  /** Somebody dragged over a stretch of x. */
  onZoom?(span: Span): void;
  /** Somebody double clicked. */
  onReset?(): void;
  /** The pointer is over this place of x and this value of y; null when it left. */
  onCursor?(at: { x: number; y: number } | null): void;
}

const FONT = "11px system-ui, sans-serif";
const LOW = 160; // pixels: a plot that is lower has its labels closer together

/** uPlot for the frame (axes, cursor, selection), our own ink for the lines: each has an x of its own. */
export class Plot {
  private plot: uPlot | null = null;
  private inks: readonly Ink[] = [];
  private whole: Span = [0, 1];
  private span: Span | null = null;
  private bold = -1;
  private hasSteps = true;
  private frame = 0;
  private isUnder = false; // the pointer; the cursor is also moved by other plots
  private colours = { quiet: "#7a7a7a", grid: "#8884" };
  private readonly observer: ResizeObserver;
  private readonly offTheme: () => void;

  constructor(
    private readonly el: HTMLElement,
    private options: PlotOptions,
  ) {
    el.classList.add("nbm-plot");
    el.style.height = `${options.height}px`;
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(el);
    this.offTheme = onThemeChange(() => {
      this.readColours();
      this.plot?.redraw(false, true);
    });
    this.readColours();
  }

  /** Draw these, over the whole of x that they (or other plots) have. */
  set(inks: readonly Ink[], whole: Span): void {
    this.inks = inks;
    this.whole = whole;
    this.hasSteps = inks.every(({ line: { x } }) => [0, 1, x.length - 1].every((at) => Number.isInteger(x[at] ?? 0)));
    this.rescale();
  }

  /** Show a stretch of x; null shows all of it. */
  zoom(span: Span | null): void {
    this.span = span;
    this.rescale();
  }

  /** Change what the axes are; the frame is made anew. */
  reset(options: Partial<PlotOptions>): void {
    this.options = { ...this.options, ...options };
    this.el.style.height = `${this.options.height}px`;
    this.plot?.destroy();
    this.plot = null;
    this.resize();
  }

  /** Put the line of the cursor at a place of x, as another plot's is there; null takes it away. */
  cursor(x: number | null): void {
    if (!this.plot) return;
    if (this.isUnder && x !== null) return;
    const left = x === null ? -10 : this.plot.valToPos(x, "x");
    this.plot.setCursor({ left, top: x === null ? -10 : this.plot.over.clientHeight / 2 }, false);
  }

  /** Draw one line above all others, and bolder; -1 none. */
  emphasise(place: number): void {
    if (place === this.bold) return;
    this.bold = place;
    this.redraw();
  }

  /** The lines changed in place (shown, hidden): measure and draw again. */
  refresh(): void {
    this.rescale();
  }

  /** The stretch of x that is in sight. */
  get sight(): Span {
    return inSight(this.span, this.whole, this.options.logX ?? false);
  }

  /** How far apart two values look, as a share of the height. */
  apart(a: number, b: number): number {
    if (!this.plot || !Number.isFinite(a) || !Number.isFinite(b)) return Number.POSITIVE_INFINITY;
    return Math.abs(this.plot.valToPos(a, "y") - this.plot.valToPos(b, "y")) / (this.plot.over.clientHeight || 1);
  }

  destroy(): void {
    cancelAnimationFrame(this.frame);
    this.observer.disconnect();
    this.offTheme();
    this.plot?.destroy();
    this.plot = null;
  }

  private readColours(): void {
    this.colours = {
      quiet: cssColour(this.el, "--nbm-quiet", "#7a7a7a"),
      grid: cssColour(this.el, "--nbm-line", "#8884"),
    };
  }

  private resize(): void {
    const width = this.el.clientWidth;
    if (!width) return; // not on the page yet
    const size = { width, height: this.options.height };
    if (!this.plot) {
      this.readColours();
      this.plot = new uPlot(this.frameOptions(size), [[...this.whole], [null, null]] as uPlot.AlignedData, this.el);
      this.rescale();
    } else if (this.plot.width !== width || this.plot.height !== size.height) this.plot.setSize(size);
  }

  private rescale(): void {
    if (!this.plot) return;
    this.plot.batch(() => {
      this.plot!.setScale("x", { min: this.sight[0], max: this.sight[1] });
      const [min, max] = this.yRange();
      this.plot!.setScale("y", { min, max });
    });
    this.redraw(); // the same scales as before would draw nothing
  }

  private redraw(): void {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.plot?.redraw(false, false));
  }

  private yRange(): Span {
    const isLog = this.options.logY ?? false;
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const ink of this.inks) {
      if (ink.isHidden) continue;
      const parts = [[ink.line.x, ink.line.y], ink.pale && [ink.pale.x, ink.pale.y]] as const;
      const edges = [ink.low && [ink.line.x, ink.low], ink.high && [ink.line.x, ink.high]] as const;
      for (const part of [...parts, ...edges]) {
        const found = part && extent(part[0]!, part[1]!, this.sight, isLog);
        if (found) [least, most] = [Math.min(least, found[0]), Math.max(most, found[1])];
      }
    }
    if (least > most) return isLog ? [0.1, 1] : [0, 1];
    if (isLog) {
      const room = Math.max((Math.log10(most) - Math.log10(least)) * 0.06, 0.05);
      return [10 ** (Math.log10(least) - room), 10 ** (Math.log10(most) + room)];
    }
    const room = (most / 2 - least / 2) * 0.12 || Math.abs(most) * 0.1 || 1;
    return [Math.max(least - room, -Number.MAX_VALUE), Math.min(most + room, Number.MAX_VALUE)];
  }

  private frameOptions(size: { width: number; height: number }): uPlot.Options {
    const { axis, logX, logY } = this.options;
    const logged = { distr: 3 as const, log: 10 as const };
    const line = { stroke: () => this.colours.grid, width: 1 };
    const ink = { stroke: () => this.colours.quiet, font: FONT, ticks: { ...line, size: 4 }, gap: 4 };
    const log = (most: () => number) => ({
      splits: (_: uPlot, __: number, low: number, high: number) => logPlaces(low, high, most()),
      filter: (_: uPlot, splits: number[]) => splits,
    });
    const xTexts = axis === "wall" ? wallTicks : axis === "relative" ? secondTicks : numberTicks;
    return {
      ...size,
      legend: { show: false },
      padding: [8, 12, 0, 0],
      cursor: { drag: { x: true, y: false, setScale: false }, y: false, points: { show: false } },
      scales: {
        x: { time: axis === "wall", auto: false, range: () => this.sight, ...(logX ? logged : {}) },
        y: { auto: false, range: () => this.yRange(), ...(logY ? logged : {}) },
      },
      series: [{}, { show: true, paths: () => null, points: { show: false } }],
      axes: [
        {
          ...ink,
          grid: { show: false },
          space: axis === "wall" ? 64 : 56,
          size: axis === "wall" ? 36 : 24,
          ...(axis === "relative" ? { incrs: SECONDS } : {}),
          ...(axis === "step" && this.hasSteps ? { incrs: WHOLE } : {}),
          ...(logX ? log(() => Math.max(size.width / 70, 3)) : {}),
          values: (_, splits) => (logX ? logTicks(splits) : xTexts(splits)),
        },
        {
          ...ink,
          grid: line,
          space: size.height < LOW ? 20 : 32,
          incrs: ANY,
          ...(logY ? log(() => Math.max(this.options.height / 36, 3)) : {}),
          size: (_, texts) => 14 + 6.4 * Math.max(...(texts ?? [""]).map((text) => (text ?? "").length), 3),
          values: (_, splits) => (logY ? logTicks(splits) : numberTicks(splits)),
        },
      ],
      hooks: {
        draw: [(plot) => paint(plot, this.inks, this.bold, { logX: !!logX, logY: !!logY })],
        setSelect: [(plot) => this.selected(plot)],
        setCursor: [(plot) => this.moved(plot)],
        ready: [
          ({ over }) => {
            over.addEventListener("dblclick", () => this.options.onReset?.());
            over.addEventListener("pointermove", () => {
              this.isUnder = true;
            });
            over.addEventListener("pointerleave", () => {
              this.isUnder = false;
              this.options.onCursor?.(null);
            });
          },
        ],
      },
    };
  }

  private selected(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < 3) return;
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.options.onZoom?.([plot.posToVal(left, "x"), plot.posToVal(left + width, "x")]);
  }

  private moved(plot: uPlot): void {
    const { left, top } = plot.cursor;
    if (!this.isUnder || left === undefined || top === undefined || left < 0 || top < 0) return;
    const x = plot.posToVal(left, "x");
    this.options.onCursor?.({
      x: this.options.axis === "step" && this.hasSteps ? Math.round(x) : x,
      y: plot.posToVal(top, "y"),
    });
  }
}
