// @vitest-environment node
import { describe, expect, it } from "vitest";
import { logPlaces, numberTicks, secondTicks, wallTicks } from "./ticks";

describe("numberTicks", () => {
  it("writes as many digits as tell neighbours apart", () => {
    expect(numberTicks([0, 0.25, 0.5])).toEqual(["0.00", "0.25", "0.50"]);
    expect(numberTicks([0.99991, 0.99992])).toEqual(["0.99991", "0.99992"]);
    expect(numberTicks([0, 50_000, 100_000])).toEqual(["0", "50\u202f000", "100\u202f000"]);
    expect(numberTicks([-0.5, 0])).toEqual(["-0.5", "0.0"]);
  });
  it("writes very large and very small numbers with powers", () => {
    expect(numberTicks([1e12, 2e12])).toEqual(
      ["1e12", "2e12"].map((text) => text.replace("e12", "\u202f000".repeat(4))),
    );
    expect(new Set(numberTicks([1e-9, 2e-9, 3e-9])).size).toBe(3);
  });
});

describe("logPlaces", () => {
  it("are powers of ten over many decades, as many as fit", () => {
    expect(logPlaces(1e-6, 1, 7)).toEqual([1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1]);
    expect(logPlaces(1e-12, 1, 5).length).toBeLessThanOrEqual(5);
  });
  it("have others between them over few decades, and even steps within one", () => {
    expect(logPlaces(0.1, 10, 7)).toEqual([0.1, 0.2, 0.5, 1, 2, 5, 10]);
    expect(logPlaces(0.51, 0.59, 6).length).toBeGreaterThan(2);
    expect(logPlaces(0, 1, 5)).toEqual([]);
  });
});

it("secondTicks are read as clocks are", () => {
  expect(secondTicks([0, 10, 20])).toEqual(["0 s", "10 s", "20 s"]);
  expect(secondTicks([0, 60, 120])).toEqual(["0:00", "1:00", "2:00"]);
  expect(secondTicks([0, 1800, 3600])).toEqual(["0:00 h", "0:30 h", "1:00 h"]);
  expect(secondTicks([0, 86400])).toEqual(["0 d", "1 d"]);
});

it("wallTicks say the day once", () => {
  const start = new Date(2026, 10, 24, 10, 0).getTime() / 1000;
  const found = wallTicks([start, start + 60, start + 120]);
  expect(found[0]).toMatch(/^10:00\n/);
  expect(found.slice(1)).toEqual(["10:01", "10:02"]);
});
