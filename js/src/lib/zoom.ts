import type { Span } from "./series";

/** The stretch of x that is in sight: what was zoomed to; on a log axis only the part of it that such an axis has. */
export function inSight(zoom: Span | null, whole: Span, isLog: boolean): Span {
  if (!zoom) return whole;
  const [low, high] = zoom;
  if (!isLog || (low > 0 && Number.isFinite(high))) return zoom;
  return high > whole[0] && Number.isFinite(high) ? [whole[0], high] : whole;
}

/** A stretch moved by a share of its width, as it is seen: on a log axis by a factor. */
export function panned(span: Span, share: number, isLog: boolean): Span {
  return within(span, isLog, (low, high) => [low + share * (high - low), high + share * (high - low)]);
}

/** A stretch made wider or narrower; what lies at a place stays there. */
export function around(at: number, span: Span, factor: number, isLog: boolean): Span {
  const place = isLog ? Math.log10(at) : at;
  return within(span, isLog, (low, high) => [place - (place - low) * factor, place + (high - place) * factor]);
}

function within([low, high]: Span, isLog: boolean, change: (low: number, high: number) => Span): Span {
  if (!isLog) return change(low, high);
  const [from, to] = change(Math.log10(low), Math.log10(high));
  return [10 ** from, 10 ** to];
}
