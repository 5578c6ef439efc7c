import { h } from "../../lib/dom";
import { ago, duration, moment, number, runLabel, short } from "../../lib/format";
import { STATUS } from "../../lib/status";
import { Choice, type Held } from "./choice";
import { OWN_COLUMNS, type PanelData, type PanelRun } from "./data";

/** What a person does with the list. */
export interface RunListActions {
  open(run: PanelRun): void;
  insert(): void;
  remove(): void;
  chosen(): void;
  drag(run: PanelRun, event: PointerEvent): void;
}

const DRAG_PX = 5;
let serial = 0;

/** The list of runs: a line a run, patched in place, chosen by mouse or keyboard. */
export class RunList {
  readonly choice = new Choice();
  readonly node: HTMLElement;
  private readonly lines = new Map<string, HTMLElement>();
  private readonly prefix = `nbm-run-${++serial}-`;
  private rows: PanelRun[] = [];
  private columns: readonly string[] = [...OWN_COLUMNS];
  private metric: string | null = null;
  private isHeld = false; // the pointer is inside: known lines keep their order, new ones come between them
  private late: PanelRun[] | null = null;

  constructor(private readonly actions: RunListActions) {
    this.node = h("div", {
      class: "nbm-runs-list",
      role: "listbox",
      tabindex: "0",
      "aria-label": "Runs",
      "aria-multiselectable": "true",
      onKeydown: (event: KeyboardEvent) => this.onKey(event),
      onFocus: () => this.mark(),
      onPointerenter: () => {
        this.isHeld = true;
      },
      onPointerleave: () => {
        this.isHeld = false;
        if (this.late) this.arrange(this.late);
      },
    });
  }

  /** The runs that are chosen, in the order in which they were. */
  get chosen(): PanelRun[] {
    return this.choice.chosen.flatMap((id) => this.rows.find((row) => row.run.id === id) ?? []);
  }

  find(node: Node | null): PanelRun | null {
    const line = (node instanceof Element ? node : node?.parentElement)?.closest<HTMLElement>("[data-run]");
    return (line && this.rows.find((row) => row.run.id === line.dataset.run)) || null;
  }

  /** Show these runs; lines that are there are changed, not made anew. */
  show(data: PanelData, columns: readonly string[]): void {
    this.columns = columns;
    this.metric = data.metric;
    this.rows = data.rows;
    const known = new Set(data.rows.map((row) => row.run.id));
    for (const [id, line] of this.lines) {
      if (known.has(id)) continue;
      line.remove();
      this.lines.delete(id);
    }
    for (const row of data.rows) this.lines.set(row.run.id, this.line(row));
    this.arrange(data.rows);
    this.mark();
  }

  /** Say anew how long ago the runs were. */
  age(): void {
    for (const row of this.rows) {
      const node = this.lines.get(row.run.id)?.querySelector(".nbm-age");
      if (node) setText(node, age(row.started_at));
    }
  }

  private arrange(rows: PanelRun[]): void {
    const here = [...this.node.children].map((line) => (line as HTMLElement).dataset.run!);
    let wanted = rows.map((row) => row.run.id);
    this.late = null;
    if (this.isHeld) {
      const kept = here.filter((id) => this.lines.has(id));
      const fresh = new Set(wanted.filter((id) => !kept.includes(id)));
      const places = kept[Symbol.iterator]();
      const held = wanted.map((id) => (fresh.has(id) ? id : (places.next().value ?? id)));
      if (held.some((id, at) => id !== wanted[at])) this.late = rows;
      wanted = held;
    }
    wanted.forEach((id, at) => {
      const line = this.lines.get(id)!;
      if (this.node.children[at] !== line) this.node.insertBefore(line, this.node.children[at] ?? null);
    });
    this.choice.setRows(wanted);
  }

  private line(row: PanelRun): HTMLElement {
    const { id, status } = row.run;
    const line = this.lines.get(id) ?? this.made(id);
    const [dot, name, cells] = line.children as unknown as [HTMLElement, HTMLElement, HTMLElement];
    const [sign, css] = STATUS[status] ?? ["○", "nbm-q"];
    setText(dot, sign);
    dot.className = `nbm-dot ${css}`;
    const label = runLabel(row.run);
    setText(name, label);
    const shown = this.columns.map((column) => this.cell(row, column));
    const key = JSON.stringify(shown);
    if (cells.dataset.key !== key) {
      cells.dataset.key = key;
      cells.replaceChildren(
        ...shown.map(({ text, css: kind, title }) => h("span", { class: `nbm-panel-col ${kind}`, title }, text)),
      );
    }
    const spoken = shown.filter(({ text }) => text).map(({ text, spoken: named }) => `${named} ${text}`);
    const words = [label, status, row.error, ...spoken].filter(Boolean).join(", ");
    if (line.getAttribute("aria-label") !== words) line.setAttribute("aria-label", words);
    const title = tooltip(row);
    if (line.title !== title) line.title = title;
    line.dataset.status = status;
    return line;
  }

  private cell(row: PanelRun, column: string): { text: string; css: string; title: string; spoken: string } {
    if (column === "metric") {
      const text = row.value === null ? "" : number(row.value);
      return {
        text,
        css: "nbm-n",
        title: this.metric ? `${this.metric} ${row.value ?? ""}` : "",
        spoken: this.metric ?? "",
      };
    }
    if (column === "age") {
      const text = age(row.started_at);
      return { text, css: "nbm-age nbm-q", title: moment(row.started_at), spoken: "started" };
    }
    const value = row.cells[this.columns.filter((each) => !OWN_COLUMNS.includes(each)).indexOf(column)];
    const css = typeof value === "number" ? "nbm-n" : "";
    const text =
      column === "duration_s" ? duration(value as number | null) : value == null ? "" : short(number(value), 24);
    return { text, css, title: value == null ? "" : `${column} ${String(value).slice(0, 400)}`, spoken: column };
  }

  private made(id: string): HTMLElement {
    const line = h(
      "div",
      { class: "nbm-panel-run", role: "option", id: `${this.prefix}${id}`, "data-run": id, "aria-selected": "false" },
      h("span", { "aria-hidden": "true" }),
      h("span", { class: "nbm-name" }),
      h("span", { class: "nbm-panel-cols" }),
    );
    line.addEventListener("click", (event) => {
      this.choice.pick(id, held(event));
      this.mark();
      this.actions.chosen();
    });
    line.addEventListener("dblclick", () => this.openActive());
    line.addEventListener("contextmenu", () => {
      if (!this.choice.chosen.includes(id)) this.choice.pick(id);
      this.choice.active = id;
      this.mark();
      this.actions.chosen();
    });
    line.addEventListener("pointerdown", (down) => this.armDrag(id, line, down));
    return line;
  }

  /** A drag begins when the pointer has moved a little. */
  private armDrag(id: string, line: HTMLElement, down: PointerEvent): void {
    if (down.button !== 0) return;
    const stop = () => {
      line.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", stop);
    };
    const move = (event: PointerEvent) => {
      if (Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < DRAG_PX) return;
      stop();
      const row = this.rows.find((each) => each.run.id === id);
      if (row) this.actions.drag(row, event);
    };
    line.addEventListener("pointermove", move);
    window.addEventListener("pointerup", stop);
  }

  private openActive(): void {
    const row = this.rows.find((each) => each.run.id === this.choice.active);
    if (row) this.actions.open(row);
  }

  private insertChosen(): void {
    if (!this.choice.chosen.length && this.choice.active) this.choice.pick(this.choice.active);
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
    if (step !== undefined) this.choice.move(step, held(event));
    else if (event.key === "Enter" && event.altKey) this.openActive();
    else if (event.key === "Enter") this.insertChosen();
    else if (event.key === " " && this.choice.active) this.choice.pick(this.choice.active, { add: true });
    else if (event.key === "Escape") this.choice.clear();
    else if (event.key === "Delete" || event.key === "Backspace") this.actions.remove();
    else if (event.key === "a" && (event.ctrlKey || event.metaKey)) this.choice.all();
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.mark();
    if (this.choice.active) this.lines.get(this.choice.active)?.scrollIntoView({ block: "nearest" });
    this.actions.chosen();
  }

  /** Put on the lines what is chosen and where the keyboard is. */
  private mark(): void {
    const chosen = new Set(this.choice.chosen);
    for (const [id, line] of this.lines) {
      line.setAttribute("aria-selected", String(chosen.has(id)));
      line.classList.toggle("nbm-active", id === this.choice.active);
    }
    const { active } = this.choice;
    if (active && this.lines.has(active)) this.node.setAttribute("aria-activedescendant", `${this.prefix}${active}`);
    else this.node.removeAttribute("aria-activedescendant");
  }
}

function held(event: MouseEvent | KeyboardEvent): Held {
  return { add: event.ctrlKey || event.metaKey, range: event.shiftKey };
}

/** How long ago, as short as a narrow panel wants it. */
function age(when: string | null): string {
  return ago(when).replace(/ ago$/, "").replace("just now", "now");
}

function setText(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

function tooltip(row: PanelRun): string {
  const tags = Object.entries(row.tags).map(([key, value]) => (value ? `${key}=${value}` : key));
  return [
    `${runLabel(row.run)} · ${row.run.status}${row.error ? ` · ${row.error}` : ""}`,
    `${row.run.experiment} · ${moment(row.started_at)} · ${duration(row.duration_s)}`,
    tags.join(", "),
    row.note ? short(row.note, 200) : "",
    "double click or Alt+Enter opens it, Enter inserts it",
  ]
    .filter(Boolean)
    .join("\n");
}
