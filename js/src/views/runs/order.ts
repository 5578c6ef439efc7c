import { toNumber } from "../../lib/format";
import type { Column, Row, Sort } from "./types";

/** What a click on a column sorts by next: better first, then the other way, then as it was. */
export function nextSort(key: string, column: Column | null, now: Sort | null): Sort | null {
  const isFirst = column?.kind === "metric" ? column.goal !== "min" : key === "run";
  if (now?.key !== key) return { key, descending: isFirst };
  return now.descending === isFirst ? { key, descending: !isFirst } : null;
}

/** The rows that are here in another order; what is missing or NaN goes last. */
export function sorted(rows: readonly Row[], columns: readonly Column[], sort: Sort): Row[] {
  const place = columns.findIndex((column) => column.key === sort.key);
  const value = (row: Row): unknown => (sort.key === "run" ? row.run.number : row.cells[place]);
  const way = (sort.descending ? -1 : 1) * (columns[place]?.kind === "time" && sort.key === "age" ? -1 : 1);
  const isMissing = (found: unknown) => found === null || found === undefined || Number.isNaN(toNumber(found) ?? 0);
  return [...rows].sort((one, other) => {
    const [a, b] = [value(one), value(other)];
    if (isMissing(a) || isMissing(b)) return Number(isMissing(a)) - Number(isMissing(b));
    const [x, y] = [toNumber(a), toNumber(b)];
    if (x !== null && y !== null) return x === y ? 0 : way * (x < y ? -1 : 1);
    if (x !== null || y !== null) return x !== null ? -1 : 1; // numbers before text
    return way * String(a).localeCompare(String(b));
  });
}
