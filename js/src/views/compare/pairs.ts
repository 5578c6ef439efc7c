import { drawDiff } from "../../lib/diff";
import { button, h } from "../../lib/dom";
import { number } from "../../lib/format";
import { loggedHtml } from "../../lib/logged";
import { onceVisible } from "../../lib/visible";
import type { Contents, Loaded } from "./contents";
import type { Choices, Pair, PairsSection, TableCell, TableDiff } from "./data";
import { drawImages, figure, modeButtons } from "./images";

export interface PairsOptions {
  choices: Choices;
  contents: Contents;
  /** Room in pixels, by which unified or side by side is chosen. */
  room: number;
  /** What the reference and the other run are called. */
  names: [string, string];
  onWhole(): void;
  onClose(callback: () => void): void;
}

const SIGNS = { changed: "~", added: "+", removed: "−", equal: "=" } as const;

/** How texts are compared here: as the reader said, else by the room there is. */
export function textMode(choices: Choices, room: number): "unified" | "split" {
  return choices.diffMode ?? (room >= 900 ? "split" : "unified");
}

/** Texts and figures of the reference beside those of another run. */
export function drawPairs(section: PairsSection, options: PairsOptions): HTMLElement[] {
  const equal = section.pairs.filter((pair) => pair.state === "equal");
  const others = section.pairs.filter((pair) => pair.state !== "equal");
  const found = others.map((pair) => drawPair(pair, options));
  const line = (...children: (Node | string)[]) =>
    found.push(h("div", { class: "nbm-q nbm-cmp-pair-line" }, ...children));
  if (equal.length) {
    const one = equal.length === 1 ? section.noun.replace(/s$/, "") : section.noun;
    line(h("span", { title: equal.map((pair) => pair.title).join("\n") }, `${number(equal.length)} ${one} equal`));
  }
  if (section.pairs.length < section.total) {
    line(`first ${number(section.pairs.length)} of ${number(section.total)} `, button("Show all", options.onWhole));
  }
  for (const note of section.notes) line(note);
  return found;
}

function drawPair(pair: Pair, options: PairsOptions): HTMLElement {
  const said = pair.said ?? pair.state;
  const head = h(
    "div",
    { class: "nbm-cmp-pair-line" },
    h("span", { class: "nbm-q", "aria-hidden": "true" }, `${SIGNS[pair.state]} `),
    pair.title,
    h("span", { class: "nbm-q" }, ` · ${said}`),
  );
  const place = h("div", { class: "nbm-cmp-pair", "data-kind": pair.kind }, head);
  if (pair.diff?.hunks.length) {
    place.append(drawDiff(pair.diff, textMode(options.choices, options.room), `${pair.title}, ${said}`));
  } else if (pair.table) place.append(drawTable(pair.table, pair.title));
  else if (pair.old || pair.new) {
    if (pair.kind === "image" && pair.old && pair.new) {
      head.append(
        " ",
        modeButtons(options.choices.imageMode, (mode) => {
          options.choices.imageMode = mode;
          const fresh = drawPair(pair, options);
          place.replaceWith(fresh);
          fresh.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus();
        }),
      );
    }
    const body = h("div", { class: "nbm-cmp-contents", "data-waiting": "" });
    place.append(body);
    options.onClose(onceVisible(body, () => void fill(body, pair, options)));
  }
  return place;
}

/** Both sides, as soon as they are here. */
async function fill(body: HTMLElement, pair: Pair, options: PairsOptions): Promise<void> {
  try {
    const sides = [pair.old, pair.new].map((side) => (side ? options.contents.load(side) : null));
    const [old, new_] = await Promise.all(sides);
    if (old?.url && new_?.url) {
      body.append(drawImages(old.url, new_.url, options.names, options.choices.imageMode));
    } else {
      const both = h("div", { class: "nbm-cmp-side" });
      if (old) both.append(side(old, options.names[0], body, options));
      if (new_) both.append(side(new_, options.names[1], body, options));
      body.append(both);
    }
  } catch (error) {
    body.append(h("div", { class: "nbm-q" }, error instanceof Error ? error.message : String(error)));
  }
  delete body.dataset.waiting;
}

function side(found: Loaded, name: string, host: HTMLElement, options: PairsOptions): HTMLElement {
  if (found.url) return figure(found.url, name);
  const caption = h("figcaption", { class: "nbm-q" }, name);
  if (found.missing !== null)
    return h("figure", { class: "nbm-cmp-figure" }, h("div", { class: "nbm-q" }, found.missing), caption);
  const { node, undo } = loggedHtml(found.text ?? "", host);
  options.onClose(undo);
  return h("figure", { class: "nbm-cmp-figure" }, node, caption);
}

function tableCell(cell: TableCell, tag: "td" | "th"): HTMLElement {
  if (!Array.isArray(cell)) return h(tag, {}, cell);
  const [before, after] = cell;
  return h(
    tag,
    {},
    before === null ? null : h("del", {}, before || "∅"),
    before === null || after === null ? null : " → ",
    after === null ? null : h("ins", {}, after || "∅"),
  );
}

/** Two tables as one, where cells that differ show both texts. */
export function drawTable(diff: TableDiff, label: string): HTMLElement {
  const rest = [
    diff.equals ? `${number(diff.equals)} row${diff.equals === 1 ? "" : "s"} equal` : "",
    diff.left_out ? `${number(diff.left_out)} more rows differ` : "",
  ].filter(Boolean);
  return h(
    "div",
    { class: "nbm-cmp-merged" },
    h(
      "table",
      { "aria-label": label },
      h("thead", {}, h("tr", {}, ...diff.head.map((cell) => tableCell(cell, "th")))),
      h("tbody", {}, ...diff.rows.map((row) => h("tr", {}, ...row.map((cell) => tableCell(cell, "td"))))),
    ),
    rest.length ? h("div", { class: "nbm-q" }, rest.join(" · ")) : null,
  );
}
