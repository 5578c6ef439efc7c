import { describe, expect, it } from "vitest";
import { Gauges, gauge, inWords, type Loop, Loops, leftOut } from "./parts";

const loop = (change: Partial<Loop> = {}): Loop => ({
  desc: "epochs",
  done: 3,
  total: 10,
  is_over: false,
  elapsed_s: 6,
  left_s: 14,
  ...change,
});

describe("a loop in words", () => {
  it("says how far it is and what is left", () => {
    expect(inWords(loop(), false)).toBe("epochs 3 / 10 · 6.0 s · 14 s left");
    expect(inWords(loop({ total: null, left_s: null, desc: "" }), false)).toBe("3 · 6.0 s");
    expect(inWords(loop({ done: 10, is_over: true }), false)).toBe("epochs 10 / 10 · 6.0 s");
    expect(inWords(loop(), true)).toBe("epochs 3 / 10 · 6.0 s");
  });
});

describe("loops", () => {
  it("have a bar where the end is known, and the same bar while they go on", () => {
    const loops = new Loops();
    loops.take([loop(), loop({ total: null })], false);
    const bars = () => [...loops.el.querySelectorAll("progress")];
    expect(bars().map((bar) => bar.hidden)).toEqual([false, true]);
    expect(bars()[0]!.value).toBe(3);
    const [first] = bars();
    loops.take([loop({ done: 4 }), loop({ total: null })], false);
    expect(bars()[0]).toBe(first);
    expect(first!.value).toBe(4);
    expect(first!.getAttribute("aria-valuetext")).toContain("4 / 10");
    loops.take([loop({ done: 10 }), loop()], true);
    expect(bars().every((bar) => bar.hidden)).toBe(true);
  });
});

describe("what is left out", () => {
  it("is said", () => {
    expect(leftOut(0, null)).toBe("");
    expect(leftOut(3, null)).toBe("and 3 more metrics");
    expect(leftOut(0, 9)).toBe("logged too fast to draw it all: one point in 9 for now");
    expect(leftOut(2, 9)).toContain(" · ");
  });
});

describe("system use", () => {
  it("is called what people call it, in its unit", () => {
    expect(gauge("system/cpu_percent").write(37.6)).toBe("38 %");
    expect(gauge("system/process_memory_mb").write(1234)).toBe("1.2 GB");
    expect(gauge("system/gpu1_memory_mb").label).toBe("GPU 1 memory");
    expect(gauge("system/gpu0_percent").write(5)).toBe("5 %");
    expect(gauge("system/odd").label).toBe("odd");
  });
  it("is patched in place", () => {
    const gauges = new Gauges();
    const sent = (...values: number[]) => ({
      key: "system/cpu_percent",
      x: { even: [0, 1, values.length] as [number, number, number] },
      y: { f8: btoa(String.fromCharCode(...new Uint8Array(Float64Array.from(values).buffer))) },
      count: values.length,
      goal: null,
    });
    gauges.take([sent(10)]);
    const [first] = gauges.el.children;
    gauges.take([sent(10, 55)]);
    expect(gauges.el.children).toHaveLength(1);
    expect(gauges.el.children[0]).toBe(first);
    expect(gauges.el.textContent).toBe("CPU 55 %");
    gauges.take([{ ...sent(), key: "system/other" }]);
    expect(gauges.el.children).toHaveLength(1);
  });
});
