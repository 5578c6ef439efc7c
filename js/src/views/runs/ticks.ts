import type { Model } from "../../lib/host";
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

  /** Tick exactly these; of those that are not here, the facts come with their rows. True if that is a change. */
  set(ids: readonly string[], runs: readonly Run[]): boolean {
    if (ids.join() === this.ids.join()) return false;
    const known = new Map([...runs, ...this.ticked.values()].map((run) => [run.id, run]));
    this.ticked.clear();
    for (const id of ids) this.ticked.set(id, known.get(id) ?? unknown(id));
    return true;
  }

  /** Where nothing is chosen, the last two runs are ticked to begin with, the older one first. */
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
    return [...this.ticked.values()].sort((a, b) => age(a) - age(b) || (a.id < b.id ? -1 : 1));
  }
}

/**
 * Have the ticks be what the model says is chosen, now and later: another view of the same output or Python may choose,
 * and a page that is loaded again begins with it. Where nothing is chosen, the last two are.
 *
 * @param runs those that are here.
 * @param changed is called when others are ticked.
 * @returns ends it.
 */
export function follow(model: Model, ticks: Ticks, runs: () => readonly Run[], changed: () => void): () => void {
  const take = () => {
    if (ticks.set(model.get("selection") ?? [], runs())) changed();
  };
  take();
  if (!ticks.ids.length) ticks.first(runs());
  model.on("change:selection", take);
  return () => model.off("change:selection", take);
}

function unknown(id: string): Run {
  return { number: null, id, name: null, status: "", experiment: "", is_baseline: false };
}
