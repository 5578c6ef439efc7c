import { ChildModel } from "../lib/child";
import { runStyles } from "../lib/colours";
import { button, h } from "../lib/dom";
import { runLabel } from "../lib/format";
import type { Cleanup, Context } from "../lib/host";
import { isKnown, renderView, type Stage, stageView } from "../lib/stage";
import type { Choices, CompareArgs, CompareData, ComparedRun, Section, ViewSection } from "./compareData";
import { drawPairs } from "./comparePairs";
import { drawRows } from "./compareRows";

type CompareStage = Stage<CompareArgs, CompareData>;

/** Two or many runs and what differs between them. */
export function compare(context: Context): Cleanup {
  const choices: Choices = { onlyDifferences: true, turned: new Set(), diffMode: null, imageMode: "side" };
  return stageView<CompareArgs, CompareData>(context, (stage) => {
    const page = new Page(stage, choices);
    page.draw();
    return () => page.close();
  });
}

class Page {
  private readonly closers: Cleanup[] = [];
  private readonly runs: ComparedRun[];
  private readonly isPair: boolean;
  private readonly width: number;

  constructor(
    private readonly stage: CompareStage,
    private readonly choices: Choices,
  ) {
    this.runs = stage.data.runs;
    this.isPair = this.runs.length === 2;
    this.width = 1 + this.runs.length + (this.isPair ? 1 : 0) + 1;
  }

  close(): void {
    for (const close of this.closers) close();
  }

  draw(): void {
    const { body, data } = this.stage;
    const table = h("table", { class: "nbm-grid", "aria-label": "what differs" }, h("thead", {}, this.head()));
    for (const section of data.sections) {
      if (section.kind !== "view" || isKnown(section.view)) table.append(this.section(section));
    }
    const scroller = h(
      "div",
      { class: "nbm-scroller", tabindex: "0", role: "group", "aria-label": "comparison" },
      table,
    );
    const watch = new ResizeObserver(() => scroller.style.setProperty("--nbm-room", `${scroller.clientWidth}px`));
    watch.observe(scroller);
    this.closers.push(() => watch.disconnect());
    body.append(this.toolbar(), scroller);
    for (const note of data.notes) body.append(h("div", { class: "nbm-q nbm-note" }, note));
  }

  private toolbar(): HTMLElement {
    const [first, second] = this.runs;
    const title = this.isPair
      ? `${runLabel(second!)} vs ${runLabel(first!)}`
      : `${this.runs.length} runs, compared with ${runLabel(first!)}`;
    const box = h("input", {
      type: "checkbox",
      checked: this.choices.onlyDifferences,
      onChange: () => {
        this.choices.onlyDifferences = box.checked;
        this.choices.turned.clear();
        this.stage.redraw();
      },
    });
    return h(
      "div",
      { class: "nbm-tools" },
      h("b", { class: "nbm-tools-title" }, title),
      h("label", {}, box, " only differences"),
      this.isPair ? button("Swap", () => this.reference(second!.id, [second!.id, first!.id])) : null,
      this.isPair ? button("Open both", () => this.openAll()) : null,
    );
  }

  private head(): HTMLElement {
    const styles = runStyles(this.runs.map((run) => run.number ?? null));
    const row = h("tr", {}, h("th", { class: "nbm-key" }, h("span", { class: "nbm-unseen" }, "what")));
    this.runs.forEach((run, place) => {
      const name = button(runLabel(run), () => this.open(run), {
        class: "nbm-link",
        title: `${run.name ?? ""} Open the run`,
      });
      const mark = h(
        "span",
        { class: "nbm-mark", style: { color: styles[place]!.colour }, "aria-hidden": "true" },
        "■ ",
      );
      const star = run.is_baseline ? h("span", { class: "nbm-q", title: "baseline" }, " ★") : null;
      const words = h("div", { class: "nbm-column-tools nbm-q" });
      if (place === 0) words.append("reference");
      else if (!this.isPair) {
        words.append(button("Make reference", () => this.reference(run.id), { class: "nbm-link" }));
      }
      if (this.runs.length > 2) {
        words.append(
          " ",
          button("Remove", () => this.remove(run), { class: "nbm-link", "aria-label": `Remove ${runLabel(run)}` }),
        );
      }
      row.append(h("th", { scope: "col", class: "nbm-n" }, mark, name, star, words));
    });
    if (this.isPair) row.append(h("th", { scope: "col", class: "nbm-change nbm-q" }, "difference"));
    row.append(h("td", { class: "nbm-rest" }));
    return row;
  }

  private section(section: Section): HTMLElement {
    const isFolded = this.choices.turned.has(section.name);
    const turn = button(`${isFolded ? "▸" : "▾"} ${section.title}`, () => this.turn(section.name), {
      class: "nbm-fold nbm-section-title",
      "aria-expanded": String(!isFolded),
    });
    const group = h("tbody", { class: "nbm-section", "data-section": section.name });
    const head = h("th", { scope: "rowgroup", colspan: this.width }, turn);
    if (section.kind === "rows" && section.rows.length === 0 && this.choices.onlyDifferences) {
      // nothing differs: one quiet line is all
      const isOpen = this.choices.turned.has(`${section.name}=`);
      group.append(...drawRows(section, this.rowsOptions(section.name, isOpen)));
      return group;
    }
    group.append(h("tr", { class: "nbm-section-head" }, head));
    if (isFolded) return group;
    if (section.kind === "rows") {
      const isOpen = this.choices.onlyDifferences === this.choices.turned.has(`${section.name}=`);
      group.append(...drawRows(section, this.rowsOptions(section.name, isOpen)));
    } else {
      const wide = h("div", { class: "nbm-wide" });
      group.append(h("tr", {}, h("td", { colspan: this.width, class: "nbm-wide-cell" }, wide)));
      if (section.kind === "view") this.embed(section, wide);
      else
        wide.append(
          ...drawPairs(section, {
            choices: this.choices,
            width: this.width,
            room: this.stage.root.clientWidth,
            others: this.runs.slice(1),
            onChoice: () => this.stage.redraw(),
            onOther: (id) => void this.stage.update({ other: id }),
            onWhole: () => this.whole(section.name),
          }),
        );
    }
    return group;
  }

  private rowsOptions(name: string, isOpen: boolean) {
    return {
      runs: this.runs.length,
      width: this.width,
      isOpen,
      onTurn: () => this.turn(`${name}=`),
      onWhole: () => this.whole(name),
    };
  }

  private embed(section: ViewSection, wide: HTMLElement): void {
    const child = new ChildModel(this.stage.model, section.view, section.args, section.data ?? null);
    const stop = renderView({ model: child, el: wide });
    this.closers.push(() => {
      stop();
      child.close();
    });
    for (const note of section.notes) wide.append(h("div", { class: "nbm-q nbm-pair-line" }, note));
  }

  private turn(name: string): void {
    if (!this.choices.turned.delete(name)) this.choices.turned.add(name);
    this.stage.redraw();
  }

  private whole(name: string): void {
    void this.stage.update({ whole: [...(this.stage.args.whole ?? []), name] });
  }

  private ids(): string[] {
    return this.runs.map((run) => run.id);
  }

  private reference(id: string, runs = this.ids()): void {
    void this.stage.update({ runs, reference: id, other: null });
  }

  private remove(run: ComparedRun): void {
    const runs = this.ids().filter((id) => id !== run.id);
    const { reference } = this.stage.args;
    void this.stage.update({ runs, reference: reference === run.id ? null : reference, other: null });
    this.stage.select(runs);
  }

  private openAll(): void {
    for (const run of this.runs) this.open(run);
  }

  private open(run: ComparedRun): void {
    this.stage.open({ view: "run", args: { run: run.id }, title: runLabel(run) });
  }
}
