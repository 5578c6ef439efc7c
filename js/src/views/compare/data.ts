import type { TextDiff } from "../../lib/diff";
import type { RunName } from "../../lib/format";

/** A run as a comparison names it. */
export interface ComparedRun extends RunName {
  id: string;
  status: string;
  experiment: string;
  is_baseline: boolean;
  started_at: string | null;
}

/** A value: a number (or its name: "NaN"), or the text that is shown; null where a run has none. */
export type Cell = number | string | null;

/** A view that tells more of a difference. */
export interface RowLink {
  label: string;
  view: string;
  args: Record<string, unknown>;
  title: string;
}

export interface CompareRow {
  key: string;
  /** One a run; a row that is equal in all has its value once. */
  cells: Cell[];
  state: "changed" | "added" | "removed" | "equal";
  kind?: "duration" | "time" | "size" | "code" | "status";
  /** What is shown instead of the rounded numbers, which would look equal. */
  texts?: (string | null)[];
  /** More of the values, where they are cut. */
  titles?: (string | null)[];
  /** Lines that differ, of two texts of several lines. */
  diff?: TextDiff;
  /** Difference to the reference, and whether it is better. */
  deltas?: ([number | string, boolean | null] | null)[];
  best?: number;
  about?: string;
  /** What happened between two runs: "×10", "added". */
  said?: string;
  /** One a run, where there is more to see of how it differs from the reference. */
  links?: (RowLink | null)[];
}

interface SectionHead {
  name: string;
  title: string;
  noun: string;
  notes: string[];
}

export interface RowsSection extends SectionHead {
  kind: "rows";
  rows: CompareRow[];
  differing: number;
  equal: CompareRow[];
  equals: number;
}

/** One side of a pair: the question that brings it, or in a saved picture itself in base64. */
export interface Content {
  mime: string;
  size: number | null;
  ask: [view: string, args: object] | null;
  data?: string;
}

/** A text, or what it was before and after; null where one of the tables has no such cell. */
export type TableCell = string | [string | null, string | null];

export interface TableDiff {
  head: TableCell[];
  /** Only those that differ. */
  rows: TableCell[][];
  equals: number;
  left_out: number;
}

export interface Pair {
  title: string;
  kind: "text" | "image" | "table" | "html" | "other";
  state: "changed" | "added" | "removed" | "equal";
  said?: string;
  diff?: TextDiff;
  table?: TableDiff;
  old?: Content;
  new?: Content;
}

export interface PairsSection extends SectionHead {
  kind: "pairs";
  pairs: Pair[];
  total: number;
  against: string;
}

export interface ViewSection extends SectionHead {
  kind: "view";
  view: string;
  args: Record<string, unknown>;
  data?: unknown;
}

export type Section = RowsSection | PairsSection | ViewSection;

export interface CompareData {
  runs: ComparedRun[];
  /** Id of the run whose code and outputs are beside those of the reference. */
  other: string;
  sections: Section[];
  notes: string[];
}

export interface CompareArgs {
  runs: string[];
  reference?: string | null;
  other?: string | null;
  whole?: string[];
}

/** What the reader chose to see; it outlives a redraw. */
export interface Choices {
  onlyDifferences: boolean;
  /** Sections, and equal rows of sections (name + "="), that are the other way round than at first. */
  turned: Set<string>;
  diffMode: "unified" | "split" | null;
  imageMode: "side" | "swipe" | "difference";
}
