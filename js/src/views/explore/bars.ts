import { arrange, button, h } from "../../lib/dom";
import { middle, number, signed } from "../../lib/format";
import { Bar, type BarFacts } from "./bar";
import { FEW_RUNS, type Strength, strengthOf } from "./measure";
import type { Shared } from "./shared";

const FIRST = 12;
const ALL = 200;
const STEADY = 0.3; // a weaker trend is not worth an arrow

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
  private readonly said = h("span");
  private readonly explained = h("p");
  private readonly rows = new Map<string, Bar>();
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
          shared.chosen();
          if (shared.memory.byForest) askForest();
          this.draw();
        },
      },
      h("option", { value: "rank" }, "one by one"),
      h("option", { value: "forest" }, "random forest"),
    );
    this.more = button("", () => {
      shared.memory.showsAll = !shared.memory.showsAll;
      shared.chosen();
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
    this.show(rows.slice(0, most).map((row) => this.facts(row)));
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
    this.show(
      forest.params.slice(0, most).map((each) => ({
        key: each.key,
        share: Math.max(0, each.loss) / top,
        chance: null,
        value: number(each.loss, 3),
        isStrong: each.loss > 2 * each.spread,
        words: "",
        told: `loss of R squared ${number(each.loss, 3)} ± ${number(each.spread, 2)}`,
      })),
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
    this.said.textContent = text;
    this.said.className = isWarned ? "nbm-warn" : "";
    this.explained.textContent = method;
    if (!this.said.isConnected)
      this.notes.replaceChildren(
        this.said,
        h("details", {}, h("summary", {}, "method"), this.explained),
        h("span", {}, "Among the runs that were made: no proof of a cause."),
      );
  }

  private facts(row: Strength & { key: string }): Omit<BarFacts, "isShown"> {
    const { key, strength, chance, trend, why } = row;
    const told = `${row.runs} run${row.runs === 1 ? "" : "s"}`;
    if (strength === null) return { key, share: 0, chance: null, value: "·", isStrong: false, words: why, told };
    const isStrong = strength > (chance ?? 0);
    const way = trend === null || Math.abs(trend) < STEADY ? "" : trend > 0 ? " ↗" : " ↘";
    const more = trend === null ? "" : `, rank correlation ${signed(trend)}`;
    return {
      key,
      share: strength,
      chance,
      value: number(strength, 2) + way,
      isStrong,
      words: isStrong ? "" : "no more than chance",
      told: `strength ${number(strength, 3)}, by chance ${number(chance, 3)}, ${told}${more}`,
    };
  }

  /** The bars in this order; those that are there already stay, so that they keep the focus. */
  private show(rows: readonly Omit<BarFacts, "isShown">[]): void {
    const { shared } = this;
    const bars = rows.map((facts) => {
      const column = `param.${facts.key}`;
      const bar =
        this.rows.get(facts.key) ??
        new Bar(facts.key, () => (this.hasAxis(column) ? shared.hide(column) : shared.show(column)));
      this.rows.set(facts.key, bar);
      bar.update({ ...facts, isShown: this.hasAxis(column) });
      return bar.el;
    });
    arrange(this.list, bars);
  }

  private hasAxis(column: string): boolean {
    return this.shared.memory.axes?.includes(column) ?? false;
  }
}
