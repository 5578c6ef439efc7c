import { s } from "./dom";

const WIDTH = 96;
const HEIGHT = 18;

/** Bars of one distribution as the path of an SVG; heights as shares of the tallest of both. */
export function barsPath(counts: readonly number[], places: number, highest: number): string {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (!total || !highest) return "";
  const step = WIDTH / places;
  return counts
    .map((count, at) => {
      if (!(count > 0)) return "";
      const tall = Math.max((count / total / highest) * (HEIGHT - 1), 1);
      const [x, wide] = [(at * step + 0.5).toFixed(1), Math.max(step - 1, 0.5).toFixed(1)];
      return `M${x} ${HEIGHT}v${(-tall).toFixed(1)}h${wide}v${tall.toFixed(1)}z`;
    })
    .join("");
}

/** One distribution, or two over each other: what was is a quiet ground, what is now an outline. */
export function bars(before: readonly number[] | null, after: readonly number[] | null): SVGSVGElement {
  const series = [before, after].filter((each): each is readonly number[] => !!each?.length);
  const places = Math.max(1, ...series.map((each) => each.length));
  const share = (each: readonly number[]) => Math.max(...each) / (each.reduce((sum, count) => sum + count, 0) || 1);
  const highest = Math.max(0, ...series.map(share));
  const path = (counts: readonly number[] | null, css: string) =>
    counts?.length ? s("path", { d: barsPath(counts, places, highest), class: css }) : null;
  return s(
    "svg",
    { class: "nbm-bars", width: WIDTH, height: HEIGHT, viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" },
    path(before, after?.length ? "nbm-bars-was" : "nbm-bars-only"),
    path(after, before?.length ? "nbm-bars-now" : "nbm-bars-only"),
  );
}
