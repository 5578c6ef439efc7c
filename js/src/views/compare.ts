import { runStyles } from "../lib/colours";
import { button, h } from "../lib/dom";
import { runLabel, short } from "../lib/format";
import type { Cleanup, Context } from "../lib/host";
import type { OpenRequest } from "../lib/open";
import { isKnown, type Stage, stageView } from "../lib/stage";
import { statusNode } from "../lib/status";
import { groundUnder, onThemeChange } from "../lib/theme";
import { Contents } from "./compare/contents";
import type { Choices, CompareArgs, CompareData, ComparedRun, Section } from "./compare/data";
import { columnsOf } from "./compare/rows";
import { SectionView } from "./compare/section";

export type CompareStage = Stage<CompareArgs, CompareData>;

/** Two or many runs and what differs between them. */
export function compare(context: Context): Cleanup {
  const choices: Choices = { onlyDifferences: true, turned: new Set(), diffMode: null, imageMode: "side" };
  let contents: Contents | undefined;
  return stageView<CompareArgs, CompareData>(context, (stage) => {
    contents ??= new Contents(stage.desk);
    const page = new ComparePage(stage, choices, contents);
    page.draw();
    return { undo: () => page.close(), patch: (data) => page.patch(data) };
  });
}

/** The picture of one answer: what stands above, the heads of the columns, and the sections. */
export class ComparePage {
  readonly runs: ComparedRun[];
  readonly isPair: boolean;
  /** How many columns a row has, the empty last one included. */
  readonly width: number;
  private readonly sections = new Map<string, SectionView>();
  private readonly closers: Cleanup[] = [];

  constructor(
    readonly stage: CompareStage,
    readonly choices: Choices,
    readonly contents: Contents,
  ) {
    this.runs = stage.data.runs;
    this.isPair = this.runs.length === 2;
    this.width = columnsOf(this.runs.length);
  }

  get reference(): ComparedRun {
    return this.runs[0]!;
  }

  /** The run whose texts and outputs are beside those of the reference. */
  get other(): ComparedRun {
    return this.runs.find((run) => run.id === this.stage.data.other) ?? this.runs.at(-1)!;
  }

  close(): void {
    for (const section of this.sections.values()) section.close();
    for (const close of this.closers) close();
  }

  draw(): void {
    const { body, data } = this.stage;
    const table = h("table", { class: "nbm-cmp-grid", "aria-label": "what differs" }, h("thead", {}, this.head()));
    for (const section of shown(data)) {
      const view = new SectionView(this, section);
      this.sections.set(section.name, view);
      table.append(view.node);
    }
    const scroller = h(
      "div",
      { class: "nbm-cmp-scroller", tabindex: "0", role: "group", "aria-label": "comparison" },
      table,
    );
    const fit = () => {
      scroller.style.setProperty("--nbm-room", `${scroller.clientWidth}px`);
      scroller.style.setProperty("--nbm-runs", String(data.runs.length));
      scroller.classList.toggle("nbm-cmp-scrolls", scroller.scrollWidth > scroller.clientWidth);
      scroller.style.setProperty("--nbm-under", groundUnder(body)); // what scrolls must not shine through
    };
    const watch = new ResizeObserver(fit);
    watch.observe(scroller);
    this.closers.push(
      () => watch.disconnect(),
      onThemeChange(() => requestAnimationFrame(fit)),
    );
    body.append(this.toolbar(), scroller);
    for (const note of data.notes) body.append(h("div", { class: "nbm-q nbm-cmp-note" }, note));
  }

  /** Newer data of the same runs: only sections that changed are drawn again. */
  patch(data: CompareData): boolean {
    const names = (found: Section[]) => found.map((section) => section.name).join();
    // what an embedded view was first drawn from is its own affair
    const plain = (key: string, value: unknown) => (key === "data" ? undefined : value);
    const same = (a: unknown, b: unknown) => JSON.stringify(a, plain) === JSON.stringify(b, plain);
    const fresh = shown(data);
    const known = [...this.sections.values()].map((view) => view.section);
    if (!same(data.runs, this.runs) || names(fresh) !== names(known) || data.other !== this.other.id) return false;
    for (const section of fresh) {
      const view = this.sections.get(section.name)!;
      if (!same(section, view.section)) view.take(section);
    }
    return true;
  }

  /** Draw sections of this kind again, after a choice that concerns them. */
  refresh(kind: Section["kind"]): void {
    for (const view of this.sections.values()) if (view.section.kind === kind) view.redraw();
  }

  makeReference(id: string, runs = this.ids()): void {
    void this.stage.update({ runs, reference: id, other: null });
  }

  private ids(): string[] {
    return this.runs.map((run) => run.id);
  }

  private remove(run: ComparedRun): void {
    const runs = this.ids().filter((id) => id !== run.id);
    const { reference } = this.stage.args;
    void this.stage.update({ runs, reference: reference === run.id ? null : reference, other: null });
    this.stage.select(runs);
  }

  private open(run: ComparedRun): void {
    this.stage.open(pageOf(run));
  }

  private openBoth(): void {
    this.stage.open(...this.runs.map(pageOf));
  }

  private toolbar(): HTMLElement {
    const [first, second] = this.runs;
    const title =
      this.runs.length === 1
        ? runLabel(first!)
        : this.isPair
          ? `${runLabel(second!)} vs ${runLabel(first!)}`
          : `${this.runs.length} runs, compared with ${runLabel(first!)}`;
    const box = h("input", {
      type: "checkbox",
      checked: this.choices.onlyDifferences,
      onChange: () => {
        this.choices.onlyDifferences = box.checked;
        for (const name of this.choices.turned) if (name.endsWith("=")) this.choices.turned.delete(name);
        this.refresh("rows");
      },
    });
    return h(
      "div",
      { class: "nbm-cmp-tools" },
      h("b", { class: "nbm-cmp-tools-title", title }, title),
      h("label", {}, box, "Only differences"),
      this.isPair ? button("Swap", () => this.makeReference(second!.id, [second!.id, first!.id])) : null,
      this.isPair ? button("Open both", () => this.openBoth()) : null,
    );
  }

  private head(): HTMLElement {
    const styles = runStyles(this.runs.map((run) => run.number ?? null));
    const row = h("tr", {}, h("td", { class: "nbm-cmp-key" }));
    this.runs.forEach((run, place) => {
      row.append(h("th", { scope: "col", class: "nbm-cmp-n" }, ...this.runHead(run, styles[place]!.colour, place)));
      if (place > 0)
        row.append(h(this.isPair ? "th" : "td", { class: "nbm-cmp-change nbm-q" }, this.isPair ? "difference" : ""));
    });
    row.append(h("td", { class: "nbm-cmp-rest" }));
    return row;
  }

  private runHead(run: ComparedRun, colour: string, place: number): (Node | null)[] {
    const label = runLabel(run);
    const mark = h("span", { class: "nbm-cmp-mark", style: { color: colour }, "aria-hidden": "true" }, "■ ");
    const title = `${run.name ? `${run.name}\n` : ""}${run.experiment}, ${run.status}\nOpens the run`;
    const shown = this.runs.length > 3 ? short(label, 20) : label;
    const name = button(shown, () => this.open(run), { class: "nbm-cmp-link", title });
    const star = run.is_baseline
      ? h("span", { class: "nbm-q", role: "img", "aria-label": "baseline", title: "baseline" }, " ★")
      : null;
    const tools = h("div", { class: "nbm-cmp-column-tools nbm-q" });
    const link = (word: string, onClick: () => void) =>
      button(word, onClick, { class: "nbm-cmp-link", "aria-label": `${word}: ${label}` });
    if (run.status !== "finished") tools.append(statusNode(run.status));
    if (this.runs.length > 2) tools.append(link("Remove", () => this.remove(run)));
    if (place === 0) tools.append("reference");
    else if (!this.isPair) tools.append(link("Make reference", () => this.makeReference(run.id)));
    return [mark, name, star, tools];
  }
}

function pageOf(run: ComparedRun): OpenRequest {
  return { view: "run", args: { run: run.id }, title: runLabel(run) };
}

/** The sections that can be drawn here. */
function shown(data: CompareData): Section[] {
  return data.sections.filter((section) => section.kind !== "view" || isKnown(section.view));
}
