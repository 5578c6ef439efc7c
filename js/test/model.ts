import type { Model } from "../src/lib/host";

/** A model whose questions are answered by the test. */
export class FakeModel implements Model {
  readonly sent: any[] = [];
  readonly saved: string[][] = [];
  private readonly values: Record<string, unknown>;
  private readonly listeners = new Map<string, Set<(...args: any[]) => void>>();

  constructor(view: string, args: object = {}, data: unknown = null, more: object = {}) {
    this.values = { state: { v: 1, view, args, data, ...more }, selection: [] };
  }

  get(name: string): any {
    return this.values[name];
  }

  set(name: string, value: unknown): void {
    this.values[name] = value;
    this.emit(`change:${name}`);
  }

  save_changes(): void {
    this.saved.push(this.values.selection as string[]);
  }

  on(event: string, callback: (...args: any[]) => void): void {
    this.listeners.set(event, (this.listeners.get(event) ?? new Set()).add(callback));
  }

  off(event?: string | null, callback?: ((...args: any[]) => void) | null): void {
    if (event && callback) this.listeners.get(event)?.delete(callback);
  }

  send(content: unknown): void {
    this.sent.push(content);
  }

  emit(event: string, ...args: unknown[]): void {
    for (const callback of [...(this.listeners.get(event) ?? [])]) callback(...args);
  }

  /** Answer the last question. */
  answer(data: unknown, more: object = {}): Promise<void> {
    this.emit("msg:custom", { id: this.sent.at(-1).id, ok: true, data, ...more });
    return settled();
  }

  /** Refuse the last question. */
  refuse(message: string, hint = "", kind = ""): Promise<void> {
    this.emit("msg:custom", { id: this.sent.at(-1).id, ok: false, error: { message, hint, kind } });
    return settled();
  }

  /** How many listen; a view that is gone leaves none. */
  get heard(): number {
    return [...this.listeners.values()].reduce((total, each) => total + each.size, 0);
  }
}

/** After what was promised is done. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
