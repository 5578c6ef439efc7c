import type { Chart, Of } from "./types";

/** What a chart keeps of how its view is looked at: of the right kind, or it is left out. */
const FIELDS: Record<string, Record<string, (value: unknown) => boolean>> = {
  curves: {
    metrics: isTexts,
    x: isText,
    group: isOptional,
    spread: isText,
    smoothing: (value) => typeof value === "number" && value >= 0 && value < 1,
    log: isTruth,
    logX: isTruth,
  },
  explore: { metric: isOptional, params: isTexts, metrics: isTexts, look: isMapping },
};

function isText(value: unknown): boolean {
  return typeof value === "string";
}
function isOptional(value: unknown): boolean {
  return value === null || isText(value);
}
function isTexts(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.every(isText));
}
function isTruth(value: unknown): boolean {
  return typeof value === "boolean";
}
function isMapping(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function picked(kind: string, from: Record<string, unknown>): Record<string, unknown> {
  const fields = Object.entries(FIELDS[kind]!);
  return Object.fromEntries(
    fields.filter(([name, isRight]) => isRight(from[name])).map(([name]) => [name, from[name]]),
  );
}

/** Why a chart cannot be drawn here, in words; null if it can. */
export function problemOf(chart: Chart): string | null {
  if (typeof chart.kind !== "string") return "This chart cannot be read.";
  if (!Object.hasOwn(FIELDS, chart.kind))
    return `This nbmlops does not know charts of the kind “${chart.kind.slice(0, 40)}”: a newer one made it. Upgrade nbmlops and reload the page, or remove the chart.`;
  return null;
}

/** What the view of a chart asks with, as `nbmlops/tracking/saved_charts.py` has it; `of` are the runs of the table. */
export function argsOf(chart: Chart, of: Of): Record<string, unknown> {
  const args = picked(chart.kind as string, chart);
  return chart.kind === "curves" ? { ...args, of } : { ...args, filter: of.filter, experiment: of.experiment };
}

/** The chart as its view is looked at now. */
export function keptOf(chart: Chart, args: Record<string, unknown>): Chart {
  const { kind, half } = chart;
  return { kind, ...(half === undefined ? {} : { half }), ...picked(kind as string, args) };
}

/** What stands above it. */
export function titleOf(chart: Chart): string {
  if (problemOf(chart)) return "Chart";
  const { metrics, metric } = chart;
  if (chart.kind === "curves")
    return isTexts(metrics) && metrics ? `Curves of ${named(metrics as string[])}` : "Curves";
  return isText(metric) ? `Exploration of ${metric}` : "Exploration";
}

function named(keys: string[]): string {
  if (!keys.length) return "no metric";
  return keys.slice(0, 3).join(", ") + (keys.length > 3 ? ` and ${keys.length - 3} more` : "");
}
