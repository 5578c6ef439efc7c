import type { IStateDB } from "@jupyterlab/statedb";
import type { PanelArgs } from "./data";
import type { Tab } from "./tabs";

const ID = "nbmlops:panel";
const TAB_ID = "nbmlops:panel-tab";
const MOST = 50; // stores; the one that was used longest ago goes

/** What is kept of how a store is looked at. */
export type Kept = Pick<PanelArgs, "filter" | "experiment" | "order" | "is_reversed">;

/** How each store was looked at last, over a reload of the page: part of JupyterLab's layout. */
export class Memory {
  private readonly stores = new Map<string, Kept>();
  /** What was looked at last: runs or data. */
  tab: Tab = "runs";
  /** When what was kept is here. */
  readonly ready: Promise<void>;

  constructor(private readonly state: Pick<IStateDB, "fetch" | "save"> | null) {
    this.ready = this.load();
  }

  isLike(args: Kept, other: Kept): boolean {
    return JSON.stringify(picked(args)) === JSON.stringify(picked(other));
  }

  of(key: string): Kept | null {
    return this.stores.get(key) ?? null;
  }

  keep(key: string, args: Kept): void {
    const kept = picked(args);
    if (JSON.stringify(this.stores.get(key)) === JSON.stringify(kept)) return;
    this.stores.delete(key);
    this.stores.set(key, kept);
    for (const oldest of [...this.stores.keys()].slice(0, -MOST)) this.stores.delete(oldest);
    void this.state?.save(ID, JSON.parse(JSON.stringify([...this.stores]))).catch(() => {}); // only a convenience
  }

  keepTab(tab: Tab): void {
    if (tab === this.tab) return;
    this.tab = tab;
    void this.state?.save(TAB_ID, tab).catch(() => {});
  }

  private async load(): Promise<void> {
    if ((await this.state?.fetch(TAB_ID).catch(() => null)) === "data") this.tab = "data";
    const found: unknown = await this.state?.fetch(ID).catch(() => null);
    if (!Array.isArray(found)) return;
    for (const [key, kept] of found.filter(Array.isArray)) {
      const isKept = typeof key === "string" && isRight(kept) && !this.stores.has(key);
      if (isKept) this.stores.set(key, kept);
    }
  }
}

function picked({ filter, experiment, order, is_reversed }: Kept): Kept {
  return { filter, experiment, order, is_reversed };
}

/** Another version may have kept something else. */
function isRight(kept: any): kept is Kept {
  const texts = [kept?.filter, kept?.experiment, kept?.order];
  return texts.every((each) => typeof each === "string") && typeof kept.is_reversed === "boolean";
}
