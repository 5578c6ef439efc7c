import { h, s } from "../../lib/dom";
import { runLabel, short } from "../../lib/format";
import { type Scale, type Span, toPixel } from "../../lib/scale";
import { quiet } from "./paint";
import { fitted, prepare, type Shared } from "./shared";
import { nameOf } from "./table";

const HEIGHT = 260;
const [LEFT, RIGHT, TOP, BOTTOM] = [58, 12, 10, 24];
const SLOT = { across: 34, up: 16 };
const GAP = 6;
const NEAR = 10;
const DOT = 3.5;
const MANY = 20; // points of one category are spread a little

/** One point a run: a parameter across, a metric up. */
export class Scatter {
  readonly el: HTMLElement;
  private readonly dots = h("canvas", { "aria-hidden": "true", class: "nbm-explore-lines" });
  private readonly over = h("canvas", { "aria-hidden": "true", class: "nbm-explore-lines" });
  private readonly axes = s("svg", { class: "nbm-explore-ticks", "aria-hidden": "true" });
  private readonly plot: HTMLElement;
  private readonly spoken = h("span", { class: "nbm-unseen", role: "status" });
  private readonly pickX: HTMLSelectElement;
  private readonly pickY: HTMLSelectElement;
  private readonly empty = h("div", { class: "nbm-empty", hidden: true });
  private xs = new Float32Array();
  private ys = new Float32Array();
  private frame = 0;
  private current = -1;

  constructor(private readonly shared: Shared) {
    const pick = (label: string, chosen: (key: string) => void) =>
      h("select", {
        "aria-label": label,
        onChange: (event: Event) => chosen((event.target as HTMLSelectElement).value),
      });
    this.pickX = pick("across", (key) => shared.chooseX(key));
    this.pickY = pick("up", (key) => shared.chooseY(key));
    this.plot = h(
      "div",
      {
        class: "nbm-explore-plot",
        role: "application",
        "aria-roledescription": "scatter plot",
        tabindex: "0",
        "data-lm-suppress-shortcuts": "true",
      },
      this.axes,
      this.dots,
      this.over,
    );
    this.el = h(
      "section",
      { class: "nbm-explore-scatter", "aria-label": "scatter" },
      h("div", { class: "nbm-explore-line" }, this.pickY, h("span", { class: "nbm-q" }, "over"), this.pickX),
      this.plot,
      this.empty,
      this.spoken,
    );
    this.plot.addEventListener("pointermove", (event) => {
      const run = this.nearest(event);
      this.plot.classList.toggle("nbm-explore-on", run !== null);
      shared.point(run, event);
    });
    this.plot.addEventListener("pointerleave", () => shared.point(null));
    this.plot.addEventListener("click", (event) => {
      const run = this.nearest(event);
      if (run !== null) shared.openRun(run);
    });
    this.plot.addEventListener("keydown", (event) => this.onKey(event));
    this.plot.addEventListener("blur", () => shared.point(null));
  }

  /** Axes, sizes and points anew; `x` and `y` are columns that are here. */
  layout(x: string | null, y: string | null): void {
    const { shared } = this;
    fill(this.pickX, groups(shared), x);
    fill(this.pickY, groups(shared), y);
    const [across, up] = [x && shared.scale(x), y && shared.scale(y)];
    this.empty.hidden = Boolean(across && up);
    this.plot.hidden = !across || !up;
    if (!x || !y || !across || !up) {
      this.empty.textContent = y
        ? "There is no parameter to draw it over."
        : "There is no metric to draw: ml.log(loss=0.3)";
      [this.xs, this.ys] = [new Float32Array(), new Float32Array()];
      return;
    }
    const width = Math.max(this.el.clientWidth, 180);
    const wordsUp = up.words.length ? GAP + up.words.length * SLOT.up : 0;
    const wordsAcross = across.words.length ? GAP + across.words.length * SLOT.across : 0;
    const spanX: Span = { zero: LEFT + wordsAcross + 6, one: width - RIGHT - 6, slot: SLOT.across, gap: GAP };
    const spanY: Span = { zero: HEIGHT - BOTTOM - wordsUp - 6, one: TOP + 6, slot: SLOT.up, gap: GAP };
    this.plot.style.height = `${HEIGHT}px`;
    this.drawAxes(across, up, spanX, spanY, width);
    const spread =
      across.kind === "category" && shared.table.count > MANY ? (spanX.one - spanX.zero) / across.labels.length / 4 : 0;
    const place = (scale: Scale, span: Span) => (cell: any, run: number) =>
      toPixel(span, scale.place(cell)) + (span === spanX && cell !== null ? spread * jitter(run) : 0);
    this.xs = Float32Array.from(shared.table.column(x)!.cells, place(across, spanX));
    this.ys = Float32Array.from(shared.table.column(y)!.cells, place(up, spanY));
    this.plot.setAttribute(
      "aria-label",
      `${nameOf(y)} over ${nameOf(x)}, ${shared.table.count} runs; arrow keys go from run to run, Enter opens`,
    );
    this.draw();
  }

  private drawAxes(across: Scale, up: Scale, spanX: Span, spanY: Span, width: number): void {
    const marks: Node[] = [];
    const text = (x: number, y: number, label: string, anchor: string, css = "") =>
      marks.push(s("text", { x, y, "text-anchor": anchor, class: css }, label));
    const bottom = HEIGHT - BOTTOM;
    for (const tick of up.ticks(6, true)) {
      const y = toPixel(spanY, tick.place);
      marks.push(s("path", { d: `M${LEFT} ${y.toFixed(1)}H${width - RIGHT}`, class: "nbm-explore-grid" }));
      text(LEFT - 6, y + 4, fitted(tick.label, LEFT - 6), "end");
    }
    const room = Math.max(2, Math.floor((spanX.one - spanX.zero) / 70));
    const ticks = across.ticks(room);
    for (const tick of ticks) {
      const x = toPixel(spanX, tick.place);
      marks.push(s("path", { d: `M${x.toFixed(1)} ${bottom}v4` }));
      text(x, bottom + 16, fitted(tick.label, (spanX.one - spanX.zero) / ticks.length), "middle");
    }
    marks.push(s("path", { d: `M${LEFT} ${bottom}H${width - RIGHT}` }));
    across.words.forEach((word, slot) => {
      text(toPixel(spanX, -1 - slot), bottom + 16, fitted(word, SLOT.across), "middle", "nbm-explore-word");
    });
    up.words.forEach((word, slot) => {
      text(LEFT - 6, toPixel(spanY, -1 - slot) + 4, fitted(word, LEFT - 6), "end", "nbm-explore-word");
    });
    this.axes.setAttribute("width", String(width));
    this.axes.setAttribute("height", String(HEIGHT));
    this.axes.replaceChildren(...marks);
  }

  draw(): void {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.paint());
  }

  private paint(): void {
    const { shared } = this;
    const width = this.el.clientWidth;
    const context = prepare(this.dots, width, HEIGHT);
    prepare(this.over, width, HEIGHT);
    if (!context || !this.xs.length) return;
    const dot = (run: number, size = DOT) => {
      context.beginPath();
      context.arc(this.xs[run]!, this.ys[run]!, size, 0, 2 * Math.PI);
      context.fill();
    };
    context.globalAlpha = 0.18;
    context.fillStyle = quiet(shared.dark);
    for (let run = 0; run < this.xs.length; run++) if (!shared.kept[run]) dot(run, 2.5);
    context.globalAlpha = shared.matching.length > 300 ? 0.6 : 0.9;
    for (const run of [...shared.matching].sort((a, b) => shared.paints[a]!.order - shared.paints[b]!.order)) {
      context.fillStyle = shared.paints[run]!.colour;
      dot(run);
    }
  }

  point(run: number | null): void {
    const context = prepare(this.over, this.el.clientWidth, HEIGHT);
    if (!context || run === null || !this.xs.length) return;
    context.fillStyle = this.shared.paints[run]!.colour;
    context.strokeStyle = getComputedStyle(this.el).color;
    context.lineWidth = 2;
    context.beginPath();
    context.arc(this.xs[run]!, this.ys[run]!, 6, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }

  private nearest(event: MouseEvent): number | null {
    const box = this.plot.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let best: number | null = null;
    let distance = NEAR;
    if (this.xs.length)
      for (const run of this.shared.matching) {
        const away = Math.hypot(this.xs[run]! - x, this.ys[run]! - y);
        if (away < distance) [best, distance] = [run, away];
      }
    return best;
  }

  private onKey(event: KeyboardEvent): void {
    const order = [...this.shared.matching].sort((a, b) => this.xs[a]! - this.xs[b]! || this.ys[b]! - this.ys[a]!);
    const at = order.indexOf(this.current);
    if (!order.length || !this.xs.length) return;
    if (event.key === "ArrowRight") this.current = order[Math.min(order.length - 1, at + 1)]!;
    else if (event.key === "ArrowLeft") this.current = order[at < 0 ? order.length - 1 : Math.max(0, at - 1)]!;
    else if (event.key === "Home") this.current = order[0]!;
    else if (event.key === "End") this.current = order[order.length - 1]!;
    else if (event.key === "Enter" && at >= 0) this.shared.openRun(this.current);
    else return;
    event.preventDefault();
    event.stopPropagation();
    const box = this.plot.getBoundingClientRect();
    const run = this.current;
    this.shared.point(run, { clientX: box.left + this.xs[run]!, clientY: box.top + this.ys[run]! });
    const { runs } = this.shared.table.data;
    this.spoken.textContent = runLabel({ number: runs.number[run], name: runs.name[run], id: runs.id[run] });
  }

  close(): void {
    cancelAnimationFrame(this.frame);
  }
}

/** A number from -1 to 1 that is always the same for a run. */
function jitter(run: number): number {
  return (((run * 2654435761) % 4294967296) / 4294967296) * 2 - 1;
}

/** Every column that can be chosen, also those that are not here yet. */
export function groups(shared: Shared): [string, string[]][] {
  const { data } = shared.table;
  return [
    ["metrics", [...data.metrics.map((each) => `metric.${each.key}`), "duration_s"]],
    ["parameters", data.params.map((each) => `param.${each.key}`)],
  ];
}

/** The options of a list of columns. */
export function fill(select: HTMLSelectElement, found: [string, string[]][], chosen: string | null): void {
  const name = JSON.stringify([found, chosen]);
  if (select.dataset.filled === name) return;
  select.dataset.filled = name;
  select.replaceChildren(
    ...found
      .filter(([, keys]) => keys.length)
      .map(([label, keys]) =>
        h("optgroup", { label }, ...keys.map((key) => h("option", { value: key }, short(nameOf(key), 40)))),
      ),
  );
  if (chosen) select.value = chosen;
}
