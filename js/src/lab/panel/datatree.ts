import { arrange, h } from "../../lib/dom";
import { ago, moment, short } from "../../lib/format";
import type { DatasetsData, Named } from "../../views/datasets/data";
import { chips } from "../../views/datasets/parts";
import { Choice, type Held } from "./choice";
import { age, inPlace, type Line, linesOf } from "./datalines";

/** What a person does with the tree of datasets. */
export interface DataTreeActions {
  openDataset(dataset: string): void;
  openVersion(version: Named): void;
  insert(): void;
  drag(version: Named, event: PointerEvent): void;
  chosen(): void;
  /** Unfold a dataset, or fold it. */
  toggle(dataset: string, isOpen: boolean): void;
  /** More versions of a dataset; without a name more datasets. */
  more(dataset: string): void;
}

const DRAG_PX = 5;
let serial = 0;

/** The datasets and, where one is unfolded, its versions: chosen by mouse or keyboard as runs are. */
export class DataTree {
  readonly choice = new Choice();
  readonly opened = new Set<string>();
  readonly node: HTMLElement;
  private readonly nodes = new Map<string, { node: HTMLElement; key: string }>();
  private readonly prefix = `nbm-data-${++serial}-`;
  private data: DatasetsData = { rows: [], total: 0, all: 0 };
  private lines: Line[] = [];
  private isHeld = false; // the pointer is inside
  private made = 0;

  constructor(
    private readonly actions: DataTreeActions,
    private readonly most: number,
  ) {
    this.node = h("div", {
      class: "nbm-data-list",
      role: "tree",
      tabindex: "0",
      "aria-label": "Datasets",
      "aria-multiselectable": "true",
      onKeydown: (event: KeyboardEvent) => this.onKey(event),
      onFocus: () => this.mark(),
      onPointerenter: () => {
        this.isHeld = true;
      },
      onPointerleave: () => {
        this.isHeld = false;
        this.draw();
      },
    });
  }

  /** The versions that are chosen, in the order in which they were. */
  get chosen(): Named[] {
    const found = this.choice.chosen.flatMap((id) => this.lines.find((line) => line.id === id)?.version ?? []);
    return found.filter(({ id }, at) => found.findIndex((each) => each.id === id) === at);
  }

  /** The line where the keyboard is. */
  get active(): Line | null {
    return this.lines.find((line) => line.id === this.choice.active) ?? null;
  }

  show(data: DatasetsData): void {
    this.data = data;
    this.draw();
  }

  /** Forget what is chosen and unfolded: another store is looked at. */
  reset(): void {
    this.choice.clear();
    this.opened.clear();
    this.show({ rows: [], total: 0, all: 0 });
  }

  /** Say anew how long ago everything was. */
  age(): void {
    for (const { id, when } of this.lines) {
      const node = this.nodes.get(id)?.node.querySelector(".nbm-age");
      const text = when ? age(when) : "";
      if (node && node.textContent !== text) node.textContent = text;
    }
  }

  private draw(): void {
    const before = this.lines.filter(({ kind }) => kind === "dataset").map(({ dataset }) => dataset);
    const rows = this.isHeld ? inPlace(this.data.rows, before) : this.data.rows;
    this.lines = linesOf({ ...this.data, rows }, this.opened, this.most);
    const known = new Set(this.lines.map(({ id }) => id));
    for (const id of [...this.nodes.keys()]) if (!known.has(id)) this.nodes.delete(id);
    arrange(
      this.node,
      this.lines.map((line) => this.nodeOf(line)),
    );
    this.choice.setRows(this.lines.map(({ id }) => id));
    this.mark();
    this.age();
  }

  private nodeOf(line: Line): HTMLElement {
    const key = JSON.stringify(line);
    const known = this.nodes.get(line.id);
    if (known?.key === key) return known.node;
    const node = this.nodeFor(line);
    node.id = known?.node.id ?? `${this.prefix}${++this.made}`;
    this.nodes.set(line.id, { node, key });
    return node;
  }

  private nodeFor(line: Line): HTMLElement {
    const isDataset = line.kind === "dataset";
    const words = line.refs.map(({ name, kind }) => `${kind} ${name}`);
    const spoken = [line.label, line.at, ...words, line.facts, line.when && `changed ${ago(line.when)}`];
    const node = h(
      "div",
      {
        class: `nbm-data-line nbm-data-${line.kind}`,
        role: "treeitem",
        "aria-level": line.level,
        "aria-expanded": isDataset ? String(line.isOpen) : null,
        "aria-label": spoken.filter(Boolean).join(", "),
        title: line.title || null,
        "data-line": line.id,
      },
      isDataset ? h("span", { class: "nbm-twist", "aria-hidden": "true" }, line.isOpen ? "▾" : "▸") : null,
      h("span", { class: "nbm-data-words" }, this.first(line), line.facts ? second(line) : null),
    );
    node.addEventListener("click", (event) => this.onClick(line, event));
    node.addEventListener("dblclick", () => this.open(line));
    node.addEventListener("contextmenu", () => {
      if (!this.choice.chosen.includes(line.id)) this.choice.pick(line.id);
      this.choice.active = line.id;
      this.changed();
    });
    node.addEventListener("pointerdown", (down) => this.armDrag(line, node, down));
    return node;
  }

  private first(line: Line): HTMLElement {
    if (line.kind === "more") return h("span", { class: "nbm-data-first nbm-q" }, line.label);
    return h(
      "span",
      { class: "nbm-data-first" },
      h("span", { class: "nbm-name" }, short(line.label, 200)),
      line.refs.length ? h("span", { class: "nbm-chips" }, ...chips(line.refs, line.moreRefs)) : null,
      h("span", { class: "nbm-grow" }),
      line.at ? h("span", { class: "nbm-data-at" }, line.at) : null,
      h("span", { class: "nbm-age nbm-q", title: moment(line.when) }, age(line.when)),
    );
  }

  private onClick(line: Line, event: MouseEvent): void {
    if (line.kind === "more") {
      this.choice.active = line.id;
      this.actions.more(line.dataset);
    } else if ((event.target as Element).closest(".nbm-twist")) {
      this.choice.active = line.id;
      this.fold(line, !line.isOpen);
    } else this.choice.pick(line.id, held(event));
    this.changed();
  }

  private fold(line: Line, isOpen: boolean): void {
    if (isOpen) this.opened.add(line.dataset);
    else this.opened.delete(line.dataset);
    this.draw();
    this.actions.toggle(line.dataset, isOpen);
  }

  private open(line: Line): void {
    if (line.kind === "dataset") this.actions.openDataset(line.dataset);
    else if (line.version) this.actions.openVersion(line.version);
  }

  private insertChosen(): void {
    const { active } = this;
    if (active?.kind === "more") {
      this.actions.more(active.dataset);
      return;
    }
    if (!this.chosen.length && active) this.choice.pick(active.id);
    this.actions.insert();
  }

  private onKey(event: KeyboardEvent): void {
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: 10,
      PageUp: -10,
      Home: -1e9,
      End: 1e9,
    };
    const step = steps[event.key];
    const { active } = this;
    if (step !== undefined) this.choice.move(step, held(event));
    else if (event.key === "ArrowRight" && active) this.inwards(active);
    else if (event.key === "ArrowLeft" && active) this.outwards(active);
    else if (event.key === "Enter" && event.altKey && active) this.open(active);
    else if (event.key === "Enter") this.insertChosen();
    else if (event.key === " " && active) this.choice.pick(active.id, { add: true });
    else if (event.key === "Escape") this.choice.clear();
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.changed();
    this.nodes.get(this.choice.active ?? "")?.node.scrollIntoView({ block: "nearest" });
  }

  private inwards(line: Line): void {
    if (line.kind !== "dataset") return;
    if (!line.isOpen) this.fold(line, true);
    else if (this.lines[this.lines.indexOf(line) + 1]?.level === 2) this.choice.move(1);
  }

  private outwards(line: Line): void {
    if (line.kind === "dataset" && line.isOpen) this.fold(line, false);
    else if (line.level === 2) this.choice.pick(`d:${line.dataset}`);
  }

  private changed(): void {
    this.mark();
    this.actions.chosen();
  }

  /** A drag begins when the pointer has moved a little. */
  private armDrag(line: Line, node: HTMLElement, down: PointerEvent): void {
    if (down.button !== 0 || !line.version) return;
    const { version } = line;
    const stop = () => {
      node.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", stop);
    };
    const move = (event: PointerEvent) => {
      if (Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < DRAG_PX) return;
      stop();
      this.actions.drag(version, event);
    };
    node.addEventListener("pointermove", move);
    window.addEventListener("pointerup", stop);
  }

  /** Put on the lines what is chosen and where the keyboard is. */
  private mark(): void {
    if (document.activeElement === this.node) this.choice.active ??= this.lines[0]?.id ?? null;
    const chosen = new Set(this.choice.chosen);
    for (const { id, kind } of this.lines) {
      const node = this.nodes.get(id)!.node;
      if (kind !== "more") node.setAttribute("aria-selected", String(chosen.has(id)));
      node.classList.toggle("nbm-active", id === this.choice.active);
    }
    const active = this.nodes.get(this.choice.active ?? "");
    if (active) this.node.setAttribute("aria-activedescendant", active.node.id);
    else this.node.removeAttribute("aria-activedescendant");
  }
}

function second(line: Line): HTMLElement {
  return h("span", { class: "nbm-data-second nbm-q" }, line.facts);
}

function held(event: MouseEvent | KeyboardEvent): Held {
  return { add: event.ctrlKey || event.metaKey, range: event.shiftKey };
}
