import { button, h } from "../../lib/dom";
import { middle, number, signed } from "../../lib/format";
import { FEW_RUNS, type Strength, strengthOf } from "./measure";
import type { Shared } from "./shared";

const FIRST = 12;
const ALL = 200;

/** What a random forest needed, as `nbmlops/tracking/browse/forest.py` answers. */
export interface ForestData {
  params: { key: string; loss: number; spread: number }[];
  r_squared: number | null;
  runs: number;
  left_out: number;
  why: string;
}

const METHOD =
  "Share of the variance of the metric's ranks that one parameter tells alone: eta squared of Kruskal and Wallis " +
  "(1952; Tomczak and Tomczak 2014), or for numbers the squared rank correlation of Spearman if that is larger; both " +
  "adjusted for the number of runs. The line on a bar is what 1 of 20 parameters that do nothing exceeds.";
const FOREST =
  "Loss of R squared on runs that the forest has not seen when one parameter is shuffled (Breiman 2001): 100 trees, " +
  "5 folds, 10 shuffles. Of two parameters that say the same, each may look unimportant.";

/** Which parameters go with the metric: a bar each, with what chance would give. */
export class Bars {
  readonly el: HTMLElement;
  private readonly list = h("div", { class: "nbm-explore-bars" });
  private readonly title = h("span", {});
  private readonly notes = h("div", { class: "nbm-explore-notes nbm-q" });
  private readonly more: HTMLButtonElement;
  private readonly method: HTMLSelectElement;
  private known: { table: unknown; runs: number; sum: number; found: Map<string, Strength> } | null = null;
  private forest: ForestData | null = null;
  private problem = "";

  constructor(
    private readonly shared: Shared,
    askForest: () => void,
  ) {
    this.method = h(
      "select",
      {
        "aria-label": "method of importance",
        onChange: () => {
          shared.memory.byForest = this.method.value === "forest";
          if (shared.memory.byForest) askForest();
          this.draw();
        },
      },
      h("option", { value: "rank" }, "one by one"),
      h("option", { value: "forest" }, "random forest"),
    );
    this.more = button("", () => {
      shared.memory.showsAll = !shared.memory.showsAll;
      this.draw();
    });
    this.el = h(
      "section",
      { class: "nbm-explore-importance", "aria-label": "importance" },
      h("div", { class: "nbm-explore-line" }, this.title, this.method),
      this.list,
      this.more,
      this.notes,
    );
  }

  /** A forest has been grown, is growing (null), or could not be. */
  setForest(found: ForestData | null, problem = ""): void {
    this.forest = found;
    this.problem = problem;
    this.draw();
  }

  draw(): void {
    const { shared } = this;
    const { table, memory, matching } = shared;
    const { metric, params } = table.data;
    this.title.textContent = metric === null ? "importance" : `what goes with ${middle(metric, 30)}`;
    this.method.hidden = !table.data.has_forest || metric === null;
    this.method.value = memory.byForest ? "forest" : "rank";
    const isBrushed = memory.brushes.size > 0;
    if (metric === null || !params.length) {
      this.list.replaceChildren();
      this.more.hidden = true;
      this.notes.textContent = metric === null ? "No metric, nothing to be important for." : "No parameter varies.";
      return;
    }
    if (memory.byForest) {
      this.drawForest();
      return;
    }
    const here = isBrushed ? params.filter((each) => table.has(`param.${each.key}`)) : params;
    const strengths = isBrushed ? this.brushed(here.map((each) => each.key)) : null;
    const rows = here.map((each) => ({ key: each.key, ...(strengths?.get(each.key) ?? each) }));
    const most = memory.showsAll ? ALL : FIRST;
    this.list.replaceChildren(...rows.slice(0, most).map((row) => this.bar(row)));
    this.moreOf(rows.length, most);
    const used = isBrushed ? matching.length : table.count;
    const notes = [`${number(used)} run${used === 1 ? "" : "s"}`];
    if (used < FEW_RUNS) notes.push(`fewer than ${FEW_RUNS} tell little`);
    if (here.length < params.length) notes.push(`of the ${here.length} strongest parameters`);
    if (params.length > 20)
      notes.push(`about ${Math.round(params.length / 20)} of ${params.length} pass the line by chance`);
    this.say(notes.join(" · "), METHOD, used < FEW_RUNS);
  }

  private brushed(keys: readonly string[]): Map<string, Strength> {
    const { table, matching } = this.shared;
    const sum = matching.reduce((total, run) => (total * 31 + run) % 2147483647, 7);
    if (this.known?.table === table && this.known.runs === matching.length && this.known.sum === sum)
      return this.known.found;
    const goal = table.column(table.metricKey!)!.cells;
    const found = new Map(
      keys.map((key) => [key, strengthOf(table.column(`param.${key}`)!.cells, goal, matching)] as const),
    );
    this.known = { table, runs: matching.length, sum, found };
    return found;
  }

  private drawForest(): void {
    const { forest } = this;
    if (!forest?.params.length) {
      this.list.replaceChildren();
      this.more.hidden = true;
      this.notes.textContent = this.problem || (forest ? forest.why : "growing ...");
      return;
    }
    const top = Math.max(forest.params[0]!.loss, 1e-9);
    const most = this.shared.memory.showsAll ? ALL : FIRST;
    this.list.replaceChildren(
      ...forest.params
        .slice(0, most)
        .map((each) =>
          this.row(each.key, Math.max(0, each.loss) / top, null, number(each.loss, 3), each.loss > 2 * each.spread, ""),
        ),
    );
    this.moreOf(forest.params.length, most);
    const isBlind = (forest.r_squared ?? 0) < 0.1;
    const notes = [`${number(forest.runs)} runs`, `R squared ${number(forest.r_squared, 2)} on unseen runs`];
    if (isBlind) notes.push("the forest foretells next to nothing: its importances mean nothing");
    if (forest.left_out) notes.push(`of the ${forest.params.length} strongest parameters`);
    this.say(notes.join(" · "), FOREST, isBlind);
  }

  private moreOf(count: number, most: number): void {
    this.more.hidden = count <= FIRST;
    this.more.textContent = count > most ? `Show ${Math.min(count, ALL) - most} more` : `Show first ${FIRST}`;
  }

  private say(text: string, method: string, isWarned: boolean): void {
    this.notes.replaceChildren(
      h("span", { class: isWarned ? "nbm-warn" : "" }, text),
      h("details", {}, h("summary", {}, "method"), h("p", {}, method)),
      h("span", {}, "Among the runs that were made: no proof of a cause."),
    );
  }

  private bar(row: Strength & { key: string }): HTMLElement {
    if (row.strength === null) return this.row(row.key, 0, null, "·", false, row.why);
    const isAbove = row.strength > (row.chance ?? 0);
    const trend = row.trend === null || Math.abs(row.trend) < 0.3 ? "" : row.trend > 0 ? " ↗" : " ↘";
    const told = [
      `strength ${number(row.strength, 3)}, by chance ${number(row.chance, 3)}`,
      `${row.runs} runs`,
      ...(row.trend === null ? [] : [`rank correlation ${signed(row.trend)}`]),
    ];
    const words = isAbove ? "" : "no more than chance";
    return this.row(
      row.key,
      row.strength,
      row.chance,
      number(row.strength, 2) + trend,
      isAbove,
      words,
      told.join(", "),
    );
  }

  private row(
    key: string,
    share: number,
    chance: number | null,
    value: string,
    isStrong: boolean,
    words: string,
    title = "",
  ): HTMLElement {
    const { shared } = this;
    const column = `param.${key}`;
    const isShown = shared.memory.axes?.includes(column) ?? false;
    const track = h(
      "span",
      { class: "nbm-explore-bar", "aria-hidden": "true" },
      h("span", { class: isStrong ? "" : "nbm-explore-weak", style: { width: `${(100 * share).toFixed(1)}%` } }),
      chance === null ? null : h("i", { style: { left: `${(100 * chance).toFixed(1)}%` } }),
    );
    return button("", () => (isShown ? shared.hide(column) : shared.show(column)), {
      class: "nbm-explore-row",
      "aria-pressed": String(isShown),
      "data-param": key,
      "aria-label": `${key}: ${value}${words ? `, ${words}` : ""}; axis`,
      title: `${key}\n${title}${title && words ? "; " : ""}${words}\n${isShown ? "click: hide" : "click: show"} its axis`,
    }).appendChild(
      h(
        "span",
        { class: "nbm-explore-cells" },
        h("span", { class: "nbm-explore-param" }, middle(key, 28)),
        track,
        h("span", { class: "nbm-explore-value" }, value),
      ),
    ).parentElement!;
  }
}
