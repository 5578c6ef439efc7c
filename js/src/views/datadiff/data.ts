import type { Rows } from "../../lib/cells";
import type { TextDiff } from "../../lib/diff";

/** What the question for a diff names: two versions of the store, or a diff that the kernel holds. */
export interface DiffArgs {
  before?: string;
  after?: string;
  held?: string;
  key?: string[] | null;
  tol?: number;
}

export interface Change {
  name: string;
  change: string;
  cells: number | null;
  before: string | number | null;
  after: string | number | null;
  /** Of a column that both have: its place after the change, by which its cells are asked for. */
  place: number | null;
  /** No cell of it is known to have changed. */
  is_quiet?: boolean;
}

export interface Profile {
  /** What moved, in words. */
  said: string;
  /** Counts in the same bins; null on the side where there is none. */
  bins: [number[] | null, number[] | null];
  /** Whether they are counts of the same things, so that they can be drawn over each other. */
  is_shared?: boolean;
}

export interface FilePair {
  path: string;
  kind: "image" | "text" | "audio" | "other";
  said: string;
  pictures?: string[];
  diff?: TextDiff;
  peaks?: number[][];
}

export type Kind = "changed" | "added" | "removed";

export interface DiffData {
  title: string[];
  summary: {
    before: string;
    after: string;
    identical: boolean;
    notes: string[];
    method?: string;
    key?: string[];
    rows?: { before: number; after: number; added: number; removed: number; changed: number };
    cells?: Record<string, number>;
    files?: { added: number; removed: number; modified: number; renamed: number; unchanged: number };
  };
  changes: Change[];
  total: number;
  profiles: Record<string, Profile>;
  cells?: Rows;
  added?: Rows;
  removed?: Rows;
  pairs?: FilePair[];
}
