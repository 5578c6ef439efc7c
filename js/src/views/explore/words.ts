import { NOT_SET } from "../../lib/scale";
import type { Brush } from "./brush";
import { type Column, nameOf, type Table } from "./table";

const CLAUSE = /\border\s+by\b|\blimit\b/i;

/** Brushes as a filter of the runs table, or null where only the ids of the runs can say it. */
export function filterText(table: Table, brushes: ReadonlyMap<string, Brush>): string | null {
  const given = table.data.filter.trim();
  if (CLAUSE.test(given) || table.data.total > table.count) return null;
  const parts = given ? [/\bor\b/i.test(given) ? `(${given})` : given] : [];
  for (const [key, brush] of brushes) {
    const column = table.column(key);
    const part = column ? conditions(column, brush) : null;
    if (part === null) return null;
    if (part) parts.push(part);
  }
  return parts.join(" and ");
}

function conditions(column: Column, brush: Brush): string | null {
  if (column.isCut) return null;
  const name = column.key === "duration_s" ? column.key : `${column.key.split(".")[0]}.\`${quoted(column)}\``;
  const found: string[] = [];
  if (brush.range) {
    const [low, high] = brush.range;
    const isOpen = !Number.isFinite(low) || !Number.isFinite(high);
    if (isOpen && column.cells.some((cell) => Math.abs(Number(cell ?? 0)) === Number.POSITIVE_INFINITY)) return null;
    if (!Number.isFinite(low) && !Number.isFinite(high)) found.push(`${name} is finite`);
    else {
      const from = Number.isFinite(low) ? `${name} >= ${outwards(low, -1)}` : "";
      const to = Number.isFinite(high) ? `${name} <= ${outwards(high, 1)}` : "";
      const both = from && to ? `${from} and ${to}` : from || to;
      found.push(brush.words.length && from && to ? `(${both})` : both);
    }
  }
  const texts: string[] = [];
  for (const word of brush.words) {
    if (column.kind === "number") {
      if (word === NOT_SET || word === "None") found.push(`${name} is null`);
      else if (word === "NaN") found.push(`${name} is nan`);
      else if (word === "inf" || word === "-inf") return null;
      else texts.push(word);
    } else if (column.kind === "flag")
      found.push(word === NOT_SET ? `${name} is null` : `${name} is ${word.toLowerCase()}`);
    else if (word === NOT_SET || word === "None") found.push(`${name} is null`);
    else texts.push(word);
  }
  if (texts.length) found.push(`${name} in (${texts.map((text) => `'${text.replaceAll("'", "''")}'`).join(", ")})`);
  const distinct = [...new Set(found)];
  return distinct.length > 1 ? `(${distinct.join(" or ")})` : (distinct[0] ?? "");
}

const quoted = (column: Column) => nameOf(column.key).replaceAll("`", "``");

/** A number of few digits on the outer side of an edge, so that what was seen inside stays inside. */
export function outwards(value: number, way: 1 | -1, digits = 4): string {
  if (value === 0) return "0";
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - digits + 1);
  const rounded = way < 0 ? Math.floor(value / unit + 1e-9) : Math.ceil(value / unit - 1e-9);
  return String(Number((rounded * unit).toPrecision(digits)));
}
