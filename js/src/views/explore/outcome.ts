import { button, h } from "../../lib/dom";
import { number, short } from "../../lib/format";
import type { Stage } from "../../lib/stage";
import type { Memory } from "./shared";
import type { ExploreData, Table } from "./table";
import { filterText } from "./words";

const COMPARED = 6;
const TOLD_MS = 250;
const NUMBERED = 300; // runs that a filter names one by one

/** What the outcome of brushing is taken from. */
export interface Brushed {
  readonly table: Table;
  /** The runs that pass, best first. */
  readonly matching: readonly number[];
  readonly memory: Pick<Memory, "brushes" | "hasBrushed">;
}

/** The line that says how many runs pass, and what can be done with them. */
export class Outcome {
  private readonly count = h("b", { class: "nbm-explore-count" });
  private readonly status = h("span", { class: "nbm-unseen", role: "status" });
  private readonly compare = button("", () => this.openCompare(), { class: "nbm-button nbm-primary" });
  private readonly toTable = button("Show in table", () => this.openTable());
  private readonly clear: HTMLButtonElement;
  private readonly hint = h("span", { class: "nbm-q" }, "drag along an axis to keep only the runs that pass there");
  private told: ReturnType<typeof setTimeout> | undefined;
  readonly el: HTMLElement;

  constructor(
    private readonly of: Brushed,
    private readonly stage: Stage<any, ExploreData>,
    clear: () => void,
  ) {
    this.clear = button("Clear brushes", clear);
    const parts = [this.count, this.compare, this.toTable, this.clear, this.hint, this.status];
    this.el = h("div", { class: "nbm-explore-line" }, ...parts);
  }

  get isEmpty(): boolean {
    return !this.count.textContent;
  }

  close(): void {
    clearTimeout(this.told);
  }

  /** Something for those who do not see it. */
  say(text: string): void {
    this.status.textContent = text;
  }

  /** Count the runs anew, and give them to Python a moment later. */
  draw(): void {
    const { matching, table, memory } = this.of;
    const isBrushed = memory.brushes.size > 0;
    const all = `${number(table.count)} run${table.count === 1 ? "" : "s"}`;
    this.count.textContent = isBrushed ? `${number(matching.length)} of ${all}` : all;
    const some = Math.min(matching.length, COMPARED);
    this.compare.textContent = matching.length > some ? `Compare first ${some}` : `Compare ${some}`;
    this.compare.disabled = some < 2;
    const named = this.named();
    this.toTable.textContent = named?.isPart ? `Show first ${number(named.numbers.length)} in table` : "Show in table";
    this.toTable.disabled = !matching.length || named?.numbers.length === 0;
    this.clear.hidden = !isBrushed;
    this.hint.hidden = isBrushed || table.count < 2;
    clearTimeout(this.told);
    if (isBrushed) memory.hasBrushed = true;
    // what was chosen before a reload, or in another view of the same cell, stays until somebody brushes here
    if (!memory.hasBrushed) return;
    this.told = setTimeout(() => {
      if (isBrushed) this.say(this.count.textContent ?? "");
      const ids = isBrushed ? matching.map((run) => table.data.runs.id[run]!) : [];
      if (JSON.stringify(ids) !== JSON.stringify(this.stage.model.get("selection") ?? [])) this.stage.select(ids);
    }, TOLD_MS);
  }

  private openCompare(): void {
    const { runs } = this.of.table.data;
    const some = this.of.matching.slice(0, COMPARED);
    const title = some.slice(0, 3).map((run) => `#${runs.number[run] ?? "?"}`);
    const rest = some.length > 3 ? " ..." : "";
    this.stage.open({
      view: "compare",
      args: { runs: some.map((run) => runs.id[run]!) },
      title: `${title.join(" vs ")}${rest}`,
    });
  }

  private openTable(): void {
    const { data } = this.of.table;
    const named = this.named();
    const filter = named ? `number in (${named.numbers.join(", ")})` : this.filter();
    const part = `first ${number(named?.numbers.length)} of ${number(this.of.matching.length)}`;
    this.stage.open({
      view: "runs",
      args: { filter, experiment: data.experiment ?? "*", metric: data.metric },
      title: named?.isPart ? `runs · ${part}` : filter ? `runs · ${short(filter, 30)}` : "runs",
    });
  }

  private filter(): string | null {
    return filterText(this.of.table, this.of.memory.brushes);
  }

  /** The runs one by one, where no filter says the same; null where one does. */
  private named(): { numbers: number[]; isPart: boolean } | null {
    if (this.filter() !== null) return null;
    const { matching, table } = this.of;
    const known = matching.map((run) => table.data.runs.number[run]).filter((each) => typeof each === "number");
    const numbers = known.slice(0, NUMBERED);
    return { numbers, isPart: numbers.length < matching.length };
  }
}
