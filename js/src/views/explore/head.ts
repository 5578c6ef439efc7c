import { button, h } from "../../lib/dom";
import { middle, number } from "../../lib/format";
import type { Stage } from "../../lib/stage";
import type { Page } from "./page";
import { rampColour } from "./paint";
import { fill, groups } from "./scatter";
import { type ExploreData, nameOf } from "./table";

let serial = 0;

/** The line above the panels: which runs, which metric, what colours, and which axes there are. */
export class Head {
  readonly el: HTMLElement;
  private readonly filter: HTMLInputElement;
  private readonly metric: HTMLSelectElement;
  private readonly colour: HTMLSelectElement;
  private readonly add: HTMLInputElement;
  private readonly choices: HTMLDataListElement;
  private readonly notes = h("div", { class: "nbm-q nbm-explore-notes" });
  private readonly legend = h("span", { class: "nbm-explore-legend" });

  constructor(
    private readonly page: Page,
    private readonly stage: Stage<any, ExploreData>,
  ) {
    const id = `nbm-explore-columns-${++serial}`;
    this.choices = h("datalist", { id });
    this.filter = h("input", {
      type: "search",
      "aria-label": "filter of the runs",
      placeholder: "filter, such as lr < .1",
      value: stage.data.filter,
      "data-lm-suppress-shortcuts": "true",
      onChange: () => this.applyFilter(),
      onKeydown: (event: KeyboardEvent) => {
        if (event.key === "Enter") this.applyFilter();
      },
    });
    this.metric = h("select", {
      "aria-label": "metric",
      onChange: () => page.chooseMetric(this.metric.value),
    });
    this.colour = h("select", { "aria-label": "colour", onChange: () => page.chooseColour(this.colour.value) });
    this.add = h("input", {
      type: "text",
      class: "nbm-explore-add",
      list: id,
      "aria-label": "add an axis",
      placeholder: "add an axis",
      onInput: () => this.tryAdd(),
      onChange: () => this.tryAdd(),
    });
    const labelled = (text: string, field: HTMLElement) => h("label", {}, h("span", { class: "nbm-q" }, text), field);
    this.el = h(
      "div",
      { class: "nbm-explore-head" },
      h(
        "div",
        { class: "nbm-explore-line" },
        ...(stage.model.keep ? [] : [h("b", {}, "explore"), this.filter]), // a chart of a table has its filter and a title
        labelled("metric", this.metric),
        labelled("colour", this.colour),
        this.legend,
      ),
      h("div", { class: "nbm-explore-line" }, this.notes, this.add, this.choices),
    );
  }

  private applyFilter(): void {
    const filter = this.filter.value;
    if (filter !== (this.stage.args.filter ?? "")) void this.stage.update({ filter });
  }

  /** Write what is chosen and what is left out. */
  draw(by: string | null): void {
    const { page } = this;
    const { data, count } = page.table;
    const metrics = data.metrics.map((each) => each.key);
    this.fillMetrics(metrics, data.metric);
    const columns: [string, string[]][] = [["runs", ["run"]], ...groups(page)];
    fill(this.colour, columns, by ?? "run");
    this.drawLegend(by);
    const shown = new Set(page.memory.axes ?? []);
    const rest = groups(page)
      .flatMap(([, keys]) => keys)
      .filter((key) => !shown.has(key));
    this.add.hidden = !rest.length;
    this.choices.replaceChildren(...rest.map((key) => h("option", { value: nameOf(key) })));
    this.notes.replaceChildren(this.said(count, data, shown).join(" · "));
    this.drawHidden(shown);
  }

  private said(count: number, data: ExploreData, shown: ReadonlySet<string>): string[] {
    const where = data.experiment === null ? "all experiments" : `experiment ${data.experiment}`;
    const which = data.is_ordered ? "first in the order of the filter" : "newest";
    const limit = count < data.total ? `the ${which} ${number(count)} of ${number(data.total)} runs` : "";
    const drawn = data.params.filter((each) => shown.has(`param.${each.key}`)).length;
    const notes = [where, limit, `${drawn} of ${data.params.length} varying parameters`].filter(Boolean);
    if (data.equal) notes.push(`${data.equal} equal in all runs left out`);
    const twins = Object.entries(data.twins);
    if (twins.length) {
      const named = twins.slice(0, 2).map(([key, other]) => `${middle(key, 28)} = ${middle(other, 28)}`);
      notes.push(`the same in every run, shown once: ${named.join(", ")}${twins.length > 2 ? ", ..." : ""}`);
    }
    if (data.left_out) notes.push(`${number(data.left_out)} more that few runs have were not looked at`);
    const goal = data.metrics.find((each) => each.key === data.metric);
    if (goal?.goal)
      notes.push(`${goal.goal === "max" ? "higher" : "lower"} is better${goal.by_name ? " (by its name)" : ""}`);
    return notes;
  }

  private drawHidden(shown: ReadonlySet<string>): void {
    if (this.page.firstAxes().every((key) => shown.has(key))) return;
    this.notes.append(
      " · ",
      button("Show first axes again", () => this.page.reset(), { class: "nbm-explore-small" }),
    );
  }

  private drawLegend(by: string | null): void {
    const { page } = this;
    const scale = by === null ? null : page.scale(by);
    const isRamp = by !== null && page.table.column(by)?.kind === "number" && scale;
    this.legend.hidden = !isRamp;
    if (!isRamp) return;
    const isLow = page.table.goal(by) === "min";
    const stops = [0, 0.25, 0.5, 0.75, 1].map((at) => rampColour(isLow ? 1 - at : at, page.dark));
    const ramp = h("i", { "aria-hidden": "true" });
    ramp.style.background = `linear-gradient(90deg, ${stops.join(", ")})`;
    this.legend.replaceChildren(number(scale.domain[0], 3), ramp, number(scale.domain[1], 3));
  }

  private fillMetrics(keys: readonly string[], chosen: string | null): void {
    const name = JSON.stringify([keys, chosen]);
    this.metric.disabled = keys.length < 2;
    if (this.metric.dataset.filled === name) return;
    this.metric.dataset.filled = name;
    const options = keys.length ? keys : ["none"];
    this.metric.replaceChildren(...options.map((key) => h("option", { value: key }, middle(key, 40))));
    if (chosen !== null) this.metric.value = chosen;
  }

  /** An axis is added as soon as its whole name stands there. */
  private tryAdd(): void {
    const name = this.add.value.trim();
    const key = groups(this.page)
      .flatMap(([, keys]) => keys)
      .find((each) => nameOf(each) === name || each === name);
    if (!key || this.page.memory.axes?.includes(key)) return;
    this.add.value = "";
    this.page.show(key);
  }
}
