import { h } from "../../lib/dom";
import { duration, moment, number, short, size } from "../../lib/format";
import { reachable } from "../../lib/scrolls";
import { isKnown, type Stage } from "../../lib/stage";
import type { SectionOptions } from "./section";
import type { Embed } from "./sections";

interface OfferedRow {
  key: string;
  cells: unknown[];
  texts?: (string | null)[];
  kind?: string;
  about?: string;
}

/** A section of another capability: see `nbmlops/ui/sections.py`. */
type Offered =
  | { kind: "rows"; name: string; title: string; notes: string[]; rows: OfferedRow[]; equal: OfferedRow[] }
  | { kind: "view"; name: string; title: string; notes: string[]; view: string; args: Record<string, unknown> }
  | { kind: "pairs"; name: string; title: string; notes: string[] };

/** The sections that other capabilities have for a run. */
export async function offeredSections(stage: Stage, embed: Embed): Promise<SectionOptions[]> {
  const { sections } = await stage.desk.view<{ sections: Offered[] }>("run/sections", stage.args);
  return sections.map((found) => ({
    key: `offered-${found.name}`,
    title: found.title,
    summary: summary(found),
    fill: (body) => {
      if (found.kind === "view" && isKnown(found.view)) return embed(body, found.view, found.args);
      body.append(rowsOf(found));
    },
  }));
}

function summary(found: Offered): string {
  return found.kind === "rows" ? number(found.rows.length + found.equal.length) : "";
}

/** Names and values of one run. */
function rowsOf(found: Offered): HTMLElement {
  const box = h("div");
  if (found.kind === "rows") {
    const rows = [...found.rows, ...found.equal].map((row) =>
      h(
        "tr",
        { title: row.about || null },
        h("td", { title: row.key }, short(row.key, 80)),
        h("td", { class: "nbm-value" }, written(row)),
      ),
    );
    box.append(
      reachable(
        h("div", { class: "nbm-list-wrap" }, h("table", { class: "nbm-list" }, h("tbody", {}, ...rows))),
        found.title,
      ),
    );
  }
  if (found.notes.length) box.append(h("div", { class: "nbm-q" }, found.notes.join(" · ")));
  return box;
}

function written(row: OfferedRow): string {
  const value = row.cells[0];
  const text = row.texts?.[0];
  if (typeof text === "string") return short(text, 200);
  if (row.kind === "duration" && typeof value === "number") return duration(value);
  if (row.kind === "size" && typeof value === "number") return size(value);
  if (row.kind === "time" && typeof value === "string") return moment(value) || value;
  return short(number(value), 200);
}
