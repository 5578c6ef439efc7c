/** Keys that are held down while something is clicked or moved to. */
export interface Held {
  /** Ctrl, or Cmd on a Mac: add to what is chosen, or move without choosing. */
  add?: boolean;
  /** Shift: everything from where it was begun. */
  range?: boolean;
}

/** What is chosen in a list, and where the keyboard is: the rules of every file list. */
export class Choice {
  /** Ids in the order in which they were chosen. */
  chosen: string[] = [];
  active: string | null = null;
  private ids: readonly string[] = [];
  private anchor: string | null = null;

  /** The list as it is now; what is no longer in it is no longer chosen. */
  setRows(ids: readonly string[]): void {
    const before = this.ids.indexOf(this.active ?? "");
    const known = new Set(ids);
    this.ids = ids;
    this.chosen = this.chosen.filter((id) => known.has(id));
    if (this.active !== null && !known.has(this.active)) {
      this.active = ids[Math.min(Math.max(before, 0), ids.length - 1)] ?? null;
    }
    if (this.anchor !== null && !known.has(this.anchor)) this.anchor = this.active;
  }

  /** A click, or the same by keyboard. */
  pick(id: string, held: Held = {}): void {
    this.active = id;
    if (held.range) {
      this.chosen = this.between(this.anchor ?? id, id, held.add ? this.chosen : []);
      return;
    }
    this.anchor = id;
    if (!held.add) this.chosen = [id];
    else if (this.chosen.includes(id)) this.chosen = this.chosen.filter((each) => each !== id);
    else this.chosen = [...this.chosen, id];
  }

  /** Move by so many rows. */
  move(step: number, held: Held = {}): void {
    if (!this.ids.length) return;
    const at = this.ids.indexOf(this.active ?? "");
    const next = at < 0 ? (step > 0 ? 0 : this.ids.length - 1) : at + step;
    const id = this.ids[Math.min(Math.max(next, 0), this.ids.length - 1)]!;
    if (held.add && !held.range) this.active = id;
    else this.pick(id, held);
  }

  all(): void {
    this.chosen = [...this.ids];
  }

  clear(): void {
    this.chosen = [];
    this.anchor = this.active;
  }

  private between(from: string, to: string, kept: readonly string[]): string[] {
    const [a, b] = [this.ids.indexOf(from), this.ids.indexOf(to)];
    const found = this.ids.slice(Math.min(a, b), Math.max(a, b) + 1);
    if (a > b) found.reverse();
    return [...kept.filter((id) => !found.includes(id)), ...found];
  }
}
