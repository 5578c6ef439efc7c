import type { ISessionContext } from "@jupyterlab/apputils";
import type { Kernel, KernelMessage } from "@jupyterlab/services";
import { type ISignal, Signal } from "@lumino/signaling";

const TARGET = "jupyter.widget";
const OVER: readonly Kernel.Status[] = ["restarting", "autorestarting", "dead", "terminating"];
const known = new WeakMap<ISessionContext, Owned>();

/**
 * Which widget models the kernel of a notebook has. Learned from what the kernel says as it opens them, and asked for
 * once at every (re)connection: a busy kernel answers that only when it is idle.
 */
export class Owned {
  private readonly ids = new Set<string>();
  private readonly _changed = new Signal<this, void>(this);

  static of(session: ISessionContext): Owned {
    const found = known.get(session) ?? new Owned(session);
    known.set(session, found);
    return found;
  }

  private constructor(session: ISessionContext) {
    session.iopubMessage.connect((_, message) => this.onMessage(message));
    session.kernelChanged.connect((_, change) => {
      this.clear();
      if (change.newValue) void this.ask(change.newValue);
    });
    session.statusChanged.connect((_, status) => {
      if (OVER.includes(status)) this.clear();
    });
    const kernel = session.session?.kernel;
    if (kernel) void this.ask(kernel);
  }

  /** Emitted when a model came or went. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  has(id: string): boolean {
    return this.ids.has(id);
  }

  private async ask(kernel: Kernel.IKernelConnection): Promise<void> {
    try {
      const reply = await kernel.requestCommInfo({ target_name: TARGET });
      if (reply.content.status === "ok") this.add(Object.keys(reply.content.comms));
    } catch {
      // the kernel went away meanwhile: it has none
    }
  }

  private onMessage(message: KernelMessage.IMessage): void {
    const { msg_type } = message.header;
    const content = message.content as { comm_id?: string; target_name?: string };
    if (msg_type === "comm_open" && content.target_name === TARGET && content.comm_id) this.add([content.comm_id]);
    else if (msg_type === "comm_close" && content.comm_id && this.ids.delete(content.comm_id)) this._changed.emit();
  }

  private add(ids: readonly string[]): void {
    if (!ids.length) return;
    for (const id of ids) this.ids.add(id);
    this._changed.emit();
  }

  private clear(): void {
    if (!this.ids.size) return;
    this.ids.clear();
    this._changed.emit();
  }
}
