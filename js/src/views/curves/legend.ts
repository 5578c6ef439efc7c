import { arrange, button, h, s } from "../../lib/dom";
import { MISSING, number } from "../../lib/format";
import type { Owner, Reading } from "./data";

const HINT = "click hides or shows, shift-click or alt-click shows this one only";

interface Row {
  row: HTMLButtonElement;
  value: HTMLElement;
  /** Say this owner from now on, who has this place. */
  take(owner: Owner, place: number): void;
}

/** Who is drawn, what they say at the cursor, and which are hidden. */
export class Legend {
  readonly el: HTMLElement;
  private readonly head = h("div", { class: "nbm-curves-said", role: "presentation" });
  private readonly list = h("div", { class: "nbm-curves-rows", role: "group", "aria-label": "lines" });
  private readonly all: HTMLButtonElement;
  private readonly zoom: HTMLButtonElement;
  private rows: Row[] = [];

  constructor(
    private owners: Owner[],
    private readonly changed: () => void,
    private readonly pointed: (owner: number) => void,
    resetZoom: () => void,
  ) {
    this.all = button("Show all", () => this.solo(-1), { hidden: true });
    this.zoom = button("Reset zoom", resetZoom, { hidden: true });
    const buttons = h("div", { class: "nbm-curves-buttons" }, this.all, this.zoom);
    this.el = h("div", { class: "nbm-curves-legend" }, this.head, this.list, buttons);
    this.list.addEventListener("pointerleave", () => this.pointed(-1));
    this.take(owners);
  }

  take(owners: Owner[]): void {
    const known = new Map(this.owners.map((owner, place) => [owner.key, this.rows[place]]));
    this.owners = owners;
    this.rows = owners.map((owner, place) => {
      const row = known.get(owner.key) ?? this.row();
      known.delete(owner.key);
      row.take(owner, place);
      return row;
    });
    arrange(
      this.list,
      this.rows.map(({ row }) => row),
    );
    this.mark();
  }

  set isZoomed(value: boolean) {
    this.zoom.hidden = !value;
  }

  /** Say what each line is at the cursor: largest first, as they lie on the plot; in their own order without one. */
  say(title: string, readings: readonly Reading[], isAtCursor: boolean, bold: number): void {
    this.head.textContent = title;
    this.head.title = title;
    const known = new Map(readings.map((reading) => [reading.owner, reading]));
    const rank = (place: number) => {
      const value = known.get(place)?.value;
      if (value === undefined) return 2;
      return Number.isNaN(value) ? 1 : 0;
    };
    const order = [...this.rows.keys()];
    if (isAtCursor)
      order.sort((a, b) => rank(a) - rank(b) || (known.get(b)?.value ?? 0) - (known.get(a)?.value ?? 0) || a - b || 0);
    order.forEach((place, at) => {
      const { row, value } = this.rows[place]!;
      row.style.order = String(at);
      row.classList.toggle("nbm-bold", place === bold);
      value.replaceChildren(...written(known.get(place)));
    });
    if (isAtCursor && bold >= 0) this.reveal(this.rows[bold]?.row);
  }

  /** Scroll inside the legend only, never the page. */
  private reveal(row: HTMLElement | undefined): void {
    if (!row) return;
    const above = row.offsetTop - this.list.offsetTop;
    if (above < this.list.scrollTop) this.list.scrollTop = above;
    else if (above + row.offsetHeight > this.list.scrollTop + this.list.clientHeight)
      this.list.scrollTop = above + row.offsetHeight - this.list.clientHeight;
  }

  private row(): Row {
    let place = 0;
    const value = h("span", { class: "nbm-curves-value" });
    const name = h("span", { class: "nbm-curves-name" });
    const line = s("path", { d: "M1 4h16", "stroke-width": 2.5 });
    const swatch = s("svg", { width: 18, height: 8, "aria-hidden": "true", class: "nbm-curves-swatch" }, line);
    const row = h(
      "button",
      {
        type: "button",
        class: "nbm-curves-row",
        onClick: (event: MouseEvent) => (event.shiftKey || event.altKey ? this.solo(place) : this.toggle(place)),
        onPointerenter: () => this.pointed(place),
        onFocus: () => this.pointed(place),
        onBlur: () => this.pointed(-1),
      },
      swatch,
      name,
      value,
    );
    const take = (owner: Owner, at: number) => {
      place = at;
      row.title = `${owner.label}\n${HINT}`;
      name.textContent = owner.label;
      line.setAttribute("stroke", owner.colour);
      line.setAttribute("stroke-dasharray", owner.dash.join(" "));
    };
    return { row, value, take };
  }

  private toggle(place: number): void {
    this.owners[place]!.isHidden = !this.owners[place]!.isHidden;
    this.mark();
    this.changed();
  }

  /** Show one line only; again, or with -1, all. */
  private solo(place: number): void {
    const isAlone = this.owners.every((owner, at) => owner.isHidden === (at !== place));
    this.owners.forEach((owner, at) => {
      owner.isHidden = place >= 0 && !isAlone && at !== place;
    });
    this.mark();
    this.changed();
  }

  private mark(): void {
    this.rows.forEach(({ row }, place) => {
      row.setAttribute("aria-pressed", String(!this.owners[place]!.isHidden));
    });
    this.all.hidden = !this.owners.some((owner) => owner.isHidden);
  }
}

function written(reading: Reading | undefined): (Node | string)[] {
  if (!reading || reading.value === undefined) return [h("span", { class: "nbm-q" }, MISSING)];
  const rest: (Node | string)[] = [];
  if (reading.raw !== undefined) rest.push(h("span", { class: "nbm-q" }, ` ${number(reading.raw)}`));
  if (reading.low !== undefined && reading.high !== undefined)
    rest.push(h("span", { class: "nbm-curves-band nbm-q" }, `${number(reading.low)} to ${number(reading.high)}`));
  const shown = h("span", { title: String(reading.value) }, number(reading.value));
  return [shown, ...rest];
}
