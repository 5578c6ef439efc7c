import type { Run } from "./types";

/** The runs that are ticked, in the order they were. */
export class Ticks {
  private readonly ticked = new Map<string, Run>();
  private last: string | null = null;

  constructor(private readonly changed: (ids: string[]) => void) {}

  get ids(): string[] {
    return [...this.ticked.keys()];
  }

  has(id: string): boolean {
    return this.ticked.has(id);
  }

  /** The last two runs are ticked to begin with, the older one first. */
  first(runs: readonly Run[]): void {
    const newest = [...runs].sort((a, b) => (b.number ?? Infinity) - (a.number ?? Infinity)).slice(0, 2);
    if (newest.length === 2) for (const run of newest.reverse()) this.ticked.set(run.id, run);
    this.changed(this.ids);
  }

  /** Newer facts of runs that are ticked. */
  know(runs: readonly Run[]): void {
    for (const run of runs) if (this.ticked.has(run.id)) this.ticked.set(run.id, run);
  }

  /** A run that is gone. */
  drop(id: string): void {
    if (this.ticked.delete(id)) this.changed(this.ids);
  }

  /** Tick or untick one; with `isRange` all from the last one to it, in the order of `rows`. */
  tick(run: Run, isRange: boolean, rows: readonly Run[]): void {
    const places = [this.last, run.id].map((id) => rows.findIndex((each) => each.id === id));
    const isTicked = !this.ticked.has(run.id);
    const [from, to] = [Math.min(...places), Math.max(...places)];
    const meant = isRange && from >= 0 ? rows.slice(from, to + 1) : [run];
    for (const each of meant) {
      if (isTicked) this.ticked.set(each.id, each);
      else this.ticked.delete(each.id);
    }
    this.last = run.id;
    this.changed(this.ids);
  }

  /** Untick all; if none is ticked, tick these. */
  turnAll(runs: readonly Run[]): void {
    if (this.ticked.size) this.ticked.clear();
    else for (const run of runs) this.ticked.set(run.id, run);
    this.changed(this.ids);
  }

  /** As they are compared: the baseline first, then the older ones. */
  inOrder(baseline: string | null): Run[] {
    const age = (run: Run) => (run.id === baseline ? -1 : (run.number ?? Infinity));
    return [...this.ticked.values()].sort((a, b) => age(a) - age(b));
  }
}
