import { runColour } from "../../lib/colours";
import { h } from "../../lib/dom";
import {
  ago,
  aligned,
  duration,
  MISSING,
  moment,
  NBSP,
  number,
  runLabel,
  short,
  signed,
  toNumber,
} from "../../lib/format";
import { commonScale, type Scale, spark } from "../../lib/spark";
import { statusNode } from "../../lib/status";
import { tagWords } from "../../lib/tags";
import type { Column, Row, Run } from "./types";

/** How one column writes its cells; made anew when the first rows are, so that nothing moves while scrolling. */
export interface Writer {
  column: Column;
  isRight: boolean;
  fill(cell: HTMLElement, row: Row): void;
  /** Texts that say how wide the column is. */
  texts(row: Row): string[];
  /** Pixels beside the texts. */
  extra: number;
}

/** Up or down by sign; filled is better, hollow is worse. */
export function deltaArrow(value: number, isBetter: boolean | null): string {
  if (isBetter === null || !value || Number.isNaN(value)) return "";
  return value > 0 ? (isBetter ? "▲" : "△") : isBetter ? "▼" : "▽";
}

/** The distance to the baseline, and whether that is better. */
export function delta(value: unknown, column: Column): { value: number; isBetter: boolean | null } | null {
  const [mine, base] = [toNumber(value), toNumber(column.base)];
  if (mine === null || base === null || !Number.isFinite(mine) || !Number.isFinite(base)) return null;
  const isKnown = column.goal && mine !== base;
  return { value: mine - base, isBetter: isKnown ? mine > base === (column.goal === "max") : null };
}

const full = (value: unknown) => (toNumber(value) === null ? String(value) : String(toNumber(value)));

function text(cell: HTMLElement, shown: string, title: string): void {
  if (cell.textContent !== shown) cell.textContent = shown; // what somebody marks in it stays marked
  if (title && title !== shown) cell.title = title.slice(0, 1000);
}

/** Writers of the columns, from the rows that are here first. */
export function writers(columns: readonly Column[], places: readonly number[], rows: readonly Row[]): Writer[] {
  return columns.map((column, at) => writer(column, places[at]!, rows));
}

function writer(column: Column, place: number, rows: readonly Row[]): Writer {
  const value = (row: Row) => row.cells[place];
  const missing = (cell: HTMLElement) => {
    cell.textContent = MISSING;
    cell.classList.add("nbm-none");
  };
  const simple = (write: (value: any) => string, title: (value: any) => string, isRight = false): Writer => ({
    column,
    isRight,
    extra: 0,
    texts: (row) => [value(row) === null || value(row) === undefined ? MISSING : write(value(row))],
    fill(cell, row) {
      const found = value(row);
      if (found === null || found === undefined || found === "") missing(cell);
      else text(cell, write(found), title(found));
    },
  });
  switch (column.kind) {
    case "metric":
      return metricWriter(column, place, rows, missing);
    case "number": {
      const write = aligned(rows.map(value));
      return simple((found) => (typeof found === "string" ? short(write(found), 40) : write(found)), full, true);
    }
    case "duration":
      return simple(
        (found) => duration(toNumber(found)).replaceAll(" ", NBSP),
        (found) => `${found} s`,
        true,
      );
    case "time":
      return {
        ...simple((found) => ago(found).replaceAll(" ", NBSP), moment),
        texts: (row) => [value(row) ? `59${NBSP}min${NBSP}ago` : MISSING], // it has to stay in sight as it grows
      };
    case "status":
      return {
        column,
        isRight: false,
        extra: 20,
        texts: (row) => [row.run.status],
        fill(cell, row) {
          cell.append(statusNode(row.run.status));
          if (row.run.status === "running") cell.append(word("Stop", "stop", `Stop ${runLabel(row.run)}`));
        },
      };
    case "tags":
      return {
        column,
        isRight: false,
        extra: 0,
        texts: (row) => [tagWords(value(row)).join(" · ")],
        fill(cell, row) {
          const words = tagWords(value(row)).join(" · ");
          if (words) cell.append(h("span", { class: "nbm-clip", title: words }, short(words, 200)));
          else missing(cell);
          cell.append(word("Edit", "tags", `Edit the tags of ${runLabel(row.run)}`));
        },
      };
    default: {
      const plain = simple((found) => short(found, 200), full);
      if (column.key !== "note") return plain;
      return {
        ...plain,
        fill(cell, row) {
          const note = value(row);
          if (note) cell.append(h("span", { class: "nbm-clip", title: String(note) }, short(note, 200)));
          else missing(cell);
          cell.append(word("Edit", "note", `Edit the note of ${runLabel(row.run)}`));
        },
      };
    }
  }
}

/** A metric: its curve, its last value, the spread over attempts, the distance to the baseline. */
function metricWriter(
  column: Column,
  place: number,
  rows: readonly Row[],
  missing: (cell: HTMLElement) => void,
): Writer {
  const key = column.key.slice("metric.".length);
  const write = aligned(
    rows.map((row) => row.cells[place]),
    true,
  );
  const hasCurves = Boolean(column.drawn) && rows.some((row) => row.spark);
  const scale: Scale | null = hasCurves ? commonScale(rows.map((row) => row.spark ?? [])) : null;
  const spreads = rows.map((row) => row.spread?.[key]).filter((found) => found !== undefined && found !== null);
  const writeSpread = (found: unknown) => `±${number(found, 2)}`;
  const deltas = rows.map((row) => deltaText(row, place, column));
  const widest = (texts: string[]) => Math.max(0, ...texts.map((each) => each.length));
  const [spreadWidth, deltaWidth] = [widest(spreads.map(writeSpread)), widest(deltas)];
  const valueWidth = Math.max(widest(rows.map((row) => write(row.cells[place]))), 4);
  return {
    column,
    isRight: true,
    extra: (hasCurves ? 72 : 0) + (spreadWidth ? 8 : 0) + (deltaWidth ? 8 : 0),
    texts: () => ["0".repeat(valueWidth + spreadWidth + deltaWidth)],
    fill(cell, row) {
      const value = row.cells[place];
      if (hasCurves) {
        const curve = h("span", { class: "nbm-curve" });
        if (row.spark) curve.append(spark(row.spark, runColour(row.run.number), scale));
        cell.append(curve);
      }
      const shown = h("span", { class: "nbm-last" });
      if (value === null || value === undefined) missing(shown);
      else text(shown, write(value), full(value));
      cell.append(shown);
      if (spreadWidth) {
        const spread = row.spread?.[key];
        const style = { width: `${spreadWidth}ch` };
        const said = spread === undefined || spread === null ? "" : writeSpread(spread);
        const title = said && `standard deviation of ${row.run.attempts} attempts: ${full(spread)}`;
        cell.append(h("span", { class: "nbm-part nbm-q", style, title: title || null }, said));
      }
      if (deltaWidth) cell.append(deltaNode(row, place, column, deltaWidth));
    },
  };
}

function deltaText(row: Row, place: number, column: Column): string {
  const found = row.run.is_baseline ? null : delta(row.cells[place], column);
  return found ? `${signed(found.value)} ${deltaArrow(found.value, found.isBetter)}` : "";
}

function deltaNode(row: Row, place: number, column: Column, width: number): HTMLElement {
  const node = h("span", { class: "nbm-part", style: { width: `${width + 1}ch` } });
  const found = row.run.is_baseline ? null : delta(row.cells[place], column);
  if (!found) return node;
  const verdict = found.isBetter === null ? "" : found.isBetter ? "better" : "worse";
  const css = { better: "nbm-good", worse: "nbm-bad", "": "nbm-q" }[verdict];
  node.classList.add(css);
  node.title = `${found.value > 0 ? "+" : ""}${found.value}${verdict ? `, ${verdict} than the baseline` : ""}`;
  node.append(
    `${signed(found.value)} `,
    h("span", { class: "nbm-runs-arrow", "aria-hidden": "true" }, deltaArrow(found.value, found.isBetter)),
    verdict ? h("span", { class: "nbm-unseen" }, verdict) : "",
  );
  return node;
}

function word(label: string, action: string, said: string): HTMLElement {
  const attributes = { type: "button", class: "nbm-word", tabindex: -1, "data-act": action, "aria-label": said };
  return h("button", attributes, label);
}

/** How a run is named in its row: its colour, its name, whether it is the baseline, how many attempts. */
export function fillRun(cell: HTMLElement, run: Run, options: { isOpen: boolean; isAttempt: boolean }): void {
  const label = runLabel(run);
  cell.append(
    h("span", { class: "nbm-mark", style: { color: runColour(run.number) }, "aria-hidden": "true" }, "■"),
    h(
      "button",
      { type: "button", class: "nbm-name", tabindex: -1, "data-act": "open", title: `${run.name ?? run.id}: open` },
      label,
    ),
  );
  if (run.attempts && !options.isAttempt) {
    const title = `${run.attempts} attempts at the same thing; the newest is shown`;
    const attributes = { type: "button", class: "nbm-word nbm-times", tabindex: -1, "data-act": "attempts", title };
    const said = { "aria-expanded": String(options.isOpen), "aria-label": `×${run.attempts} attempts of ${label}` };
    cell.append(h("button", { ...attributes, ...said }, `×${run.attempts}`));
  }
  const star = run.is_baseline ? "★ baseline" : "☆";
  const does = run.is_baseline ? `Unpin the baseline ${label}` : `Pin ${label} as the baseline`;
  const css = `nbm-word nbm-star${run.is_baseline ? " nbm-pinned" : ""}`;
  cell.append(
    h("button", { type: "button", class: css, tabindex: -1, "data-act": "pin", title: does, "aria-label": does }, star),
  );
}
