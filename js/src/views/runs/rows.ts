import type { Row } from "./types";

export const PAGE = 200;
const MOST_PAGES = 40;

/** The rows that are here; the others come in pages as they are looked at. */
export class Rows {
  total = 0;
  private pages = new Map<number, Row[]>();
  private stale = new Set<number>();
  private asked = new Set<number>();
  private missed = new Set<number>(); // they could not be had
  private turn = 0;

  /**
   * @param fetch asks for some rows.
   * @param arrived is called when rows came.
   */
  constructor(
    private readonly fetch: (offset: number, limit: number) => Promise<{ total: number; rows: Row[] }>,
    private readonly arrived: () => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Begin with the first rows; what else is known stays in sight until it was asked again, if it is kept. */
  begin(rows: Row[], total: number, isKept = false): void {
    this.turn += 1;
    this.asked.clear();
    this.missed.clear();
    if (!isKept) this.pages.clear();
    this.stale = new Set(this.pages.keys());
    for (let start = 0; start < Math.max(1, rows.length); start += PAGE) {
      this.pages.set(start / PAGE, rows.slice(start, start + PAGE));
      this.stale.delete(start / PAGE);
    }
    this.total = total;
  }

  at(row: number): Row | null {
    return this.pages.get(Math.floor(row / PAGE))?.[row % PAGE] ?? null;
  }

  /** Rows that are here, in order. */
  *known(): Generator<Row> {
    for (const page of [...this.pages.keys()].sort((a, b) => a - b)) yield* this.pages.get(page)!;
  }

  /** Put rows in another order, where all of them are here. */
  reorder(rows: Row[]): void {
    this.pages.clear();
    for (let start = 0; start < rows.length; start += PAGE)
      this.pages.set(start / PAGE, rows.slice(start, start + PAGE));
  }

  /** Where a run stands among the rows that are here. */
  placeOf(id: string): number | null {
    for (const [page, rows] of this.pages) {
      const place = rows.findIndex((row) => row.run.id === id);
      if (place >= 0) return page * PAGE + place;
    }
    return null;
  }

  /** Have these rows here, asking for what is missing; what could not be had once it is looked at anew. */
  need(from: number, to: number): void {
    const [first, last] = [Math.floor(from / PAGE), Math.floor(Math.max(from, to - 1) / PAGE)];
    for (const page of this.missed) if (page < first || page > last) this.missed.delete(page);
    for (let page = first; page <= last; page++) {
      if (page * PAGE >= this.total || this.asked.has(page) || this.missed.has(page)) continue;
      const isShort = (this.pages.get(page)?.length ?? 0) < Math.min(PAGE, this.total - page * PAGE);
      if (isShort || this.stale.has(page)) void this.ask(page);
    }
  }

  /** What could not be had may be asked for again. */
  retry(): void {
    this.missed.clear();
  }

  private async ask(page: number): Promise<void> {
    const turn = this.turn;
    this.asked.add(page);
    try {
      const found = await this.fetch(page * PAGE, PAGE);
      if (turn !== this.turn) return;
      this.pages.set(page, found.rows);
      this.stale.delete(page);
      this.forget(page);
      this.asked.delete(page);
      this.arrived();
    } catch (error) {
      if (turn !== this.turn) return;
      this.asked.delete(page);
      this.missed.add(page); // nobody asks again by himself
      this.failed(error);
    }
  }

  /** Keep what is near; far pages are asked again when they are looked at. */
  private forget(near: number): void {
    if (this.pages.size <= MOST_PAGES) return;
    const far = [...this.pages.keys()].filter((page) => page !== 0);
    far.sort((a, b) => Math.abs(b - near) - Math.abs(a - near));
    for (const page of far.slice(0, this.pages.size - MOST_PAGES)) this.pages.delete(page);
  }
}
