import { button, h } from "../../lib/dom";

/** One line of what was done, perhaps with a way back. */
export class Said {
  readonly node = h("div", { class: "nbm-said", role: "status", hidden: true });
  private going: ReturnType<typeof setTimeout> | undefined;

  /** Say it; `seconds` later it goes, unless somebody is at it. */
  say(parts: readonly (Node | string)[], seconds = 0): void {
    clearTimeout(this.going);
    if (seconds)
      this.going = setTimeout(() => this.node.matches(":hover, :focus-within") || this.say([]), seconds * 1000);
    this.node.hidden = parts.length === 0;
    this.node.replaceChildren(
      ...parts,
      parts.length ? button("✕", () => this.say([]), { "aria-label": "Dismiss" }) : "",
    );
  }
}
