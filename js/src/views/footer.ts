import { runColour } from "../lib/colours";
import { button, h } from "../lib/dom";
import type { Cleanup, Context } from "../lib/host";
import { stageView } from "../lib/stage";

/** A piece of the line: text, classes, more on hover. */
type Span = [text: string, css?: string, title?: string];

export interface FooterData {
  run: { id: string; number: number | null; name: string | null };
  label: string;
  parts: Span[][];
  warnings: Span[];
  notes: Span[];
  /** Id of the run that the line compares with. */
  against: string | null;
}

// classes that a saved output may ask for
const CLASSES = new Set(["nbm-q", "nbm-dot", "nbm-good", "nbm-bad", "nbm-warn", "nbm-info"]);

function piece([text, css = "", title = ""]: Span): HTMLElement {
  const known = String(css)
    .split(" ")
    .filter((name) => CLASSES.has(name));
  return h("span", { class: known.join(" ") || null, title: title || null }, String(text));
}

/** The one line under a run cell, with the words that lead on to its comparison and its page. */
export function footer(context: Context): Cleanup {
  return stageView<{ run: string }, FooterData>(context, (stage) => {
    const { run, label, parts, warnings, notes, against } = stage.data;
    const dot = () => h("span", { class: "nbm-q" }, " · ");
    const name = h(
      "span",
      { class: "nbm-foot-part" },
      h("span", { class: "nbm-sq", style: { color: runColour(run.number) }, "aria-hidden": "true" }, "■\u00a0"),
      h("b", { title: run.name && run.name !== label ? run.name : null }, label),
    );
    const line = h("span", { class: "nbm-foot-line" }, name);
    for (const part of parts) line.append(dot(), h("span", { class: "nbm-foot-part" }, ...part.map(piece)));
    const short = run.number === null ? label : `#${run.number}`;
    const word = (text: string, view: string, args: Record<string, unknown>, title: string) =>
      button(text, () => stage.open({ view, args, title }), {
        class: "nbm-foot-word",
        "aria-label": `${text} ${label}`,
      });
    const words = h(
      "span",
      { class: "nbm-foot-words" },
      against ? word("Compare", "compare", { runs: [against, run.id] }, `${short} compared`) : null,
      word("Open", "run", { run: run.id }, label),
    );
    stage.body.append(h("div", { class: "nbm-foot-row" }, line, words));
    for (const warning of warnings) {
      const sign = h("span", { class: "nbm-dot nbm-warn", "aria-hidden": "true" }, "▲\u00a0");
      stage.body.append(h("div", { class: "nbm-q" }, sign, piece(warning)));
    }
    for (const note of notes) stage.body.append(h("div", { class: "nbm-q" }, piece(note)));
  });
}
