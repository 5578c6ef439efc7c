import { runStyles } from "../../lib/colours";
import { runLabel } from "../../lib/format";
import type { Ink } from "../../lib/paint";
import type { Axis } from "../../lib/plot";
import { type Curve, type Packed, pointAt, refined, type Span, unpack } from "../../lib/series";
import { smooth } from "../../lib/smooth";

/** What the view asks with; smoothing and log axes are the view's own. */
export interface CurvesArgs {
  runs?: string[];
  /** In place of them: how a table asks for its runs. */
  of?: object;
  metrics?: string[] | null;
  x?: Axis;
  group?: string | null;
  spread?: "range" | "sd";
  smoothing?: number;
  log?: boolean;
  logX?: boolean;
}

interface Columns {
  x: Packed;
  y: Packed;
}

interface SentSeries extends Columns {
  metric: number;
  run?: number;
  group?: number;
  members?: number;
  /** Points there are, of which as many were sent as can be seen. */
  count: number;
  mean?: Columns;
  low?: Packed;
  high?: Packed;
}

/** The answer of `nbmlops/tracking/browse/curves.py`. */
export interface CurvesData {
  runs: { id: string; number: number | null; name: string | null; status: string }[];
  total: number;
  metrics: { key: string; runs: number }[];
  shown: string[];
  x: Axis;
  axes: Axis[];
  groups: { label: string; runs: number }[] | null;
  groupable: { key: string; label: string; groups: number }[];
  series: SentSeries[];
}

/** Who a line belongs to: a run, or a group of runs. */
export interface Owner {
  /** What it is known by when newer data come: a label may change. */
  key: string;
  label: string;
  colour: string;
  dash: readonly number[];
  isHidden: boolean;
}

/** One metric of one run or group. */
export interface Line {
  metric: number;
  owner: number;
  count: number;
  raw: Curve;
  /** What smoothing starts from: means of stretches where there are more points than were sent. */
  base: Curve;
  low?: Float64Array | undefined;
  high?: Float64Array | undefined;
  fine?: { span: Span; raw: Curve; base: Curve } | undefined;
}

export function ownersOf(data: CurvesData): Owner[] {
  if (data.groups) {
    const styles = runStyles(data.groups.map((_, place) => place + 1));
    return data.groups.map(({ label, runs }, place) => ({
      key: label,
      label: `${label} (${runs} run${runs === 1 ? "" : "s"})`,
      ...styles[place]!,
      isHidden: false,
    }));
  }
  const styles = runStyles(data.runs.map((run) => run.number));
  return data.runs.map((run, place) => ({
    key: run.id,
    label: runLabel(run),
    ...styles[place]!,
    isHidden: false,
  }));
}

const curveOf = ({ x, y }: Columns): Curve => ({ x: unpack(x), y: unpack(y) });

export function linesOf(data: CurvesData): Line[] {
  return data.series.map((sent) => {
    const raw = curveOf(sent);
    return {
      metric: sent.metric,
      owner: sent.group ?? sent.run ?? 0,
      count: sent.count,
      raw,
      base: sent.mean ? curveOf(sent.mean) : raw,
      low: sent.low && unpack(sent.low),
      high: sent.high && unpack(sent.high),
    };
  });
}

/** Whether more points lie in a stretch than are known here. */
export function isCoarse(line: Line): boolean {
  return line.count > line.raw.x.length && !line.low;
}

/** Take in finer points of a stretch. */
export function refine(line: Line, span: Span, sent: SentSeries): void {
  const part = curveOf(sent);
  const mean = sent.mean ? curveOf(sent.mean) : part;
  line.fine = { span, raw: refined(line.raw, part, span), base: refined(line.base, mean, span) };
}

/** How a line is drawn: smoothed, what it was drawn pale behind. */
export function inkOf(line: Line, owner: Owner, weight: number): Ink {
  const { colour, dash, isHidden } = owner;
  const { raw, base } = line.fine ?? line;
  if (weight <= 0) return { colour, dash, line: raw, low: line.low, high: line.high, isHidden };
  const smoothed = { x: base.x, y: smooth(base, weight, line.count) };
  if (!line.low || !line.high) return { colour, dash, line: smoothed, pale: raw, isHidden };
  const edge = (y: Float64Array) => smooth({ x: raw.x, y }, weight, line.count);
  return { colour, dash, line: smoothed, low: edge(line.low), high: edge(line.high), isHidden };
}

/** What a line says at a place of x. */
export interface Reading {
  owner: number;
  /** As drawn; undefined where the line has no point near. */
  value: number | undefined;
  /** Before smoothing. */
  raw?: number | undefined;
  low?: number | undefined;
  high?: number | undefined;
}

export function readingAt(line: Line, ink: Ink, at: number | null, near: number): Reading {
  const find = (x: Float64Array) => (at === null ? x.length - 1 : pointAt(x, at, near));
  const place = find(ink.line.x);
  const { raw } = line.fine ?? line;
  const before = find(raw.x);
  return {
    owner: line.owner,
    value: place < 0 ? undefined : Number.isFinite(raw.y[before]) ? ink.line.y[place] : raw.y[before],
    raw: ink.pale && before >= 0 ? raw.y[before] : undefined,
    low: ink.low?.[place],
    high: ink.high?.[place],
  };
}
