import type { Row } from "./types";

/** The attempts that are unfolded under the rows that stand for them. */
export class Attempts {
  private readonly wanted = new Set<string>(); // what a person unfolded, also while its rows are under way
  private readonly rows = new Map<string, Row[]>();
  private turn = 0;

  /**
   * @param fetch asks for the attempts of a run.
   * @param changed is called when other ones are in sight.
   */
  constructor(
    private readonly fetch: (id: string) => Promise<{ rows: Row[] }>,
    private readonly changed: () => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Begin with other rows: what is unfolded is asked for again if it is kept; its rows stay in sight until then. */
  begin(isKept: boolean, areRowsKept: boolean): void {
    this.turn += 1;
    if (!isKept) this.wanted.clear();
    if (!areRowsKept) this.rows.clear();
    for (const id of this.wanted) void this.ask(id);
  }

  isOpen(id: string): boolean {
    return this.wanted.has(id);
  }

  at(id: string, attempt: number): Row | null {
    return this.rows.get(id)?.[attempt] ?? null;
  }

  /** How many are here, by the run that stands for them. */
  *counts(): Generator<[string, number]> {
    for (const [id, rows] of this.rows) yield [id, rows.length];
  }

  /** Unfold or fold those of a run. */
  toggle(id: string): void {
    if (this.wanted.has(id)) this.close(id);
    else {
      this.wanted.add(id);
      this.changed();
      void this.ask(id);
    }
  }

  private close(id: string): void {
    this.wanted.delete(id);
    this.rows.delete(id);
    this.changed();
  }

  private async ask(id: string): Promise<void> {
    const { turn } = this;
    const isLate = () => turn !== this.turn || !this.wanted.has(id);
    try {
      const found = await this.fetch(id);
      if (isLate()) return;
      if (!found.rows.length) return this.close(id);
      this.rows.set(id, found.rows);
      this.changed();
    } catch (error) {
      if (isLate()) return;
      if (!this.rows.has(id)) this.close(id);
      this.failed(error);
    }
  }
}
