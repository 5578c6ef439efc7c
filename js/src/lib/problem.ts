import { AskError } from "./ask";
import { button, h } from "./dom";

/** One line of what failed, above a picture that stays. */
export class Problem {
  readonly node = h("div", { class: "nbm-problem", role: "alert", hidden: true });

  /** @param retry does again what failed; without it no second try is offered. */
  say(error: unknown, retry?: () => void): void {
    const { message, hint, kind } =
      error instanceof AskError ? error : { message: String(error), hint: "", kind: "unknown" };
    const isSaved = kind === "saved"; // nobody can be asked: nothing failed, and trying again would not help
    const again = () => {
      this.hide();
      retry?.();
    };
    this.node.classList.toggle("nbm-problem-quiet", isSaved);
    this.node.replaceChildren(
      h("span", {}, message),
      hint ? h("span", { class: "nbm-q" }, ` · ${hint} `) : " ",
      isSaved || !retry ? "" : button("Try again", again),
      button("Dismiss", () => this.hide()),
    );
    this.node.hidden = false;
  }

  hide(): void {
    this.node.hidden = true;
  }
}
