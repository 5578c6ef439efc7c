import { s } from "./dom";
import { toNumber } from "./format";

/** Lowest and highest value of a scale. */
export type Scale = readonly [number, number];

const FAR = 20; // so many times the typical height is left out of a common scale
const WIDTH = 64;
const HEIGHT = 16;

const finite = (values: readonly unknown[]) =>
  values.map(toNumber).filter((value): value is number => value !== null && Number.isFinite(value));

/** One scale for the curves of a column, as `nbmlops/ui/spark.py`: one far beyond all others is cut. */
export function commonScale(curves: Iterable<readonly unknown[]>): Scale | null {
  const spans: Scale[] = [];
  for (const curve of curves) {
    const drawn = finite(curve);
    if (drawn.length) spans.push([Math.min(...drawn), Math.max(...drawn)]);
  }
  if (!spans.length) return null;
  const widths = spans.map(([low, high]) => high / 2 - low / 2).sort((a, b) => a - b);
  const typical = widths[Math.floor((widths.length - 1) / 2)]!;
  const kept = typical > 0 ? spans.filter(([low, high]) => high / 2 - low / 2 <= FAR * typical) : spans;
  return [Math.min(...kept.map(([low]) => low)), Math.max(...kept.map(([, high]) => high))];
}

/** The line of a small curve; gaps where a value is not finite. */
export function sparkPath(values: readonly unknown[], scale: Scale | null): string {
  const [low, high] = scale ?? commonScale([values]) ?? [0, 0];
  const extent = high / 2 - low / 2;
  const last = Math.max(values.length - 1, 1);
  const pieces: string[][] = [[]];
  values.forEach((raw, index) => {
    const value = toNumber(raw);
    if (value === null || !Number.isFinite(value)) {
      pieces.push([]);
      return;
    }
    const level = extent ? Math.min(Math.max((value / 2 - low / 2) / extent, 0), 1) : 0.5;
    const x = (1 + (index / last) * (WIDTH - 2)).toFixed(1);
    pieces[pieces.length - 1]!.push(`${x},${(HEIGHT - 1.5 - level * (HEIGHT - 3)).toFixed(1)}`);
  });
  // a lone point is drawn as a line to itself: with round caps that is a dot
  return pieces
    .filter((piece) => piece.length)
    .map((piece) => `M${(piece.length > 1 ? piece : [piece[0], piece[0]]).join(" ")}`)
    .join("");
}

/** A small curve. */
export function spark(values: readonly unknown[], colour: string, scale: Scale | null): SVGSVGElement {
  const path = s("path", { d: sparkPath(values, scale), fill: "none", stroke: colour, "stroke-width": 1.5 });
  path.setAttribute("stroke-linejoin", "round");
  path.setAttribute("stroke-linecap", "round");
  const box = { class: "nbm-spark", width: WIDTH, height: HEIGHT, viewBox: `0 0 ${WIDTH} ${HEIGHT}` };
  return s("svg", { ...box, "aria-hidden": "true" }, path);
}
