import { button, h, s } from "../../lib/dom";
import { number, short } from "../../lib/format";
import { type Scale, type Span, toPixel, toPlace } from "../../lib/scale";
import { type Brush, brushBetween, described, placesOf, stepped } from "./brush";
import { fitted, type Shared } from "./shared";
import { nameOf } from "./table";

const EDGE = 86; // room that the name of the last axis has
const TRACK = 28; // as wide as an axis can be taken hold of
const MARGIN = 8;
const DRAG = 4;
const CLICK = 3;

/** Where an axis is drawn. */
export interface Place {
  x: number;
  width: number;
  height: number;
  span: Span;
  index: number;
  count: number;
  step: number;
}

/** One axis of the parallel coordinates: heading, ticks, brush, and what can be switched below it. */
export class AxisPart {
  readonly el: HTMLElement;
  private readonly heading: HTMLButtonElement;
  private readonly track: HTMLElement;
  private readonly picture = s("svg", { class: "nbm-explore-ticks", "aria-hidden": "true" });
  private readonly box = s("rect", { class: "nbm-explore-brush" });
  private readonly log: HTMLButtonElement;
  private readonly foot: HTMLElement;
  private at: Place | null = null;

  constructor(
    private readonly shared: Shared,
    private readonly key: string,
  ) {
    const name = nameOf(key);
    this.heading = button("", () => {}, {
      class: "nbm-explore-name",
      title: `${name}\ndrag, or arrow keys: move the axis; click: over it in the scatter`,
      "data-lm-suppress-shortcuts": "true",
    });
    this.track = h("div", {
      class: "nbm-explore-track",
      role: "slider",
      tabindex: "0",
      title:
        "drag: keep only the runs that pass here; click: clear\n" +
        "arrow keys: move the brush; with Shift its upper end, with Alt its lower end; Delete: clear",
      "aria-label": `brush of ${name}`,
      "aria-orientation": "vertical",
      "data-lm-suppress-shortcuts": "true",
    });
    this.log = button("log", () => shared.switchLog(key), {
      class: "nbm-explore-small",
      "aria-label": `logarithmic axis of ${name}`,
    });
    const hide = button("hide", () => shared.hide(key), {
      class: "nbm-explore-small",
      "aria-label": `hide the axis of ${name}`,
    });
    this.foot = h("div", { class: "nbm-explore-foot" }, this.log, key === shared.table.metricKey ? null : hide);
    this.el = h("div", { class: "nbm-explore-axis", "data-axis": key });
    this.el.append(this.heading, this.picture, this.track, this.foot);
    this.heading.addEventListener("keydown", (event) => this.onHeadingKey(event));
    this.heading.addEventListener("pointerdown", (event) => this.onHeadingDrag(event));
    this.track.addEventListener("keydown", (event) => this.onKey(event));
    this.track.addEventListener("pointerdown", (event) => this.onDrag(event));
  }

  private get scale(): Scale {
    return this.shared.scale(this.key)!;
  }

  private get brush(): Brush | null {
    return this.shared.memory.brushes.get(this.key) ?? null;
  }

  /** Put the axis where it belongs and write its ticks. */
  place(at: Place): void {
    this.at = at;
    const { span, x, width, height } = at;
    const { scale } = this;
    this.el.style.left = `${x - TRACK / 2}px`;
    this.el.style.width = `${width}px`;
    this.el.style.height = `${height}px`;
    const name = nameOf(this.key);
    const isLast = at.index === at.count - 1; // right of it is only what its own labels need
    const forName = isLast ? EDGE : width - 12;
    this.heading.style.maxWidth = `${forName}px`;
    this.heading.textContent = fitted(name, forName * 0.8);
    this.heading.setAttribute("aria-label", `axis ${name}, ${at.index + 1} of ${at.count}`);
    const bottom = toPixel(span, scale.words.length ? -scale.words.length - 0.5 : 0);
    this.track.style.top = `${span.one - MARGIN}px`; // a brush can begin beyond the ends of its axis
    this.track.style.height = `${bottom - span.one + 2 * MARGIN}px`;
    this.picture.setAttribute("width", String(width));
    this.picture.setAttribute("height", String(height));
    const middle = TRACK / 2;
    const room = width - TRACK / 2 - 8;
    const text = (y: number, label: string, band = false) =>
      s("text", { x: middle + 8, y: y + 4, class: band ? "nbm-explore-word" : "" }, fitted(label, room));
    const marks: Node[] = [s("path", { d: `M${middle} ${span.one}V${span.zero}` })];
    for (const tick of scale.ticks(7)) {
      const y = toPixel(span, tick.place);
      marks.push(s("path", { d: `M${middle} ${y.toFixed(1)}h5` }), text(y, tick.label));
    }
    scale.words.forEach((word, slot) => {
      const y = toPixel(span, -1 - slot);
      marks.push(s("path", { d: `M${middle - 3} ${y}h6`, class: "nbm-explore-slot" }), text(y, short(word, 20), true));
    });
    this.picture.replaceChildren(...marks, this.box);
    this.foot.style.top = `${bottom + MARGIN}px`;
    this.log.hidden = !scale.canLog;
    this.log.setAttribute("aria-pressed", String(scale.kind === "log"));
    this.refresh();
  }

  /** Draw the brush as it is now. */
  refresh(): void {
    if (!this.at) return;
    const { scale, brush } = this;
    const { span } = this.at;
    this.el.classList.toggle("nbm-explore-brushed", brush !== null);
    const [low, high] = brush ? placesOf(scale, brush) : [0, 0];
    const [top, bottom] = [toPixel(span, high), toPixel(span, low)];
    this.box.toggleAttribute("hidden", !brush);
    this.box.setAttribute("display", brush ? "" : "none");
    this.box.setAttribute("x", String(TRACK / 2 - 7));
    this.box.setAttribute("width", "14");
    this.box.setAttribute("y", top.toFixed(1));
    this.box.setAttribute("height", Math.max(2, bottom - top).toFixed(1));
    const isCategory = scale.kind === "category";
    const [from, to] = isCategory ? [0, Math.max(scale.labels.length - 1, 0)] : scale.domain;
    const now = brush ? scale.value((Math.max(low, 0) + Math.max(high, 0)) / 2) : to;
    this.track.setAttribute("aria-valuemin", String(from));
    this.track.setAttribute("aria-valuemax", String(to));
    this.track.setAttribute("aria-valuenow", String(Math.min(to, Math.max(from, now))));
    this.track.setAttribute("aria-valuetext", brush ? described(brush, number) : "all runs");
  }

  private onKey(event: KeyboardEvent): void {
    const up = event.key === "ArrowUp" || event.key === "ArrowRight";
    if (up || event.key === "ArrowDown" || event.key === "ArrowLeft") {
      const edge = event.shiftKey ? "top" : event.altKey ? "bottom" : null;
      this.shared.brush(this.key, stepped(this.scale, this.brush, up, edge));
    } else if (event.key === "Delete" || event.key === "Backspace") this.shared.brush(this.key, null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private onHeadingKey(event: KeyboardEvent): void {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (by) this.shared.move(this.key, (this.at?.index ?? 0) + by);
    else if (event.key === "Enter" || event.key === " ") this.choose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private choose(): void {
    if (this.key.startsWith("metric.")) this.shared.chooseY(this.key);
    else this.shared.chooseX(this.key);
  }

  /** Follow the pointer until it is let go. */
  private follow(
    event: PointerEvent,
    on: HTMLElement,
    move: (e: PointerEvent) => void,
    end: (e: PointerEvent) => void,
  ) {
    if (event.button !== 0) return;
    on.setPointerCapture(event.pointerId);
    const stop = (last: PointerEvent) => {
      on.removeEventListener("pointermove", move);
      on.removeEventListener("pointerup", stop);
      on.removeEventListener("pointercancel", stop);
      end(last);
    };
    on.addEventListener("pointermove", move);
    on.addEventListener("pointerup", stop);
    on.addEventListener("pointercancel", stop);
  }

  /** Dragging over the axis brushes; inside a brush it moves it; a click clears. */
  private onDrag(event: PointerEvent): void {
    const { at, scale } = this;
    if (!at) return;
    const placeAt = (e: PointerEvent) => toPlace(at.span, e.clientY - this.el.getBoundingClientRect().top);
    const start = placeAt(event);
    const held = this.brush ? placesOf(scale, this.brush) : null;
    const isMoving = held !== null && start >= held[0] && start <= held[1];
    let isDragged = false;
    const move = (e: PointerEvent) => {
      isDragged ||= Math.abs(e.clientY - event.clientY) > CLICK;
      if (!isDragged) return;
      const found = isMoving
        ? moved(scale, at.span, held, e.clientY - event.clientY)
        : brushBetween(scale, start, placeAt(e));
      if (found) this.shared.brush(this.key, found);
    };
    this.follow(event, this.track, move, () => {
      if (!isDragged) this.shared.brush(this.key, null);
    });
  }

  /** Dragging the heading moves the axis; a click chooses it for the scatter. */
  private onHeadingDrag(event: PointerEvent): void {
    let isDragged = false;
    const move = (e: PointerEvent) => {
      isDragged ||= Math.abs(e.clientX - event.clientX) > DRAG;
      if (!isDragged || !this.at?.step) return;
      this.el.classList.add("nbm-explore-moved");
      const left = this.el.parentElement!.getBoundingClientRect().left;
      const first = this.at.x - this.at.index * this.at.step;
      const to = Math.round((e.clientX - left - first) / this.at.step);
      if (to !== this.at.index) this.shared.move(this.key, to);
    };
    this.follow(event, this.heading, move, () => {
      this.el.classList.remove("nbm-explore-moved");
      if (!isDragged) this.choose();
    });
  }
}

/** A brush so many pixels further down its axis, as long as before. */
function moved(scale: Scale, span: Span, [low, high]: readonly [number, number], by: number): Brush | null {
  const [top, bottom] = [toPixel(span, high), toPixel(span, low)];
  const floor = toPixel(span, scale.words.length ? -scale.words.length - 0.5 : 0);
  const shift = Math.min(floor - bottom, Math.max(span.one - top, by));
  return brushBetween(scale, toPlace(span, bottom + shift), toPlace(span, top + shift));
}
