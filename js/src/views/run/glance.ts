import { h } from "../../lib/dom";
import { foldedText } from "../../lib/folded";
import { duration, number, short } from "../../lib/format";
import { picture, pictureUrl } from "../../lib/picture";
import type { Stage } from "../../lib/stage";
import type { RunData } from "./data";

/** What the run ended with; of a traceback the last lines, which say where. */
export function failure(data: RunData): Node[] {
  const { error } = data;
  if (!error) return [];
  const isQuiet = ["interrupted", "stopped", "pruned"].includes(data.run.status);
  const title = [error.name, error.message].filter(Boolean).join(": ");
  const box = h(
    "section",
    { class: isQuiet ? "nbm-failure nbm-failure-quiet" : "nbm-failure", "aria-label": "error" },
    h(
      "div",
      { class: "nbm-failure-title" },
      title || "failed",
      h("span", { class: "nbm-q" }, ` after ${duration(data.duration_s)}`),
    ),
  );
  if (error.traceback && !isQuiet) {
    const trace = h(
      "details",
      {},
      h("summary", {}, "Traceback"),
      foldedText({ text: error.traceback, first: 60, label: "traceback" }),
    );
    if (error.is_cut)
      trace.append(h("div", { class: "nbm-q" }, "The end of a longer traceback; the outputs have all of it."));
    trace.open = true;
    box.append(trace);
  }
  return [box];
}

/** Figures small enough to be there at once, and in the saved notebook. */
export function figures(stage: Stage, data: RunData): Node[] {
  const shown = data.figures.flatMap((figure) => {
    const url = pictureUrl(figure);
    if (!url) return [];
    const name = figure.caption
      ? `${short(figure.caption, 40)}${figure.step === null ? "" : ` · step ${number(figure.step)}`}`
      : "output";
    return [h("figure", {}, picture(url, name, stage.root), h("figcaption", { class: "nbm-q" }, name))];
  });
  return shown.length ? [h("div", { class: "nbm-figures" }, ...shown)] : [];
}
