import { button, h } from "../../lib/dom";
import { MISSING, number, runLabel, short, signed, toNumber } from "../../lib/format";
import { reachable } from "../../lib/scrolls";
import type { MetricRow, ParamRow, RunData, Some } from "./data";
import { problem } from "./section";

const MANY = 12;

/** What was searched for in tables, and the rows of those that were asked for whole, by what they list. */
export type Memory = Map<string, { wanted: string; isWhole?: boolean; rows?: { key: string }[] }>;

/** A table that can be searched where it is long, and asks for the rest where it was cut. */
export function searchable<T extends { key: string }>(options: {
  some: Some<T>;
  what: string;
  columns: () => HTMLElement[];
  row: (row: T) => HTMLElement;
  text: (row: T) => string;
  rest: () => Promise<T[]>;
  className?: string;
  /** Kept while the table is drawn again. */
  memory?: Memory;
}): HTMLElement {
  const { some, memory = new Map() as Memory } = options;
  const kept = memory.get(options.what) ?? { wanted: "" };
  memory.set(options.what, kept);
  let rows = kept.rows ? newest(kept.rows as T[], some.rows) : some.rows;
  const body = h("tbody");
  const count = h("span", { class: "nbm-q", role: "status" });
  const table = h(
    "table",
    { class: `nbm-list ${options.className ?? ""}` },
    h("thead", {}, h("tr", {}, ...options.columns())),
    body,
  );
  const field = h("input", {
    type: "search",
    placeholder: `Find a ${options.what}`,
    "aria-label": `Find a ${options.what}`,
    value: kept.wanted,
    onInput: () => {
      kept.wanted = field.value;
      show();
    },
  });
  field.addEventListener("keydown", (event) => event.stopPropagation());
  const whole = async () => {
    rows = await options.rest();
    kept.rows = rows;
    show();
  };
  const all = button(`Show all ${number(some.total)}`, async () => {
    all.disabled = kept.isWhole = true;
    try {
      await whole();
      all.remove();
    } catch (error) {
      kept.isWhole = false;
      all.replaceWith(problem(error, () => all.click()));
    }
  });
  const show = () => {
    const wanted = field.value.toLowerCase().trim();
    const found = wanted ? rows.filter((row) => options.text(row).toLowerCase().includes(wanted)) : rows;
    body.replaceChildren(...found.map(options.row));
    const isPart = rows.length < some.total;
    const part = isPart ? `first ${number(rows.length)} of ${number(some.total)}` : "";
    count.textContent = wanted ? `${number(found.length)} of ${number(rows.length)}` : part;
  };
  show();
  const tools = h("div", { class: "nbm-tools" }, field, count);
  if (kept.isWhole)
    whole().catch(() => kept.rows || tools.append(all)); // what is known stays
  else if (rows.length < some.total) tools.append(all);
  const wrap = reachable(h("div", { class: "nbm-list-wrap" }, table), `${options.what}s`);
  return h("div", {}, some.total > MANY && tools, wrap);
}

/** Known rows, with what is newer of some of them. */
function newest<T extends { key: string }>(known: T[], fresh: T[]): T[] {
  const found = new Map(fresh.map((row) => [row.key, row]));
  return known.map((row) => found.get(row.key) ?? row);
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string" && toNumber(value) === null) return value === "" ? "''" : short(value, 200);
  return number(value);
}

const heading = (text: string, isNumber = false, title?: string) =>
  h("th", { scope: "col", class: isNumber ? "nbm-n" : null, title }, text);

/** Parameters: name, value, and where they come from if that differs. */
export function params(data: RunData, memory: Memory, rest: () => Promise<ParamRow[]>): HTMLElement {
  const origins = new Set(data.params.rows.map((row) => row.origin));
  const hasOrigin = origins.size > 1 || (origins.size === 1 && !origins.has("literal"));
  return searchable<ParamRow>({
    some: data.params,
    what: "parameter",
    className: "nbm-list-text",
    columns: () => [heading("name"), heading("value"), ...(hasOrigin ? [heading("from")] : [])],
    row: (row) =>
      h(
        "tr",
        {},
        h("td", { title: row.key }, short(row.key, 80)),
        h("td", { class: "nbm-value", title: String(row.value) }, shown(row.value)),
        hasOrigin && h("td", { class: "nbm-q" }, row.origin),
      ),
    text: (row) => `${row.key} ${row.value} ${row.origin}`,
    rest,
    memory,
  });
}

const cell = (value: unknown, css = "nbm-n") =>
  h("td", { class: css, title: value === null || value === undefined ? null : String(value) }, number(value));

/** The difference to the baseline: sign, arrow (filled better, hollow worse) and colour. */
export function deltaCell(delta: MetricRow["delta"]): HTMLElement {
  const value = delta ? toNumber(delta.value) : null;
  if (!delta || value === null) return h("td", { class: "nbm-n" }, MISSING);
  const known = delta.is_better !== null && value !== 0 && !Number.isNaN(value);
  const arrow = !known ? "" : value > 0 ? (delta.is_better ? "▲" : "△") : delta.is_better ? "▼" : "▽";
  const word = !known ? null : delta.is_better ? "better" : "worse";
  const css = !known ? "nbm-n" : `nbm-n ${delta.is_better ? "nbm-good" : "nbm-bad"}`;
  return h(
    "td",
    { class: css, title: word && `${word}, by ${value}` },
    signed(value),
    h("span", { class: "nbm-arrow" }, arrow),
  );
}

/** Metrics: the last value, the best by its goal, what the curve ranged over, what was not finite. */
export function metrics(data: RunData, memory: Memory, rest: () => Promise<MetricRow[]>): HTMLElement {
  const { rows } = data.metrics;
  const hasCurve = rows.some((row) => row.count > 1);
  const hasHoles = rows.some((row) => row.non_finite > 0);
  const hasBest = hasCurve && rows.some((row) => row.goal);
  const { baseline } = data;
  const columns = () => [
    heading("name"),
    heading("last", true),
    ...(baseline ? [heading(`vs ${runLabel({ ...baseline, name: null })}`, true, runLabel(baseline))] : []),
    ...(hasBest ? [heading("best", true, "by its goal; a guess from the name is told on hover")] : []),
    ...(hasCurve ? [heading("min", true), heading("max", true), heading("points", true)] : []),
    ...(hasHoles ? [heading("NaN, inf", true)] : []),
  ];
  const best = (row: MetricRow) => {
    if (row.count < 2 || !row.goal) return h("td", { class: "nbm-n" }, MISSING);
    const guess = row.is_guess ? " (a guess from its name; ml.goal changes it)" : "";
    const title = `${row.best} · ${row.goal === "min" ? "lower" : "higher"} is better${guess}`;
    return h("td", { class: "nbm-n", title }, number(row.best));
  };
  return searchable<MetricRow>({
    some: data.metrics,
    what: "metric",
    columns,
    row: (row) =>
      h(
        "tr",
        {},
        h("td", { title: row.key }, short(row.key, 80)),
        cell(row.last, "nbm-n nbm-strong"),
        baseline && deltaCell(row.delta),
        hasBest && best(row),
        ...(hasCurve
          ? [cell(row.count > 1 ? row.min : null), cell(row.count > 1 ? row.max : null), cell(row.count)]
          : []),
        hasHoles && cell(row.non_finite || null, row.non_finite ? "nbm-n nbm-warn" : "nbm-n"),
      ),
    text: (row) => row.key,
    rest,
    memory,
  });
}

/** What the machine was used for: last, mean and highest value. */
export function system(data: RunData, memory: Memory): HTMLElement {
  return searchable<MetricRow>({
    some: data.system,
    what: "measure",
    columns: () => [heading("name"), heading("last", true), heading("mean", true), heading("max", true)],
    row: (row) =>
      h(
        "tr",
        {},
        h("td", { title: row.key }, short(row.key.replace(/^system\//, ""), 80)),
        cell(row.last),
        cell(row.mean),
        cell(row.max),
      ),
    text: (row) => row.key,
    rest: async () => data.system.rows,
    memory,
  });
}
