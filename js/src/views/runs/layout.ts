import { headings, number, runLabel } from "../../lib/format";
import { type Writer, writers } from "./cells";
import type { Column, Data } from "./types";

const PADDING = 16;
const LONGEST: Record<string, number> = { note: 320, tags: 220, text: 220, code: 140 };
const SHORTEST: Record<string, number> = { note: 160, tags: 96 };
const NARROWEST = 44;
const CHECK = 28;
const HEAD = 150; // a longer name of a column is cut, its values are not

/** The columns in sight: how wide they are, which stay left, and how their cells are written. */
export class Layout {
  readonly writers: Writer[];
  readonly labels: string[];
  /** Pixels: tick, run, then the columns. */
  readonly widths: number[];
  /** How many columns stay left while the others scroll, tick and run among them. */
  readonly sticky: number;
  readonly total: number;

  /** The widths by the keys of the columns. */
  readonly byKey = new Map<string, number>();

  /**
   * @param measure tells how wide a text is.
   * @param room how wide the table may be.
   * @param before widths that the columns had: none becomes narrower, so that little moves.
   */
  constructor(data: Data, measure: (text: string) => number, room: number, before: ReadonlyMap<string, number>) {
    const { rows } = data;
    const { pinned } = data.asked;
    const shown = data.columns.map((column, place) => ({ column, place })).filter(({ column }) => column.shown);
    const isPinned = ({ column }: { column: Column }) => pinned.includes(column.key);
    const ordered = [...shown.filter(isPinned), ...shown.filter((each) => !isPinned(each))];
    const sample = data.guest ? [data.guest, ...rows] : rows;
    this.writers = writers(
      ordered.map(({ column }) => column),
      ordered.map(({ place }) => place),
      sample,
    );
    this.labels = headings(ordered.map(({ column }) => column.label));
    const runWidth = Math.max(
      ...sample.map((row) => measure(runLabel(row.run)) + (row.run.is_baseline ? 84 : 44)),
      120,
    );
    const widths = this.writers.map((writer, place) => {
      const most = LONGEST[writer.column.key] ?? LONGEST[writer.column.kind] ?? 360;
      let widest = Math.min(measure(this.labels[place]!), HEAD) + 14;
      for (const row of sample)
        for (const text of writer.texts(row)) widest = Math.max(widest, measure(text) + writer.extra);
      const width = Math.max(SHORTEST[writer.column.key] ?? NARROWEST, Math.min(most, Math.ceil(widest)) + PADDING);
      this.byKey.set(writer.column.key, Math.max(width, before.get(writer.column.key) ?? 0));
      return this.byKey.get(writer.column.key)!;
    });
    const isNarrow = room > 0 && room < 420;
    // a long name must leave room for what it is told about
    const mostRun = isNarrow ? 150 : Math.max(180, Math.min(300, room > 0 ? room * 0.32 : 300));
    this.widths = [CHECK, Math.floor(Math.min(Math.ceil(runWidth) + PADDING + 8, mostRun)), ...widths];
    const wanted = 2 + ordered.filter(isPinned).length;
    // what stays left must leave something to scroll
    let [sticky, width] = [0, 0];
    while (sticky < wanted && (sticky < 2 || room === 0 || width + this.widths[sticky]! < room * 0.7)) {
      width += this.widths[sticky]!;
      sticky += 1;
    }
    this.sticky = isNarrow && width > room * 0.8 ? 1 : sticky;
    this.total = this.widths.reduce((sum, each) => sum + each, 0);
  }

  /** The columns as CSS; what is left over stands empty at the right. */
  get template(): string {
    return `${this.widths.map((width) => `${width}px`).join(" ")} minmax(0, 1fr)`;
  }

  /** Where a column that stays left begins. */
  left(place: number): number {
    return this.widths.slice(0, place).reduce((sum, each) => sum + each, 0);
  }
}

/** Measures text in the font of an element. */
export function measurer(el: HTMLElement): (text: string) => number {
  const context = document.createElement("canvas").getContext?.("2d");
  if (!context) return (text) => text.length * 7;
  const { fontSize, fontFamily } = getComputedStyle(el);
  context.font = `${fontSize || "13px"} ${fontFamily || "sans-serif"}`;
  const known = new Map<string, number>();
  return (text) => {
    const found = known.get(text) ?? context.measureText(text).width;
    known.set(text, found);
    return found;
  };
}

/** How a group is said: `lr = 0.01`. */
export function groupLabel(label: string, text: string | null): string {
  return text === null ? `without ${label}` : `${label} = ${text}`;
}

/** What is known of the main metric in a group. */
export function groupFacts(
  group: { min: unknown; max: unknown; mean: unknown },
  metric: string | null,
  goal: "min" | "max" | null | undefined,
): string {
  if (!metric || group.mean === null) return "";
  if (!goal) return `${metric} ${number(group.min)} to ${number(group.max)} · mean ${number(group.mean)}`;
  return `${metric} best ${number(goal === "min" ? group.min : group.max)} · mean ${number(group.mean)}`;
}

/** What the cells of a row stand for, by their place. */
export function cellsOf(data: Data): string {
  return JSON.stringify([data.drawn, data.columns.map((column) => column.key)]);
}
