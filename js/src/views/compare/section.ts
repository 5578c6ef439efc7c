import { ChildModel } from "../../lib/child";
import { button, h } from "../../lib/dom";
import { runLabel } from "../../lib/format";
import type { Cleanup } from "../../lib/host";
import { renderView } from "../../lib/stage";
import type { ComparePage } from "../compare";
import type { ComparedRun, PairsSection, Section, ViewSection } from "./data";
import { drawPairs, textMode } from "./pairs";
import { drawRows } from "./rows";

/** One section of a comparison as rows of its table; it draws itself anew without touching the others. */
export class SectionView {
  node: HTMLElement;
  private closers: Cleanup[] = [];

  constructor(
    private readonly page: ComparePage,
    public section: Section,
  ) {
    this.node = this.draw();
  }

  close(): void {
    for (const close of this.closers) close();
    this.closers = [];
  }

  /** Newer data. */
  take(section: Section): void {
    this.section = section;
    this.redraw();
  }

  /** Draw anew; who had the focus in here has it again. */
  redraw(): void {
    const held = this.node.contains(document.activeElement) ? document.activeElement : null;
    const act = held?.getAttribute("data-act");
    this.close();
    const fresh = this.draw();
    this.node.replaceWith(fresh);
    this.node = fresh;
    if (act) fresh.querySelector<HTMLElement>(`[data-act="${act}"]`)?.focus();
  }

  private draw(): HTMLElement {
    const { section, page } = this;
    const { choices } = page;
    const group = h("tbody", { class: "nbm-cmp-section", "data-section": section.name });
    const isOpen = choices.onlyDifferences === choices.turned.has(`${section.name}=`);
    if (section.kind === "rows" && !section.rows.length && !isOpen) {
      group.append(...this.rows(isOpen)); // nothing differs: one quiet line is all
      return group;
    }
    const isFolded = choices.turned.has(section.name);
    const turn = button(`${isFolded ? "▸" : "▾"} ${section.title}`, () => this.turn(section.name), {
      class: "nbm-cmp-fold nbm-cmp-section-title",
      "aria-expanded": String(!isFolded),
      "data-act": "fold",
    });
    const head = h("div", { class: "nbm-cmp-stick" }, turn);
    const place = h("th", { scope: "rowgroup", colspan: page.width }, head);
    group.append(h("tr", { class: "nbm-cmp-section-head" }, place));
    if (isFolded) return group;
    if (section.kind === "rows") {
      group.append(...this.rows(isOpen));
      return group;
    }
    const wide = h("div", { class: "nbm-cmp-wide" });
    group.append(h("tr", {}, h("td", { colspan: page.width, class: "nbm-cmp-wide-cell" }, wide)));
    if (section.kind === "view") this.embed(section, wide);
    else {
      head.append(this.tools(section));
      wide.append(...this.pairs(section));
    }
    return group;
  }

  private rows(isOpen: boolean): HTMLElement[] {
    if (this.section.kind !== "rows") return [];
    return drawRows(this.section, {
      runs: this.page.runs.length,
      width: this.page.width,
      isOpen,
      textMode: textMode(this.page.choices, this.page.stage.root.clientWidth),
      onTurn: () => this.turn(`${this.section.name}=`),
      onWhole: () => this.whole(),
      onOpen: ({ view, args, title }) => this.page.stage.open({ view, args, title }),
    });
  }

  private pairs(section: PairsSection): HTMLElement[] {
    const { page } = this;
    return drawPairs(section, {
      choices: page.choices,
      contents: page.contents,
      room: page.stage.root.clientWidth,
      names: [runLabel(page.reference), runLabel(page.other)],
      onWhole: () => this.whole(),
      onClose: (callback) => this.closers.push(callback),
    });
  }

  /** Which run is beside the reference, and how texts are compared. */
  private tools(section: PairsSection): HTMLElement {
    const { page } = this;
    const tools = h("span", { class: "nbm-cmp-section-tools" });
    if (page.runs.length > 2) {
      const select: HTMLSelectElement = h(
        "select",
        {
          "aria-label": `${section.title}: the run beside the reference`,
          "data-act": "other",
          onChange: () => void page.stage.update({ other: select.value }),
        },
        ...page.runs.slice(1).map((run: ComparedRun) => {
          return h("option", { value: run.id, selected: run.id === page.other.id }, runLabel(run));
        }),
      );
      tools.append(h("span", { class: "nbm-q" }, `${runLabel(page.reference)} beside `), select);
    }
    if (section.pairs.some((pair) => pair.diff)) {
      const chosen = textMode(page.choices, page.stage.root.clientWidth);
      const mode = (name: "unified" | "split", label: string) => {
        const choose = () => {
          page.choices.diffMode = name;
          page.refresh("pairs");
        };
        return button(label, choose, { "aria-pressed": String(name === chosen), "data-act": name });
      };
      const group = { class: "nbm-cmp-choice", role: "group", "aria-label": "how to compare texts" };
      tools.append(h("span", group, mode("unified", "Unified"), mode("split", "Side by side")));
    }
    return tools;
  }

  private embed(section: ViewSection, wide: HTMLElement): void {
    const child = new ChildModel(this.page.stage.model, section.view, section.args, section.data ?? null);
    const stop = renderView({ model: child, el: wide });
    this.closers.push(() => {
      stop();
      child.close();
    });
    for (const note of section.notes) wide.append(h("div", { class: "nbm-q nbm-cmp-pair-line" }, note));
  }

  private turn(name: string): void {
    const { turned } = this.page.choices;
    if (!turned.delete(name)) turned.add(name);
    this.redraw();
  }

  private whole(): void {
    const { stage } = this.page;
    void stage.update({ whole: [...(stage.args.whole ?? []), this.section.name] });
  }
}
