import { afterEach, expect, it, vi } from "vitest";
import { FakeModel } from "../../test/model";
import { h } from "../lib/dom";
import { register, renderView } from "../lib/stage";
import { media } from "./media";

afterEach(() => {
  vi.useRealTimers();
});

it("asks no more once it is closed, also if a question was under way", async () => {
  vi.useFakeTimers();
  vi.spyOn(HTMLElement.prototype, "offsetParent", "get").mockReturnValue(document.body);
  register({ media });
  const runs = [{ id: "a", number: 1, name: null, status: "running" }];
  const model = new FakeModel("media", { runs: ["a"] }, { runs, total_runs: 1, keys: [], total_keys: 0 });
  const el = h("div");
  document.body.append(el);
  const close = renderView({ model, el });
  await vi.advanceTimersByTimeAsync(3000);
  expect(model.sent).toHaveLength(1);
  close();
  await vi.advanceTimersByTimeAsync(20_000);
  expect([model.sent.length, vi.getTimerCount()]).toEqual([1, 0]);
});
