import type uPlot from "uplot";
import { type Curve, firstAfter, firstFrom } from "./series";

/** One line of a plot and what belongs to it. */
export interface Ink {
  colour: string;
  dash: readonly number[];
  line: Curve;
  /** The same before it was smoothed: drawn pale behind. */
  pale?: Curve | undefined;
  /** Edges of a band around the line, over its x. */
  low?: Float64Array | undefined;
  high?: Float64Array | undefined;
  isHidden: boolean;
}

const FEW = 60; // points in sight that are each marked
const FEW_LINES = 12;

interface Mapping {
  at(value: number): number;
}

/** Draw lines into the frame of a plot, the bold one last; what is not finite is a gap, a lone point a dot. */
export function paint(
  plot: uPlot,
  inks: readonly Ink[],
  bold: number,
  { logX, logY }: { logX: boolean; logY: boolean },
): void {
  const { ctx, bbox } = plot;
  const scale = devicePixelRatio || 1;
  const { min: left = 0, max: right = 1 } = plot.scales.x ?? {};
  const { min: low = 0, max: high = 1 } = plot.scales.y ?? {};
  const x = mapping(left ?? 0, right ?? 1, bbox.left, bbox.width, logX);
  const y = mapping(low ?? 0, high ?? 1, bbox.top + bbox.height, -bbox.height, logY);
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left - 3 * scale, bbox.top - 2 * scale, bbox.width + 6 * scale, bbox.height + 4 * scale);
  ctx.clip();
  ctx.lineJoin = "round";
  ctx.lineCap = "round";
  const shown = inks.filter((ink) => !ink.isHidden);
  const marked = shown.length <= FEW_LINES;
  const ordered = [...inks.keys()].filter((place) => !inks[place]!.isHidden);
  if (bold >= 0) ordered.sort((a, b) => Number(a === bold) - Number(b === bold));
  for (const place of ordered) {
    const ink = inks[place]!;
    const isBold = place === bold;
    ctx.globalAlpha = bold >= 0 && !isBold && shown.length > 1 ? 0.35 : 1;
    ctx.strokeStyle = ctx.fillStyle = ink.colour;
    const window = [left ?? 0, right ?? 1] as const;
    if (ink.low && ink.high) band(ctx, ink, x, y, window);
    if (ink.pale) {
      const before = ctx.globalAlpha;
      ctx.globalAlpha *= 0.25;
      trace(ctx, ink.pale, x, y, window, { width: scale, dash: [], dots: 0 });
      ctx.globalAlpha = before;
    }
    const style = { width: (isBold ? 2.5 : 1.5) * scale, dash: ink.dash.map((part) => part * scale) };
    trace(ctx, ink.line, x, y, window, { ...style, dots: marked ? 2 * scale : 0 });
  }
  ctx.restore();
}

function mapping(min: number, max: number, start: number, length: number, isLog: boolean): Mapping {
  if (isLog) {
    const from = Math.log10(min);
    const factor = length / (Math.log10(max) - from || 1);
    return { at: (value) => (value > 0 ? start + (Math.log10(value) - from) * factor : Number.NaN) };
  }
  // halves: the difference of two large numbers may be infinite
  const factor = length / 2 / (max / 2 - min / 2 || 1);
  return { at: (value) => start + (value - min) * factor };
}

function trace(
  ctx: CanvasRenderingContext2D,
  { x: xs, y: ys }: Curve,
  x: Mapping,
  y: Mapping,
  [left, right]: readonly [number, number],
  { width, dash, dots }: { width: number; dash: number[]; dots: number },
): void {
  const first = Math.max(firstFrom(xs, left) - 1, 0);
  const last = Math.min(firstAfter(xs, right), xs.length - 1);
  const lone: [number, number][] = [];
  const isMarked = dots > 0 && last - first < FEW;
  ctx.lineWidth = width;
  ctx.setLineDash(dash);
  ctx.beginPath();
  let length = 0;
  let [px, py] = [0, 0];
  for (let place = first; place <= last; place++) {
    const [nx, ny] = [x.at(xs[place]!), y.at(ys[place]!)];
    if (Number.isFinite(nx) && Number.isFinite(ny)) {
      if (length) ctx.lineTo(nx, ny);
      else ctx.moveTo(nx, ny);
      length += 1;
      if (isMarked) lone.push([nx, ny]);
      [px, py] = [nx, ny];
    } else {
      if (length === 1) lone.push([px, py]);
      length = 0;
    }
  }
  if (length === 1) lone.push([px, py]);
  ctx.stroke();
  if (!lone.length) return;
  ctx.beginPath();
  const radius = Math.max(dots, width * 1.25);
  for (const [cx, cy] of lone) {
    ctx.moveTo(cx + radius, cy);
    ctx.arc(cx, cy, radius, 0, 2 * Math.PI);
  }
  ctx.fill();
}

/** The band, stretch by stretch between gaps. */
function band(
  ctx: CanvasRenderingContext2D,
  { line, low, high }: Ink,
  x: Mapping,
  y: Mapping,
  [left, right]: readonly [number, number],
): void {
  const xs = line.x;
  const first = Math.max(firstFrom(xs, left) - 1, 0);
  const last = Math.min(firstAfter(xs, right), xs.length - 1);
  const before = ctx.globalAlpha;
  const floor = y.at(Number.MIN_VALUE); // below a logarithmic axis
  ctx.globalAlpha *= 0.18;
  let from = -1;
  for (let place = first; place <= last + 1; place++) {
    const isIn = place <= last && Number.isFinite(low![place]) && Number.isFinite(high![place]);
    if (isIn && from < 0) from = place;
    if (isIn || from < 0) continue;
    ctx.beginPath();
    for (let at = from; at < place; at++) ctx.lineTo(x.at(xs[at]!), y.at(high![at]!));
    for (let at = place - 1; at >= from; at--) {
      const edge = y.at(low![at]!);
      ctx.lineTo(x.at(xs[at]!), Number.isFinite(edge) ? edge : floor);
    }
    ctx.fill();
    from = -1;
  }
  ctx.globalAlpha = before;
}
