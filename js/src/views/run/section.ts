import { AskError } from "../../lib/ask";
import { button, h } from "../../lib/dom";
import { onceVisible } from "../../lib/visible";

export interface SectionOptions {
  key: string;
  title: string;
  /** One quiet line beside the title. */
  summary?: string;
  isOpen?: boolean;
  /** Fills the body when it is first opened; what it returns is called when the section goes away. */
  fill: (body: HTMLElement) => Promise<(() => void) | void> | (() => void) | void;
  /** In JupyterLab's main area: opens by itself when it is scrolled to. */
  opensWhenSeen?: boolean;
  onToggle?: (isOpen: boolean) => void;
}

/** A part of a page that folds; its content is asked for when it is first opened. */
export class Section {
  readonly node: HTMLElement;
  readonly body: HTMLElement;
  private readonly summary: HTMLElement;
  private readonly toggle: HTMLButtonElement;
  private readonly undo: (() => void)[] = [];
  private isFilled = false;
  private isGone = false;

  constructor(private options: SectionOptions) {
    const id = `nbm-${options.key.replace(/\W+/g, "-")}-${Math.random().toString(36).slice(2, 8)}`;
    this.body = h("div", { class: "nbm-section-body", id, hidden: true });
    this.summary = h("span", { class: "nbm-q nbm-section-summary" }, options.summary ?? "");
    this.toggle = h(
      "button",
      {
        type: "button",
        class: "nbm-section-toggle",
        "aria-expanded": "false",
        "aria-controls": id,
        onClick: () => this.open(this.body.hidden),
      },
      options.title,
    );
    const head = h("h3", { class: "nbm-section-head" }, this.toggle, this.summary);
    this.node = h("section", { class: "nbm-section", "data-section": options.key }, head, this.body);
    if (options.isOpen) this.open(true, true);
    else if (options.opensWhenSeen) {
      this.undo.push(
        onceVisible(
          this.node,
          () => {
            // only where there is a whole tab for the page: in a cell it would push the notebook down
            if (!this.isGone && this.body.hidden && isMainArea(this.node)) this.open(true, true);
          },
          "0px",
        ),
      );
    }
  }

  /** Newer data: another summary now, another content when it is filled again. */
  take(options: SectionOptions): void {
    this.options = { ...this.options, ...options };
    const { summary = "" } = options;
    if (this.summary.textContent !== summary) this.summary.textContent = summary;
  }

  get isOpen(): boolean {
    return !this.body.hidden;
  }

  open(isOpen: boolean, isQuiet = false): void {
    this.body.hidden = !isOpen;
    this.toggle.setAttribute("aria-expanded", String(isOpen));
    if (!isQuiet) this.options.onToggle?.(isOpen);
    if (isOpen && !this.isFilled) void this.fill();
  }

  /** Fill it again with what is there now; a folded one when it is next opened. */
  refill(): void {
    this.isFilled = false;
    if (this.isOpen) void this.fill();
  }

  private async fill(): Promise<void> {
    this.isFilled = true;
    const fresh = h("div");
    const isFirst = !this.body.firstChild;
    if (isFirst) this.body.append(h("div", { class: "nbm-q nbm-waiting", role: "status" }, "Loading"));
    let found: (() => void) | undefined | void;
    try {
      found = await this.options.fill(fresh);
    } catch (error) {
      found = undefined;
      this.isFilled = false;
      fresh.replaceChildren(problem(error, () => void this.fill()));
    }
    if (this.isGone) return found?.();
    for (const each of this.undo.splice(0)) each();
    if (found) this.undo.push(found);
    this.body.replaceChildren(fresh);
  }

  close(): void {
    this.isGone = true;
    for (const each of this.undo.splice(0)) each();
    this.node.remove();
  }
}

/** What could not be read, with a way to try again; in place of what was asked for. */
export function problem(error: unknown, again: () => void): HTMLElement {
  const { message, hint } = error instanceof AskError ? error : { message: String(error), hint: "" };
  return h(
    "div",
    { class: "nbm-problem", role: "alert" },
    h("span", {}, message),
    hint ? h("span", { class: "nbm-q" }, ` · ${hint} `) : " ",
    button("Try again", again),
  );
}

function isMainArea(node: HTMLElement): boolean {
  return node.closest(".nbm-main") !== null;
}
