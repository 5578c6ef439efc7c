import { ago, moment, NBSP, number, short, size } from "../../lib/format";
import type { DatasetRow, DatasetsData, Named, Ref, VersionRow } from "../../views/datasets/data";
import { nameOf } from "../../views/datasets/data";

/** A line of the tree of datasets. */
export interface Line {
  id: string;
  level: 1 | 2;
  kind: "dataset" | "version" | "more";
  /** The version that is meant: of a dataset the one that its name alone means; null where it is a way to more. */
  version: Named | null;
  dataset: string;
  label: string;
  at: string;
  refs: Ref[];
  moreRefs: number;
  when: string;
  facts: string;
  title: string;
  isOpen: boolean;
}

const HOW = "Enter inserts it, Alt+Enter opens it";

/**
 * The lines that are seen.
 *
 * @param opened names of the datasets that are unfolded.
 */
export function linesOf({ rows, total }: DatasetsData, opened: ReadonlySet<string>, most: number): Line[] {
  const lines = rows.flatMap((row) => {
    const isOpen = opened.has(row.dataset);
    const inside = isOpen ? (row.opened?.rows ?? []).map((each) => versionLine(row.dataset, each)) : [];
    const left = isOpen && row.opened ? row.opened.total - row.opened.rows.length : 0;
    const isEnd = (row.opened?.rows.length ?? 0) >= most;
    if (left > 0 && !isEnd) inside.push(moreLine(row.dataset, 2, `Show more of ${number(row.opened!.total)} versions`));
    return [datasetLine(row, isOpen), ...inside];
  });
  if (rows.length < total && rows.length < most) lines.push(moreLine("", 1, `Show more of ${number(total)} datasets`));
  return lines;
}

function datasetLine(row: DatasetRow, isOpen: boolean): Line {
  const { dataset, at, newest, count } = row;
  const facts = [
    row.shape,
    size(row.size_bytes),
    newest === at ? `${number(count)}${NBSP}${count === 1 ? "version" : "versions"}` : `newest${NBSP}v${newest}`,
  ];
  return {
    id: `d:${dataset}`,
    level: 1,
    kind: "dataset",
    version: { id: row.id, dataset, number: at },
    dataset,
    label: dataset,
    at: `v${at}`,
    refs: [],
    moreRefs: 0,
    when: row.changed_at,
    facts: facts.join(" · "),
    title: [
      `${dataset} · ${number(count)} versions`,
      `v${at} · ${row.shape} · ${moment(row.changed_at)}`,
      row.message,
      row.refs.map(({ name, number: place }) => `${name} at v${place}`).join(", "),
      `→ unfolds it, ${HOW}`,
    ]
      .filter(Boolean)
      .join("\n"),
    isOpen,
  };
}

function versionLine(dataset: string, row: VersionRow): Line {
  const version = { id: row.id, dataset, number: row.number };
  return {
    id: `v:${row.id}`,
    level: 2,
    kind: "version",
    version,
    dataset,
    label: `v${row.number}`,
    at: "",
    refs: row.refs,
    moreRefs: row.more_refs,
    when: row.created_at,
    facts: [short(row.message, 80), row.shape, size(row.size_bytes)].filter(Boolean).join(" · "),
    title: [
      `${nameOf(version)} · ${row.kept} · ${moment(row.created_at)}`,
      row.parents.length ? `from ${row.parents.map((each) => `v${each}`).join(", ")}` : "",
      row.message,
      HOW,
    ]
      .filter(Boolean)
      .join("\n"),
    isOpen: false,
  };
}

function moreLine(dataset: string, level: 1 | 2, label: string): Line {
  const nothing = { at: "", refs: [], moreRefs: 0, when: "", facts: "", title: "", isOpen: false };
  return { id: `m:${dataset}`, level, kind: "more", version: null, dataset, label, ...nothing };
}

/** How long ago, as short as a narrow panel wants it. */
export function age(when: string | null): string {
  return ago(when).replace(/ ago$/, "").replace("just now", "now");
}

/** Known datasets in the order in which they stand, new ones first: what is under the pointer does not jump. */
export function inPlace(rows: readonly DatasetRow[], before: readonly string[]): DatasetRow[] {
  const place = (row: DatasetRow) => before.indexOf(row.dataset);
  return [...rows].sort((a, b) => place(a) - place(b));
}
