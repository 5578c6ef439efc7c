import type { Model } from "./host";
import { knownAnswer } from "./known";

let serial = 0;

/** The model of a view inside another one: a state of its own, questions through the outer model. */
export class ChildModel implements Model {
  private readonly values = new Map<string, unknown>();
  private readonly listeners = new Map<string, Set<(...args: any[]) => void>>();
  private readonly prefix = `c${++serial}-`;
  private readonly onOuter = (content: any, ...rest: any[]) => {
    if (typeof content?.id === "string" && content.id.startsWith(this.prefix)) {
      this.emit("msg:custom", { ...content, id: Number(content.id.slice(this.prefix.length)) }, ...rest);
    }
  };

  constructor(
    private readonly outer: Model,
    view: string,
    args: object,
    data: unknown = null,
  ) {
    const found = data ?? knownAnswer(outer, view, args) ?? null;
    this.values.set("state", { v: 1, view, args, data: found, known: outer.get("state")?.known });
    this.values.set("selection", []);
    outer.on("msg:custom", this.onOuter);
    outer.on("change:stamp", this.touch);
  }

  get(name: string): any {
    return this.values.has(name) ? this.values.get(name) : this.outer.get(name);
  }

  /** The store changed: the view asks again. */
  readonly touch = (): void => this.emit("change:stamp");

  set(name: string, value: unknown): void {
    if (this.values.get(name) === value) return;
    this.values.set(name, value);
    this.emit(`change:${name}`);
  }

  save_changes(): void {}

  on(event: string, callback: (...args: any[]) => void): void {
    const known = this.listeners.get(event) ?? new Set();
    known.add(callback);
    this.listeners.set(event, known);
  }

  off(event?: string | null, callback?: ((...args: any[]) => void) | null): void {
    if (!event) this.listeners.clear();
    else if (!callback) this.listeners.delete(event);
    else this.listeners.get(event)?.delete(callback);
  }

  send(content: any): void {
    this.outer.send({ ...content, id: `${this.prefix}${content.id}` });
  }

  close(): void {
    this.outer.off("msg:custom", this.onOuter);
    this.outer.off("change:stamp", this.touch);
    this.listeners.clear();
  }

  private emit(event: string, ...args: unknown[]): void {
    for (const callback of [...(this.listeners.get(event) ?? [])]) callback(...args);
  }
}
