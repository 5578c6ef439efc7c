import type { Model } from "./host";
import { knownAnswer } from "./known";

/** The model of a view inside another one: a state of its own, questions through the outer model. */
export class ChildModel implements Model {
  private readonly values = new Map<string, unknown>();
  private readonly listeners = new Map<string, Set<(...args: any[]) => void>>();
  /** Every desk knows its own answers by their ids. */
  private readonly onOuter = (...answer: any[]) => this.emit("msg:custom", ...answer);

  keep?: (args: object) => void;

  constructor(
    private readonly outer: Model,
    private readonly view: string,
    args: object,
    data: unknown = null,
  ) {
    this.values.set("state", this.state(args, data));
    this.values.set("selection", []);
    outer.on("msg:custom", this.onOuter);
    outer.on("change:stamp", this.touch);
  }

  /** The view is asked for with other arguments from now on. */
  turn(args: object): void {
    this.set("state", this.state(args, null));
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
    this.outer.send(content);
  }

  close(): void {
    this.outer.off("msg:custom", this.onOuter);
    this.outer.off("change:stamp", this.touch);
    this.listeners.clear();
  }

  private state(args: object, data: unknown): object {
    const found = data ?? knownAnswer(this.outer, this.view, args) ?? null;
    return { v: 1, view: this.view, args, data: found, known: this.outer.get("state")?.known };
  }

  private emit(event: string, ...args: unknown[]): void {
    for (const callback of [...(this.listeners.get(event) ?? [])]) callback(...args);
  }
}
