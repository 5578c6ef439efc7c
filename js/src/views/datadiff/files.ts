import { drawDiff } from "../../lib/diff";
import { h, s } from "../../lib/dom";
import { short } from "../../lib/format";
import type { FilePair } from "./data";

const CAPTIONS = ["before", "after", "where they differ"];

/** Files that were modified, looked into: pictures side by side, texts by line, sounds by loudness. */
export function filePairs(pairs: readonly FilePair[]): HTMLElement {
  return h("div", {}, ...pairs.map(filePair));
}

function filePair(pair: FilePair): HTMLElement {
  const place = h(
    "section",
    { class: "nbm-datadiff-file", "aria-label": pair.path },
    h("div", {}, h("b", { title: pair.path }, short(pair.path, 80)), h("span", { class: "nbm-q" }, ` · ${pair.said}`)),
  );
  if (pair.diff?.hunks.length) place.append(drawDiff(pair.diff, "unified", `${pair.path}, ${pair.said}`));
  if (pair.pictures?.length) place.append(h("div", { class: "nbm-datadiff-pictures" }, ...pair.pictures.map(picture)));
  if (pair.peaks?.length) place.append(h("div", { class: "nbm-datadiff-pictures" }, ...pair.peaks.map(sound)));
  return place;
}

function picture(address: string, at: number): HTMLElement {
  const caption = CAPTIONS[at] ?? "";
  const src = address.startsWith("data:image/") ? address : "";
  return h("figure", {}, h("img", { src, alt: caption }), h("figcaption", { class: "nbm-q" }, caption));
}

function sound(peaks: readonly number[], at: number): HTMLElement {
  const path = peaks.map((peak, x) => `M${x * 3 + 1} ${16 - peak * 15}V${16 + peak * 15}`).join("");
  const box = { width: 192, height: 32, viewBox: "0 0 192 32", "aria-hidden": "true" };
  return h(
    "figure",
    {},
    s("svg", box, s("path", { d: path, stroke: "currentColor", fill: "none" })),
    h("figcaption", { class: "nbm-q" }, CAPTIONS[at] ?? ""),
  );
}
