/** What Python sends of the table of runs: see `nbmlops/tracking/browse/runs.py`. */
export interface Run {
  number: number | null;
  id: string;
  name: string | null;
  status: string;
  experiment: string;
  is_baseline: boolean;
  attempts?: number;
}

export interface Row {
  run: Run;
  cells: unknown[];
  spark?: unknown[];
  spread?: Record<string, unknown>;
}

export interface Column {
  key: string;
  label: string;
  kind: string;
  shown: boolean;
  equal?: boolean;
  goal?: "min" | "max" | null;
  guess?: boolean;
  drawn?: boolean;
  base?: unknown;
}

export interface Group {
  text: string | null;
  rows: number;
  runs: number;
  min: unknown;
  max: unknown;
  mean: unknown;
}

export interface Sort {
  key: string;
  descending: boolean;
}

/** A chart below the table as a saved view keeps it; what else it holds is of its kind. */
export interface Chart {
  kind: string | null;
  half?: boolean;
  [field: string]: unknown;
}

/** Which runs the table shows, and in which order: what a chart of them asks with. */
export interface Of {
  filter: string;
  experiment: string;
  sort: Sort | null;
  group: string | null;
  fold: boolean;
}

export interface Args {
  filter: string;
  experiment: string | null;
  current: string | null;
  sort: Sort | null;
  group: string | null;
  columns: string[] | null;
  pinned: string[];
  metric: string | null;
  fold: boolean;
  hide_equal: boolean;
  charts: Chart[];
  /** A saved view to begin with. */
  view?: string | null;
  /** The saved view that this was made from. */
  named: string | null;
}

export interface Data {
  asked: Args;
  experiment: string | null;
  place: string | null;
  experiments: string[];
  of: Of;
  views: string[];
  /** Settings of the saved view that this version does not understand. */
  left_out: string[];
  sort: Sort | null;
  total: number;
  runs: number;
  columns: Column[];
  equal: number;
  more: number;
  twins: [string, string][];
  metric: string | null;
  drawn: string | null;
  groups: Group[] | null;
  elsewhere: number;
  baseline: string | null;
  guest: Row | null;
  rows: Row[];
  empty: string;
}
