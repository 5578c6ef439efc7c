import { h } from "../../lib/dom";
import type { Line } from "./lines";
import { paintGroup, paintHead, paintRow, type Shown } from "./paint";
import { Place } from "./place";
import type { Column, Row, Run } from "./types";

export const LINE = 24;
const OVERSCAN = 8;
const SETTLE_MS = 60;

/** What a person does in it. */
export interface Actions {
  sort(column: Column | null): void;
  tick(run: Run, isRange: boolean): void;
  tickAll(): void;
  open(run: Run): void;
  group(place: number): void;
  attempts(row: number): void;
  act(name: string, row: Row, anchor: HTMLElement): void;
  need(from: number, to: number): void;
}

const KEYS: Record<string, string> = { b: "pin", n: "note", t: "tags", x: "attempts", Delete: "delete" };

let serial = 0;

/** The rows that are in sight, of any number; arrows move a place in it, which the screen reader hears. */
export class Grid {
  readonly node: HTMLElement;
  private readonly canvas = h("div", { class: "nbm-canvas", role: "presentation" });
  private readonly head = h("div", { class: "nbm-line nbm-head", role: "row" });
  private readonly guest = h("div", { class: "nbm-line nbm-guest", role: "row" });
  private readonly drawn = new Map<number, HTMLElement>();
  private readonly id = `nbm-grid-${++serial}`;
  private readonly place: Place;
  private shown: Shown | null = null;
  private frame = 0;
  private settle: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly actions: Actions) {
    this.node = h("div", { class: "nbm-runs-grid", role: "grid", tabindex: 0, "aria-multiselectable": "true" });
    this.canvas.append(this.head, this.guest);
    this.node.append(this.canvas);
    this.node.addEventListener("scroll", () => this.later(), { passive: true });
    this.node.addEventListener("click", (event) => this.onClick(event));
    this.node.addEventListener("dblclick", (event) => this.onTwice(event));
    this.node.addEventListener("keydown", (event) => this.onKey(event));
    this.node.addEventListener("focus", () => this.mark());
    this.place = new Place(
      () => ({
        top: this.top,
        bottom: (this.shown?.lines.length ?? 0) - 1,
        columns: this.shown?.layout.widths.length ?? 0,
        page: Math.max(1, Math.floor(this.node.clientHeight / LINE) - 2),
      }),
      () => this.mark(true),
    );
  }

  /** Draw these; what is in sight stays where it is. */
  show(shown: Shown): void {
    this.shown = shown;
    const { layout, lines, data } = shown;
    const fixed = data.guest ? 2 : 1;
    this.canvas.style.setProperty("--nbm-columns", layout.template);
    this.canvas.style.minWidth = `${layout.total}px`;
    this.canvas.style.height = `${(lines.length + fixed) * LINE}px`;
    this.node.setAttribute("aria-rowcount", String(lines.length + fixed));
    this.node.setAttribute("aria-colcount", String(layout.widths.length));
    this.node.setAttribute("aria-label", `runs${data.experiment ? ` of ${data.experiment}` : ""}`);
    paintHead(this.head, this.shown!);
    this.guest.hidden = !data.guest;
    if (data.guest) paintRow(this.guest, shown, data.guest, { isAttempt: false, place: -1 });
    this.guest.setAttribute("aria-rowindex", "2");
    for (const node of this.drawn.values()) node.remove();
    this.drawn.clear();
    this.render();
    this.place.keep();
  }

  /** Draw the rows in sight again: something about them changed. */
  redraw(): void {
    if (this.shown) this.show(this.shown);
  }

  toTop(): void {
    this.node.scrollTop = 0;
  }

  /** Ticks alone changed. */
  ticked(): void {
    if (!this.shown) return;
    paintHead(this.head, this.shown!);
    for (const [line, node] of [...this.drawn, [-1, this.guest] as const]) {
      const row = line === -1 ? this.shown.data.guest : this.rowAt(line);
      const box = node.querySelector<HTMLInputElement>("input[type=checkbox]");
      if (!row || !box) continue;
      box.checked = this.shown.isTicked(row.run.id);
      node.setAttribute("aria-selected", String(box.checked));
    }
    this.mark();
  }

  /** Write anew how long ago something was. */
  age(): void {
    if (!this.shown) return;
    for (const [line, node] of [...this.drawn, [-1, this.guest] as const]) {
      const row = line === -1 ? this.shown.data.guest : this.rowAt(line);
      this.shown.layout.writers.forEach((writer, at) => {
        const cell = node.children[at + 2] as HTMLElement | undefined; // after tick and run
        if (row && cell && writer.column.kind === "time") writer.fill(cell, row);
      });
    }
  }

  close(): void {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.settle);
  }

  private get top(): number {
    return this.shown?.data.guest ? -2 : -1;
  }

  private rowAt(line: number): Row | null {
    const found = this.shown?.lines.at(line);
    return found ? this.shown!.row(found) : null;
  }

  private later(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.render();
    });
  }

  /** Have exactly the lines in sight, and a few around them. */
  private render(): void {
    const { shown } = this;
    if (!shown) return;
    const fixed = (shown.data.guest ? 2 : 1) * LINE;
    const height = this.node.clientHeight || 24 * LINE;
    const first = Math.max(0, Math.floor(this.node.scrollTop / LINE) - OVERSCAN);
    const last = Math.min(shown.lines.length, Math.ceil((this.node.scrollTop + height - fixed) / LINE) + OVERSCAN);
    for (const [line, node] of this.drawn) {
      if (line >= first && line < last) continue;
      node.remove();
      this.drawn.delete(line);
    }
    const rows: number[] = [];
    for (let line = first; line < last; line++) {
      const found = shown.lines.at(line)!;
      if (found.kind === "row" && !shown.row(found)) rows.push(found.row);
      if (this.drawn.has(line)) continue;
      const node = this.line(line, found);
      node.style.top = `${fixed + line * LINE}px`;
      this.drawn.set(line, node);
      this.canvas.append(node);
    }
    clearTimeout(this.settle);
    const visible = this.visibleRows();
    if (rows.length) this.settle = setTimeout(() => this.actions.need(rows[0]!, rows[rows.length - 1]! + 1), SETTLE_MS);
    else if (visible) this.actions.need(visible[0], visible[1]);
    this.mark();
  }

  /** The first and the last row in sight. */
  private visibleRows(): [number, number] | null {
    const rows = [...this.drawn.keys()]
      .map((line) => this.shown!.lines.at(line))
      .filter((line) => line?.kind === "row");
    const places = rows.map((line) => (line as { row: number }).row);
    return places.length ? [Math.min(...places), Math.max(...places) + 1] : null;
  }

  private line(at: number, line: Line): HTMLElement {
    const node = h("div", { class: "nbm-line", role: "row", "data-line": at });
    node.setAttribute("aria-rowindex", String(at + 1 - this.top));
    if (line.kind === "group") {
      paintGroup(node, this.shown!, line.group);
      return node;
    }
    const row = this.shown!.row(line);
    const place = line.kind === "row" ? line.row : -1;
    if (row) paintRow(node, this.shown!, row, { isAttempt: line.kind === "attempt", place });
    else node.append(h("div", { class: "nbm-gc nbm-q nbm-wait", role: "gridcell" }, "…"));
    return node;
  }

  // -- what a person does

  private onClick(event: MouseEvent): void {
    const target = event.target as HTMLElement;
    const header = target.closest<HTMLElement>("[data-sort]");
    const acting = target.closest<HTMLElement>("[data-act]")?.dataset.act;
    const line = target.closest<HTMLElement>(".nbm-line");
    if (acting === "all") this.actions.tickAll();
    else if (header) this.sortBy(header.dataset.sort!);
    if (acting === "all" || header || !line) return;
    const at = line === this.guest ? -1 : Number(line.dataset.line);
    const cell = target.closest<HTMLElement>(".nbm-gc");
    const column = cell ? [...line.children].indexOf(cell) : 0;
    this.place.go(at, Math.max(0, column));
    if (acting) this.act(acting, at, cell ?? line, event.shiftKey);
    else if (cell?.classList.contains("nbm-check")) this.act("tick", at, cell, event.shiftKey);
    this.node.focus({ preventScroll: true });
  }

  private onTwice(event: MouseEvent): void {
    const cell = (event.target as HTMLElement).closest<HTMLElement>(".nbm-gc");
    const key = cell?.dataset.key;
    if (cell && (key === "note" || key === "tags")) this.act(key, this.place.line, cell, false);
  }

  private act(name: string, at: number, cell: HTMLElement, isRange: boolean): void {
    const line = at >= 0 ? this.shown!.lines.at(at) : null;
    if (line?.kind === "group") this.actions.group(line.group);
    const row = at >= 0 ? this.rowAt(at) : this.shown!.data.guest;
    if (!row) return;
    if (name === "tick") this.actions.tick(row.run, isRange);
    else if (name === "open") this.actions.open(row.run);
    else if (name === "attempts" && line?.kind === "row") this.actions.attempts(line.row);
    else this.actions.act(name, row, cell);
  }

  private sortBy(key: string): void {
    const found = this.shown!.layout.writers.find((writer) => writer.column.key === key);
    if (found || key === "run") this.actions.sort(found?.column ?? null);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.target !== this.node) return;
    if (this.place.onKey(event)) return;
    const { line, column } = this.place;
    const isHead = line === this.top;
    const key = this.shown?.layout.writers[column - 2]?.column.key;
    if (event.key === " ") {
      if (isHead && column === 0) this.actions.tickAll();
      else if (isHead) this.sortBy(column === 1 ? "run" : (key ?? ""));
      else this.act("tick", line, this.node, event.shiftKey);
    } else if (event.key === "Enter") {
      if (isHead && column > 0) this.sortBy(column === 1 ? "run" : (key ?? ""));
      else if (key === "note" || key === "tags") this.act(key, line, this.cellAt() ?? this.node, false);
      else this.act("open", line, this.node, false);
    } else if (event.key in KEYS && !event.ctrlKey && !event.metaKey && !event.altKey) {
      this.act(KEYS[event.key]!, line, this.cellAt() ?? this.node, false);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private lineNode(): HTMLElement | null {
    if (this.place.line === this.top) return this.head;
    return this.place.line === -1 ? this.guest : (this.drawn.get(this.place.line) ?? null);
  }

  private cellAt(): HTMLElement | null {
    const node = this.lineNode();
    return node
      ? ((node.children[Math.min(this.place.column, node.children.length - 1)] as HTMLElement) ?? null)
      : null;
  }

  /** Show where the place is; bring it into sight if it moved. */
  private mark(isMoved = false): void {
    if (!this.shown) return;
    if (isMoved) this.reveal();
    this.canvas.querySelector(".nbm-active")?.classList.remove("nbm-active");
    for (const node of this.canvas.querySelectorAll(`[id^="${this.id}"]`)) node.removeAttribute("id");
    const cell = this.cellAt();
    if (!cell) {
      this.node.removeAttribute("aria-activedescendant");
      return;
    }
    cell.classList.add("nbm-active");
    cell.id = `${this.id}-cell`;
    this.node.setAttribute("aria-activedescendant", cell.id);
  }

  private reveal(): void {
    const { node, place, shown } = this;
    const { layout } = shown!;
    const fixed = -this.top * LINE;
    if (place.line >= 0) {
      const y = place.line * LINE;
      const room = node.clientHeight - fixed - LINE;
      if (y < node.scrollTop) node.scrollTop = y;
      else if (y > node.scrollTop + room) node.scrollTop = y - room;
    }
    if (place.column >= layout.sticky) {
      const [left, kept] = [layout.left(place.column), layout.left(layout.sticky)];
      const width = layout.widths[place.column] ?? 0;
      if (left - kept < node.scrollLeft) node.scrollLeft = left - kept;
      else if (left + width > node.scrollLeft + node.clientWidth) node.scrollLeft = left + width - node.clientWidth;
    }
    this.render();
  }
}
