import { describe, expect, it } from "vitest";
import { ACT, type ActRequest, actAnyway } from "./act";
import { AskError, type Desk } from "./ask";
import { h } from "./dom";

const desk = (answer: Promise<unknown>) => ({ act: () => answer }) as unknown as Desk;
const never = new Promise<unknown>(() => {});

function page(answer?: Promise<unknown>): HTMLElement {
  const el = h("div");
  document.body.append(el);
  if (answer) {
    el.addEventListener(ACT, (event) => {
      (event as CustomEvent<ActRequest>).detail.answer = answer;
    });
  }
  return el;
}

describe("an action by every way there is", () => {
  it("is done by the server while the kernel is busy", async () => {
    await expect(actAnyway(page(Promise.resolve("server")), desk(never), "stop", {})).resolves.toBe("server");
  });
  it("is done by the kernel where nobody else is", async () => {
    await expect(actAnyway(page(), desk(Promise.resolve("kernel")), "stop", {})).resolves.toBe("kernel");
  });
  it("has failed only when every way has, and says why in words", async () => {
    const server = Promise.reject(new AskError("no store", "run a cell"));
    await expect(actAnyway(page(server), desk(Promise.resolve("kernel")), "stop", {})).resolves.toBe("kernel");
    const both = actAnyway(
      page(Promise.reject(new AskError("run #1 is finished", "only a running run can be stopped"))),
      desk(Promise.reject(new AskError("no answer"))),
      "stop",
      {},
    );
    await expect(both).rejects.toThrow("run #1 is finished");
  });
});
