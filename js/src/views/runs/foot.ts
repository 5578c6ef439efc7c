import { button, h } from "../../lib/dom";
import { heading, number } from "../../lib/format";
import type { Args, Data } from "./types";

const KEYS =
  "arrows move, Space ticks, Shift+Space ticks up to here, Enter opens or sorts, n edits the note, t the tags, " +
  "b pins the baseline, x unfolds attempts, Delete deletes";

export interface FootActions {
  change(change: Partial<Args>): void;
  columns(anchor: HTMLElement): void;
  showEqual(isShown: boolean): void;
  refresh(): void;
}

/** The line under the table: how much there is, what is hidden, what to know; and what was just done. */
export class Foot {
  readonly node = h("div", { class: "nbm-foot" });
  private readonly facts = h("span", { class: "nbm-facts" });
  private readonly said = h("span", { class: "nbm-said", role: "status" });

  constructor(private readonly actions: FootActions) {
    this.node.append(this.facts, this.said);
  }

  /** A quiet word on what was done or cannot be done, with something to do about it. */
  say(text: string, label = "", onClick = () => {}): void {
    this.said.replaceChildren(text ? ` · ${text} ` : "");
    if (label) this.said.append(button(label, onClick, { class: "nbm-word" }));
  }

  /** Say no more of this, if it is what was said last. */
  unsay(text: string): void {
    if (this.said.firstChild?.textContent === ` · ${text} `) this.say("");
  }

  show(data: Data): void {
    const { asked } = data;
    const parts: (Node | string)[][] = [];
    const word = (label: string, onClick: () => void, title = "") =>
      button(label, onClick, { class: "nbm-word", title: title || null });
    parts.push([data.total ? count(data) : data.empty]);
    if (data.equal) {
      const isOne = data.equal === 1;
      const label = `${data.equal} column${isOne ? "" : "s"} equal everywhere`;
      parts.push([
        `${label} `,
        word(asked.hide_equal ? "show" : "hide", () => this.actions.showEqual(asked.hide_equal)),
      ]);
    }
    if (data.more) {
      const more = word(`${number(data.more)} more columns`, () => this.actions.columns(more));
      parts.push([more]);
    }
    for (const [key, other] of data.twins) parts.push([`${heading(key, 28)} = ${heading(other, 28)} in every run`]);
    if (data.runs > data.total || !asked.fold) {
      const title = "Attempts at the same thing: one row, that of the newest; ± is their standard deviation";
      const label = asked.fold ? "unfold attempts" : "fold attempts";
      parts.push([word(label, () => this.actions.change({ fold: !asked.fold }), title)]);
    }
    if (data.elsewhere) {
      const label = `${number(data.elsewhere)} of other experiments`;
      parts.push([word(label, () => this.actions.change({ experiment: "*" }))]);
    }
    if (data.left_out?.length)
      parts.push([`the view was saved by another version: not understood are ${data.left_out.join(", ")}`]);
    const guesses = guessed(data);
    if (guesses) parts.push([h("span", { title: "ml.goal(...) says it for good" }, guesses)]);
    parts.push([word("Refresh", () => this.actions.refresh()), " ", word("Keys", () => this.say(KEYS))]);
    this.facts.replaceChildren();
    parts.forEach((part, place) => {
      if (place) this.facts.append(" · ");
      this.facts.append(...part);
    });
  }
}

function count(data: Data): string {
  const rows = `${number(data.total)} ${data.runs > data.total ? "rows" : data.total === 1 ? "run" : "runs"}`;
  return data.runs > data.total ? `${rows}, ${number(data.runs)} runs` : rows;
}

/** Which way metrics are better, where only their names say so. */
function guessed(data: Data): string {
  const hasBaseline = data.columns.some((column) => column.base !== undefined);
  const keys = (goal: string) =>
    data.columns
      .filter((column) => column.shown && column.guess && column.goal === goal)
      .map((column) => heading(column.label, 28));
  const parts = [];
  if (hasBaseline && keys("max").length) parts.push(`higher is better for ${keys("max").join(", ")}`);
  if (hasBaseline && keys("min").length) parts.push(`lower for ${keys("min").join(", ")}`);
  return parts.length ? `${parts.join(", ")} (by name)` : "";
}
