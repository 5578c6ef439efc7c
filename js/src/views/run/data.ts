/** What the run page is drawn from: the answer of `nbmlops/tracking/browse/page.py`. */
export interface RunName {
  id: string;
  number: number | null;
  name: string | null;
  status: string;
  experiment: string;
  is_baseline: boolean;
}

export interface ParamRow {
  key: string;
  value: unknown;
  origin: string;
  is_cut?: boolean;
}

export interface MetricRow {
  key: string;
  last: unknown;
  last_step: number | null;
  min: unknown;
  max: unknown;
  mean: unknown;
  count: number;
  non_finite: number;
  best: unknown;
  goal: "min" | "max" | null;
  is_guess: boolean;
  delta: { value: unknown; is_better: boolean | null } | null;
}

export interface Some<T> {
  rows: T[];
  total: number;
}

export interface Relatives {
  runs: RunName[];
  total: number;
}

export interface Failure {
  name: string | null;
  message: string | null;
  traceback: string | null;
  is_cut: boolean;
}

export interface Surroundings {
  python: string | null;
  platform: string | null;
  packages: number;
  implementation: string | null;
  cpu_count: number | null;
  memory_gib: number | null;
  gpus: string[] | null;
  kind: string | null;
  name: string | null;
  variables: Record<string, string>;
}

export interface RunData {
  run: RunName;
  kind: string;
  seed: number | string | null;
  started_at: string | null;
  ended_at: string | null;
  duration_s: number | null;
  deleted_at: string | null;
  notebook: string | null;
  cell_id: string | null;
  execution_count: number | null;
  git: { sha: string | null; dirty: boolean | null };
  note: string | null;
  is_note_cut: boolean;
  error: Failure | null;
  tags: { key: string; value: string | null }[];
  parent: RunName | null;
  children: Relatives;
  attempts: Relatives;
  baseline: RunName | null;
  params: Some<ParamRow>;
  metrics: Some<MetricRow>;
  system: Some<MetricRow>;
  counts: { cells: number; outputs: number; series: number; entries: number; artifacts: number };
  environment: Surroundings | null;
  /** How many sections other capabilities may have for it. */
  offered: number;
  figures: { caption: string | null; step: number | null; mime: string; data: string }[];
}
