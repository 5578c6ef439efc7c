import type { Model } from "./host";
import { knownAnswer } from "./known";

/** Why something could not be answered, in the words of the other side. */
export class AskError extends Error {
  constructor(
    message: string,
    readonly hint = "",
    readonly kind = "",
  ) {
    super(message);
  }
}

const PATIENCE_MS = 30_000;

interface Answer {
  id: string;
  ok: boolean;
  data?: unknown;
  error?: { message: string; hint: string; kind?: string };
  /** An older answer, given again because the store is held by somebody else. */
  age_s?: number;
  notice?: string;
}

/** How old the last answer is, and why. */
export interface Age {
  seconds: number;
  notice: string;
}

/** Questions and actions of one view; every one is answered, or fails after a while. */
export class Desk {
  /** Every view of a model hears all its answers, in other windows too: only an id that nobody else has is ours. */
  private readonly prefix = Math.random().toString(36).slice(2);
  private next = 1;
  private readonly waiting = new Map<string, (answer: Answer) => void>();
  private readonly onMessage = (content: Answer) => this.waiting.get(content?.id)?.(content);

  constructor(
    readonly model: Model,
    private readonly patience = PATIENCE_MS,
    private readonly onAge: (age: Age | null) => void = () => {},
    private readonly onAct: () => void = () => {},
  ) {
    model.on("msg:custom", this.onMessage);
  }

  view<T = any>(name: string, args: object = {}): Promise<T> {
    const known = knownAnswer(this.model, name, args);
    return known === undefined ? this.ask("view", name, args) : Promise.resolve(known as T);
  }

  act<T = any>(name: string, args: object = {}): Promise<T> {
    this.onAct();
    return this.ask("action", name, args);
  }

  close(): void {
    this.model.off("msg:custom", this.onMessage);
    for (const settle of [...this.waiting.values()])
      settle({ id: "", ok: false, error: { message: "closed", hint: "" } });
  }

  private ask<T>(kind: string, name: string, args: object): Promise<T> {
    const id = `${this.prefix}-${this.next++}`;
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(
        () =>
          settle({
            id,
            ok: false,
            error: {
              message: "no answer: the kernel is busy or gone, or the connection to it is lost",
              hint: "try again when the running cell has ended or the connection is back; after a restart, run the cell again",
            },
          }),
        this.patience,
      );
      const settle = (answer: Answer) => {
        clearTimeout(timer);
        this.waiting.delete(id);
        if (!answer.ok) {
          reject(new AskError(answer.error?.message ?? "failed", answer.error?.hint, answer.error?.kind));
          return;
        }
        this.onAge(answer.age_s === undefined ? null : { seconds: answer.age_s, notice: answer.notice ?? "" });
        resolve(answer.data as T);
      };
      this.waiting.set(id, settle);
      try {
        this.model.send({ id, kind, name, args });
      } catch (error) {
        const message = `the kernel cannot be reached: ${error instanceof Error ? error.message : error}`;
        settle({ id, ok: false, error: { message, hint: "after a restart, run the cell again", kind: "offline" } });
      }
    });
  }
}
