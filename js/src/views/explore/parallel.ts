import { h } from "../../lib/dom";
import { type Span, toPixel } from "../../lib/scale";
import { AxisPart } from "./axis";
import { quiet } from "./paint";
import { prepare, type Shared } from "./shared";

const HEIGHT = 220; // of the axes themselves
const SLOT = 16;
const GAP = 8;
const HEAD = 46;
const FOOT = 30;
const LEFT = 26;
const RIGHT = 74; // labels stand right of their axis
const NARROWEST = 78;
const NEAR = 8;

/** Parallel coordinates: a line a run, an axis a parameter, the metric last; lines on canvas, axes as elements. */
export class Parallel {
  readonly el: HTMLElement;
  private readonly lines = h("canvas", { "aria-hidden": "true", class: "nbm-explore-lines" });
  private readonly over = h("canvas", { "aria-hidden": "true", class: "nbm-explore-lines" });
  private readonly plot = h("div", { class: "nbm-explore-plot" });
  private readonly empty = h("div", { class: "nbm-empty", hidden: true });
  private readonly parts = new Map<string, AxisPart>();
  private keys: string[] = [];
  private heights: Float32Array[] = [];
  private step = 0;
  private span: Span = { zero: 0, one: 0, slot: SLOT, gap: GAP };
  private frame = 0;

  constructor(private readonly shared: Shared) {
    this.plot.append(this.lines, this.over);
    this.el = h("div", { class: "nbm-explore-parallel nbm-scroll", role: "group" }, this.empty, this.plot);
    this.plot.addEventListener("pointermove", (event) => this.hover(event));
    this.plot.addEventListener("pointerleave", () => shared.point(null));
    this.plot.addEventListener("click", (event) => {
      const run = this.nearest(event);
      if (run !== null) shared.openRun(run);
    });
  }

  /** How many axes are seen without scrolling. */
  get room(): number {
    return Math.max(3, Math.floor((this.el.clientWidth - LEFT - RIGHT) / NARROWEST) + 1);
  }

  /** Lay the axes out anew: other axes, other data or another width. */
  layout(keys: readonly string[]): void {
    const { shared } = this;
    this.keys = keys.filter((key) => shared.scale(key) !== null);
    this.empty.hidden = this.keys.some((key) => key.startsWith("param."));
    this.empty.textContent = shared.table.data.params.length
      ? "No parameter has an axis: click one under importance, or add it by its name above."
      : "No parameter varies between these runs. Change one, and run the cell again.";
    const names = this.keys.map((key) => key.replace(/^(param|metric)\./, "")).slice(0, 12);
    this.el.setAttribute("aria-label", `parallel coordinates of ${shared.table.count} runs over ${names.join(", ")}`);
    for (const [key, part] of [...this.parts])
      if (!this.keys.includes(key)) {
        part.el.remove();
        this.parts.delete(key);
      }
    const slots = Math.max(0, ...this.keys.map((key) => shared.scale(key)!.words.length));
    this.span = { zero: HEAD + HEIGHT, one: HEAD, slot: SLOT, gap: GAP };
    const room = Math.max(this.el.clientWidth, 200) - LEFT - RIGHT;
    this.step = this.keys.length > 1 ? Math.max(NARROWEST, room / (this.keys.length - 1)) : 0;
    const width = LEFT + RIGHT + this.step * Math.max(this.keys.length - 1, 0);
    const height = HEAD + HEIGHT + (slots ? GAP + slots * SLOT : 0) + FOOT;
    this.plot.style.width = `${width}px`;
    this.plot.style.height = `${height}px`;
    this.keys.forEach((key, index) => {
      const part = this.parts.get(key) ?? new AxisPart(shared, key);
      this.parts.set(key, part);
      if (!part.el.isConnected) this.plot.append(part.el);
      part.place({
        x: LEFT + index * this.step,
        width: Math.max(this.step, NARROWEST),
        height,
        span: this.span,
        index,
        count: this.keys.length,
        step: this.step,
      });
    });
    this.inOrder();
    this.heights = this.keys.map((key) => {
      const scale = shared.scale(key)!;
      return Float32Array.from(shared.table.column(key)!.cells, (cell) => toPixel(this.span, scale.place(cell)));
    });
    this.draw();
  }

  /** What the Tab key meets follows the axes; an element that has the focus is not moved, as it would lose it. */
  private inOrder(): void {
    const wanted = this.keys.map((key) => this.parts.get(key)!.el);
    const held = wanted.findIndex((el) => el.contains(document.activeElement));
    if (held < 0) this.plot.append(...wanted);
    else {
      wanted.slice(0, held).forEach((el) => {
        this.plot.insertBefore(el, wanted[held]!);
      });
      this.plot.append(...wanted.slice(held + 1));
    }
  }

  /** Draw the lines and brushes again, at the next frame. */
  draw(): void {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.paint());
  }

  private paint(): void {
    const { shared } = this;
    for (const part of this.parts.values()) part.refresh();
    const width = Number.parseFloat(this.plot.style.width) || 0;
    const height = Number.parseFloat(this.plot.style.height) || 0;
    const context = prepare(this.lines, width, height);
    prepare(this.over, width, height);
    if (!context || !this.keys.length) return;
    context.lineJoin = "round";
    context.lineWidth = 1;
    context.setLineDash([]);
    const isBrushed = shared.memory.brushes.size > 0;
    if (isBrushed) {
      context.strokeStyle = quiet(shared.dark);
      context.globalAlpha = Math.max(0.05, Math.min(0.25, 30 / shared.table.count));
      context.beginPath();
      for (let run = 0; run < shared.table.count; run++) if (!shared.kept[run]) this.trace(context, run);
      context.stroke();
    }
    context.globalAlpha = Math.max(0.25, Math.min(0.95, 8 / Math.sqrt(shared.matching.length + 1)));
    context.lineWidth = shared.matching.length > 200 ? 1 : 1.5;
    // runs of one colour are one path; what is better lies on top
    const groups = new Map<string, { runs: number[]; order: number }>();
    for (const run of shared.matching) {
      const { colour, dash, order } = shared.paints[run]!;
      const name = `${colour} ${dash.join(",")}`;
      const group = groups.get(name) ?? { runs: [], order };
      group.runs.push(run);
      groups.set(name, group);
    }
    for (const { runs } of [...groups.values()].sort((a, b) => a.order - b.order)) {
      const { colour, dash } = shared.paints[runs[0]!]!;
      context.strokeStyle = colour;
      context.setLineDash([...dash]);
      context.beginPath();
      for (const run of runs) this.trace(context, run);
      context.stroke();
    }
  }

  private trace(context: CanvasRenderingContext2D, run: number): void {
    this.heights.forEach((heights, index) => {
      const x = LEFT + index * this.step;
      if (index === 0) context.moveTo(this.keys.length > 1 ? x : x - 12, heights[run]!);
      if (index > 0 || this.keys.length === 1) context.lineTo(this.keys.length > 1 ? x : x + 12, heights[run]!);
    });
  }

  /** Show one run over the others. */
  point(run: number | null): void {
    const width = Number.parseFloat(this.plot.style.width) || 0;
    const context = prepare(this.over, width, Number.parseFloat(this.plot.style.height) || 0);
    if (!context || run === null || !this.keys.length) return;
    context.lineWidth = 3;
    context.strokeStyle = this.shared.paints[run]?.colour ?? quiet(this.shared.dark);
    context.beginPath();
    this.trace(context, run);
    context.stroke();
    context.fillStyle = context.strokeStyle;
    this.heights.forEach((heights, index) => {
      context.beginPath();
      context.arc(LEFT + index * this.step, heights[run]!, 4, 0, 2 * Math.PI);
      context.fill();
    });
  }

  private hover(event: PointerEvent): void {
    const run = event.buttons ? null : this.nearest(event);
    this.plot.classList.toggle("nbm-explore-on", run !== null);
    this.shared.point(run, event);
  }

  private nearest(event: MouseEvent): number | null {
    if (event.target !== this.over && event.target !== this.lines && event.target !== this.plot) return null;
    const box = this.plot.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const at = Math.floor((x - LEFT) / (this.step || 1));
    const [from, to] = [this.heights[at], this.heights[at + 1]];
    if (!from || !to) return null;
    const part = (x - LEFT - at * this.step) / this.step;
    let best: number | null = null;
    let distance = NEAR;
    for (const run of this.shared.matching) {
      const slope = (to[run]! - from[run]!) / this.step;
      const away = Math.abs(from[run]! * (1 - part) + to[run]! * part - y) / Math.sqrt(1 + slope * slope);
      if (away < distance) [best, distance] = [run, away];
    }
    return best;
  }

  close(): void {
    cancelAnimationFrame(this.frame);
  }
}
