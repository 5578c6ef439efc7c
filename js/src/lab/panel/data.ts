import type { Experiment } from "./tree";

/** One run as the view `panel` sends it. */
export interface PanelRun {
  run: { id: string; number: number | null; name: string | null; status: string; experiment: string };
  value: number | string | null;
  cells: unknown[];
  tags: Record<string, string>;
  started_at: string | null;
  duration_s: number | null;
  note: string | null;
  error: string | null;
  notebook: string | null;
  cell_id: string | null;
}

/** What the view `panel` answers. */
export interface PanelData {
  experiments: Experiment[];
  experiment: string;
  /** Names of the saved views. */
  views: string[];
  metric: string | null;
  goal: "min" | "max" | null;
  total: number;
  /** So many rows are sent at most, whatever the limit. */
  most: number;
  deleted: number;
  rows: PanelRun[];
}

/** What is shown where there is no store. */
export const NOTHING: PanelData = {
  experiments: [],
  experiment: "*",
  views: [],
  metric: null,
  goal: null,
  total: 0,
  most: 0,
  deleted: 0,
  rows: [],
};

/** Everything a person can turn in the panel. */
export interface PanelArgs {
  filter: string;
  experiment: string;
  order: string;
  is_reversed: boolean;
  deleted: boolean;
  limit: number;
  columns: string[];
}

export const ALL = "*";
export const PAGE = 200;

/** The columns of the setting that are no names of parameters, metrics or tags. */
export const OWN_COLUMNS = ["metric", "age"];

/** How the panel begins. */
export const START: PanelArgs = {
  filter: "",
  experiment: ALL,
  order: "newest",
  is_reversed: false,
  deleted: false,
  limit: PAGE,
  columns: OWN_COLUMNS,
};
