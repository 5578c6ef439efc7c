// @vitest-environment node
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ago, aligned, duration, heading, headings, number, runLabel, short, signed, size, toNumber } from "./format";

// what nbmlops/ui/format.py writes: tests/unit/ui/samples.py makes it
const samples = JSON.parse(readFileSync("../tests/assets/format.json", "utf-8"));
const NOW = Date.parse("2026-03-01T12:00:00Z");

const ours: Record<string, (value: any) => unknown> = {
  number: (value) => (typeof value === "boolean" ? { true: "True", false: "False" }[String(value)] : number(value)),
  measured: (value) => number(value, 4, true),
  signed: (value) => signed(toNumber(value)!),
  duration: (value) => duration(toNumber(value)),
  size,
  ago: (seconds) => ago(new Date(NOW - seconds * 1000).toISOString(), NOW),
  short: (value) => short(value),
  heading: (value) => heading(value),
  headings,
  column: (values) => values.map(aligned(values)),
  run_label: runLabel,
};

describe("the same as in Python", () => {
  for (const [name, pairs] of Object.entries<[unknown, unknown][]>(samples)) {
    it(name, () => {
      expect(pairs.length).toBeGreaterThan(0);
      for (const [value, written] of pairs) {
        expect([value, ours[name]!(value)]).toEqual([value, written]);
      }
    });
  }
});
