import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { toNumber } from "../../lib/format";
import { midranks, strengthOf } from "./measure";

interface Case {
  values: (number | string | boolean | null)[];
  metric: (number | string | null)[];
  found: { strength: number | null; chance: number | null; trend: number | null; runs: number; why: string };
}

const cases: Record<string, Case> = JSON.parse(readFileSync("../tests/assets/importance.json", "utf8"));
const real = (value: number | string | boolean | null) =>
  typeof value === "boolean" ? String(value) : typeof value === "string" ? (toNumber(value) ?? value) : value;

describe("the measure says what Python's says", () => {
  for (const [name, { values, metric, found }] of Object.entries(cases))
    it(name, () => {
      const told = strengthOf(values.map(real), metric.map(real), Array.from(values.keys()));
      expect(told.runs).toBe(found.runs);
      expect(told.why).toBe(found.why);
      for (const field of ["strength", "chance", "trend"] as const)
        if (found[field] === null) expect(told[field]).toBeNull();
        else expect(told[field]).toBeCloseTo(found[field], 9);
    });
});

describe("the measure", () => {
  it("looks at the runs that are given only", () => {
    const values = [1, 1, 2, 2, 3, 3, 9, 9];
    const metric = [1, 1, 2, 2, 3, 3, 1, 5];
    expect(strengthOf(values, metric, [0, 1, 2, 3, 4, 5]).strength).toBeCloseTo(1);
    expect(strengthOf(values, metric, [0, 1, 2, 3, 4, 5, 6, 7]).strength).toBeLessThan(1);
    expect(strengthOf(values, metric, []).why).toBe("no runs with a value");
  });

  it("gives equal values the middle of their ranks", () => {
    expect(midranks([3, 1, 3, 2])).toEqual([3.5, 1, 3.5, 2]);
  });
});
