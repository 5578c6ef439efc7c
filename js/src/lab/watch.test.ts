import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AskError } from "../lib/ask";
import type { Pulse } from "./server";
import { Watch, type Watcher } from "./watch";

const pulse = (stamp: string): Pulse => ({ stamp, store: null, belongs: null });

function watcher(isVisible = true) {
  const seen: string[] = [];
  const found: Watcher & { seen: string[]; shown: boolean } = {
    ref: {},
    seen,
    shown: isVisible,
    isVisible: () => found.shown,
    changed: ({ stamp }) => seen.push(`changed ${stamp}`),
    failed: (error) => seen.push(error.message),
  };
  return found;
}

describe("Watch", () => {
  const stamp = vi.fn();
  beforeEach(() => {
    vi.useFakeTimers();
    stamp.mockReset();
  });
  afterEach(() => vi.useRealTimers());

  it("tells of a change, and of nothing when nothing changed", async () => {
    const one = watcher();
    new Watch({ stamp }, 2).add(one);
    stamp.mockResolvedValue(pulse("a"));
    await vi.advanceTimersByTimeAsync(2000);
    await vi.advanceTimersByTimeAsync(2000);
    expect(one.seen).toEqual(["changed a"]);
    stamp.mockResolvedValue(pulse("b"));
    await vi.advanceTimersByTimeAsync(2000);
    expect(one.seen).toEqual(["changed a", "changed b"]);
  });

  it("asks for nothing while nobody looks", async () => {
    const one = watcher(false);
    const watch = new Watch({ stamp }, 2);
    watch.add(one);
    stamp.mockResolvedValue(pulse("a"));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(stamp).not.toHaveBeenCalled();
    one.shown = true;
    const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(stamp).not.toHaveBeenCalled();
    hidden.mockReturnValue(false);
    document.dispatchEvent(new Event("visibilitychange"));
    await vi.advanceTimersByTimeAsync(0);
    expect(one.seen).toEqual(["changed a"]);
  });

  it("says what failed, and that it works again though nothing changed", async () => {
    const one = watcher();
    new Watch({ stamp }, 2).add(one);
    stamp
      .mockResolvedValueOnce(pulse("a"))
      .mockRejectedValueOnce(new AskError("offline"))
      .mockResolvedValue(pulse("a"));
    await vi.advanceTimersByTimeAsync(6000);
    expect(one.seen).toEqual(["changed a", "offline", "changed a"]);
  });

  it("does not ask again before it was answered, and forgets who went away", async () => {
    const one = watcher();
    const watch = new Watch({ stamp }, 1);
    const { dispose } = watch.add(one);
    let answer: (found: Pulse) => void = () => {};
    stamp.mockReturnValue(
      new Promise<Pulse>((resolve) => {
        answer = resolve;
      }),
    );
    await vi.advanceTimersByTimeAsync(5000);
    expect(stamp).toHaveBeenCalledTimes(1);
    dispose();
    answer(pulse("late"));
    await vi.advanceTimersByTimeAsync(5000);
    expect(one.seen).toEqual([]);
    expect(stamp).toHaveBeenCalledTimes(1);
  });

  it("does not take the answer for another notebook as the one for this notebook", async () => {
    const one = watcher();
    const beats: (string | null)[] = [];
    one.beat = ({ belongs }) => beats.push(belongs);
    one.ref.notebook = "a.ipynb";
    const answers: (() => void)[] = [];
    stamp.mockImplementation(({ notebook }: { notebook: string }) => {
      const answer = { ...pulse("s"), belongs: `store of ${notebook}` };
      return new Promise<Pulse>((resolve) => answers.push(() => resolve(answer)));
    });
    const { look } = new Watch({ stamp }, 100).add(one);
    const first = look();
    one.ref.notebook = "b.ipynb";
    const second = look();
    answers.shift()!();
    await vi.advanceTimersByTimeAsync(0);
    expect(beats).toEqual([]);
    answers.shift()!();
    await Promise.all([first, second]);
    expect(beats).toEqual(["store of b.ipynb"]);
  });

  it("goes on when looking takes longer than the period", async () => {
    const one = watcher();
    new Watch({ stamp }, 1).add(one);
    let count = 0;
    stamp.mockImplementation(() => new Promise((resolve) => setTimeout(() => resolve(pulse(String(++count))), 3000)));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(one.seen.length).toBeGreaterThanOrEqual(2);
  });
});
