import { ChildModel } from "../../lib/child";
import { button, h } from "../../lib/dom";
import { short } from "../../lib/format";
import type { Cleanup } from "../../lib/host";
import { openPopover } from "../../lib/popover";
import { renderView } from "../../lib/stage";
import { argsOf, keptOf, problemOf, titleOf } from "./chart";
import type { Table } from "./table";
import type { Chart, Data, Of } from "./types";

const MOST = 12;

/** The charts below the table: views of its runs, which follow its filter and are kept with its view. */
export class Charts {
  readonly node = h("div", { class: "nbm-charts", hidden: true });
  private frames: Frame[] = [];
  /** The next answer says which charts there are; else those that stand here do. */
  isTold = true;

  constructor(private readonly table: Table) {}

  close(): void {
    for (const frame of this.frames) frame.close();
    this.frames = [];
  }

  /** The charts as they are arranged and looked at now. */
  get kept(): Chart[] {
    return this.frames.map((frame) => frame.chart);
  }

  show(data: Data): void {
    const rest = [...this.frames];
    const known = (chart: Chart) => {
      const place = rest.findIndex((frame) => frame.isOf(chart));
      return place < 0 ? null : rest.splice(place, 1)[0]!;
    };
    const charts = this.isTold ? (data.asked.charts ?? []) : this.kept;
    this.isTold = false;
    this.frames = charts.map((chart) => known(chart) ?? this.framed(chart, data.of));
    for (const frame of rest) frame.close();
    for (const frame of this.frames) frame.follow(data.of);
    this.arrange();
  }

  private framed(chart: Chart, of: Of): Frame {
    return new Frame(this.table, chart, of, {
      up: (frame) => this.move(frame, -1),
      down: (frame) => this.move(frame, 1),
      remove: (frame) => this.remove(frame),
      changed: () => this.changed(),
    });
  }

  /** What there is to be added. */
  open(anchor: HTMLElement): void {
    const { data } = this.table;
    const panel = openPopover(anchor, "Charts", { className: "nbm-views" });
    const add = (label: string, title: string, chart: Chart) =>
      button(
        label,
        () => {
          panel.close();
          void this.add(chart);
        },
        { title, disabled: this.frames.length >= MOST },
      );
    const metric = data.drawn ?? data.metric;
    panel.box.append(
      h(
        "div",
        { class: "nbm-row" },
        add("Add curves", "Metrics of the first runs over each other", {
          kind: "curves",
          metrics: metric === null ? null : [metric],
        }),
        add("Add exploration", "Parallel coordinates, scatter and importance of all runs", {
          kind: "explore",
          metric: data.metric,
        }),
      ),
      h(
        "div",
        { class: "nbm-q" },
        this.frames.length >= MOST
          ? `There are ${MOST} charts, the most that a view holds.`
          : "Charts stand below the table and follow its filter. To keep them, save the view under Views.",
      ),
    );
    panel.box.querySelector("button")?.focus();
  }

  private async add(chart: Chart): Promise<void> {
    await this.table.change({ charts: [...this.kept, chart] });
    const last = this.frames[this.frames.length - 1];
    last?.node.scrollIntoView({ block: "nearest" });
    last?.node.focus({ preventScroll: true });
  }

  private move(frame: Frame, step: number): void {
    const place = this.frames.indexOf(frame);
    const to = place + step;
    if (to < 0 || to >= this.frames.length) return;
    this.frames.splice(place, 1);
    this.frames.splice(to, 0, frame);
    this.arrange();
    this.changed();
    frame.node.scrollIntoView({ block: "nearest" });
  }

  private remove(frame: Frame): void {
    const place = this.frames.indexOf(frame);
    this.frames.splice(place, 1);
    frame.close();
    this.arrange();
    this.changed();
    const next = this.frames[Math.min(place, this.frames.length - 1)];
    (next?.node ?? this.table.grid.node).focus({ preventScroll: true });
    const { foot } = this.table;
    foot.say(`${titleOf(frame.chart)} removed`, "Put it back", () => {
      foot.say("");
      void this.table.change({ charts: [...this.kept.slice(0, place), frame.chart, ...this.kept.slice(place)] });
    });
  }

  /** In the order they have; what stands already is not moved, so that nothing in it is lost. */
  private arrange(): void {
    this.frames.forEach((frame, place) => {
      if (this.node.children[place] !== frame.node)
        this.node.insertBefore(frame.node, this.node.children[place] ?? null);
      frame.place(place === 0, place === this.frames.length - 1);
    });
    this.node.hidden = !this.frames.length;
    this.table.toldCharts(this.frames.length);
  }

  /** The table is asked for with these charts from now on. */
  private changed(): void {
    this.table.keepCharts(this.kept);
  }
}

interface FrameActions {
  up(frame: Frame): void;
  down(frame: Frame): void;
  remove(frame: Frame): void;
  changed(): void;
}

/** One chart with its title and what can be done with it. */
class Frame {
  readonly node: HTMLElement;
  private readonly title = h("b", {});
  private readonly up: HTMLButtonElement;
  private readonly down: HTMLButtonElement;
  private readonly wide: HTMLButtonElement;
  private model: ChildModel | null = null;
  private undraw: Cleanup = () => {};
  private asked = "";

  constructor(
    table: Table,
    public chart: Chart,
    private of: Of,
    private readonly actions: FrameActions,
  ) {
    const place = h("div", { class: "nbm-place" });
    const word = (label: string, does: () => void) => button(label, does, { class: "nbm-word" });
    this.up = word("Up", () => actions.up(this));
    this.down = word("Down", () => actions.down(this));
    this.wide = word("", () => this.widen());
    const remove = word("Remove", () => actions.remove(this));
    this.node = h(
      "section",
      { class: "nbm-chart", "data-filtered": "above", tabindex: -1 },
      h("div", { class: "nbm-place-head" }, this.title, h("span", {}, this.up, this.down, this.wide, remove)),
      place,
    );
    const problem = problemOf(chart);
    if (problem) place.append(h("div", { class: "nbm-problem", role: "alert" }, problem));
    else {
      const args = argsOf(chart, this.of);
      this.asked = JSON.stringify(args);
      this.model = new ChildModel(table.stage.model, chart.kind as string, args);
      this.model.keep = (args) => this.keep(args as Record<string, unknown>);
      this.undraw = renderView({ model: this.model, el: place });
    }
    this.name();
  }

  close(): void {
    this.undraw();
    this.model?.close();
    this.node.remove();
  }

  /** Whether it shows this chart, in this way. */
  isOf(chart: Chart): boolean {
    return JSON.stringify(chart) === JSON.stringify(this.chart);
  }

  /** Show these runs from now on. */
  follow(of: Of): void {
    this.of = of;
    if (!this.model) return;
    const args = argsOf(this.chart, of);
    const asked = JSON.stringify(args);
    if (asked === this.asked) return;
    this.asked = asked;
    this.model.turn(args);
  }

  place(isFirst: boolean, isLast: boolean): void {
    this.up.disabled = isFirst;
    this.down.disabled = isLast;
  }

  private keep(args: Record<string, unknown>): void {
    const kept = keptOf(this.chart, args);
    if (JSON.stringify(kept) === JSON.stringify(keptOf(this.chart, this.chart))) return;
    this.chart = kept;
    this.asked = JSON.stringify(argsOf(kept, this.of)); // its view asks like this by itself
    this.name();
    this.actions.changed();
  }

  private widen(): void {
    this.chart = { ...this.chart, half: !this.chart.half };
    this.name();
    this.actions.changed();
  }

  private name(): void {
    const title = titleOf(this.chart);
    this.title.textContent = short(title, 120);
    this.node.setAttribute("aria-label", title);
    this.node.classList.toggle("nbm-half", this.chart.half === true);
    this.wide.textContent = this.chart.half === true ? "Full width" : "Half width";
  }
}
