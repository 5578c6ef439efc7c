import { h } from "../../lib/dom";
import { short } from "../../lib/format";
import type { CurvesArgs, CurvesData } from "./data";

const MOST_SHOWN = 100;
const AXES: [string, string][] = [
  ["step", "step"],
  ["relative", "time since start"],
  ["wall", "time of day"],
];

export interface ToolActions {
  /** Needs other data. */
  ask(change: Partial<CurvesArgs>): void;
  /** Is drawn from what is here. */
  redraw(change: Partial<CurvesArgs>): void;
}

/** The row of controls above the plots. */
export class Tools {
  readonly el: HTMLElement;
  private readonly chosen = h("div", { class: "nbm-curves-choice" });
  private readonly summary = h("summary", { class: "nbm-button" });
  private readonly search = h("input", { type: "search", "aria-label": "find a metric", placeholder: "find a metric" });
  private readonly groups = h("select", { "aria-label": "group by" });
  private readonly boxes = new Map<string, HTMLInputElement>();
  private data: CurvesData;

  constructor(
    private readonly args: () => CurvesArgs,
    data: CurvesData,
    private readonly actions: ToolActions,
  ) {
    this.data = data;
    const weight = args().smoothing ?? 0;
    const said = h("output", { class: "nbm-curves-weight" }, weight.toFixed(2));
    const slider = h("input", { type: "range", min: 0, max: 0.99, step: 0.01, value: String(weight) });
    slider.addEventListener("input", () => {
      said.textContent = Number(slider.value).toFixed(2);
      actions.redraw({ smoothing: Number(slider.value) });
    });
    const x = h(
      "select",
      { onChange: () => actions.ask({ x: x.value as CurvesArgs["x"] }) },
      ...AXES.map(([value, label]) => h("option", { value, selected: (args().x ?? "step") === value }, label)),
    );
    const spread = h(
      "select",
      {
        "aria-label": "what the band is",
        hidden: !args().group,
        onChange: () => actions.ask({ spread: spread.value as CurvesArgs["spread"] }),
      },
      h("option", { value: "range", selected: args().spread !== "sd" }, "band: smallest to largest"),
      h("option", { value: "sd", selected: args().spread === "sd" }, "band: ± one standard deviation"),
    );
    this.groups.addEventListener("change", () => {
      spread.hidden = !this.groups.value;
      actions.ask({ group: this.groups.value || null });
    });
    this.search.addEventListener("input", () => this.list());
    const menu = h(
      "details",
      { class: "nbm-curves-menu" },
      this.summary,
      h("div", { class: "nbm-curves-panel" }, this.search, this.chosen),
    );
    menu.addEventListener("toggle", () => {
      if (!menu.open) return;
      this.list();
      this.search.focus();
    });
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      event.stopPropagation();
      menu.open = false;
      this.summary.focus();
    });
    menu.addEventListener("focusout", (event) => {
      if (event.relatedTarget instanceof Node && !menu.contains(event.relatedTarget)) menu.open = false;
    });
    this.el = h(
      "div",
      { class: "nbm-curves-tools" },
      menu,
      h("label", {}, "x ", x),
      h("label", {}, "smoothing ", slider, said),
      check("log y", args().log ?? false, (log) => actions.redraw({ log })),
      check("log x", args().logX ?? false, (logX) => actions.redraw({ logX })),
      h("label", { class: "nbm-curves-group" }, "group ", this.groups),
      spread,
    );
    this.take(data);
  }

  take(data: CurvesData): void {
    this.data = data;
    this.summary.textContent = `metrics: ${data.shown.length} of ${data.metrics.length}`;
    const group = this.args().group ?? "";
    const options =
      !group || data.groupable.some(({ key }) => key === group)
        ? data.groupable
        : [{ key: group, label: group.replace(/^param\./, ""), groups: 0 }, ...data.groupable];
    const name = JSON.stringify([options, group]);
    if (this.groups.dataset.filled !== name) {
      this.groups.dataset.filled = name; // else an open list would close at every update
      this.groups.replaceChildren(
        h("option", { value: "" }, "none"),
        ...options.map(({ key, label }) => h("option", { value: key, selected: key === group }, short(label, 40))),
      );
    }
    this.groups.parentElement?.toggleAttribute("hidden", !options.length);
    this.boxes.forEach((box, key) => {
      box.checked = data.shown.includes(key);
    });
  }

  /** The metrics that match, those with a plot first; in this order until the menu is opened again. */
  private list(): void {
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = this.data.metrics.filter(({ key }) => words.every((word) => key.toLowerCase().includes(word)));
    const isShown = (key: string) => Number(this.data.shown.includes(key));
    const ordered = [...found].sort((a, b) => isShown(b.key) - isShown(a.key)).slice(0, MOST_SHOWN);
    this.boxes.clear();
    const labels = ordered.map(({ key, runs }) => {
      const label = check(short(key, 80), this.data.shown.includes(key), (isOn) => this.choose(key, isOn));
      label.title = `${key} · ${runs} run${runs === 1 ? "" : "s"}`;
      this.boxes.set(key, label.querySelector("input")!);
      return label;
    });
    const rest = found.length - ordered.length;
    this.chosen.replaceChildren(
      ...labels,
      ...(rest > 0 ? [h("div", { class: "nbm-q" }, `${rest} more match: type more of the name`)] : []),
      ...(found.length ? [] : [h("div", { class: "nbm-q" }, "no metric has these words in its name")]),
    );
  }

  private choose(key: string, isOn: boolean): void {
    const shown = this.args().metrics ?? this.data.shown;
    this.actions.ask({ metrics: isOn ? [...shown, key] : shown.filter((other) => other !== key) });
  }
}

function check(label: string, isOn: boolean, changed: (isOn: boolean) => void): HTMLLabelElement {
  const box = h("input", { type: "checkbox", checked: isOn, onChange: () => changed(box.checked) });
  return h("label", { class: "nbm-curves-check" }, box, ` ${label}`);
}
