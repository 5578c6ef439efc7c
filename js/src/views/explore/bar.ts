import { button, h } from "../../lib/dom";
import { middle } from "../../lib/format";

/** What one bar says. */
export interface BarFacts {
  key: string;
  /** Its length from 0 to 1, and where chance ends. */
  share: number;
  chance: number | null;
  value: string;
  isStrong: boolean;
  words: string;
  told: string;
  isShown: boolean;
}

/** One parameter under importance: a bar, and a press that shows or hides its axis. */
export class Bar {
  readonly el: HTMLButtonElement;
  private readonly fill = h("span");
  private readonly line = h("i");
  private readonly value = h("span", { class: "nbm-explore-value" });

  constructor(
    private readonly key: string,
    toggle: () => void,
  ) {
    this.el = button("", toggle, { class: "nbm-explore-row", "data-param": key });
    this.el.append(
      h(
        "span",
        { class: "nbm-explore-cells" },
        h("span", { class: "nbm-explore-param" }, middle(key, 28)),
        h("span", { class: "nbm-explore-bar", "aria-hidden": "true" }, this.fill, this.line),
        this.value,
      ),
    );
  }

  /** Say this from now on. */
  update(facts: BarFacts): void {
    const { key } = this;
    this.fill.className = facts.isStrong ? "" : "nbm-explore-weak";
    this.fill.style.width = percent(facts.share);
    this.line.hidden = facts.chance === null;
    this.line.style.left = percent(facts.chance ?? 0);
    this.value.textContent = facts.value;
    const words = facts.words ? `, ${facts.words}` : "";
    const told = [facts.told, facts.words].filter(Boolean).join("; ");
    this.el.setAttribute("aria-pressed", String(facts.isShown));
    this.el.setAttribute("aria-label", `${key}: ${facts.value}${words}; axis`);
    this.el.title = `${key}\n${told}\nclick: ${facts.isShown ? "hide" : "show"} its axis`;
  }
}

const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
