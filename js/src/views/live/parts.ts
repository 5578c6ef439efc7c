import { h, s } from "../../lib/dom";
import { duration, number, size } from "../../lib/format";
import { type Packed, unpack } from "../../lib/series";

/** A loop that is counted with `ml.progress`. */
export interface Loop {
  desc: string;
  done: number;
  total: number | null;
  is_over: boolean;
  elapsed_s: number;
  left_s: number | null;
}

export interface SentMetric {
  key: string;
  x: Packed;
  y: Packed;
  count: number;
  goal: "min" | "max" | null;
}

/** One bar a loop, with how far it is and what is left. */
export class Loops {
  readonly el = h("div", { class: "nbm-loops" });
  private rows: { bar: HTMLProgressElement; said: HTMLElement }[] = [];

  take(loops: readonly Loop[], isOver: boolean): void {
    if (loops.length !== this.rows.length) {
      this.rows = loops.map(() => ({ bar: h("progress"), said: h("span", { class: "nbm-loop-said" }) }));
      this.el.replaceChildren(...this.rows.map(({ bar, said }) => h("div", { class: "nbm-loop" }, bar, said)));
    }
    loops.forEach((loop, place) => {
      const { bar, said } = this.rows[place]!;
      const text = inWords(loop, isOver);
      bar.hidden = isOver || !loop.total; // a bar of what is over says nothing
      bar.max = loop.total || 1;
      bar.value = Math.min(loop.done, bar.max);
      bar.setAttribute("aria-label", loop.desc || "progress");
      bar.setAttribute("aria-valuetext", text);
      said.textContent = text;
    });
  }
}

export function inWords(loop: Loop, isOver: boolean): string {
  const count = loop.total === null ? number(loop.done) : `${number(loop.done)} / ${number(loop.total)}`;
  const left = !isOver && loop.left_s !== null && !loop.is_over ? `${duration(loop.left_s)} left` : "";
  return [[loop.desc, count].filter(Boolean).join(" "), duration(loop.elapsed_s), left].filter(Boolean).join(" · ");
}

/** What is not drawn, in words. */
export function leftOut(others: number, every: number | null): string {
  const more = others > 0 ? `and ${number(others)} more metrics` : "";
  const thinned =
    every !== null && every > 1 ? `logged too fast to draw it all: one point in ${number(every)} for now` : "";
  return [more, thinned].filter(Boolean).join(" · ");
}

interface Gauge {
  label: string;
  title: string;
  write(value: number): string;
  /** What fills its little plot; null: the largest value. */
  full: number | null;
}

const percent = (value: number) => `${value.toFixed(0)} %`;
const megabytes = (value: number) => size(value * 1e6);

/** What a system metric is called and how it is written. */
export function gauge(key: string): Gauge {
  const name = key.replace(/^system\//, "");
  const gpu = /^gpu(\d+)_(percent|memory_mb)$/.exec(name);
  if (gpu) {
    const isUse = gpu[2] === "percent";
    return {
      label: isUse ? `GPU ${gpu[1]}` : `GPU ${gpu[1]} memory`,
      title: isUse ? "use of this GPU, by whatever program" : "memory taken of this GPU, by whatever program",
      write: isUse ? percent : megabytes,
      full: isUse ? 100 : null,
    };
  }
  const known: Record<string, Gauge> = {
    cpu_percent: { label: "CPU", title: "of all cores of this machine", write: percent, full: 100 },
    memory_percent: { label: "memory", title: "of this machine's memory", write: percent, full: 100 },
    process_cpu_percent: {
      label: "CPU of the kernel",
      title: "of one core; several threads can take more than 100 %",
      write: percent,
      full: null,
    },
    process_memory_mb: { label: "memory of the kernel", title: "resident", write: megabytes, full: null },
  };
  return known[name] ?? { label: name, title: key, write: (value) => number(value), full: null };
}

const WIDTH = 56;
const HEIGHT = 16;

/** System use in one line: what, how much now, and its course. */
export class Gauges {
  readonly el = h("div", { class: "nbm-gauges" });
  private readonly cells = new Map<string, { value: HTMLElement; path: SVGPathElement }>();

  take(metrics: readonly SentMetric[]): void {
    for (const metric of metrics) {
      const values = unpack(metric.y);
      const last = values[values.length - 1];
      if (last === undefined) continue;
      const { label, title, write, full } = gauge(metric.key);
      let cell = this.cells.get(metric.key);
      if (!cell) {
        cell = {
          value: h("span", { class: "nbm-gauge-value" }),
          path: s("path", { fill: "none", stroke: "currentColor", "stroke-width": 1.25 }),
        };
        this.cells.set(metric.key, cell);
        const picture = s("svg", { width: WIDTH, height: HEIGHT, "aria-hidden": "true" }, cell.path);
        this.el.append(h("span", { class: "nbm-gauge", title }, `${label} `, cell.value, picture));
      }
      cell.value.textContent = write(last);
      cell.path.setAttribute("d", course(values, full));
    }
  }
}

function course(values: Float64Array, full: number | null): string {
  const most = full ?? Math.max(...values, 1e-9);
  const step = (WIDTH - 2) / Math.max(values.length - 1, 1);
  const at = (value: number) => (HEIGHT - 2 - (Math.min(value, most) / most) * (HEIGHT - 4)).toFixed(1);
  return [...values]
    .map((value, place) => `${place ? "L" : "M"}${(1 + place * step).toFixed(1)} ${at(value)}`)
    .join("");
}
