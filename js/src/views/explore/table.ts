import { toNumber } from "../../lib/format";
import { type Cell, categoryScale, numberScale, type Scale } from "../../lib/scale";

/** A column as it travels: numbers (and a few words) as they are, categories as places in their labels. */
export type Packed =
  | { kind: "number"; values: (number | string | null)[] }
  | { kind: "category" | "flag"; labels: string[]; codes: (number | null)[]; is_cut?: boolean };

export interface ParamFacts {
  key: string;
  strength: number | null;
  chance: number | null;
  trend: number | null;
  runs: number;
  why: string;
}

export interface MetricFacts {
  key: string;
  runs: number;
  goal: "min" | "max" | null;
  by_name: boolean;
}

/** What `nbmlops/tracking/browse/explore.py` answers. */
export interface ExploreData {
  experiment: string | null;
  filter: string;
  total: number;
  is_ordered: boolean;
  runs: { id: string[]; number: (number | null)[]; name: (string | null)[]; status: string[] };
  metric: string | null;
  metrics: MetricFacts[];
  params: ParamFacts[];
  axes: string[];
  equal: number;
  left_out: number;
  twins: Record<string, string>;
  columns: Record<string, Packed>;
  has_forest: boolean;
}

export interface Column {
  /** `param.lr`, `metric.acc` or `duration_s`. */
  key: string;
  kind: "number" | "category" | "flag";
  cells: Cell[];
  labels: string[];
  isCut: boolean;
}

/** The name of a column as people write it. */
export function nameOf(key: string): string {
  return key === "duration_s" ? "time (s)" : key.replace(/^(param|metric)\./, "");
}

/** The runs in columns, unpacked when they are looked at. */
export class Table {
  readonly count: number;
  private readonly known = new Map<string, Column>();
  private readonly scales = new Map<string, Scale>();

  constructor(readonly data: ExploreData) {
    this.count = data.runs.id.length;
  }

  has(key: string): boolean {
    return key in this.data.columns;
  }

  column(key: string): Column | null {
    const known = this.known.get(key);
    if (known) return known;
    const packed = this.data.columns[key];
    if (!packed) return null;
    const isNumber = packed.kind === "number";
    const labels = isNumber ? [] : distinct(packed.labels);
    const cells = isNumber
      ? packed.values.map(unpacked)
      : packed.codes.map((code) => (code === null ? null : (labels[code] ?? null)));
    const column = { key, kind: packed.kind, cells, labels, isCut: !isNumber && packed.is_cut === true };
    this.known.set(key, column);
    return column;
  }

  /** The axis of a column; `log` as the user switched it. */
  scale(key: string, log: boolean | null): Scale | null {
    const name = `${log} ${key}`;
    const known = this.scales.get(name);
    if (known) return known;
    const column = this.column(key);
    if (!column) return null;
    const scale =
      column.kind === "number" ? numberScale(column.cells, log) : categoryScale(column.cells, column.labels);
    this.scales.set(name, scale);
    return scale;
  }

  get metricKey(): string | null {
    return this.data.metric === null ? null : `metric.${this.data.metric}`;
  }

  goal(key: string | null): "min" | "max" | null {
    if (!key?.startsWith("metric.")) return null;
    return this.data.metrics.find((each) => `metric.${each.key}` === key)?.goal ?? null;
  }
}

/** Long labels were cut, and may look the same since. */
function distinct(labels: readonly string[]): string[] {
  const times = new Map<string, number>();
  return labels.map((label) => {
    const time = (times.get(label) ?? 0) + 1;
    times.set(label, time);
    return time > 1 ? `${label} (${time})` : label;
  });
}

function unpacked(value: number | string | null): Cell {
  return typeof value === "string" ? (toNumber(value) ?? value) : value;
}
