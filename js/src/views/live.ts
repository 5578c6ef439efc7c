import { actAnyway } from "../lib/act";
import { runColour } from "../lib/colours";
import { button, h } from "../lib/dom";
import { duration, number, runLabel, short } from "../lib/format";
import type { Context } from "../lib/host";
import { unpack } from "../lib/series";
import { type Stage, stageView } from "../lib/stage";
import { type CurvesArgs, inkOf, type Line, type Owner } from "./curves/data";
import { Cell, wholeOf } from "./curves/grid";
import { Gauges, type Loop, Loops, leftOut, type SentMetric } from "./live/parts";

const QUIET_MS = 15_000; // without a word this long, the clock stands
const SLOW_MS = 4_000; // a stop that was not heeded by then is explained

interface LiveData {
  run: { id: string; number: number | null; name: string | null; experiment: string };
  status: string;
  error: string | null;
  elapsed_s: number;
  is_asked: boolean;
  progress: Loop[];
  metrics: string[];
  others: number;
  series: SentMetric[];
  /** Of so many points one is drawn for now: they come faster than they are read. */
  every?: number | null;
  system: SentMetric[];
}

/** A run while it goes on: how far, how well, what it takes; and a button that ends it. */
export function live(context: Context) {
  return stageView<{ run: string }, LiveData>(context, (stage) => {
    const view = new Live(stage);
    return { undo: () => view.destroy(), patch: (data) => view.take(data), take: (data) => view.take(data) };
  });
}

class Live {
  private data: LiveData;
  private heard = performance.now();
  private isKnown = false; // something was heard since this was drawn: whatever it shows is of now
  private asked: ReturnType<typeof setTimeout> | undefined;
  private readonly cells = new Map<string, Cell>();
  private readonly owner: Owner;
  private readonly status = h("span", { class: "nbm-live-status" });
  private readonly clock = h("span", { class: "nbm-live-clock" });
  private readonly hint = h("div", { class: "nbm-live-hint nbm-q", role: "status" });
  private readonly stop = button("Stop", () => void this.ask(), {
    title: "ends the run at its next log or progress step",
  });
  private readonly loops = new Loops();
  private readonly grid = h("div", { class: "nbm-curves-grid nbm-live-grid" });
  private readonly rest = h("div", { class: "nbm-q" });
  private readonly gauges = new Gauges();
  private readonly timer: ReturnType<typeof setInterval>;

  constructor(private readonly stage: Stage<{ run: string }, LiveData>) {
    this.data = stage.data;
    const { run } = this.data;
    this.owner = { key: run.id, label: runLabel(run), colour: runColour(run.number), dash: [], isHidden: false };
    if (run.number === null)
      this.owner.colour = getComputedStyle(stage.root).getPropertyValue("--nbm-quiet") || "#7a7a7a";
    const name = h(
      "button",
      { type: "button", class: "nbm-live-name", title: "open the page of this run", onClick: () => this.open() },
      h("span", { class: "nbm-sq", style: { color: runColour(run.number) }, "aria-hidden": "true" }, "■ "),
      runLabel(run),
    );
    stage.body.append(
      h("div", { class: "nbm-live-head" }, name, this.status, this.clock, this.stop),
      this.hint,
      this.loops.el,
      this.grid,
      this.rest,
      this.gauges.el,
    );
    this.show();
    this.timer = setInterval(() => this.tick(), 1000);
  }

  take(data: LiveData): boolean {
    this.isKnown = true;
    this.heard = performance.now();
    this.data = data;
    this.show();
    return true;
  }

  destroy(): void {
    clearInterval(this.timer);
    clearTimeout(this.asked);
    for (const cell of this.cells.values()) cell.destroy();
  }

  private get isRunning(): boolean {
    return this.data.status === "running";
  }

  private show(): void {
    const { data } = this;
    this.status.textContent = data.status;
    this.status.className = `nbm-live-status ${STATUS[data.status] ?? "nbm-q"}`;
    this.stop.hidden = !this.isRunning;
    if (data.is_asked || !this.isRunning) this.settle(data.is_asked);
    if (!this.isRunning) this.hint.textContent = data.error ? short(data.error, 300) : "";
    this.loops.take(data.progress, !this.isRunning);
    this.gauges.take(data.system);
    data.series.forEach((sent) => {
      this.plot(sent);
    });
    this.rest.textContent = leftOut(data.others, data.every ?? null);
    this.tick();
  }

  private plot(sent: SentMetric): void {
    const raw = { x: unpack(sent.x), y: unpack(sent.y) };
    const line: Line = { metric: 0, owner: 0, count: sent.count, raw, base: raw };
    let cell = this.cells.get(sent.key);
    if (!cell) {
      cell = new Cell(
        sent.key,
        "step",
        [],
        () => [this.owner],
        () => NO_ARGS,
        {
          pointed: (pointed, at) => this.point(pointed, at?.x ?? null),
          zoomed: (_, span) => {
            for (const each of this.cells.values()) each.zoom(span);
          },
        },
        120,
      );
      this.cells.set(sent.key, cell);
      this.grid.append(cell.el);
    }
    cell.lines.splice(0, 1, line);
    cell.inks = [inkOf(line, this.owner, 0)];
    cell.ink(wholeOf([line], false));
    this.say(cell, null);
  }

  private point(pointed: Cell, x: number | null): void {
    for (const cell of this.cells.values()) {
      cell.cursor(x);
      this.say(cell, x, pointed);
    }
  }

  private say(cell: Cell, x: number | null, pointed?: Cell): void {
    const [reading] = cell.readings(x);
    const value = reading?.value === undefined ? "" : number(reading.value);
    cell.say(x !== null && cell === pointed ? `${cell.placed(x)} · ${value}` : value);
  }

  /** The clock goes on between what is heard, but not for a kernel that is silent. */
  private tick(): void {
    const since = performance.now() - this.heard;
    const passed = this.isRunning && this.isKnown ? Math.min(since, QUIET_MS) / 1000 : 0;
    this.clock.textContent = duration(this.data.elapsed_s + passed);
    if (this.isRunning && since > QUIET_MS) this.clock.textContent += ` · nothing heard for ${duration(since / 1000)}`;
  }

  private async ask(): Promise<void> {
    this.stop.disabled = true;
    this.stop.textContent = "Stopping";
    this.hint.textContent = "";
    try {
      await actAnyway(this.stage.root, this.stage.desk, "stop", { run: this.data.run.id });
      this.settle(true);
    } catch (error) {
      if (!this.isRunning) return;
      this.stop.disabled = false;
      this.stop.textContent = "Stop";
      this.stage.say(error);
    }
  }

  /** The run was asked to stop: by whom does not matter. */
  private settle(isAsked: boolean): void {
    this.stop.disabled = isAsked;
    this.stop.textContent = isAsked ? "Stopping" : "Stop";
    if (!this.isRunning) clearTimeout(this.asked);
    else if (isAsked && this.asked === undefined)
      this.asked = setTimeout(() => {
        if (this.isRunning)
          this.hint.textContent =
            "asked to stop: it does at its next ml.log or ml.progress step; a loop without them is ended by the kernel's interrupt";
      }, SLOW_MS);
  }

  private open(): void {
    const { run } = this.data;
    this.stage.open({ view: "run", args: { run: run.id }, title: runLabel(run) });
  }
}

const NO_ARGS: CurvesArgs = { runs: [] };
const STATUS: Record<string, string> = {
  running: "nbm-info",
  finished: "nbm-good",
  failed: "nbm-bad",
  interrupted: "nbm-warn",
  stopped: "nbm-warn",
};
