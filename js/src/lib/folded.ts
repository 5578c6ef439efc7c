import { button, h } from "./dom";
import { number } from "./format";
import { reachable } from "./scrolls";

const FIRST = 20;
const SLACK = 6; // folding away three lines helps nobody

export interface Folded {
  text: string;
  /** Turns text into nodes; text nodes by default. */
  nodes?: (text: string) => Node[];
  /** Lines shown at first. */
  first?: number;
  className?: string;
  label?: string;
  /** Where `text` is only the beginning: asks for the whole. */
  whole?: () => Promise<{ text: string; isCut?: boolean }>;
}

/** Lines of text; of many the first ones, with a word on how many there are and a way to the rest. */
export function foldedText(options: Folded): HTMLElement {
  const first = options.first ?? FIRST;
  const nodes = options.nodes ?? ((text: string) => [document.createTextNode(text)]);
  let text = options.text.replace(/\n$/, "");
  let hasMore = !!options.whole;
  const pre = reachable(h("pre", { class: options.className ?? "nbm-text" }), options.label ?? "text");
  const foot = h("div", { class: "nbm-fold" });
  const say = h("span", { class: "nbm-q", role: "status" });
  const box = h("div", {}, pre, foot);
  const show = (isAll: boolean) => {
    const lines = text.split("\n");
    const isLong = lines.length > first + SLACK || hasMore;
    const part = isAll || !isLong ? text : lines.slice(0, first).join("\n");
    pre.replaceChildren(...nodes(part));
    foot.hidden = !isLong;
    if (!isLong) return;
    const total = `${number(lines.length)}${hasMore ? " and more" : ""} lines`;
    const shown = Math.min(first, lines.length);
    say.textContent = isAll ? `all ${total} ` : `first ${number(shown)} of ${total} `;
    const turn = isAll
      ? button("Fold", () => show(false))
      : button("Show all", async () => {
          turn.disabled = true;
          try {
            if (hasMore) {
              const whole = await options.whole!();
              text = whole.text.replace(/\n$/, "");
              hasMore = false;
              if (whole.isCut) text += "\n… (what follows is too long to be shown here)";
            }
            show(true);
          } catch (error) {
            turn.disabled = false;
            say.textContent = `${error instanceof Error ? error.message : error} `;
          }
        });
    foot.replaceChildren(say, turn);
  };
  show(false);
  return box;
}
