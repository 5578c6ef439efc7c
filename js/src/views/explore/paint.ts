import { RUN_COLOURS, runStyles } from "../../lib/colours";
import type { Cell, Scale } from "../../lib/scale";
import type { Table } from "./table";

/** One hue, from near the ground to far from it: what is better stands out, on light and on dark. */
const LIGHT = ["#8db4dd", "#4f86c0", "#1f5a99", "#062c5c"];
const DARK = ["#2c527d", "#4a86c4", "#86b9ec", "#def0ff"];
const QUIET = { light: "#8a8a8a", dark: "#8a8a8a" };
const STEPS = 24;
export const FEW = 10;
const CLEAR = 0.5; // luminance of text above which the ground must be dark

/** How each run is drawn. */
export interface Paint {
  colour: string;
  dash: readonly number[];
  /** What is drawn later lies on top. */
  order: number;
}

/** Whether text here is light, so that the ground is dark. */
export function isDark(el: HTMLElement): boolean {
  const parts = getComputedStyle(el)
    .color.match(/[\d.]+/g)
    ?.slice(0, 3)
    .map(Number);
  if (!parts || parts.length < 3) return false;
  return (0.2126 * parts[0]! + 0.7152 * parts[1]! + 0.0722 * parts[2]!) / 255 > CLEAR;
}

/** The colour at a share of the ramp, in steps. */
export function rampColour(share: number, dark: boolean): string {
  const stops = dark ? DARK : LIGHT;
  const at = (Math.round(Math.min(1, Math.max(0, share)) * (STEPS - 1)) / (STEPS - 1)) * (stops.length - 1);
  const low = Math.min(stops.length - 2, Math.floor(at));
  const part = at - low;
  const channel = (colour: string, index: number) => Number.parseInt(colour.slice(1 + 2 * index, 3 + 2 * index), 16);
  const mixed = [0, 1, 2].map((index) =>
    Math.round(channel(stops[low]!, index) * (1 - part) + channel(stops[low + 1]!, index) * part),
  );
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

export const quiet = (dark: boolean) => (dark ? QUIET.dark : QUIET.light);

/** The paint of every run, coloured by a column, or by the runs themselves where `by` is null. */
export function paints(table: Table, by: string | null, scale: Scale | null, dark: boolean): Paint[] {
  const column = by === null ? null : table.column(by);
  if (!column || !scale) {
    const styles = runStyles(table.data.runs.number);
    return styles.map((style, order) => ({ ...style, order: styles.length - order }));
  }
  const isLow = table.goal(by) === "min";
  return column.cells.map((cell: Cell) => {
    const place = scale.place(cell);
    if (column.kind !== "number") {
      const index = cell === null ? -1 : column.labels.indexOf(String(cell));
      const colour = index < 0 || index >= RUN_COLOURS.length ? quiet(dark) : RUN_COLOURS[index]!;
      return { colour, dash: [], order: -index };
    }
    if (place < 0) return { colour: quiet(dark), dash: [3, 3], order: -1 };
    const share = isLow ? 1 - place : place;
    return { colour: rampColour(share, dark), dash: [], order: share };
  });
}
