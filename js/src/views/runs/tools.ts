import { AskError } from "../../lib/ask";
import { button, h } from "../../lib/dom";
import { openPopover } from "../../lib/popover";
import type { Args, Data } from "./types";

/** What the line of tools leads to. */
export interface ToolActions {
  change(change: Partial<Args>, refused?: (error: unknown) => boolean): void;
  columns(anchor: HTMLElement): void;
  charts(anchor: HTMLElement): void;
  compare(): void;
  curves(): void;
  explore(): void;
  save(name: string): Promise<void>;
  forget(name: string): Promise<void>;
}

const GROUPED_FIELDS = ["experiment", "status", "name"];
const ALL = "*";

/** The line above the table: which experiment, the filter, group, columns, views; what is done with ticked rows. */
export class Tools {
  readonly node = h("div", { class: "nbm-runs-tools" });
  private readonly problem = h("div", { class: "nbm-filter-problem", role: "alert", hidden: true });
  private readonly experiment: HTMLSelectElement;
  private readonly filter: HTMLInputElement;
  private readonly group: HTMLSelectElement;
  private readonly charts: HTMLButtonElement;
  private readonly views: HTMLButtonElement;
  private readonly compare: HTMLButtonElement;
  private data: Data | null = null;

  constructor(private readonly actions: ToolActions) {
    this.experiment = h("select", {
      class: "nbm-experiment",
      "aria-label": "experiment",
      onChange: () => actions.change({ experiment: this.experiment.value }),
    });
    this.filter = h("input", {
      type: "search",
      class: "nbm-filter",
      "aria-label": "filter",
      placeholder: "filter: val_acc > .9 and model = gbm",
      title: "Enter applies, Escape clears; order by and limit work too",
      spellcheck: "false",
      autocomplete: "off",
      onKeydown: (event: KeyboardEvent) => this.onKey(event),
    });
    this.group = h("select", {
      "aria-label": "group by",
      onChange: () => actions.change({ group: this.group.value || null }),
    });
    const columns = button("Columns", () => actions.columns(columns), { "aria-haspopup": "dialog" });
    this.charts = button("Charts", () => actions.charts(this.charts), { "aria-haspopup": "dialog" });
    this.views = button("Views", () => this.openViews(), { "aria-haspopup": "dialog" });
    this.compare = button("Compare", () => actions.compare(), { class: "nbm-button nbm-primary" });
    this.node.append(
      h("div", { class: "nbm-which" }, this.experiment, this.filter),
      h("div", { class: "nbm-how" }, this.group, columns, this.charts, this.views),
      h(
        "div",
        { class: "nbm-what" },
        button("Curves", () => actions.curves(), { title: "Curves of the ticked runs, else of the first ones" }),
        button("Explore", () => actions.explore(), { title: "Parallel coordinates and scatter of all these runs" }),
        this.compare,
      ),
      this.problem,
    );
  }

  show(data: Data): void {
    this.data = data;
    const { asked } = data;
    this.problem.hidden = true;
    if (document.activeElement !== this.filter || !this.filter.value.trim()) this.filter.value = asked.filter;
    const names = [...new Set([...(data.experiment ? [data.experiment] : []), ...data.experiments])];
    const options = [[ALL, "all experiments"], ...names.map((name) => [name, name])] as [string, string][];
    fill(this.experiment, options, data.experiment ?? ALL);
    const keys = data.columns.filter((column) => column.key.startsWith("param.")).map((column) => column.key);
    const grouped = [...new Set([...GROUPED_FIELDS, ...(asked.group ? [asked.group] : []), ...keys])];
    const groups = grouped.map((key) => [key, `by ${key.replace(/^(param|tag)\./, "")}`] as [string, string]);
    fill(this.group, [["", "group"], ...groups], asked.group ?? "");
    this.views.textContent = asked.named ? `View: ${asked.named}` : "Views";
  }

  charted(count: number): void {
    this.charts.textContent = count ? `Charts (${count})` : "Charts";
  }

  ticked(count: number): void {
    this.compare.textContent = count ? `Compare (${count})` : "Compare";
    this.compare.disabled = count < 2;
    this.compare.title = count < 2 ? "Tick two runs or more" : "What differs between the ticked runs";
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === "Enter") {
      this.problem.hidden = true;
      this.actions.change({ filter: this.filter.value.trim() }, (error) => this.refused(error));
    } else if (event.key === "Escape") {
      this.problem.hidden = true;
      this.filter.value = "";
      if (this.data?.asked.filter) this.actions.change({ filter: "" });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** A filter that cannot be read: the table stays as it is. */
  private refused(error: unknown): boolean {
    if (!(error instanceof AskError) || error.kind !== "FilterError") return false;
    this.problem.replaceChildren(
      h("pre", {}, error.message.replace(/^the filter cannot be read: /, "")),
      h("div", { class: "nbm-q" }, error.hint),
    );
    this.problem.hidden = false;
    return true;
  }

  private openViews(): void {
    const { views = [], asked } = this.data ?? {};
    const panel = openPopover(this.views, "Saved views", { className: "nbm-views" });
    const said = h("div", { class: "nbm-bad", role: "alert", hidden: true });
    const attempt = async (work: Promise<void>) => {
      try {
        await work;
        panel.close();
      } catch (error) {
        said.hidden = false;
        said.textContent = error instanceof AskError ? `${error.message}: ${error.hint}` : String(error);
      }
    };
    const list = h("div", { class: "nbm-options" });
    for (const name of views) {
      const apply = button(name, () => {
        panel.close();
        this.actions.change({ ...NOTHING, current: asked?.current ?? null, view: name });
      });
      apply.classList.toggle("nbm-primary", name === asked?.named);
      const forget = button("Forget", () => void attempt(this.actions.forget(name)), { class: "nbm-word" });
      forget.setAttribute("aria-label", `Forget the view ${name}`);
      list.append(h("div", { class: "nbm-row" }, apply, forget));
    }
    if (!views.length) list.append(h("div", { class: "nbm-q" }, "No view is saved yet."));
    const name = h("input", { type: "text", "aria-label": "name of the view", placeholder: "name", maxlength: 80 });
    name.value = asked?.named ?? "";
    name.addEventListener("keydown", (event) => {
      if (event.key === "Enter") void attempt(this.actions.save(name.value));
    });
    const save = button("Save this view", () => void attempt(this.actions.save(name.value)));
    panel.box.append(list, h("div", { class: "nbm-row" }, name, save), said);
    (list.querySelector("button") ?? name).focus();
  }
}

/** A table that nobody said anything about. */
export const NOTHING: Partial<Args> = {
  filter: null as never,
  experiment: null,
  sort: null,
  group: null,
  columns: null,
  pinned: null as never,
  metric: null,
  fold: null as never,
  hide_equal: null as never,
  charts: null as never,
  named: null,
};

function fill(select: HTMLSelectElement, options: [string, string][], value: string): void {
  const known = [...select.options].map((option) => option.value);
  if (known.join("\n") !== options.map(([key]) => key).join("\n")) {
    select.replaceChildren(...options.map(([key, label]) => h("option", { value: key }, label)));
  }
  select.value = value;
}
