import { h } from "./dom";
import { short } from "./format";

/** Rows of data as they travel: values in the order of the names, which may stand twice. */
export interface Rows {
  names: string[];
  rows: unknown[][];
  /** How many columns more there are. */
  left_out?: number;
}

const LONGEST = 80;

/** A value of a table as a person checks it: every digit that it has, NULL told from an empty text. */
export function written(value: unknown): string {
  if (value === null || value === undefined) return "NULL";
  if (value === "") return "''";
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}

/** A cell with a value; long ones are cut, whole in the title. */
export function valueCell(value: unknown, css = ""): HTMLElement {
  const text = written(value);
  const isNumber = typeof value === "number" || ["NaN", "Infinity", "-Infinity"].includes(text);
  const isNothing = value === null || value === undefined;
  const title = text.length > LONGEST ? text.slice(0, 2000) : null;
  const classes = [isNumber && "nbm-n", isNothing && "nbm-q", css].filter(Boolean).join(" ");
  return h("td", { class: classes || null, title }, short(text, LONGEST));
}
