// @vitest-environment node
import { Signal } from "@lumino/signaling";
import { describe, expect, it, vi } from "vitest";
import { settled } from "../../test/model";
import { Owned } from "./owned";

class Session {
  readonly iopubMessage = new Signal<this, any>(this);
  readonly kernelChanged = new Signal<this, any>(this);
  readonly statusChanged = new Signal<this, any>(this);
  readonly connectionStatusChanged = new Signal<this, any>(this);
  session: any = null;
  reply: (ids: string[]) => void = () => {};
  asked = 0;

  constructor(hasKernel = true) {
    if (hasKernel) this.session = { kernel: this.kernel("k1") };
  }

  kernel(id: string) {
    const requestCommInfo = () =>
      new Promise((resolve) => {
        this.asked += 1;
        this.reply = (ids) =>
          resolve({ content: { status: "ok", comms: Object.fromEntries(ids.map((each) => [each, {}])) } });
      });
    return { id, connectionStatus: "connected", requestCommInfo };
  }

  hear(msg_type: string, comm_id: string, target_name = "jupyter.widget"): void {
    this.iopubMessage.emit({ header: { msg_type }, content: { comm_id, target_name } });
  }
}

function watched(session: Session) {
  const owned = Owned.of(session as any);
  const changed = vi.fn();
  owned.changed.connect(changed);
  return { owned, changed };
}

describe("Owned", () => {
  it("learns what the kernel has, and what it opens while it is asked", async () => {
    const session = new Session();
    const { owned, changed } = watched(session);
    expect(Owned.of(session as any)).toBe(owned);
    session.hear("comm_open", "new");
    session.hear("comm_open", "other", "somebody.else");
    session.reply(["old"]);
    await settled();
    expect(["new", "old", "other"].map((id) => owned.has(id))).toEqual([true, true, false]);
    expect(changed).toHaveBeenCalledTimes(2);
    session.hear("comm_close", "old");
    expect(owned.has("old")).toBe(false);
  });
  it("forgets everything with the kernel", async () => {
    const session = new Session();
    const { owned, changed } = watched(session);
    for (const status of ["restarting", "autorestarting", "dead", "terminating"]) {
      session.hear("comm_open", status);
      session.statusChanged.emit("busy");
      expect(owned.has(status)).toBe(true);
      session.statusChanged.emit(status);
      expect(owned.has(status)).toBe(false);
    }
    expect(changed).toHaveBeenCalledTimes(8);
  });
  it("asks a new kernel, and takes no answer of the one before", async () => {
    const session = new Session();
    const { owned } = watched(session);
    const { reply } = session;
    session.session = { kernel: session.kernel("k2") };
    session.kernelChanged.emit({ newValue: session.session.kernel });
    reply(["of the first"]);
    session.reply(["of the second"]);
    await settled();
    expect([owned.has("of the first"), owned.has("of the second")]).toEqual([false, true]);
  });
  it("asks again after a lost connection, and believes the answer", async () => {
    const session = new Session();
    const { owned } = watched(session);
    session.reply(["a", "b"]);
    await settled();
    session.connectionStatusChanged.emit("connecting");
    expect([session.asked, owned.has("a")]).toEqual([1, true]);
    session.connectionStatusChanged.emit("connected");
    expect(session.asked).toBe(2);
    session.reply(["b"]);
    await settled();
    expect([owned.has("a"), owned.has("b")]).toEqual([false, true]);
  });
  it("asks nobody without a kernel", () => {
    const session = new Session(false);
    expect(watched(session).owned.has("a")).toBe(false);
    expect(session.asked).toBe(0);
  });
});
