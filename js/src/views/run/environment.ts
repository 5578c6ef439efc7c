import { button, h } from "../../lib/dom";
import { number, short } from "../../lib/format";
import type { Stage } from "../../lib/stage";
import type { Surroundings } from "./data";
import { searchable } from "./tables";

interface PackageRow {
  name: string;
  version: string;
}

/** Python and the machine on one line. */
export function environmentLine(found: Surroundings): string {
  const home = found.kind && found.kind !== "system" ? `${found.kind}${found.name ? ` ${found.name}` : ""}` : "";
  return [
    found.python &&
      `Python ${found.python}${found.implementation && found.implementation !== "CPython" ? ` (${found.implementation})` : ""}`,
    home,
    found.platform,
    found.cpu_count && `${found.cpu_count} CPUs`,
    found.memory_gib && `${found.memory_gib} GiB`,
    ...(found.gpus ?? []),
  ]
    .filter(Boolean)
    .map((piece) => short(piece, 80))
    .join(" · ");
}

/** The machine, the variables that change results, and the packages. */
export function environment(stage: Stage, run: string, found: Surroundings, body: HTMLElement): void {
  body.append(h("div", {}, environmentLine(found)));
  const variables = Object.entries(found.variables);
  if (variables.length) {
    body.append(
      h("div", { class: "nbm-q" }, variables.map(([name, value]) => `${name}=${short(value, 60)}`).join(" · ")),
    );
  }
  if (!found.packages) return;
  const place = h("div");
  const list = button(`Show ${number(found.packages)} packages`, async () => {
    list.disabled = true;
    try {
      const { rows } = await stage.desk.view<{ rows: PackageRow[] }>("run/packages", { run });
      place.replaceChildren(table(rows));
    } catch (error) {
      list.disabled = false;
      stage.say(error, () => list.click());
    }
  });
  place.append(list);
  body.append(place);
}

function table(rows: PackageRow[]): HTMLElement {
  const cell = (text: string) => h("td", { title: text }, short(text, 60));
  const node = searchable({
    some: { rows: rows.map((row) => ({ ...row, key: row.name })), total: rows.length },
    what: "package",
    columns: () => [h("th", { scope: "col" }, "package"), h("th", { scope: "col" }, "version")],
    row: (row) => h("tr", {}, cell(row.name), cell(row.version)),
    text: (row) => `${row.name} ${row.version}`,
    rest: async () => [],
  });
  node.classList.add("nbm-packages");
  return node;
}
