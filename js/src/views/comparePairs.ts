import { drawDiff } from "../lib/diff";
import { button, h } from "../lib/dom";
import { number } from "../lib/format";
import type { Choices, ComparedRun, Pair, PairsSection } from "./compareData";

export interface PairsOptions {
  choices: Choices;
  width: number;
  /** Room in pixels, by which unified or side by side is chosen. */
  room: number;
  others: ComparedRun[];
  onChoice(): void;
  onOther(id: string): void;
  onWhole(): void;
}

const SIGNS = { changed: "~", added: "+", removed: "−", equal: "=" } as const;

/** Texts and figures of the reference beside those of another run. */
export function drawPairs(section: PairsSection, options: PairsOptions): HTMLElement[] {
  const equal = section.pairs.filter((pair) => pair.state === "equal");
  const others = section.pairs.filter((pair) => pair.state !== "equal");
  const mode = options.choices.diffMode ?? (options.room >= 900 ? "split" : "unified");
  const found = others.map((pair) => drawPair(pair, mode));
  if (equal.length) {
    const one = equal.length === 1 ? section.noun.replace(/s$/, "") : section.noun;
    const title = equal.map((pair) => pair.title).join("\n");
    found.push(h("div", { class: "nbm-q nbm-pair-line", title }, `${number(equal.length)} ${one} equal`));
  }
  if (section.pairs.length < section.total) {
    found.push(
      h(
        "div",
        { class: "nbm-q nbm-pair-line" },
        `first ${number(section.pairs.length)} of ${number(section.total)} `,
        button("Show all", options.onWhole),
      ),
    );
  }
  for (const note of section.notes) found.push(h("div", { class: "nbm-q nbm-pair-line" }, note));
  return found;
}

function drawPair(pair: Pair, mode: "unified" | "split"): HTMLElement {
  const said = pair.said ?? pair.state;
  const head = h(
    "div",
    { class: "nbm-pair-line" },
    h("span", { class: "nbm-q", "aria-hidden": "true" }, `${SIGNS[pair.state]} `),
    pair.title,
    h("span", { class: "nbm-q" }, ` · ${said}`),
  );
  const body = pair.diff?.hunks.length ? drawDiff(pair.diff, mode, `${pair.title}, ${said}`) : null;
  return h("div", { class: "nbm-pair" }, head, body);
}
