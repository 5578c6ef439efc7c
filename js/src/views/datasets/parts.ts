import { button, h } from "../../lib/dom";
import { ago, moment, number, short, size } from "../../lib/format";
import { reachable } from "../../lib/scrolls";
import { type ListArgs, MOST, NEXT, type Ref } from "./data";

const TYPING_MS = 300;

/** Tags and branches as chips. */
export function chips(refs: readonly Ref[], more: number): HTMLElement[] {
  const found = refs.map(({ name, kind, number: at }) =>
    h(
      "span",
      { class: `nbm-chip nbm-chip-${kind}`, title: `${kind} ${name}${at === null ? "" : `, at v${at}`}` },
      short(name, 24),
    ),
  );
  if (more) found.push(h("span", { class: "nbm-q" }, `+${number(more)}`));
  return found;
}

export const cell = {
  number: (value: number) => h("td", { class: "nbm-n" }, number(value)),
  size: (bytes: number) => h("td", { class: "nbm-n", title: `${number(bytes)} bytes` }, size(bytes)),
  time: (when: string) => h("td", { class: "nbm-n", title: moment(when) }, ago(when)),
  shape: (shape: string) => h("td", { class: "nbm-n" }, shape),
  message: (text: string) => h("td", { title: text.length > 60 ? text : null }, text ? short(text, 60) : quiet()),
  refs: (refs: readonly Ref[], more: number) =>
    h("td", {}, refs.length ? h("span", { class: "nbm-chips" }, ...chips(refs, more)) : quiet()),
};

export const quiet = () => h("span", { class: "nbm-q" }, "·");

/** A name to be clicked. */
export function link(label: string, open: () => void, props: Record<string, unknown> = {}): HTMLElement {
  return h("button", { type: "button", class: "nbm-link", onClick: open, ...props }, label);
}

/** A heading: text, and whether numbers stand below it. */
export function heading([text, isNumber]: readonly [string, boolean]): HTMLElement {
  return h("th", { scope: "col", class: isNumber ? "nbm-n" : null }, text);
}

export function table(label: string, heads: HTMLElement[], rows: HTMLElement[]): HTMLElement {
  const found = h(
    "table",
    { class: "nbm-list nbm-near", "aria-label": label },
    h("thead", {}, h("tr", {}, ...heads)),
    h("tbody", {}, ...rows),
  );
  return reachable(h("div", { class: "nbm-list-wrap" }, found), label);
}

/** `12 versions`, or how many of them were found. */
export function counted(total: number, all: number, what: string): string {
  const words = `${number(all)} ${what}${all === 1 ? "" : "s"}`;
  return total === all ? words : `${number(total)} of ${words}`;
}

/** A field that asks with what is typed, a moment after the last letter. */
export function finder(label: string, text: string, find: (text: string) => void): HTMLInputElement {
  let typing: ReturnType<typeof setTimeout> | undefined;
  const field = h("input", {
    type: "search",
    placeholder: label.toLowerCase(),
    "aria-label": label,
    spellcheck: "false",
    value: text,
    onInput: () => {
      clearTimeout(typing);
      typing = setTimeout(() => find(field.value), TYPING_MS);
    },
    onKeydown: (event: KeyboardEvent) => {
      event.stopPropagation();
      if (event.key !== "Enter" && event.key !== "Escape") return;
      clearTimeout(typing);
      if (event.key === "Escape") field.value = "";
      find(field.value);
    },
  });
  return field;
}

/** How far the list goes, and the way to the rest. */
export function foot(
  shown: number,
  total: number,
  args: ListArgs,
  more: (limit: number) => void,
  all: string,
): HTMLElement | null {
  if (shown >= total) return null;
  const said = `first ${number(shown)} of ${number(total)} `;
  if (shown >= MOST) return h("div", { class: "nbm-q" }, `${said}· ${all} has all`);
  return h(
    "div",
    { class: "nbm-q" },
    said,
    button("More", () => more(Math.min(Math.max(args.limit ?? 0, shown) + NEXT, MOST)), { "data-act": "more" }),
  );
}

/** Draw anew inside a place; the focus and how far it was scrolled stay. */
export function refill(place: HTMLElement, ...nodes: (HTMLElement | null)[]): void {
  const held = place.contains(document.activeElement) ? document.activeElement?.getAttribute("data-act") : null;
  const before = place.querySelector(".nbm-list-wrap");
  const [top, left] = [before?.scrollTop ?? 0, before?.scrollLeft ?? 0];
  place.replaceChildren(...nodes.filter((node) => node !== null));
  const after = place.querySelector(".nbm-list-wrap");
  after?.scrollTo?.(left, top);
  if (held === null) return;
  const again = [...place.querySelectorAll<HTMLElement>("[data-act]")].find((each) => each.dataset.act === held);
  (again ?? (after as HTMLElement | null))?.focus({ preventScroll: true });
}
