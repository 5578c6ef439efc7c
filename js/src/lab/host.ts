import { AskError } from "../lib/ask";
import type { Model, State } from "../lib/host";
import type { Server, StoreRef } from "./server";

/** Sends a request of a view somewhere and resolves to the desk's answer. */
export type Ask = (request: Record<string, unknown>) => Promise<object>;

type Listener = (...args: any[]) => void;

/** anywidget's contract without a kernel: a state of its own, questions through `ask`. */
export class HostModel implements Model {
  private readonly values = new Map<string, unknown>();
  private readonly listeners = new Map<string, Set<Listener>>();

  constructor(
    state: State,
    private readonly ask: Ask,
  ) {
    this.values.set("state", state);
    this.values.set("selection", []);
  }

  get(name: string): any {
    return this.values.get(name);
  }

  set(name: string, value: unknown): void {
    if (this.values.get(name) === value) return;
    this.values.set(name, value);
    this.emit(`change:${name}`);
  }

  save_changes(): void {}

  on(event: string, callback: Listener): void {
    const known = this.listeners.get(event) ?? new Set();
    known.add(callback);
    this.listeners.set(event, known);
  }

  off(event?: string | null, callback?: Listener | null): void {
    if (!event) this.listeners.clear();
    else if (!callback) this.listeners.delete(event);
    else this.listeners.get(event)?.delete(callback);
  }

  /** Every request is answered, with what went wrong if nothing else. */
  send(content: any): void {
    void this.ask(content)
      .catch((error: unknown) => {
        const known = error instanceof AskError ? error : new AskError(String(error));
        return { ok: false, error: { message: known.message, hint: known.hint, kind: known.kind } };
      })
      .then((answer) => this.emit("msg:custom", { ...answer, id: content?.id }));
  }

  /** The store changed: the view asks again. */
  touch(): void {
    this.emit("change:stamp");
  }

  private emit(event: string, ...args: unknown[]): void {
    for (const callback of [...(this.listeners.get(event) ?? [])]) callback(...args);
  }
}

/**
 * Asks the Jupyter server. A store that is named only by its notebook is looked up at the first question, and the
 * key is kept in `ref`.
 */
export function serverAsk(server: Server, ref: StoreRef): Ask {
  return async (request) => {
    if (!ref.key) {
      ref.key = (await server.stores(ref)).belongs;
      if (!ref.key)
        throw new AskError(
          "no store belongs to this notebook",
          "run a cell with %load_ext nbmlops, or open a notebook whose folder has an mlops.duckdb",
          "no-store",
        );
    }
    return server.answer(ref, request);
  };
}
