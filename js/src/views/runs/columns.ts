import { button, h } from "../../lib/dom";
import { number } from "../../lib/format";
import { openPopover } from "../../lib/popover";

interface Choice {
  key: string;
  label: string;
  uses?: number;
  equal?: boolean;
}

/** Every column that there is to choose, by kind. */
export interface Choices {
  runs: number;
  fields: Choice[];
  metrics: Choice[];
  params: Choice[];
  tags: Choice[];
}

export interface Chosen {
  /** Keys in sight, in order. */
  shown(): string[];
  pinned(): string[];
  show(key: string, isShown: boolean): void;
  pin(key: string, isPinned: boolean): void;
  /** Back to what the table shows by itself. */
  reset(): void;
}

const MOST = 300;
const KINDS = [
  ["metrics", "Metrics"],
  ["params", "Parameters"],
  ["tags", "Tags"],
  ["fields", "Fields"],
] as const;

/**
 * Choose and pin columns: a list with a search.
 *
 * @param ask tells what there is; while it does, and where it cannot, `known` stands for it.
 */
export function chooseColumns(anchor: HTMLElement, known: Choices, ask: () => Promise<Choices>, chosen: Chosen): void {
  const panel = openPopover(anchor, "Columns", { className: "nbm-columns" });
  const search = h("input", {
    type: "search",
    "aria-label": "search columns",
    placeholder: "search",
    spellcheck: "false",
  });
  const list = h("div", { class: "nbm-options", role: "group", "aria-label": "columns" });
  const said = h("div", { class: "nbm-q", role: "status" });
  let choices = known;
  const draw = () => {
    const wanted = search.value.trim().toLowerCase();
    const shown = new Set(chosen.shown());
    const pinned = new Set(chosen.pinned());
    let left = MOST;
    list.replaceChildren();
    for (const [kind, title] of KINDS) {
      const found = choices[kind].filter((each) => each.label.toLowerCase().includes(wanted));
      if (!found.length) continue;
      list.append(h("div", { class: "nbm-q nbm-kind" }, `${title} (${number(found.length)})`));
      for (const each of found.slice(0, left)) list.append(line(each, shown, pinned));
      left -= Math.min(left, found.length);
    }
    if (!list.childElementCount) list.append(h("div", { class: "nbm-q" }, "No column has this in its name."));
    else if (left === 0) list.append(h("div", { class: "nbm-q" }, `The first ${MOST}; search for the others.`));
  };
  const line = (each: Choice, shown: Set<string>, pinned: Set<string>) => {
    const box = h("input", { type: "checkbox", checked: shown.has(each.key), "data-key": each.key });
    box.addEventListener("change", () => chosen.show(each.key, box.checked));
    let isPinned = pinned.has(each.key);
    const pin = button("", () => {
      isPinned = !isPinned;
      box.checked ||= isPinned;
      chosen.pin(each.key, isPinned);
      say();
    });
    const say = () => {
      pin.textContent = isPinned ? "Unpin" : "Pin left";
      pin.className = `nbm-word${isPinned ? " nbm-pinned" : ""}`;
      pin.setAttribute("aria-label", `${pin.textContent} ${each.label}`);
    };
    say();
    const facts = each.equal
      ? "equal"
      : each.uses !== undefined && each.uses < choices.runs
        ? `${number(each.uses)} runs`
        : "";
    return h(
      "div",
      { class: "nbm-row" },
      h("label", { title: each.label }, box, h("span", { class: "nbm-clip" }, each.label)),
      h("span", { class: "nbm-q" }, facts),
      pin,
    );
  };
  search.addEventListener("input", draw);
  const reset = button("As by default", () => {
    chosen.reset();
    panel.close();
  });
  panel.box.append(
    search,
    list,
    said,
    h(
      "div",
      { class: "nbm-row" },
      reset,
      button("Close", () => panel.close()),
    ),
  );
  draw();
  search.focus();
  ask().then(
    (found) => {
      choices = found;
      const top = list.scrollTop;
      draw();
      list.scrollTop = top;
    },
    () => {
      said.textContent = "These are the saved columns; the others need the kernel.";
    },
  );
}
