import type { ISessionContext } from "@jupyterlab/apputils";
import type { Kernel, KernelMessage } from "@jupyterlab/services";
import { type ISignal, Signal } from "@lumino/signaling";

const TARGET = "jupyter.widget";
const OVER: readonly Kernel.Status[] = ["restarting", "autorestarting", "dead", "terminating"];
const known = new WeakMap<ISessionContext, Owned>();

/**
 * Which widget models the kernel of a session has. Learned from what the kernel says as it opens them, and asked for
 * once at every (re)connection: a busy kernel answers that only when it is idle.
 */
export class Owned {
  private ids = new Set<string>();
  /** What the kernel opened since it was asked: an answer under way may not know of it. */
  private fresh = new Set<string>();
  private isConnected: boolean;
  private readonly _changed = new Signal<this, void>(this);

  static of(session: ISessionContext): Owned {
    const found = known.get(session) ?? new Owned(session);
    known.set(session, found);
    return found;
  }

  private constructor(private readonly session: ISessionContext) {
    session.iopubMessage.connect((_, message) => this.onMessage(message));
    session.kernelChanged.connect((_, change) => {
      this.clear();
      if (change.newValue) void this.ask(change.newValue);
    });
    session.statusChanged.connect((_, status) => {
      if (OVER.includes(status)) this.clear();
    });
    const kernel = session.session?.kernel;
    this.isConnected = kernel?.connectionStatus === "connected";
    session.connectionStatusChanged.connect((_, status) => this.onConnection(status));
    if (kernel) void this.ask(kernel);
  }

  /** Emitted when a model came or went. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  has(id: string): boolean {
    return this.ids.has(id);
  }

  private onConnection(status: Kernel.ConnectionStatus): void {
    const wasConnected = this.isConnected;
    this.isConnected = status === "connected";
    const kernel = this.session.session?.kernel;
    // who knows what became of the kernel meanwhile
    if (kernel && this.isConnected && !wasConnected) void this.ask(kernel);
  }

  private async ask(kernel: Kernel.IKernelConnection): Promise<void> {
    this.fresh = new Set();
    try {
      const reply = await kernel.requestCommInfo({ target_name: TARGET });
      if (reply.content.status !== "ok" || this.session.session?.kernel?.id !== kernel.id) return;
      this.set(new Set([...Object.keys(reply.content.comms), ...this.fresh]));
    } catch {
      // the kernel went away meanwhile: that is heard of by its status
    }
  }

  private onMessage(message: KernelMessage.IMessage): void {
    const { msg_type } = message.header;
    const { comm_id: id, target_name: target } = message.content as { comm_id?: string; target_name?: string };
    if (!id) return;
    if (msg_type === "comm_open" && target === TARGET) {
      this.fresh.add(id);
      this.set(new Set([...this.ids, id]));
    } else if (msg_type === "comm_close") {
      this.fresh.delete(id);
      this.set(new Set([...this.ids].filter((other) => other !== id)));
    }
  }

  private clear(): void {
    this.fresh.clear();
    this.set(new Set());
  }

  private set(ids: Set<string>): void {
    const isSame = ids.size === this.ids.size && [...ids].every((id) => this.ids.has(id));
    this.ids = ids;
    if (!isSame) this._changed.emit();
  }
}
