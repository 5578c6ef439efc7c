import { h } from "../../lib/dom";
import { number } from "../../lib/format";
import { onceVisible } from "../../lib/visible";
import { entryNode } from "./content";
import type { Contents, Entry, Place } from "./contents";
import { first, nearest, type Packed } from "./steps";

/** One cell of the grid: a key of a run, at the step that is looked at or the last one before. */
export class MediaCell {
  readonly node = h("div", { class: "nbm-media-cell" });
  private readonly place = h("div", { class: "nbm-media-content" });
  private readonly foot = h("div", { class: "nbm-media-foot nbm-q" });
  private shown: number | null | undefined;
  private wanted = 0;
  private isSeen = false;
  private undo: (() => void) | undefined;
  private readonly unwatch: () => void;

  constructor(
    readonly run: string,
    readonly key: string,
    public steps: Packed,
    private readonly contents: Contents,
    private readonly enlarge: (cell: MediaCell, step: number) => void,
    private readonly host: HTMLElement,
  ) {
    this.node.append(this.place, this.foot);
    this.unwatch = onceVisible(this.node, () => {
      this.isSeen = true;
      void this.draw();
    });
  }

  /** Look at another step; nothing is asked for while the cell is out of sight. */
  go(step: number): Promise<void> {
    this.wanted = step;
    return this.isSeen ? this.draw() : Promise.resolve();
  }

  at(step: number): Place | null {
    const found = nearest(this.steps, step);
    return found === null ? null : { run: this.run, key: this.key, step: found };
  }

  private async draw(): Promise<void> {
    const place = this.at(this.wanted);
    const step = place?.step ?? null;
    if (step === this.shown) return this.tell(step);
    this.shown = step;
    if (place === null) {
      const start = first(this.steps);
      this.swap(h("div", { class: "nbm-q" }, start === null ? "·" : `from step ${number(start)} on`));
      this.tell(null);
      return;
    }
    if (!this.place.firstChild) this.place.append(h("div", { class: "nbm-media-waiting", "aria-hidden": "true" }));
    try {
      const entry = await this.contents.get(place);
      if (this.shown === step) this.show(entry);
    } catch (error) {
      if (this.shown !== step) return;
      this.shown = undefined;
      const { message } = error as Error;
      this.swap(h("div", { class: "nbm-q", role: "status" }, `not loaded: ${message}`));
    }
  }

  private show(entry: Entry): void {
    const { node, undo } = entryNode(entry, this.host);
    if (entry.kind === "image" || entry.kind === "table" || entry.kind === "histogram") {
      const name = `Enlarge ${entry.key}, step ${number(entry.step)}`;
      const open = () => this.enlarge(this, entry.step);
      const isPicture = node instanceof HTMLImageElement;
      if (isPicture)
        this.swap(
          h(
            "button",
            { type: "button", class: "nbm-picture", title: "Enlarge", "aria-label": name, onClick: open },
            node,
          ),
          undo,
        );
      else {
        const button = h(
          "button",
          { type: "button", class: "nbm-button nbm-quiet-button", "aria-label": name, onClick: open },
          "Enlarge",
        );
        this.swap(h("div", {}, node, button), undo);
      }
    } else this.swap(node, undo);
    this.tell(entry.step);
  }

  /** Its own step, where that is not the one of the slider. */
  private tell(step: number | null): void {
    const isOnly = (this.steps.steps?.length ?? this.steps.count) === 1;
    this.foot.textContent = step === null || step === this.wanted || isOnly ? "" : `step ${number(step)}`;
  }

  /** The new picture in place of the old one; the cell never gets lower meanwhile, so that nothing jumps. */
  private swap(node: HTMLElement, undo?: () => void): void {
    const hadFocus = this.place.contains(document.activeElement);
    const isFirst = this.place.firstElementChild?.className === "nbm-media-waiting";
    this.place.style.minHeight = isFirst ? "" : `${Math.min(this.place.offsetHeight, 400)}px`;
    this.undo?.();
    this.undo = undo;
    this.place.replaceChildren(node);
    if (hadFocus) (node.matches("button") ? node : node.querySelector("button"))?.focus();
  }

  close(): void {
    this.unwatch();
    this.undo?.();
  }
}
