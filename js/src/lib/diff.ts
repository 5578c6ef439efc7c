import { h } from "./dom";

/** One line as Python sends it: sign, number in the old and in the new text, text, stretches that differ. */
export type DiffLine = [
  sign: "-" | "+" | " ",
  old: number | null,
  new_: number | null,
  text: string,
  marks?: [number, number][],
];

export interface TextDiff {
  hunks: DiffLine[][];
  /** Changed lines that are not in the hunks. */
  left_out: number;
  /** Lengths of the two texts. */
  lines: [number, number];
}

/** Two lines that stand beside each other; null where only one side has a line. */
export type SplitRow = [DiffLine | null, DiffLine | null];

/** The lines of a hunk for two columns: what replaces stands beside what it replaces. */
export function splitRows(hunk: readonly DiffLine[]): SplitRow[] {
  const rows: SplitRow[] = [];
  let taken: DiffLine[] = [];
  let came: DiffLine[] = [];
  const flush = () => {
    for (let place = 0; place < Math.max(taken.length, came.length); place++) {
      rows.push([taken[place] ?? null, came[place] ?? null]);
    }
    taken = [];
    came = [];
  };
  for (const line of hunk) {
    if (line[0] === "-") {
      if (came.length) flush();
      taken.push(line);
    } else if (line[0] === "+") came.push(line);
    else {
      flush();
      rows.push([line, line]);
    }
  }
  flush();
  return rows;
}

/** How many equal lines stand before each hunk, and after the last one. */
export function gaps(diff: TextDiff): number[] {
  const found: number[] = [];
  let [old, new_] = [1, 1];
  for (const hunk of diff.hunks) {
    const first = hunk.find((line) => line[1] !== null || line[2] !== null);
    const skipped = first === undefined ? 0 : first[1] !== null ? first[1] - old : (first[2] as number) - new_;
    found.push(Math.max(skipped, 0));
    for (const line of hunk) {
      if (line[1] !== null) old = line[1] + 1;
      if (line[2] !== null) new_ = line[2] + 1;
    }
  }
  found.push(diff.left_out ? 0 : Math.max(diff.lines[0] - old + 1, 0));
  return found;
}

const WORDS = { "-": "removed", "+": "added", " ": "" } as const;
const CLASSES = { "-": "nbm-diff-cut", "+": "nbm-diff-new", " ": "" } as const;

function marked([sign, , , text, marks]: DiffLine): Node[] {
  const parts: Node[] = [];
  let at = 0;
  for (const [start, end] of marks ?? []) {
    parts.push(document.createTextNode(text.slice(at, start)));
    parts.push(h(sign === "-" ? "del" : "ins", {}, text.slice(start, end)));
    at = end;
  }
  parts.push(document.createTextNode(text.slice(at)));
  return parts;
}

function cells(line: DiffLine | null, number: number | null): HTMLElement[] {
  if (line === null) return [h("td", { class: "nbm-diff-at" }), h("td", { class: "nbm-diff-none" })];
  const css = CLASSES[line[0]];
  return [
    h("td", { class: `nbm-diff-at ${css}` }, number ?? ""),
    h(
      "td",
      { class: `nbm-diff-text ${css}`, "aria-label": WORDS[line[0]] ? `${WORDS[line[0]]}: ${line[3]}` : null },
      h("span", { class: "nbm-diff-sign", "aria-hidden": "true" }, line[0]),
      ...marked(line),
    ),
  ];
}

/** A diff as a table: one column of lines, or two beside each other. */
export function drawDiff(diff: TextDiff, mode: "unified" | "split", label: string): HTMLElement {
  const width = mode === "split" ? 4 : 3;
  const body = h("tbody");
  const skipped = gaps(diff);
  const gap = (count: number) => {
    if (count > 0) {
      const words = `${count} equal line${count === 1 ? "" : "s"}`;
      body.append(h("tr", { class: "nbm-diff-gap" }, h("td", { colspan: width }, words)));
    }
  };
  diff.hunks.forEach((hunk, place) => {
    gap(skipped[place]!);
    if (mode === "split") {
      for (const [left, right] of splitRows(hunk)) {
        body.append(h("tr", {}, ...cells(left, left?.[1] ?? null), ...cells(right, right?.[2] ?? null)));
      }
    } else {
      for (const line of hunk) {
        const css = CLASSES[line[0]];
        body.append(h("tr", {}, h("td", { class: `nbm-diff-at ${css}` }, line[1] ?? ""), ...cells(line, line[2])));
      }
    }
  });
  gap(skipped.at(-1)!);
  if (diff.left_out) {
    body.append(h("tr", { class: "nbm-diff-gap" }, h("td", { colspan: width }, `${diff.left_out} more changed lines`)));
  }
  // a first row of one wide cell says nothing of the columns' widths
  const columns = mode === "split" ? ["at", "", "at", ""] : ["at", "at", ""];
  const widths = columns.map((name) => h("col", { class: name ? "nbm-diff-at" : null }));
  return h("table", { class: `nbm-diff nbm-diff-${mode}`, "aria-label": label }, h("colgroup", {}, ...widths), body);
}
