import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeModel } from "../../test/model";
import { h } from "../lib/dom";
import { register, renderView } from "../lib/stage";
import { live } from "./live";

const RUN = { id: "a", number: 1, name: "first", experiment: "e" };
const DATA = {
  run: RUN,
  status: "running",
  error: null,
  elapsed_s: 100,
  is_asked: false,
  progress: [],
  metrics: [],
  others: 0,
  series: [],
  system: [],
};

let el: HTMLElement;
const clock = () => el.querySelector(".nbm-live-clock")!.textContent!;

beforeEach(() => {
  vi.useFakeTimers();
  register({ live });
  el = h("div");
  document.body.append(el);
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the clock of a run", () => {
  it("goes on between what is heard, then stands and never goes back", () => {
    const model = new FakeModel("live", { run: "a" }, DATA);
    const close = renderView({ model, el });
    model.set("state", { v: 1, view: "live", args: { run: "a" }, data: { ...DATA } });
    vi.advanceTimersByTime(14_000);
    expect(clock()).toBe("1 min 54 s");
    vi.advanceTimersByTime(10_000);
    expect(clock()).toBe("1 min 55 s · nothing heard for 24 s");
    close();
    expect(vi.getTimerCount()).toBe(0);
  });
});
